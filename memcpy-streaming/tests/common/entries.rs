//! The entry points of the crate: all ways to write a block, in one shape.
#![allow(dead_code)] // The litmus test does not need all that the grids need.

use super::fixed;
use memcpy_streaming::Memory::{Ordinary, Shared, WriteCombining};
use memcpy_streaming::{self as free, Memory, NoPersistence, Streamer, Width, WriteOnly, Writer};
use memcpy_streaming_capi as capi;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// An entry point.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) source: Source,
    /// A free function: it has the active backend, whatever streamer is handed to it.
    pub(crate) is_free: bool,
    /// Writes the destination from the source; drained when it returns.
    run: fn(Streamer, &mut [u8], &[u8]),
}

/// What an entry point makes of its source.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A copy of it.
    Block,
    /// The same, of fewer than [`fixed::SIZES`] bytes.
    Fixed,
    /// A value of so many bytes, repeated.
    Value(usize),
    /// Any number of bytes, repeated.
    Pattern,
    /// A record of 1 to 16 words, repeated.
    Words,
    /// The same, and its last word grows by [`STEP`].
    Stepped,
}

/// It carries from byte to byte.
const STEP: u64 = 0x0101_0101_0101_01ff;

const WORD: usize = size_of::<u64>();

impl Entry {
    /// The length of the source for a destination of up to `len` bytes, and that of the destination; None if the entry
    /// point is not for such lengths. `variety` decides what the length does not.
    pub(crate) fn lens(&self, len: usize, variety: usize) -> Option<(usize, usize)> {
        match self.source {
            Source::Block => Some((len, len)),
            Source::Fixed => (len < fixed::SIZES).then_some((len, len)),
            Source::Value(size) => Some((size, len / size * size)),
            Source::Pattern => Some((1 + variety % 300, len)),
            Source::Words | Source::Stepped => {
                let record = WORD * (1 + variety % 16);
                Some((record, len / record * record))
            }
        }
    }

    /// What the source's address is a multiple of.
    pub(crate) fn align(&self) -> usize {
        if matches!(self.source, Source::Words | Source::Stepped) { WORD } else { 1 }
    }

    /// Whether the destination becomes a copy of the source.
    pub(crate) fn copies(&self) -> bool {
        matches!(self.source, Source::Block | Source::Fixed)
    }

    /// What `dst` must be afterwards.
    pub(crate) fn expect(&self, dst: &mut [u8], src: &[u8]) {
        let once = src.len().min(dst.len());
        dst[..once].copy_from_slice(&src[..once]);
        let mut done = once;
        while done < dst.len() {
            let now = done.min(dst.len() - done);
            dst.copy_within(..now, done);
            done += now;
        }
        if self.source == Source::Stepped {
            for (i, record) in dst.chunks_exact_mut(src.len()).enumerate() {
                let word = record.last_chunk_mut().expect("a record has a word");
                *word = u64::from_ne_bytes(*word).wrapping_add(STEP.wrapping_mul(i as u64)).to_ne_bytes();
            }
        }
    }

    /// Writes `dst` from `src`, which have the lengths of [`lens`](Entry::lens).
    pub(crate) fn run(&self, streamer: Streamer, dst: &mut [u8], src: &[u8]) {
        (self.run)(streamer, dst, src);
    }
}

const fn entry(name: &'static str, source: Source, run: fn(Streamer, &mut [u8], &[u8])) -> Entry {
    Entry { name, source, is_free: false, run }
}

const fn free(name: &'static str, source: Source, run: fn(Streamer, &mut [u8], &[u8])) -> Entry {
    Entry { name, source, is_free: true, run }
}

/// A raw operation, and the drain.
macro_rules! raw {
    (|$s:pat_param, $d:ident, $src:ident| $call:expr) => {
        |$s, $d, $src| {
            // SAFETY: two slices of the lengths that the operation takes, one of them exclusively borrowed until after
            // the drain.
            unsafe { $call };
            free::memcpy_streaming_drain();
        }
    };
}

/// An operation of the C ABI, and its drain.
macro_rules! c {
    (|$d:ident, $src:ident| $call:expr) => {
        |_, $d, $src| {
            // SAFETY: two slices of these lengths, one of them exclusively borrowed until after the drain.
            let written = unsafe { $call };
            capi::memcpy_streaming_drain();
            assert_eq!(written, $d.as_mut_ptr().cast());
        }
    };
}

use Source::{Block, Fixed, Pattern, Stepped, Value, Words};

/// All of them.
#[rustfmt::skip] // A table.
pub(crate) static ENTRIES: &[Entry] = &[
    entry("memcpy_streaming", Block, raw!(|s, d, src| s.memcpy_streaming(d.as_mut_ptr(), src.as_ptr(), d.len()))),
    entry("memcpy_streaming_fixed", Fixed, raw!(|s, d, src| fixed::copy(Some(s), d.as_mut_ptr(), src))),
    entry("memcpy_streaming_records of 24 bytes", Value(24), raw!(|s, d, src| {
        s.memcpy_streaming_records::<24>(d.as_mut_ptr(), d.len() / 24, |_| src.as_ptr())
    })),
    entry("memcpy_streaming_records of 64 bytes", Value(64), raw!(|s, d, src| {
        s.memcpy_streaming_records::<64>(d.as_mut_ptr(), d.len() / 64, |_| src.as_ptr())
    })),
    entry("memset_streaming", Value(1), raw!(|s, d, src| s.memset_streaming(d.as_mut_ptr(), src[0], d.len()))),
    entry("memset_pattern_streaming", Words, raw!(|s, d, src| {
        s.memset_pattern_streaming(d.as_mut_ptr(), words(src), d.len() / src.len())
    })),
    entry("memset_pattern_bytes_streaming", Pattern, raw!(|s, d, src| {
        s.memset_pattern_bytes_streaming(d.as_mut_ptr(), d.len(), src.as_ptr(), src.len())
    })),
    entry("memset_pattern_stepped_streaming", Stepped, raw!(|s, d, src| {
        let (record, count) = (words(src), d.len() / src.len());
        s.memset_pattern_stepped_streaming(d.as_mut_ptr(), record, count, record.len() - 1, STEP)
    })),
    entry("memcpy_rows_streaming", Block, raw!(|s, d, src| in_rows(d, src, |d, src, width, rows| {
        s.memcpy_rows_streaming(d.as_mut_ptr(), PITCH, src.as_ptr(), PITCH, width, rows);
    }))),
    entry("copy", Block, |s, d, src| s.copy(d, src)),
    entry("copy_uninit", Block, |s, d, src| assert_eq!(s.copy_uninit(uninit(d), src).len(), src.len())),
    entry("fill", Value(1), |s, d, src| s.fill(d, src[0])),
    entry("fill with records", Value(RECORD), |s, d, src| s.fill(d.as_chunks_mut::<RECORD>().0, record(src))),
    entry("fill_uninit", Value(1), |s, d, src| assert_eq!(s.fill_uninit(uninit(d), src[0]).len(), d.len())),
    entry("fill_pattern", Pattern, |s, d, src| s.fill_pattern(d, src)),
    entry("copy_to", Block, |s, d, src| s.copy_to(only(d, Ordinary), src)),
    entry("copy_to, write-combining", Block, |s, d, src| s.copy_to(only(d, WriteCombining), src)),
    entry("copy_to, shared", Block, |s, d, src| s.copy_to(only(d, Shared), src)),
    entry("fill_to, write-combining", Value(1), |s, d, src| s.fill_to(only(d, WriteCombining), src[0])),
    entry("fill_to with records, shared", Value(RECORD), |s, d, src| s.fill_to(records(d, Shared), record(src))),
    entry("fill_with", Block, |s, d, src| s.fill_with(only(d, Ordinary), |i| src[i])),
    entry("fill_with records", Value(RECORD), |s, d, src| s.fill_with(records(d, Ordinary), |_| record(src))),
    entry("fill_with, write-combining", Block, |s, d, src| s.fill_with(only(d, WriteCombining), |i| src[i])),
    entry("map", Block, |s, d, src| s.map(d, src, |byte| byte)),
    entry("map, shared", Block, |s, d, src| s.map(only(d, Shared), src, |byte| byte)),
    entry("copy_rows", Block, |s, d, src| in_rows(d, src, |d, src, width, rows| {
        s.copy_rows(d, PITCH, src, PITCH, width, rows);
    })),
    entry("copy_rows, write-combining", Block, |s, d, src| in_rows(d, src, |d, src, width, rows| {
        s.copy_rows(only(d, WriteCombining), PITCH, src, PITCH, width, rows);
    })),
    entry("scope, copy_to, write-combining", Block, |s, d, src| {
        s.scope(|s| only(d, WriteCombining).chunks(300).zip(src.chunks(300)).for_each(|(d, src)| s.copy_to(d, src)));
    }),
    entry("scope, fill_to, shared", Value(1), |s, d, src| s.scope(|s| s.fill_to(only(d, Shared), src[0]))),
    entry("scope, fill_with", Block, |s, d, src| s.scope(|s| s.fill_with(d, |i| src[i]))),
    entry("scope, map, write-combining", Block, |s, d, src| s.scope(|s| s.map(only(d, WriteCombining), src, |byte| byte))),
    entry("scope, copy_rows", Block, |s, d, src| in_rows(d, src, |d, src, width, rows| {
        s.scope(|s| s.copy_rows(d, PITCH, src, PITCH, width, rows));
    })),
    entry("scope, fill_with, unwound", Block, |s, d, src| {
        let unwinding = || s.scope(|s| {
            s.fill_with(d, |i| src[i]);
            resume_unwind(Box::new("scope, fill_with, unwound"))
        });
        catch_unwind(AssertUnwindSafe(unwinding)).expect_err("it unwinds");
    }),
    entry("Writer, shared, finish", Block, |s, d, src| s.scope(|s| {
        let mut writer = s.writer_to(only(d, Shared));
        src.chunks(88).for_each(|record| writer.append(record).expect("it fits"));
        assert_eq!(writer.finish().len(), src.len());
    })),
    entry("scope, copy", Block, |s, d, src| s.scope(|s| s.copy(d, src))),
    entry("scope, copy_uninit", Block, |s, d, src| s.scope(|s| s.copy_uninit(uninit(d), src))),
    entry("scope, many copies", Block, |s, d, src| {
        s.scope(|s| d.chunks_mut(200).zip(src.chunks(200)).for_each(|(d, src)| s.copy(d, src)));
    }),
    entry("scope, fill", Value(RECORD), |s, d, src| {
        s.scope(|s| s.fill(d.as_chunks_mut::<RECORD>().0, record(src)));
    }),
    entry("scope, fill_pattern", Pattern, |s, d, src| s.scope(|s| s.fill_pattern(d, src))),
    entry("scope, unwound", Block, |s, d, src| {
        let unwinding = || s.scope(|s| {
            s.copy(d, src);
            resume_unwind(Box::new("scope, unwound")) // As a panic does, without its message.
        });
        catch_unwind(AssertUnwindSafe(unwinding)).expect_err("it unwinds");
    }),
    entry("Writer, one append, finish", Block, |s, d, src| s.scope(|s| {
        let mut writer = s.writer(d);
        writer.append(src).expect("it fits");
        assert_eq!(writer.finish().len(), src.len());
    })),
    entry("Writer, records, drop", Block, |s, d, src| s.scope(|s| {
        let mut writer = s.writer_uninit(uninit(d));
        src.chunks(88).for_each(|record| writer.append(record).expect("it fits"));
    })),
    entry("Writer, unwound", Block, |s, d, src| {
        let unwinding = || s.scope(|s| {
            let mut writer = s.writer(d);
            src.chunks(300).for_each(|record| writer.append(record).expect("it fits"));
            resume_unwind(Box::new("Writer, unwound"))
        });
        catch_unwind(AssertUnwindSafe(unwinding)).expect_err("it unwinds");
    }),
    entry("Writer, unscoped, drain", Block, |s, d, src| {
        let (first, second) = src.split_at(src.len() / 3);
        // SAFETY: it is dropped at the end of this function; the destination is borrowed longer than that.
        let mut writer = unsafe { Writer::new_unscoped(s, uninit(d)) };
        writer.append(first).expect("it fits");
        writer.drain();
        writer.append(second).expect("it fits");
        writer.drain();
    }),
    entry("memcpy_streaming_load", Block, raw!(|s, d, src| s.memcpy_streaming_load(d.as_mut_ptr(), src.as_ptr(), d.len()))),
    entry("load", Block, |s, d, src| s.load(d, src)),
    entry("load_uninit", Block, |s, d, src| assert_eq!(s.load_uninit(uninit(d), src).len(), src.len())),
    entry("memcpy_persist", Block, |s, d, src| {
        // SAFETY: two slices of the same length, one of them exclusively borrowed.
        persists(|d| unsafe { s.memcpy_persist(d.as_mut_ptr(), src.as_ptr(), d.len()) }, d, |d| d.copy_from_slice(src));
    }),
    entry("memset_persist", Value(1), |s, d, src| {
        // SAFETY: a slice that is exclusively borrowed.
        persists(|d| unsafe { s.memset_persist(d.as_mut_ptr(), src[0], d.len()) }, d, |d| d.fill(src[0]));
    }),
    entry("copy_persist", Block, |s, d, src| persists(|d| s.copy_persist(d, src), d, |d| d.copy_from_slice(src))),
    entry("fill_persist", Value(RECORD), |s, d, src| {
        let value = record(src);
        persists(|d| s.fill_persist(d.as_chunks_mut::<RECORD>().0, value), d, |d| d.as_chunks_mut().0.fill(value));
    }),
    free("free memcpy_streaming", Block, raw!(|_, d, src| free::memcpy_streaming(d.as_mut_ptr(), src.as_ptr(), d.len()))),
    free("free memcpy_streaming_fixed", Fixed, raw!(|_, d, src| fixed::copy(None, d.as_mut_ptr(), src))),
    free("free memset_streaming", Value(1), raw!(|_, d, src| free::memset_streaming(d.as_mut_ptr(), src[0], d.len()))),
    free("free memset_pattern_streaming", Words, raw!(|_, d, src| {
        free::memset_pattern_streaming(d.as_mut_ptr(), words(src), d.len() / src.len())
    })),
    free("free memset_pattern_bytes_streaming", Pattern, raw!(|_, d, src| {
        free::memset_pattern_bytes_streaming(d.as_mut_ptr(), d.len(), src.as_ptr(), src.len())
    })),
    free("free memset_pattern_stepped_streaming", Stepped, raw!(|_, d, src| {
        let (record, count) = (words(src), d.len() / src.len());
        free::memset_pattern_stepped_streaming(d.as_mut_ptr(), record, count, record.len() - 1, STEP)
    })),
    free("free copy", Block, |_, d, src| free::copy(d, src)),
    free("free copy_uninit", Block, |_, d, src| assert_eq!(free::copy_uninit(uninit(d), src).len(), src.len())),
    free("free fill", Value(1), |_, d, src| free::fill(d, src[0])),
    free("free fill_uninit", Value(1), |_, d, src| assert_eq!(free::fill_uninit(uninit(d), src[0]).len(), d.len())),
    free("free fill_pattern", Pattern, |_, d, src| free::fill_pattern(d, src)),
    free("free memcpy_rows_streaming", Block, raw!(|_, d, src| in_rows(d, src, |d, src, width, rows| {
        free::memcpy_rows_streaming(d.as_mut_ptr(), PITCH, src.as_ptr(), PITCH, width, rows);
    }))),
    free("free copy_to, shared", Block, |_, d, src| free::copy_to(only(d, Shared), src)),
    free("free fill_to, shared", Value(1), |_, d, src| free::fill_to(only(d, Shared), src[0])),
    free("free fill_with, shared", Block, |_, d, src| free::fill_with(only(d, Shared), |i| src[i])),
    free("free map, shared", Block, |_, d, src| free::map(only(d, Shared), src, |byte| byte)),
    free("free copy_rows, shared", Block, |_, d, src| in_rows(d, src, |d, src, width, rows| {
        free::copy_rows(only(d, Shared), PITCH, src, PITCH, width, rows);
    })),
    free("free scope, copy", Block, |_, d, src| free::scope(|s| s.copy(d, src))),
    free("free memcpy_streaming_load", Block, raw!(|_, d, src| free::memcpy_streaming_load(d.as_mut_ptr(), src.as_ptr(), d.len()))),
    free("free load", Block, |_, d, src| free::load(d, src)),
    free("free load_uninit", Block, |_, d, src| assert_eq!(free::load_uninit(uninit(d), src).len(), src.len())),
    free("memcpy_mmio", Block, raw!(|_, d, src| free::memcpy_mmio(d.as_mut_ptr(), src.as_ptr(), d.len(), Width::One))),
    free("memset_mmio", Value(1), raw!(|_, d, src| free::memset_mmio(d.as_mut_ptr(), src[0], d.len(), Width::One))),
    free("free memcpy_persist", Block, |_, d, src| {
        // SAFETY: two slices of the same length, one of them exclusively borrowed.
        persists(|d| unsafe { free::memcpy_persist(d.as_mut_ptr(), src.as_ptr(), d.len()) }, d, |d| d.copy_from_slice(src));
    }),
    free("free memset_persist", Value(1), |_, d, src| {
        // SAFETY: a slice that is exclusively borrowed.
        persists(|d| unsafe { free::memset_persist(d.as_mut_ptr(), src[0], d.len()) }, d, |d| d.fill(src[0]));
    }),
    free("free copy_persist", Block, |_, d, src| persists(|d| free::copy_persist(d, src), d, |d| d.copy_from_slice(src))),
    free("free fill_persist", Value(1), |_, d, src| persists(|d| free::fill_persist(d, src[0]), d, |d| d.fill(src[0]))),
    free("persist", Block, |_, d, src| {
        d.copy_from_slice(src);
        persists(|d| free::persist(d), d, |_| ());
    }),
    free("C memcpy_streaming", Block, c!(|d, src| capi::memcpy_streaming(d.as_mut_ptr().cast(), src.as_ptr().cast(), d.len()))),
    free("C memcpy_streaming_load", Block, c!(|d, src| capi::memcpy_streaming_load(d.as_mut_ptr().cast(), src.as_ptr().cast(), d.len()))),
    free("C memcpy_rows_streaming", Block, raw!(|_, d, src| in_rows(d, src, |d, src, width, rows| {
        let (to, from) = (d.as_mut_ptr().cast(), src.as_ptr().cast());
        assert_eq!(capi::memcpy_rows_streaming(to, PITCH, from, PITCH, width, rows), to);
    }))),
    free("C memset_streaming", Value(1), c!(|d, src| capi::memset_streaming(d.as_mut_ptr().cast(), src[0].into(), d.len()))),
    free("C memset_pattern_streaming", Pattern, c!(|d, src| {
        capi::memset_pattern_streaming(d.as_mut_ptr().cast(), src.as_ptr().cast(), src.len(), d.len())
    })),
];

/// Where nothing persists, nothing is written; then the entry point is what a program does instead.
fn persists(run: impl FnOnce(&mut [u8]) -> Result<(), NoPersistence>, d: &mut [u8], otherwise: impl FnOnce(&mut [u8])) {
    if super::common::emulator::lacks_what_it_says() {
        return otherwise(d);
    }
    let answer = run(d);
    assert_eq!(answer, free::persist::<u8>(&[]), "it depends on the machine alone");
    if answer.is_err() {
        otherwise(d);
    }
}

/// The bytes of a value that fits at any address.
const RECORD: usize = 24;

fn record(src: &[u8]) -> [u8; RECORD] {
    src.try_into().expect("the source is a record")
}

fn words(src: &[u8]) -> &[u64] {
    // SAFETY: any bytes are words.
    let (before, words, after) = unsafe { src.align_to() };
    assert!(before.is_empty() && after.is_empty(), "the source is not made of words");
    words
}

/// Memory of any kind, as far as who writes it can tell.
fn only(dst: &mut [u8], memory: Memory) -> WriteOnly<'_, u8> {
    // SAFETY: bytes that are borrowed for as long, and are used by nobody else; they take all stores that any memory has to take.
    unsafe { WriteOnly::from_raw_parts(dst.as_mut_ptr(), dst.len(), memory) }
}

/// The same as records.
fn records(dst: &mut [u8], memory: Memory) -> WriteOnly<'_, [u8; RECORD]> {
    // SAFETY: the same, and arrays of bytes have any alignment.
    unsafe { WriteOnly::from_raw_parts(dst.as_mut_ptr().cast(), dst.len() / RECORD, memory) }
}

/// Bytes from one row to the next.
const PITCH: usize = 900;

/// All of a block by two columns of rows, and what is behind the last row as a row of its own.
fn in_rows(dst: &mut [u8], src: &[u8], copy: impl Fn(&mut [u8], &[u8], usize, usize)) {
    const LEFT: usize = 333;
    let (rows, whole) = (src.len() / PITCH, src.len() / PITCH * PITCH);
    if rows > 0 {
        copy(&mut dst[..whole], &src[..whole], LEFT, rows);
        copy(&mut dst[LEFT..whole], &src[LEFT..whole], PITCH - LEFT, rows);
    }
    copy(&mut dst[whole..], &src[whole..], src.len() - whole, 1);
}

/// Initialised memory as the entry points for uninitialised memory take it.
fn uninit(dst: &mut [u8]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: the entry points write initialised bytes only.
    unsafe { &mut *(std::ptr::from_mut(dst) as *mut [MaybeUninit<u8>]) }
}
