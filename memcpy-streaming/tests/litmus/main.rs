//! Two cores: one writes a block, drains, and sets a flag; the other one sees the flag, and must see every byte.
//!
//! This tests the machine and the code on it, by trying: `cargo xtask asm` shows that a fence stands on every way out. In
//! emulators, which have no write-combining buffers, it tests little.
#![cfg(all(any(unix, windows), not(miri)))]

#[path = "../common/mod.rs"]
mod common;
mod cores;
#[path = "../common/entries.rs"]
mod entries;
mod play;
mod shared;

use common::{Amount, amount, for_each_backend, say};
use cores::Cores;
use entries::{ENTRIES, Entry};
use memcpy_streaming::{Backend, Streamer, memcpy_streaming_drain};
use play::{Limits, Seen, play};
use shared::{Round, Shared};
use std::ptr;
use std::time::Duration;

/// How much is tried: in an emulator, where there is little to be seen, no more than has to be.
fn effort() -> Amount {
    if common::emulator::is_emulated() { Amount::Few } else { amount() }
}

/// How long each entry point of each backend is tried.
fn limits() -> Limits {
    let (rounds, millis) = match effort() {
        // An emulator has no stores that are late.
        Amount::Few => (50, 50),
        Amount::Thin => (2_000, 100),
        Amount::Usual => (20_000, 200),
        Amount::Full => (300_000, 10_000),
    };
    Limits { rounds, time: Duration::from_millis(millis) }
}

fn cores() -> Option<Cores> {
    let cores = Cores::take();
    if cores.is_none() {
        say("litmus: NOT RUN: it takes two cores, and there is one");
    }
    cores
}

#[test]
fn every_byte_is_there_after_the_drain() {
    let Some(cores) = cores() else { return };
    let shared = Shared::new();
    let mut played = Vec::new();
    for_each_backend(|streamer| {
        let is_here = |entry: &&Entry| !entry.is_free || streamer.backend() == Backend::active();
        for entry in ENTRIES.iter().filter(is_here) {
            let Seen { rounds, wrong, first } = drained(&cores, &shared, streamer, entry);
            let (name, backend) = (&entry.name, streamer.backend());
            assert!(wrong == 0, "{name} by {backend}: late in {wrong} of {rounds} rounds, first in {first:?}");
            assert!(rounds > 0, "{name} by {backend} was never tried");
            played.push(rounds);
        }
    });
    let (fewest, most) = (played.iter().min().unwrap_or(&0), played.iter().max().unwrap_or(&0));
    let what = format!("{fewest} to {most} rounds of each of {} entry points of backends", played.len());
    say(&format!("litmus ({}): {what}: nothing was late", effort()));
}

fn drained(cores: &Cores, shared: &Shared, streamer: Streamer, entry: &Entry) -> Seen {
    let write = |round| {
        let mut round = shared.round(entry, round);
        let src = round.src;
        // SAFETY: it is the writer's turn.
        entry.run(streamer, unsafe { round.dst_mut() }, src);
    };
    let prepare = |round| {
        let round = shared.round(entry, round);
        let mut expected = vec![0; round.len];
        entry.expect(&mut expected, round.src);
        (round, expected)
    };
    let look = |(round, expected): (Round<'_>, Vec<u8>)| {
        // SAFETY: it is the reader's turn, and the entry point has drained.
        let seen = unsafe { round.dst() };
        // Backwards: what was written last would be the last to come.
        seen.rchunks(64).eq(expected.rchunks(64))
    };
    play(cores, limits(), write, prepare, look)
}

/// Not a test but a measurement: whether this machine shows the fault at all that the other one looks for. No count is
/// wrong.
#[test]
fn without_the_drain() {
    let Some(cores) = cores() else { return };
    let shared = Shared::new();
    let Limits { rounds, time } = limits();
    let limits = Limits { rounds: 10 * rounds, time: 10 * time };
    let mut counts = Vec::new();
    for_each_backend(|streamer| {
        let write = |round| {
            // What the round before has left is none of this one's business.
            memcpy_streaming_drain();
            let round = shared.lines(round);
            // SAFETY: a block of the slot, and it is the writer's turn. There is *no drain* before the reader's: the last
            // condition of `memcpy_streaming` is broken on purpose. That is the end of what Rust knows of these bytes; the
            // reader looks at them in a way that makes no assumptions.
            unsafe { streamer.memcpy_streaming(round.dst, round.src.as_ptr(), round.len) };
        };
        let look = |round: Round<'_>| {
            (0..round.len / 8).rev().all(|word| {
                // SAFETY: words of the slot, aligned as its lines are, and of the source. Volatile: whatever is there is
                // read, once, by a single instruction; any bytes are a word.
                unsafe {
                    let seen = ptr::read_volatile(round.dst.cast::<u64>().add(word));
                    seen == round.src.as_ptr().cast::<u64>().add(word).read_unaligned()
                }
            })
        };
        let Seen { rounds, wrong, .. } = play(&cores, limits, write, |round| shared.lines(round), look);
        counts.push(format!("{wrong} of {rounds} rounds by {}", streamer.backend()));
    });
    say(&format!("litmus without a drain, not asserted: late in {}", counts.join(", ")));
}
