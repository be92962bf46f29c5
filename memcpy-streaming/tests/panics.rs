//! Panics in the middle: what was written is there, what was not is untouched, and all of it can be used again.
//!
//! (That unwinding drains is seen by another core in the litmus test, and in the assembly by `cargo xtask asm`.)

mod common;
use common::seeded::every;
use common::{Arena, for_each_backend, noise};
use memcpy_streaming::{DRAINED_BYPASS_LEN, Memory, Scope, Streamer, WriteOnly};
use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Longer than what safe functions stream, with partial lines.
const LEN: usize = DRAINED_BYPASS_LEN + 100;

/// The message of the panic that ends `run`.
fn panic_of(run: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(run)).expect_err("it panics");
    payload.downcast_ref::<String>().cloned().unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
}

/// An arena of blocks, some of which are written by a scope that panics.
struct Blocks {
    arena: Arena,
    data: Vec<u8>,
    before: Vec<u8>,
}

impl Blocks {
    fn new(count: usize) -> Blocks {
        let mut arena = Arena::new(13, LEN * count);
        let before = noise(LEN * count, 8);
        arena.middle().copy_from_slice(&before);
        Blocks { arena, data: noise(LEN * count, 9), before }
    }

    /// The first `whole` bytes are the data, the others what they were; and then copies go on as ever.
    fn check(&mut self, whole: usize, streamer: Streamer, what: &str) {
        let expected = [&self.data[..whole], &self.before[whole..]].concat();
        self.arena.check(&expected, || format!("{} after a panic in {what}", streamer.backend()));
        for value in [1, 2] {
            self.data.fill(value);
            streamer.scope(|s| s.copy(self.arena.middle(), &self.data));
            self.arena.check(&self.data, || format!("{} again after a panic in {what}", streamer.backend()));
        }
    }
}

/// The same memory as others might see it.
fn shared(dst: &mut [u8]) -> WriteOnly<'_, u8> {
    // SAFETY: bytes that are borrowed for as long, and that nobody else uses.
    unsafe { WriteOnly::from_raw_parts(dst.as_mut_ptr(), dst.len(), Memory::Shared) }
}

/// After any number of blocks, by any operation of a scope.
#[test]
fn in_a_scope() {
    type Operation = for<'scope> fn(&'scope Scope<'scope, '_>, &'scope mut [u8], &[u8]);
    let operations: [(&str, Operation); 9] = [
        ("copy", |s, dst, src| s.copy(dst, src)),
        ("copy_to", |s, dst, src| s.copy_to(shared(dst), src)),
        ("fill_with", |s, dst, src| s.fill_with(dst, |i| src[i])),
        ("copy_rows", |s, dst, src| s.copy_rows(dst, LEN, src, LEN, LEN, 1)),
        ("Writer of shared memory", |s, dst, src| s.writer_to(shared(dst)).append(src).unwrap()),
        ("fill", |s, dst, src| s.fill(dst.as_chunks_mut::<LEN>().0, src.try_into().unwrap())),
        ("fill_pattern", |s, dst, src| s.fill_pattern(dst, src)),
        ("Writer", |s, dst, src| s.writer(dst).append(src).unwrap()),
        ("Writer in pieces", |s, dst, src| {
            let mut writer = s.writer(dst);
            src.chunks(80).for_each(|piece| writer.append(piece).unwrap());
            assert_eq!(writer.finish().len(), LEN);
        }),
    ];
    for_each_backend(|streamer| {
        for (name, operation) in operations {
            for whole in (0..4).step_by(every(2)) {
                let mut blocks = Blocks::new(4);
                let message = panic_of(|| {
                    streamer.scope(|s| {
                        for (i, dst) in blocks.arena.middle().chunks_mut(LEN).enumerate() {
                            assert!(i < whole, "block {i}");
                            operation(s, dst, &blocks.data[LEN * i..][..LEN]);
                        }
                    });
                });
                assert_eq!(message, format!("block {whole}"));
                blocks.check(LEN * whole, streamer, name);
            }
        }
    });
}

/// Between the comparisons of a sort, each of which copies what it compares; the fifth has no answer.
#[test]
fn in_a_comparison() {
    for_each_backend(|streamer| {
        let mut blocks = Blocks::new(12);
        let message = panic_of(|| {
            let mut order = [5, 3, 4, 1, 2];
            streamer.scope(|s| {
                let mut pairs = blocks.arena.middle().chunks_mut(LEN).zip(blocks.data.chunks(LEN));
                let mut compared = 0;
                order.sort_by(|a: &i32, b| -> Ordering {
                    assert!(compared < 4, "{compared} comparisons");
                    compared += 1;
                    let (dst, src) = pairs.next().unwrap();
                    s.copy(dst, src);
                    a.cmp(b)
                });
            });
        });
        assert_eq!(message, "4 comparisons");
        blocks.check(4 * LEN, streamer, "a comparison");
    });
}

/// Between the writes of a Writer, with anything from nothing to all of a line, or of its buffer, staged: it is dropped,
/// and so drained, on the way out.
#[test]
fn between_writes() {
    for_each_backend(|streamer| {
        for size in [1, 24, 64, 100, 700, 1023, 1024, 1500].into_iter().step_by(every(3)) {
            for writes in [0, 1, 2, 3, 7].into_iter().step_by(every(2)) {
                let mut blocks = Blocks::new(10);
                let message = panic_of(|| {
                    streamer.scope(|s| {
                        let mut writer = s.writer(blocks.arena.middle());
                        for (i, record) in blocks.data.chunks(size).enumerate() {
                            assert!(i < writes, "write {i}");
                            writer.append(record).unwrap();
                        }
                    });
                });
                assert_eq!(message, format!("write {writes}"));
                blocks.check(size * writes, streamer, "a Writer");
            }
        }
    });
}

type Run = fn(Streamer, &mut [[u8; 3]], &dyn Fn(usize) -> [u8; 3]);

/// In the computation of a value: a prefix is there, of whole values, and the others are what they were.
#[test]
fn in_a_value() {
    for_each_backend(|streamer| {
        for bad in [0, 1, 50, 99, 2 * LEN / 3 - 1].into_iter().step_by(every(3)) {
            let runs: [Run; 4] = [
                |s, dst, value| s.fill_with(dst, value),
                |s, dst, value| {
                    let numbers = Vec::from_iter(0..dst.len());
                    s.map(dst, &numbers, value)
                },
                |s, dst, value| s.scope(|s| s.fill_with(dst, value)),
                |s, dst, value| {
                    let (to, len) = (dst.as_mut_ptr(), dst.len());
                    // SAFETY: values that are borrowed for as long, and that nobody else uses.
                    s.fill_with(unsafe { WriteOnly::from_raw_parts(to, len, Memory::WriteCombining) }, value);
                },
            ];
            for run in runs {
                let mut blocks = Blocks::new(2);
                let message = panic_of(|| {
                    run(streamer, blocks.arena.middle().as_chunks_mut().0, &|i| {
                        assert!(i < bad, "value {i}");
                        *blocks.data[3 * i..].first_chunk().unwrap()
                    });
                });
                assert_eq!(message, format!("value {bad}"));
                let (values, data) = (blocks.arena.middle().as_chunks::<3>().0, blocks.data.as_chunks::<3>().0);
                // Values that agree by chance make it longer.
                let whole = values.iter().zip(data).take_while(|(a, b)| a == b).count();
                assert!(whole + 192 / 3 >= bad, "only {whole} values of {bad}");
                blocks.check(3 * whole.min(bad), streamer, "a value");
            }
        }
    });
}

/// A Writer that is forgotten loses what is staged; what it has streamed before is there, in whole lines, in order.
#[test]
fn with_a_forgotten_writer() {
    for_each_backend(|streamer| {
        let mut blocks = Blocks::new(4);
        panic_of(|| {
            streamer.scope(|s| {
                let mut writer = s.writer(blocks.arena.middle());
                blocks.data.chunks(40).for_each(|record| writer.append(record).unwrap());
                std::mem::forget(writer);
                panic!("after it was forgotten");
            });
        });
        let middle = blocks.arena.middle();
        let whole = middle.iter().zip(&blocks.data).take_while(|(a, b)| a == b).count();
        // Up to a line: a byte or two more may agree by chance.
        let whole = (middle.as_ptr().addr() + whole) / 64 * 64 - middle.as_ptr().addr();
        assert!(whole + 2048 >= 4 * LEN, "only {whole} bytes are there");
        blocks.check(whole, streamer, "a scope with a forgotten Writer");
    });
}

/// What a Writer refuses becomes a panic in the caller's hands; arguments that an operation refuses are one at once.
#[test]
fn of_what_is_refused() {
    for_each_backend(|streamer| {
        let mut blocks = Blocks::new(2);
        let message = panic_of(|| {
            streamer.scope(|s| {
                let mut writer = s.writer(&mut blocks.arena.middle()[..LEN + 10]);
                blocks.data.chunks(LEN).for_each(|record| writer.append(record).unwrap());
            });
        });
        assert!(message.contains("WriteError"), "{message}");
        blocks.check(LEN, streamer, "the caller of a Writer");

        let mut blocks = Blocks::new(2);
        let message = panic_of(|| {
            streamer.scope(|s| {
                let (first, second) = blocks.arena.middle().split_at_mut(LEN);
                s.copy(first, &blocks.data[..LEN]);
                s.copy(second, &blocks.data[..LEN - 1]);
            });
        });
        assert_eq!(message, format!("the destination has {LEN} elements and the source has {}", LEN - 1));
        blocks.check(LEN, streamer, "a copy of the wrong length");
    });
}

/// A scope inside of a scope that goes on.
#[test]
fn in_an_inner_scope() {
    for_each_backend(|streamer| {
        let mut blocks = Blocks::new(3);
        streamer.scope(|outer| {
            let mut pairs = blocks.arena.middle().chunks_mut(LEN).zip(blocks.data.chunks(LEN));
            let mut next = || pairs.next().unwrap();
            let (dst, src) = next();
            outer.copy(dst, src);
            let (dst, src) = next();
            let message = panic_of(|| {
                streamer.scope(|inner| {
                    inner.copy(dst, src);
                    panic!("inside");
                });
            });
            assert_eq!((message.as_str(), &*dst == src), ("inside", true));
            let (dst, src) = next();
            outer.copy(dst, src);
        });
        blocks.check(3 * LEN, streamer, "an inner scope");
    });
}
