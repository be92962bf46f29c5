//! `fill_with`, `map` and `copy_rows` against plain loops: blocks of 1 GiB one after the other, so that none is in the cache. Each is drained
//! inside of the timed region.

mod common;

use common::{Memory, Race};
use criterion::{Criterion, criterion_group, criterion_main};
use memcpy_streaming::{Backend, Streamer};
use std::cell::RefCell;

const GIB: usize = 1 << 30;

/// Bytes that a lap writes: more than the caches hold, or ordinary stores would leave it to the next lap to write them to memory.
const LAP: usize = 64 << 20;

/// The blocks of the memory, a lap after the other, and as many bytes that are read.
struct Blocks<'a> {
    memory: &'a RefCell<(Memory, Memory)>,
    block: usize,
    next: usize,
}

impl Blocks<'_> {
    fn lap<S: Copy, T: Copy>(&mut self, run: impl Fn(&mut [T], &[S])) {
        let mut memory = self.memory.borrow_mut();
        let (dst, src) = &mut *memory;
        let at = self.next..self.next + LAP;
        self.next = (self.next + LAP) % GIB;
        // SAFETY: any bytes are numbers, and arrays of them, which is what the races use.
        let (dst, src) = unsafe { (dst.bytes()[at.clone()].align_to_mut().1, src.bytes()[at].align_to().1) };
        let count = self.block / size_of::<T>();
        dst.chunks_mut(count).zip(src.chunks(count)).for_each(|(dst, src)| run(dst, &src[..dst.len()]));
    }
}

/// Ours and the loop that it is for, over blocks of several sizes.
fn race<S: Copy, T: Copy>(criterion: &mut Criterion, name: &str, ours: fn(&mut [T], &[S]), theirs: fn(&mut [T], &[S])) {
    let mut memory = (Memory::new(GIB), Memory::new(GIB));
    check(&mut memory);
    let memory = RefCell::new(memory);
    for block in [256, 1 << 10, 2 << 10, 4 << 10, 16 << 10, 64 << 10, 1 << 20, 64 << 20] {
        // Far from each other, or one entrant would find in the cache what another has just written.
        let blocks = |entrant: usize| Blocks { memory: &memory, block, next: entrant * (GIB / 2) };
        let mut race = Race::new(format!("{name} {block}"), LAP);
        let (mut first, mut second) = (blocks(0), blocks(1));
        race.enter(format!("ours ({})", Backend::active()), move || first.lap(ours));
        race.enter("a plain loop", move || second.lap(theirs));
        race.run(criterion);
    }
}

/// The bytes of a multiplicative sequence: cheap, and nothing that a fill could do.
fn number(i: usize) -> u64 {
    (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn produce(criterion: &mut Criterion) {
    race::<u8, u64>(
        criterion,
        "produce u64",
        |dst, _| memcpy_streaming::fill_with(dst, number),
        |dst, _| dst.iter_mut().enumerate().for_each(|(i, to)| *to = number(i)),
    );
    race::<u8, u8>(
        criterion,
        "produce u8",
        |dst, _| memcpy_streaming::fill_with(dst, |i| i as u8),
        |dst, _| dst.iter_mut().enumerate().for_each(|(i, to)| *to = i as u8),
    );
}

fn convert(criterion: &mut Criterion) {
    race::<u8, u16>(
        criterion,
        "u8 to u16",
        |dst, src| memcpy_streaming::map(dst, src, u16::from),
        |dst, src| dst.iter_mut().zip(src).for_each(|(to, from)| *to = u16::from(*from)),
    );
    race::<f32, f64>(
        criterion,
        "f32 to f64",
        |dst, src| memcpy_streaming::map(dst, src, f64::from),
        |dst, src| dst.iter_mut().zip(src).for_each(|(to, from)| *to = f64::from(*from)),
    );
    race::<[u8; 3], [u8; 4]>(
        criterion,
        "RGB to RGBA",
        |dst, src| memcpy_streaming::map(dst, src, |[r, g, b]| [r, g, b, 255]),
        |dst, src| dst.iter_mut().zip(src).for_each(|(to, [r, g, b])| *to = [*r, *g, *b, 255]),
    );
}

/// Tiles of 256 rows of an image, whose rows are 8 KiB apart, to a texture of them.
fn rows(criterion: &mut Criterion) {
    let mut memory = (Memory::new(GIB), Memory::new(GIB));
    check(&mut memory);
    let memory = RefCell::new(memory);
    for width in [64, 256, 1000, 4096] {
        let tile = move |dst: &mut [u8], src: &[u8]| (dst.len() / width).min(src.len() / (8 << 10));
        let blocks = |entrant: usize| Blocks { memory: &memory, block: LAP, next: entrant * (GIB / 2) };
        let mut race = Race::new(format!("rows of {width}"), LAP / (8 << 10) * width);
        let (mut first, mut second) = (blocks(0), blocks(1));
        race.enter(format!("copy_rows ({})", Backend::active()), move || {
            first.lap(|dst, src: &[u8]| {
                let rows = tile(dst, src);
                memcpy_streaming::copy_rows(dst, width, src, 8 << 10, width, rows);
            });
        });
        race.enter("copy_from_slice", move || {
            second.lap(|dst: &mut [u8], src: &[u8]| {
                let rows = dst.chunks_mut(width).zip(src.chunks(8 << 10));
                rows.take(LAP / (8 << 10)).for_each(|(to, from)| to.copy_from_slice(&from[..width]));
            });
        });
        race.run(criterion);
    }
}

/// The operations do what they say, by the backend that the names of the races claim.
fn check((dst, src): &mut (Memory, Memory)) {
    assert_eq!(Streamer::new().backend(), Backend::active());
    let (dst, src) = (&mut dst.bytes()[..LAP], &src.bytes()[..LAP]);
    memcpy_streaming::fill_with(&mut *dst, |i| number(i) as u8);
    assert!(dst.iter().enumerate().all(|(i, byte)| *byte == number(i) as u8));
    memcpy_streaming::map(&mut *dst, src, |byte| !byte);
    assert!(dst.iter().zip(src).all(|(to, from)| *to == !from));
}

criterion_group!(benches, produce, convert, rows);
criterion_main!(benches);
