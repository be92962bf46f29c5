//! Each operation by everybody who has it, at every offset in a line, against its plain loop.

use memcpy_streaming::{Memory, Streamer};
use test_operations::{Kind, OPERATIONS, Operation, Shape, Source, UNITS, noise};

use crate::arena::Arena;

/// Few bytes; about a line; about what streams in a scope and in a call of its own; a page.
const LENS: [usize; 17] = [0, 1, 7, 16, 63, 64, 65, 127, 200, 255, 256, 300, 576, 1023, 1024, 1100, 4096];

const MEMORIES: [Memory; 3] = [Memory::Ordinary, Memory::WriteCombining, Memory::Shared];

/// All that can be tried: emulators before qemu 8.1 say that an aarch64 has what makes bytes persistent, and lack it.
pub(crate) fn all() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(|operation| operation.kind != Kind::Persist)
}

pub(crate) fn check(operation: &Operation, streamer: Streamer) {
    let (mut arena, noise, zeros) = (Arena::new(), core::array::from_fn(noise), [0; LENS[16] + 64]);
    // Every offset with every length; and with some of all periods, and of all words that can grow.
    let rounds = if matches!(operation.source, Source::Pattern | Source::Words | Source::Stepped) { 8 } else { 1 };
    for case in 0..64 * rounds * LENS.len() {
        let (at, len) = (case / LENS.len() % 64, LENS[case % LENS.len()]);
        let len = if operation.source == Source::Fixed { case } else { len };
        let shape = Shape {
            unit: UNITS[case % UNITS.len()],
            memory: MEMORIES[case % 3],
            width: 1 + case % 300,
            gaps: [4 + case % 7, case % 5],
            period: 1 + case % 300,
            step: (case, Shape::PLAIN.step.1),
        };
        let (src_len, dst_len) = operation.source.lens(len, shape);
        // Zeros are a case of their own: CLZERO, DC ZVA.
        let source = if case % 4 == 3 && !operation.source.copies() { &zeros } else { &noise };
        // Every offset of the source against some of the destination.
        let src = &source[(5 * at + len) % 64..][..src_len];
        for &caller in operation.kind.callers() {
            arena.check(
                (at, dst_len),
                |dst| operation.run(caller, streamer, dst, src, shape),
                |dst| operation.source.expect(dst, src, shape),
                format_args!("{caller:?} {}, {shape:?}", operation.name),
            );
        }
    }
}
