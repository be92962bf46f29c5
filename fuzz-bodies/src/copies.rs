//! The copy family: random operations over one arena, against plain loops.

/// Runs `$body` with `$n` as a constant.
macro_rules! with_constant {
    ($size:expr, $n:ident => $body:expr) => {
        with_constant!(@ $size, $n => $body; 1 2 3 8 15 24 31 56 64 72 96 100 128 256)
    };
    (@ $size:expr, $n:ident => $body:expr; $($constant:literal)+) => {
        match $size {
            $($constant => { const $n: usize = $constant; $body })+
            other => unreachable!("no constant is {other}"),
        }
    };
}

mod device_op;
mod only_op;
mod raw_op;
mod safe_op;

use std::ops::Range;

use arbitrary::{Result, Unstructured};
use device_op::DeviceOp;
use memcpy_streaming::{Streamer, memcpy_streaming_drain};
use only_op::OnlyOp;
use raw_op::RawOp;
use safe_op::SafeOp;

use crate::arena::{Arena, LEN, piece};
use crate::backends::choose;

/// Operations that share a drain, at most.
const GROUP: usize = 6;

/// Copies, fills, values, rows, loads, stores to devices and persistence, safe and raw, alone and in scopes, in memory of any kind, at any place and of any length.
pub fn copy_family(data: &[u8], first: usize) {
    let mut u = Unstructured::new(data);
    let mut arena = Arena::new();
    while !u.is_empty() && step(&mut u, &mut arena, first).is_ok() {}
}

fn step(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize) -> Result<()> {
    match u.int_in_range(0..=5)? {
        0 => alone(u, arena, first),
        1 => scope(u, arena, first),
        2 => raw(u, arena, first),
        3 => only(u, arena, first),
        4 => device(u, arena, first),
        _ => within(u, arena, first),
    }
}

/// A safe operation by itself: by a handle, or by the free function, which uses the active backend.
fn alone(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize) -> Result<()> {
    let streamer = if u.arbitrary()? { Some(choose(u, first)?) } else { None };
    let (place, op) = (piece(u, LEN)?, SafeOp::new(u)?);
    op.run(streamer, arena.memory(place.clone()));
    op.model(arena.model(place.clone()));
    arena.check(&(streamer, place, op));
    Ok(())
}

/// An operation on memory that is only written.
fn only(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize) -> Result<()> {
    let (streamer, place, op) = (choose(u, first)?, piece(u, LEN)?, OnlyOp::new(u)?);
    op.run(streamer, arena.memory(place.clone()));
    op.model(arena.model(place.clone()));
    arena.check(&(streamer, place, op));
    Ok(())
}

/// An operation on memory that is not ordinary.
fn device(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize) -> Result<()> {
    let (streamer, place, op) = (choose(u, first)?, piece(u, LEN)?, DeviceOp::new(u)?);
    let memory = arena.memory(place.clone());
    let address = memory.as_ptr().addr();
    op.run(streamer, memory);
    op.model(arena.model(place.clone()), address);
    arena.check(&(streamer, place, op));
    Ok(())
}

/// Several safe operations with one drain.
fn scope(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize) -> Result<()> {
    let streamer = choose(u, first)?;
    let group = group(u, SafeOp::new)?;
    streamer.scope(|s| {
        assert_eq!(s.streamer().backend(), streamer.backend());
        for ((_, op), dst) in group.iter().zip(places(arena.memory(0..LEN), &group)) {
            op.run_in(s, dst);
        }
    });
    for (place, op) in &group {
        op.model(arena.model(place.clone()));
    }
    arena.check(&("scope", streamer, &group));
    Ok(())
}

/// Several raw operations, each with a backend of its own, with one drain.
fn raw(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize) -> Result<()> {
    let group = group(u, |u| Ok((choose(u, first)?, RawOp::new(u)?)))?;
    for ((_, (streamer, op)), dst) in group.iter().zip(places(arena.memory(0..LEN), &group)) {
        // SAFETY: the places are apart from each other, and nothing else looks at the arena before the drain.
        unsafe { op.run(*streamer, dst) };
    }
    memcpy_streaming_drain();
    for (place, (_, op)) in &group {
        op.model(arena.model(place.clone()));
    }
    arena.check(&("raw", &group));
    Ok(())
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

/// Places in the arena, one behind the other, and what is to be done there.
type Group<T> = Vec<(Range<usize>, T)>;

fn group<'a, T>(u: &mut Unstructured<'a>, mut op: impl FnMut(&mut Unstructured<'a>) -> Result<T>) -> Result<Group<T>> {
    let mut group = Vec::new();
    let mut end = 0;
    for _ in 0..u.int_in_range(1..=GROUP)? {
        let place = piece(u, LEN - end)?;
        let place = end + place.start..end + place.end;
        end = place.end;
        group.push((place, op(u)?));
    }
    Ok(group)
}

/// The memory of each of a group's places.
fn places<'a, T>(mut memory: &'a mut [u8], group: &Group<T>) -> Vec<&'a mut [u8]> {
    let mut at = 0;
    let mut places = Vec::new();
    for (place, _) in group {
        let (_, rest) = memory.split_at_mut(place.start - at);
        let (piece, rest) = rest.split_at_mut(place.len());
        places.push(piece);
        (memory, at) = (rest, place.end);
    }
    places
}
