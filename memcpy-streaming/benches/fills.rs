//! `fill` and `fill_pattern` against the fills of the standard library: blocks of 1 GiB one after the other, so that none is in
//! the cache. Each is drained inside of the timed region.

mod common;

use common::{Memory, Race};
use criterion::{Criterion, criterion_group, criterion_main};
use memcpy_streaming::{Backend, Streamer};
use std::cell::RefCell;

const GIB: usize = 1 << 30;

/// Bytes that a lap fills: more than the caches hold, or ordinary stores would leave it to the next lap to write them to memory.
const LAP: usize = 64 << 20;

/// A record of two words, and no zeros: some CPUs write those faster.
const RECORD: [u8; 16] = *b"sixteen bytes...";

/// The blocks of the memory, a lap after the other.
struct Blocks<'a> {
    memory: &'a RefCell<Memory>,
    block: usize,
    next: usize,
}

impl Blocks<'_> {
    fn lap(&mut self, fill: impl Fn(&mut [u8])) {
        let mut memory = self.memory.borrow_mut();
        let start = self.next;
        self.next = (start + LAP) % GIB;
        memory.bytes()[start..start + LAP].chunks_mut(self.block).for_each(fill);
    }
}

fn fills(criterion: &mut Criterion) {
    let mut memory = Memory::new(GIB);
    check(&mut memory.bytes()[..LAP]);
    let memory = RefCell::new(memory);
    // Far from each other, or one entrant would find in the cache what another has just written.
    let blocks = |block, entrant: usize| Blocks { memory: &memory, block, next: entrant * (GIB / 4) };
    for block in [1 << 10, 4 << 10, 64 << 10, 1 << 20, 4 << 20] {
        let mut race = Race::new(format!("fill {block}"), LAP);
        let mut ours = blocks(block, 0);
        race.enter(format!("fill ({})", Backend::active()), move || {
            ours.lap(|block| memcpy_streaming::fill(block, 0x5a));
        });
        let mut theirs = blocks(block, 1);
        race.enter("slice::fill", move || theirs.lap(|block| block.fill(0x5a)));
        race.run(criterion);

        let mut race = Race::new(format!("pattern {block}"), LAP);
        let mut ours = blocks(block, 2);
        race.enter(format!("fill_pattern ({})", Backend::active()), move || {
            ours.lap(|block| memcpy_streaming::fill_pattern(block, &RECORD));
        });
        let mut theirs = blocks(block, 3);
        race.enter("slice::fill of records", move || {
            theirs.lap(|block| block.as_chunks_mut().0.fill(RECORD));
        });
        race.run(criterion);
    }
}

/// The fills do what they say, by the backend that the names of the races claim.
fn check(bytes: &mut [u8]) {
    assert_eq!(Streamer::new().backend(), Backend::active());
    memcpy_streaming::fill(bytes, 0x5a);
    assert!(bytes.iter().all(|byte| *byte == 0x5a));
    memcpy_streaming::fill_pattern(bytes, &RECORD);
    assert!(bytes.chunks(RECORD.len()).all(|record| record == RECORD));
}

criterion_group!(benches, fills);
criterion_main!(benches);
