//! The table of operations.

use crate::Kind::{Device, Load, Memory, Persist, Raw, Slice};
use crate::Source::{Block, Byte, Fixed, Pattern, Rows, Stepped, Value, Words};
use crate::source::WORDS;
use crate::{By, Kind, Operation, Run, Shape, Source, fixed, uninit};
use core::mem::MaybeUninit;
use memcpy_streaming as free;
use memcpy_streaming::{NoPersistence, Registers, Width, WriteOnly, Writer};

const fn op(name: &'static str, kind: Kind, source: Source, run: Run) -> Operation {
    Operation { name, kind, source, run }
}

/// Calls the function of this name: the free one, or that of the handle or the scope. What those answer that answer something has as many
/// elements as the source.
macro_rules! call {
    ($by:ident.$name:ident($($argument:expr),*) $(, $src:ident)?) => {
        match $by {
            By::Free => call!(@ free::$name($($argument),*) $(, $src)?),
            By::Handle(streamer) => call!(@ streamer.$name($($argument),*) $(, $src)?),
            By::Scope(scope) => scope.$name($($argument),*),
        }
    };
    (@ $call:expr) => { $call };
    (@ $call:expr, $src:ident) => { assert_eq!($call, $src) };
}

/// The same where scopes have no such function.
macro_rules! unscoped {
    ($by:ident.$name:ident($($argument:expr),*)) => {
        match $by.handle() {
            None => free::$name($($argument),*),
            Some(streamer) => streamer.$name($($argument),*),
        }
    };
}

/// The same where it is unsafe.
macro_rules! raw {
    ($by:ident.$name:ident($($argument:expr),*)) => {
        // SAFETY: two slices of the lengths that the operation takes; the rest is the caller's.
        unsafe { unscoped!($by.$name($($argument),*)) }
    };
}

/// A function of slices of elements of the shape's unit.
macro_rules! elements {
    (|$by:ident, $d:ident, $src:ident, $shape:ident| $body:expr) => {
        elements!(@ |$by, $d, $src, $shape| $body; 1 2 3 4 8 16 24 64 100 128)
    };
    (@ |$by:ident, $d:ident, $src:ident, $shape:ident| $body:expr; $($unit:literal)*) => {
        |$by, $d, $src, $shape| match $shape.unit {
            $($unit => {
                let ($d, $src) = ($d.as_chunks_mut::<$unit>().0, $src.as_chunks::<$unit>().0);
                $body
            })*
            unit => unreachable!("{unit} is none of UNITS"),
        }
    };
}

/// All of them, but those of the C ABI, and those that need a standard library. New ones go to the end: the corpora of the fuzz targets have
/// their numbers.
#[rustfmt::skip] // A table.
pub static OPERATIONS: &[Operation] = &[
    op("memcpy_streaming", Raw, Block, |by, d, src, _| raw!(by.memcpy_streaming(d.as_mut_ptr(), src.as_ptr(), d.len()))),
    // SAFETY: as `raw`.
    op("memcpy_streaming_fixed", Raw, Fixed, |by, d, src, _| unsafe { fixed::copy(by.handle(), d.as_mut_ptr(), src) }),
    op("memcpy_streaming_records", Raw, Value, elements!(|by, d, src, shape| records(by, d, &src[0]))),
    op("memset_streaming", Raw, Byte, |by, d, src, _| raw!(by.memset_streaming(d.as_mut_ptr(), src[0], d.len()))),
    op("memset_pattern_streaming", Raw, Words, |by, d, src, _| {
        raw!(by.memset_pattern_streaming(d.as_mut_ptr(), words(src, &mut [0; WORDS]), d.len() / src.len()))
    }),
    op("memset_pattern_bytes_streaming", Raw, Pattern, |by, d, src, _| {
        raw!(by.memset_pattern_bytes_streaming(d.as_mut_ptr(), d.len(), src.as_ptr(), src.len()))
    }),
    op("memset_pattern_stepped_streaming", Raw, Stepped, |by, d, src, shape| {
        let (room, (word, step)) = (&mut [0; WORDS], shape.step);
        let (record, count) = (words(src, room), d.len() / src.len());
        raw!(by.memset_pattern_stepped_streaming(d.as_mut_ptr(), record, count, word % record.len(), step));
    }),
    op("memcpy_rows_streaming", Raw, Rows, |by, d, src, shape| {
        let ([to, from], rows) = (shape.pitches(), shape.rows(d.len()));
        raw!(by.memcpy_rows_streaming(d.as_mut_ptr(), to, src.as_ptr(), from, shape.width, rows));
    }),
    op("memcpy_streaming_load", Raw, Block, |by, d, src, _| {
        raw!(by.memcpy_streaming_load(d.as_mut_ptr(), src.as_ptr(), d.len()));
    }),
    op("copy", Slice, Block, elements!(|by, d, src, shape| call!(by.copy(d, src)))),
    // SAFETY: what is copied is initialised.
    op("copy_uninit", Slice, Block, elements!(|by, d, src, shape| unsafe { call!(by.copy_uninit(uninit(d), src), src) })),
    op("fill", Slice, Value, elements!(|by, d, src, shape| call!(by.fill(d, src[0])))),
    op("fill_uninit", Slice, Value, elements!(|by, d, src, shape| match by {
        // SAFETY: the value is initialised.
        By::Scope(scope) => scope.fill(unsafe { uninit(d) }, MaybeUninit::new(src[0])),
        // SAFETY: the same.
        _ => assert_eq!(unsafe { unscoped!(by.fill_uninit(uninit(d), src[0])) }.len(), d.len()),
    })),
    op("fill_pattern", Slice, Pattern, |by, d, src, _| call!(by.fill_pattern(d, src))),
    op("copy_to", Memory, Block, elements!(|by, d, src, shape| call!(by.copy_to(only(d, shape), src)))),
    op("fill_to", Memory, Value, elements!(|by, d, src, shape| call!(by.fill_to(only(d, shape), src[0])))),
    // One closure for all callers: what is made of it is compiled once for each of them.
    op("fill_with", Memory, Block, elements!(|by, d, src, shape| {
        let value = |i: usize| src[i];
        call!(by.fill_with(only(d, shape), value))
    })),
    op("map", Memory, Block, elements!(|by, d, src, shape| {
        let same = |value| value;
        call!(by.map(only(d, shape), src, same))
    })),
    op("copy_rows", Memory, Rows, |by, d, src, shape| {
        let ([to, from], rows) = (shape.pitches(), shape.rows(d.len()));
        call!(by.copy_rows(only(d, shape), to, src, from, shape.width, rows))
    }),
    op("Writer", Memory, Block, |by, d, src, shape| match by {
        By::Scope(scope) => append(scope.writer_to(only(d, shape)), src, shape),
        // SAFETY: it is dropped there. It writes what is appended.
        _ => append(unsafe { Writer::new_unscoped(by.handle().unwrap_or_default(), uninit(d)) }, src, shape),
    }),
    op("load", Load, Block, elements!(|by, d, src, shape| unscoped!(by.load(d, src)))),
    op("load_uninit", Load, Block, elements!(|by, d, src, shape| {
        // SAFETY: what is copied is initialised.
        assert_eq!(unsafe { unscoped!(by.load_uninit(uninit(d), src)) }, src);
    })),
    op("memcpy_persist", Persist, Block, |by, d, src, _| {
        otherwise(raw!(by.memcpy_persist(d.as_mut_ptr(), src.as_ptr(), d.len())), || Block.expect(d, src, Shape::PLAIN));
    }),
    op("memset_persist", Persist, Byte, |by, d, src, _| {
        otherwise(raw!(by.memset_persist(d.as_mut_ptr(), src[0], d.len())), || d.fill(src[0]));
    }),
    op("copy_persist", Persist, Block, elements!(|by, d, src, shape| {
        otherwise(unscoped!(by.copy_persist(d, src)), || d.copy_from_slice(src));
    })),
    op("fill_persist", Persist, Value, elements!(|by, d, src, shape| {
        otherwise(unscoped!(by.fill_persist(d, src[0])), || d.fill(src[0]));
    })),
    op("persist", Persist, Block, |_, d, src, _| {
        d.copy_from_slice(src);
        otherwise(free::persist(d), || ());
    }),
    // SAFETY: as `raw`; the width is one that both lengths are multiples of.
    op("memcpy_mmio", Device, Block, |_, d, src, shape| unsafe {
        free::memcpy_mmio(d.as_mut_ptr(), src.as_ptr(), d.len(), width(d, shape));
    }),
    // SAFETY: the same.
    op("memset_mmio", Device, Byte, |_, d, src, shape| unsafe {
        free::memset_mmio(d.as_mut_ptr(), src[0], d.len(), width(d, shape));
    }),
    op("Registers::copy", Device, Block, |_, d, src, shape| registers(d, shape).copy(0, src)),
    op("Registers::fill", Device, Byte, |_, d, src, shape| {
        let mut registers = registers(d, shape);
        registers.fill(0, registers.len(), src[0]);
    }),
];

fn records<const N: usize>(by: By<'_, '_>, dst: &mut [[u8; N]], value: &[u8; N]) {
    let streamer = by.handle().unwrap_or_default();
    // SAFETY: whole records, and a value as long as one; as `raw`.
    unsafe { streamer.memcpy_streaming_records::<N>(dst.as_mut_ptr().cast(), dst.len(), |_| value.as_ptr()) };
}

/// The words of a record: where they are, if they are aligned. Tests have them next to memory that may not be accessed.
fn words<'a>(bytes: &'a [u8], room: &'a mut [u64; WORDS]) -> &'a [u64] {
    // SAFETY: any bytes are words.
    if let ([], words, []) = unsafe { bytes.align_to() } {
        return words;
    }
    let (words, _) = bytes.as_chunks();
    room.iter_mut().zip(words).for_each(|(room, word)| *room = u64::from_ne_bytes(*word));
    &room[..words.len()]
}

/// Memory of any kind, as far as who writes it can tell.
fn only<T>(dst: &mut [T], shape: Shape) -> WriteOnly<'_, T> {
    if shape.memory == free::Memory::Ordinary {
        return dst.into();
    }
    // SAFETY: elements that are borrowed for as long, and are used by nobody else; they take all stores that any memory has to take.
    unsafe { WriteOnly::from_raw_parts(dst.as_mut_ptr(), dst.len(), shape.memory) }
}

fn append<D>(mut writer: Writer<'_, D>, src: &[u8], shape: Shape) {
    src.chunks(shape.width).for_each(|record| writer.append(record).expect("it fits"));
}

/// Where nothing persists, nothing is written; then a program does something else.
fn otherwise(answer: Result<(), NoPersistence>, instead: impl FnOnce()) {
    assert_eq!(answer, free::persist::<u8>(&[]), "it depends on the machine alone");
    if answer.is_err() {
        instead();
    }
}

/// The width of the unit, if there is such a one and there is a register at this address.
fn width(dst: &[u8], shape: Shape) -> Width {
    let width = Width::from_bytes(shape.unit).unwrap_or(Width::One);
    if dst.as_ptr().addr().is_multiple_of(width.bytes()) { width } else { Width::One }
}

fn registers(dst: &mut [u8], shape: Shape) -> Registers<'_> {
    // SAFETY: units of a slice, which nobody else uses, aligned to this width.
    unsafe { Registers::from_raw_parts(dst.as_mut_ptr(), dst.len(), width(dst, shape)) }
}
