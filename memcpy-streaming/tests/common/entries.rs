//! The entry points of the crate: the table of operations as who calls them sees them, and what is written by hand beside it.
#![allow(dead_code)] // The litmus test does not need all that the grids need.

use super::common::emulator;
use memcpy_streaming::Memory::{Ordinary, Shared, WriteCombining};
use memcpy_streaming::{self as free, Memory, Streamer, WriteOnly, Writer};
use memcpy_streaming_capi as capi;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;
use test_operations::Source::{Block, Byte, Pattern, Value};
use test_operations::{Caller, Kind, OPERATIONS, Operation, Shape, Source, uninit};

/// An entry point.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) source: Source,
    /// A free function: it has the active backend, whatever streamer is handed to it.
    pub(crate) is_free: bool,
    shape: Shape,
    run: Run,
}

enum Run {
    Operation(&'static Operation, Caller),
    ByHand(fn(Streamer, &mut [u8], &[u8])),
}

impl Entry {
    /// The length of the source for a destination of up to `len` bytes, and that of the destination. `variety` decides what the length
    /// does not.
    pub(crate) fn lens(&self, len: usize, variety: usize) -> (usize, usize) {
        self.source.lens(len, Shape { period: 1 + variety % 300, ..self.shape })
    }

    fn shape(&self, src: &[u8]) -> Shape {
        Shape { period: src.len() / self.source.align(), ..self.shape }
    }

    /// Makes of `dst` what it must be afterwards.
    pub(crate) fn expect(&self, dst: &mut [u8], src: &[u8]) {
        self.source.expect(dst, src, self.shape(src));
    }

    /// Writes `dst` from `src`, which have the lengths of [`lens`](Entry::lens). Drained when it returns.
    pub(crate) fn run(&self, streamer: Streamer, dst: &mut [u8], src: &[u8]) {
        let shape = self.shape(src);
        match self.run {
            Run::ByHand(run) => run(streamer, dst, src),
            Run::Operation(Operation { kind: Kind::Persist, .. }, _) if emulator::lacks_what_it_says() => {
                self.expect(dst, src);
            }
            Run::Operation(operation, caller) if operation.source == Source::Rows => {
                in_rows(dst, src, |dst, src, width, _| {
                    let shape = Shape { width, gaps: [PITCH - width; 2], ..shape };
                    let (src_len, _) = operation.source.lens(dst.len(), shape);
                    operation.run(caller, streamer, dst, &src[..src_len], shape);
                });
            }
            Run::Operation(operation, caller) => operation.run(caller, streamer, dst, src, shape),
        }
    }
}

/// All of them: each operation by everybody who has it, with elements and memory that are not the same for all; and those of [`BY_HAND`].
pub(crate) static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let mut entries = Vec::new();
    for operation in OPERATIONS {
        for &caller in operation.kind.callers() {
            let is_value = operation.source == Value;
            let variants: &[(usize, Memory)] = match caller {
                Caller::Free => &[(1, Shared)],
                Caller::Scope if is_value => &[(24, Shared)],
                Caller::Scope => &[(1, WriteCombining)],
                Caller::Handle if operation.kind == Kind::Memory => &[(1, Ordinary), (1, WriteCombining), (24, Shared)],
                Caller::Handle if is_value => &[(1, Ordinary), (24, Ordinary), (64, Ordinary)],
                Caller::Handle => &[(1, Ordinary)],
            };
            entries.extend(variants.iter().map(|&(unit, memory)| Entry {
                name: format!("{caller:?} {}, units of {unit}, {memory:?}", operation.name),
                // Rows are those of a block.
                source: if operation.source == Source::Rows { Block } else { operation.source },
                is_free: caller == Caller::Free,
                shape: Shape { unit, memory, ..Shape::PLAIN },
                run: Run::Operation(operation, caller),
            }));
        }
    }
    entries.extend(BY_HAND.iter().map(|&(name, source, run)| Entry {
        name: name.to_string(),
        source,
        is_free: name.starts_with("Free") || name.starts_with("C "),
        shape: Shape::PLAIN,
        run: Run::ByHand(run),
    }));
    entries
});

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

type ByHand = (&'static str, Source, fn(Streamer, &mut [u8], &[u8]));

/// What is not an operation by itself: Writers and scopes in all the ways that they end, and the C ABI.
#[rustfmt::skip] // A table.
static BY_HAND: &[ByHand] = &[
    ("Scope copy_to in chunks, WriteCombining", Block, |s, d, src| {
        s.scope(|s| only(d, WriteCombining).chunks(300).zip(src.chunks(300)).for_each(|(d, src)| s.copy_to(d, src)));
    }),
    ("Scope fill_with, unwound", Block, |s, d, src| {
        let unwinding = || s.scope(|s| {
            s.fill_with(d, |i| src[i]);
            resume_unwind(Box::new("Scope fill_with, unwound"))
        });
        catch_unwind(AssertUnwindSafe(unwinding)).expect_err("it unwinds");
    }),
    ("Writer, shared, finish", Block, |s, d, src| s.scope(|s| {
        let mut writer = s.writer_to(only(d, Shared));
        src.chunks(88).for_each(|record| writer.append(record).expect("it fits"));
        assert_eq!(writer.finish().len(), src.len());
    })),
    ("Scope many copies", Block, |s, d, src| {
        s.scope(|s| d.chunks_mut(200).zip(src.chunks(200)).for_each(|(d, src)| s.copy(d, src)));
    }),
    ("Scope copy, unwound", Block, |s, d, src| {
        let unwinding = || s.scope(|s| {
            s.copy(d, src);
            resume_unwind(Box::new("Scope copy, unwound")) // As a panic does, without its message.
        });
        catch_unwind(AssertUnwindSafe(unwinding)).expect_err("it unwinds");
    }),
    ("Writer, one append, finish", Block, |s, d, src| s.scope(|s| {
        let mut writer = s.writer(d);
        writer.append(src).expect("it fits");
        assert_eq!(writer.finish().len(), src.len());
    })),
    ("Writer, records, drop", Block, |s, d, src| s.scope(|s| {
        // SAFETY: a Writer writes what is appended.
        let mut writer = s.writer_uninit(unsafe { uninit(d) });
        src.chunks(88).for_each(|record| writer.append(record).expect("it fits"));
    })),
    ("Writer, unwound", Block, |s, d, src| {
        let unwinding = || s.scope(|s| {
            let mut writer = s.writer(d);
            src.chunks(300).for_each(|record| writer.append(record).expect("it fits"));
            resume_unwind(Box::new("Writer, unwound"))
        });
        catch_unwind(AssertUnwindSafe(unwinding)).expect_err("it unwinds");
    }),
    ("Writer, unscoped, drain", Block, |s, d, src| {
        let (first, second) = src.split_at(src.len() / 3);
        // SAFETY: it is dropped at the end of this function; the destination is borrowed longer than that. It writes what is appended.
        let mut writer = unsafe { Writer::new_unscoped(s, uninit(d)) };
        writer.append(first).expect("it fits");
        writer.drain();
        writer.append(second).expect("it fits");
        writer.drain();
    }),
    ("Free scope, copy", Block, |_, d, src| free::scope(|s| s.copy(d, src))),
    ("C memcpy_streaming", Block, c!(|d, src| capi::memcpy_streaming(d.as_mut_ptr().cast(), src.as_ptr().cast(), d.len()))),
    ("C memcpy_streaming_load", Block, c!(|d, src| capi::memcpy_streaming_load(d.as_mut_ptr().cast(), src.as_ptr().cast(), d.len()))),
    ("C memcpy_rows_streaming", Block, |_, d, src| in_rows(d, src, |d, src, width, rows| {
        let (to, from) = (d.as_mut_ptr().cast(), src.as_ptr().cast());
        // SAFETY: so many rows are in these slices, one of them exclusively borrowed until after the drain.
        let written = unsafe { capi::memcpy_rows_streaming(to, PITCH, from, PITCH, width, rows) };
        capi::memcpy_streaming_drain();
        assert_eq!(written, to);
    })),
    ("C memset_streaming", Byte, c!(|d, src| capi::memset_streaming(d.as_mut_ptr().cast(), src[0].into(), d.len()))),
    ("C memset_pattern_streaming", Pattern, c!(|d, src| {
        capi::memset_pattern_streaming(d.as_mut_ptr().cast(), src.as_ptr().cast(), src.len(), d.len())
    })),
];

/// Memory of any kind, as far as who writes it can tell.
fn only(dst: &mut [u8], memory: Memory) -> WriteOnly<'_, u8> {
    // SAFETY: bytes that are borrowed for as long, and are used by nobody else; they take all stores that any memory has to take.
    unsafe { WriteOnly::from_raw_parts(dst.as_mut_ptr(), dst.len(), memory) }
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
