//! Random operations over one arena, against plain loops.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use arbitrary::{Result, Unstructured};
use memcpy_streaming::{Memory, Streamer, memcpy_streaming_drain};
use test_operations::{By, Kind, OPERATIONS, Operation, Shape, Source, UNITS};

use crate::arena::{Arena, LEN, NOISE, piece, steps};
use crate::choose;

/// Operations that share a drain, at most.
const GROUP: usize = 6;

/// The longest pattern: longer than the buffer that short ones are laid out in.
const LONGEST: usize = 2500;

/// Any operations, alone and several with one drain, in scopes and without, in memory of any kind, at any place and of any length.
/// Backends are counted from `first`.
pub fn copy_family(data: &[u8], first: usize) {
    let all: Vec<_> = OPERATIONS.iter().collect();
    steps(data, |u, arena| if u.ratio(1, 8)? { within(u, arena, first) } else { group(u, arena, first, &all) });
}

/// The same of patterns: any period, any phase, records of words, zeros and what is nearly zeros. Backends are counted from `first`.
pub fn pattern_fill(data: &[u8], first: usize) {
    let is_pattern = |source| matches!(source, Source::Pattern | Source::Words | Source::Stepped);
    let patterns: Vec<_> = OPERATIONS.iter().filter(|operation| is_pattern(operation.source)).collect();
    steps(data, |u, arena| group(u, arena, first, &patterns));
}

/// An operation, where and by whom.
struct Step {
    operation: &'static Operation,
    shape: Shape,
    place: Range<usize>,
    /// The free function, which has the active backend, if no handle.
    by: Option<Streamer>,
    src: Cow<'static, [u8]>,
}

/// Several operations with one drain, in a scope or without. Their places are one behind the other.
fn group(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize, of: &[&'static Operation]) -> Result<()> {
    let scope = if u.arbitrary()? { Some(choose(u, first)?) } else { None };
    let (mut group, mut places) = (Vec::new(), Vec::new());
    let (mut rest, mut end) = (arena.memory(0..LEN), 0);
    for _ in 0..u.int_in_range(1..=GROUP)? {
        let step = step(u, first, of, end)?;
        let (dst, behind) = rest[step.place.start - end..].split_at_mut(step.place.len());
        (rest, end) = (behind, step.place.end);
        group.push(step);
        places.push(dst);
    }
    let all = group.iter().zip(places);
    match scope {
        Some(streamer) => streamer.scope(|s| {
            assert_eq!(s.streamer().backend(), streamer.backend());
            all.for_each(|(step, dst)| step.run(By::Scope(s), dst));
        }),
        None => all.for_each(|(step, dst)| step.run(step.by.map_or(By::Free, By::Handle), dst)),
    }
    memcpy_streaming_drain();
    for Step { operation, shape, place, src, .. } in &group {
        operation.source.expect(arena.model(place.clone()), src, *shape);
    }
    arena.check(&(scope, group));
    Ok(())
}

/// The order of what is read is the meaning of the corpora.
fn step(u: &mut Unstructured<'_>, first: usize, of: &[&'static Operation], end: usize) -> Result<Step> {
    let operation = *u.choose(of)?;
    let by = if u.arbitrary()? { Some(choose(u, first)?) } else { None };
    let place = piece(u, LEN - end)?;
    let memory = *u.choose(&[Memory::Ordinary, Memory::WriteCombining, Memory::Shared])?;
    let mut shape = Shape { unit: *u.choose(&UNITS)?, memory, width: u.int_in_range(1..=1500)?, ..Shape::PLAIN };
    match operation.source {
        Source::Rows => {
            let gap = u.int_in_range(0..=100)?;
            shape.gaps = [gap, u.int_in_range(0..=gap)?];
        }
        Source::Pattern => {
            let longest = *u.choose(&[8, 64, 200, LONGEST])?;
            shape.period = u.int_in_range(1..=longest)?;
        }
        Source::Words => shape.period = u.int_in_range(1..=16)?,
        Source::Stepped => {
            shape.period = u.int_in_range(1..=16)?;
            shape.step = (u.int_in_range(0..=15)?, u.arbitrary()?);
        }
        _ => {}
    }
    let (src_len, dst_len) = operation.source.lens(place.len(), shape);
    let src = if u.ratio(1, 4)? {
        // CPUs have instructions for zeros.
        let mut zeros = vec![0; src_len];
        if let Some(byte) = zeros.get_mut(u.int_in_range(0..=src_len)?) {
            *byte = 1;
        }
        zeros.into()
    } else {
        NOISE[u.int_in_range(0..=4095)?..][..src_len].into()
    };
    let start = end + place.start;
    Ok(Step { operation, shape, place: start..start + dst_len, by, src })
}

impl Step {
    fn run<'scope>(&self, by: By<'scope, '_>, dst: &'scope mut [u8]) {
        // Emulators before qemu 8.1 say that an aarch64 has what they lack.
        if self.operation.kind == Kind::Persist && cfg!(target_arch = "aarch64") {
            return self.operation.source.expect(dst, &self.src, self.shape);
        }
        // SAFETY: nothing else looks at the arena before the drain.
        unsafe { self.operation.start(by, dst, &self.src, self.shape) }
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Step { operation: Operation { name, .. }, shape, place, by, src } = self;
        write!(
            f,
            "{name} by {by:?} to {place:?} from {} bytes, {:x?}..., {shape:?}",
            src.len(),
            &src[..src.len().min(8)]
        )
    }
}

/// A raw copy from one place in the arena to another: what was streamed must be there to be read.
fn within(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize) -> Result<()> {
    let streamer: Streamer = choose(u, first)?;
    let middle = u.int_in_range(0..=LEN)?;
    let (from, to) = (piece(u, middle)?, piece(u, LEN - middle)?);
    let len = from.len().min(to.len());
    let (low, high) = (from.start, middle + to.start);
    let (from, to) = if u.arbitrary()? { (low, high) } else { (high, low) };
    // SAFETY: `len` bytes on one side of the middle and as many on the other, both in the arena; no access before the drain.
    unsafe {
        let arena = arena.memory(0..LEN).as_mut_ptr();
        streamer.memcpy_streaming(arena.add(to), arena.add(from), len);
    }
    memcpy_streaming_drain();
    arena.model(0..LEN).copy_within(from..from + len, to);
    arena.check(&("within", streamer, from, to, len));
    Ok(())
}
