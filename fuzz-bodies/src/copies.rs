//! The copy family, and pattern fills: random operations over one arena, against plain loops.

use std::ops::Range;

use arbitrary::{Result, Unstructured};
use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use crate::arena::{Arena, LEN, piece, steps};
use crate::backends::choose;
use crate::inputs;
use crate::op::{By, Op};

/// Operations that share a drain, at most.
const GROUP: usize = 6;

/// Copies, fills, values, rows, loads, stores to devices and persistence, safe and raw, alone and in scopes, in memory of any kind, at any
/// place and of any length. Backends are counted from `first`.
pub fn copy_family(data: &[u8], first: usize) {
    steps(data, |u, arena| match u.int_in_range(0..=5)? {
        kind @ 1..=2 => several(u, arena, first, kind == 2),
        5.. => within(u, arena, first),
        kind => alone(u, arena, first, kind),
    });
}

/// Fills with patterns: any period, any phase, records of words, zeros and what is nearly zeros. Backends are counted from `first`.
pub fn pattern_fill(data: &[u8], first: usize) {
    steps(data, |u, arena| {
        let (streamer, (in_scope, op), place) = (choose(u, first)?, inputs::fill(u)?, piece(u, LEN)?);
        run(arena, in_scope.then_some(streamer), vec![(place, Some(streamer), op)]);
        Ok(())
    });
}

/// An operation by itself: on any memory, on memory that is only written, or on memory that is not ordinary.
fn alone(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize, kind: u8) -> Result<()> {
    let is_free = kind == 0 && !u.arbitrary()?;
    let streamer = if is_free { None } else { Some(choose(u, first)?) };
    let place = piece(u, LEN)?;
    let (in_scope, op) = match kind {
        0 => (false, inputs::safe(u)?),
        3 => inputs::only(u)?,
        _ => (false, inputs::device(u)?),
    };
    run(arena, streamer.filter(|_| in_scope), vec![(place, streamer, op)]);
    Ok(())
}

/// Several operations: safe ones in a scope, or raw ones, each with a backend of its own.
fn several(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize, is_raw: bool) -> Result<()> {
    let scope = if is_raw { None } else { Some(choose(u, first)?) };
    let mut group = Vec::new();
    let mut end = 0;
    for _ in 0..u.int_in_range(1..=GROUP)? {
        let place = piece(u, LEN - end)?;
        let place = end + place.start..end + place.end;
        end = place.end;
        group.push(match scope {
            Some(_) => (place, scope, inputs::safe(u)?),
            None => (place, Some(choose(u, first)?), inputs::raw(u)?),
        });
    }
    run(arena, scope, group);
    Ok(())
}

/// A place, who is asked (the free function, which uses the active backend, if no handle is), and what for.
type Step = (Range<usize>, Option<Streamer>, Op);

/// Runs operations with one drain, in a scope or without. Their places are one behind the other.
fn run(arena: &mut Arena, scope: Option<Streamer>, mut group: Vec<Step>) {
    let (mut rest, mut at) = (arena.memory(0..LEN), 0);
    let mut pieces = Vec::new();
    for (place, _, op) in &mut group {
        let (memory, behind) = rest[place.start - at..].split_at_mut(place.len());
        (rest, at) = (behind, place.end);
        // Where a device's registers begin depends on the address, which the plain loop's memory does not share.
        let skipped = op.skipped(memory);
        place.start += skipped;
        pieces.push(&mut memory[skipped..]);
    }
    let all = group.iter().zip(pieces);
    match scope {
        Some(streamer) => streamer.scope(|s| {
            assert_eq!(s.streamer().backend(), streamer.backend());
            // SAFETY: the places are apart from each other, and nothing else looks at the arena before the drain.
            all.for_each(|((.., op), dst)| unsafe { op.run(By::Scope(s), dst) });
        }),
        // SAFETY: as in a scope.
        None => all.for_each(|((_, by, op), dst)| unsafe { op.run(by.map_or(By::Free, By::Handle), dst) }),
    }
    memcpy_streaming_drain();
    for (place, _, op) in &group {
        op.model(arena.model(place.clone()));
    }
    arena.check(&(scope, group));
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
