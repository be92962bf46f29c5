//! `copy` against its peers: random blocks out of 1 GiB, so that neither side is in the cache; then with misaligned ends;
//! then from a source that is. Each copy is drained inside of the timed region.

mod common;

use common::{Memory, Race, Random, peers};
use criterion::{Criterion, criterion_group, criterion_main};
use memcpy_streaming::{Backend, Streamer};
use std::slice;

const GIB: usize = 1 << 30;

/// Bytes that a lap copies.
const LAP: usize = 4 << 20;

/// Where the blocks of a race come from and go to.
#[derive(Clone, Copy)]
struct Course {
    dst: *mut u8,
    src: *const u8,
    block: usize,
    /// The first byte of a destination after a border of a block, and of a source.
    misaligned: (usize, usize),
    /// The source is always within this many bytes.
    source_within: usize,
}

impl Course {
    /// A lap of copies of random blocks.
    fn lap(self, copy: impl Fn(*mut u8, *const u8, usize)) -> impl FnMut() {
        let mut random = Random::new();
        let len = self.block - self.misaligned.0.max(self.misaligned.1);
        move || {
            for _ in 0..(LAP / self.block).max(1) {
                let to = random.below(GIB / self.block) * self.block + self.misaligned.0;
                let from = random.below(self.source_within / self.block) * self.block + self.misaligned.1;
                copy(self.dst.wrapping_add(to), self.src.wrapping_add(from), len);
            }
        }
    }

    /// Ours against all peers.
    fn race(self, criterion: &mut Criterion, name: String) {
        let mut race = Race::new(name, (LAP / self.block).max(1) * self.block);
        race.enter(format!("copy ({})", Backend::active()), self.lap(ours));
        for (name, copy) in peers() {
            // SAFETY: a block of each memory.
            race.enter(name, self.lap(move |dst, src, len| unsafe { copy(dst, src, len) }));
        }
        race.run(criterion);
    }
}

fn ours(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: a block of each memory, which nothing else refers to.
    let (dst, src) = unsafe { (slice::from_raw_parts_mut(dst, len), slice::from_raw_parts(src, len)) };
    memcpy_streaming::copy(dst, src);
}

fn cold(criterion: &mut Criterion) {
    let (mut dst, mut src) = (Memory::new(GIB), Memory::new(GIB));
    check(&mut dst, &mut src);
    let course =
        Course { dst: dst.as_mut_ptr(), src: src.as_mut_ptr(), block: 0, misaligned: (0, 0), source_within: GIB };
    for block in
        [64, 128, 256, 512, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20]
    {
        Course { block, ..course }.race(criterion, format!("cold {block}"));
    }
    // The same blocks with ends that are not at borders of lines, against ourselves.
    for block in [4 << 10, 16 << 10, 256 << 10] {
        let aligned = Course { block, ..course };
        let mut race = Race::new(format!("cold misaligned {block}"), (LAP / block).max(1) * block);
        race.enter("copy", aligned.lap(ours));
        for misaligned in [(1, 0), (0, 1), (33, 7)] {
            let name = format!("copy to +{} from +{}", misaligned.0, misaligned.1);
            race.enter(name, Course { misaligned, ..aligned }.lap(ours));
        }
        race.run(criterion);
    }
    // A dirty page of a buffer pool.
    Course { block: 8 << 10, source_within: 1 << 20, ..course }.race(criterion, "hot source 8192".to_string());
}

/// The copy does what it says with the backend that the names of the races claim.
fn check(dst: &mut Memory, src: &mut Memory) {
    assert_eq!(Streamer::new().backend(), Backend::active());
    let len = 1 << 20;
    dst.bytes()[..len].fill(0);
    ours(dst.as_mut_ptr(), src.as_mut_ptr(), len);
    assert!(dst.bytes()[..len] == src.bytes()[..len]);
}

criterion_group!(benches, cold);
criterion_main!(benches);
