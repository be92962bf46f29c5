//! Memory that is only written: its parts, and what is refused. (What the operations write is in the grids.)

mod common;
use common::seeded::every;
use common::{Arena, for_each_backend, noise};
use memcpy_streaming::{Memory, WriteOnly, copy_rows, copy_to, fill_to, fill_with, map, scope};
use std::mem::MaybeUninit;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn panic_message(run: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(run)).expect_err("it should panic");
    payload.downcast_ref::<String>().cloned().unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
}

/// The numbers of the elements that a part has, as far as what it writes shows.
fn elements(take: impl FnOnce(WriteOnly<'_, u16>) -> WriteOnly<'_, u16>) -> Vec<usize> {
    let mut all = [0; 10];
    let part = take(WriteOnly::from(&mut all));
    let len = part.len();
    assert_eq!((part.is_empty(), part.memory()), (len == 0, Memory::Ordinary));
    fill_to(part, 1);
    let written: Vec<usize> = (0..10).filter(|&i| all[i] == 1).collect();
    assert_eq!(written.len(), len);
    written
}

#[test]
fn parts_are_those_of_slices() {
    assert_eq!(elements(|all| all.slice(..)), Vec::from_iter(0..10));
    assert_eq!(elements(|all| all.slice(3..7)), [3, 4, 5, 6]);
    assert_eq!(elements(|all| all.slice(3..=7)), [3, 4, 5, 6, 7]);
    assert_eq!(elements(|all| all.slice(8..)), [8, 9]);
    assert_eq!(elements(|all| all.slice(..2)), [0, 1]);
    assert_eq!(elements(|all| all.slice(10..)), [0; 0]);
    assert_eq!(elements(|all| all.slice((Bound::Excluded(7), Bound::Unbounded))), [8, 9]);
    assert_eq!(elements(|all| all.split_at(4).0), [0, 1, 2, 3]);
    assert_eq!(elements(|all| all.split_at(10).1), [0; 0]);
    for (i, expected) in [&[0, 1, 2, 3][..], &[4, 5, 6, 7], &[8, 9]].into_iter().enumerate() {
        assert_eq!(elements(|all| all.chunks(4).nth(i).expect("there are three")), expected);
    }
    assert_eq!(WriteOnly::from(&mut [0; 10]).chunks(4).count(), 3);
    assert_eq!(WriteOnly::from(&mut [0; 0]).chunks(4).count(), 0);
}

#[test]
fn what_slices_refuse_is_refused() {
    let refused = |take: fn(WriteOnly<'_, u16>)| panic_message(|| take(WriteOnly::from(&mut [0; 10])));
    assert_eq!(refused(|all| drop(all.slice(3..11))), "elements 3..11 of a destination of 10");
    #[expect(clippy::reversed_empty_ranges)]
    let reversed = refused(|all| drop(all.slice(4..3)));
    assert_eq!(reversed, "elements 4..3 of a destination of 10");
    assert_eq!(refused(|all| drop(all.slice(11..))), "elements 11..10 of a destination of 10");
    assert_eq!(refused(|all| drop(all.slice(..=usize::MAX))), "no destination has an element of the number usize::MAX");
    assert_eq!(refused(|all| drop(all.split_at(11))), "element 11 of a destination of 10");
    assert_eq!(refused(|all| drop(all.chunks(0))), "chunks of no elements");
    let lengths = "the destination has 10 elements and the source has 9";
    assert_eq!(refused(|all| copy_to(all, &[0; 9])), lengths);
    assert_eq!(refused(|all| map(all, &[0; 9], |x: u16| x)), lengths);
    assert_eq!(refused(|all| scope(|s| s.copy_to(all.slice(..), &[0; 9]))), lengths);
}

/// Into memory of each kind that is not initialised, by all that the free functions take.
#[test]
fn what_is_not_initialised_is_afterwards() {
    let mut memory = [MaybeUninit::<u32>::uninit(); 700];
    copy_to(&mut memory, &[1; 700]);
    fill_to(&mut memory[1..], 2);
    fill_with(&mut memory[2..], |i| i as u32);
    map(&mut memory[699..], &[9_u8], u32::from);
    // SAFETY: the first call has initialised all of it.
    let values = memory.map(|value| unsafe { value.assume_init() });
    assert_eq!((&values[..4], values[698], values[699]), (&[1, 2, 0, 1][..], 696, 9));
}

/// Values of sizes that divide a line and of others, longer than a line, longer than a unit, and of none; at addresses at which they fill
/// lines, and at others.
#[test]
fn values_of_any_size_are_made() {
    fn check<const N: usize>() {
        let longest = if cfg!(miri) { 4200 } else { 70_000 };
        let noise = noise(N + longest, 3);
        for_each_backend(|streamer| {
            let lens = [1, 0, 63, 64, 100, 300, 1000, 4000].into_iter().filter(|len| len * N <= longest);
            for len in lens.step_by(every(3)) {
                for at in [0, 1, 4, 32].into_iter().step_by(every(3)) {
                    let expected = &noise[..len * N];
                    let value = |i: usize| -> [u8; N] { noise[i * N..][..N].try_into().unwrap() };
                    let mut arena = Arena::new(at, len * N);
                    streamer.fill_with(arena.middle().as_chunks_mut::<N>().0, value);
                    arena.check(expected, || format!("{} makes {len} values of {N} at {at}", streamer.backend()));
                    let mut arena = Arena::new(at, len * N);
                    streamer
                        .scope(|s| s.map(arena.middle().as_chunks_mut::<N>().0, expected.as_chunks::<N>().0, |v| v));
                    arena.check(expected, || format!("{} maps {len} values of {N} to {at}", streamer.backend()));
                }
            }
        });
    }
    check::<1>();
    check::<3>();
    check::<8>();
    check::<24>();
    check::<64>();
    check::<100>();
    check::<1000>();
    check::<4096>();

    let mut calls = 0;
    fill_with(&mut [(); 5], |_| calls += 1);
    assert_eq!(calls, 5, "values of no size are made all the same");
}

/// Each number once and in order, whatever is streamed.
#[test]
fn values_are_asked_for_in_order() {
    for_each_backend(|streamer| {
        for len in [10, if cfg!(miri) { 500 } else { 5000 }] {
            let mut asked = Vec::new();
            streamer.fill_with(&mut vec![0_u16; len][..], |i| {
                asked.push(i);
                0
            });
            assert!(asked.into_iter().eq(0..len), "{len} values by {}", streamer.backend());
        }
    });
}

/// Against a loop over rows, and nothing between them is touched.
#[test]
fn rows_of_any_shape() {
    let data = noise(70_000, 5);
    let shapes = [
        (0, 5, 9, 9),
        (5, 0, 9, 9),
        (1, 700, 700, 800),
        (7, 64, 64, 64),
        (9, 64, 128, 100),
        (3, 333, 333, 1000),
        (10, 1000, 1003, 1000),
    ];
    for_each_backend(|streamer| {
        for (rows, width, dst_pitch, src_pitch) in shapes {
            for at in [0, 5].into_iter().step_by(every(2)) {
                // The last row needs no more than its width.
                let len = |pitch: usize| if rows == 0 { 0 } else { (rows - 1) * pitch + width };
                let src = &data[..len(src_pitch)];
                let mut arena = Arena::new(at, len(dst_pitch));
                let mut expected = arena.middle().to_vec();
                for row in 0..rows {
                    expected[row * dst_pitch..][..width].copy_from_slice(&src[row * src_pitch..][..width]);
                }
                streamer.copy_rows(arena.middle(), dst_pitch, src, src_pitch, width, rows);
                let what =
                    || format!("{}: {rows} rows of {width}, {src_pitch} to {dst_pitch} apart", streamer.backend());
                arena.check(&expected, what);
                arena.reset(at, len(dst_pitch));
                streamer.scope(|s| s.copy_rows(arena.middle(), dst_pitch, src, src_pitch, width, rows));
                arena.check(&expected, what);
            }
        }
        let mut words = [0_u32; 1000];
        streamer.copy_rows(&mut words, 100, &[7; 1000], 200, 50, 5);
        assert!((0..1000).all(|i| words[i] == if i < 500 && i % 100 < 50 { 7 } else { 0 }));
        streamer.copy_rows(&mut [(); 3], usize::MAX, &[(); 3], usize::MAX, 1, 1);
        streamer.copy_rows(&mut words, 0, &[7; 1], 0, 0, usize::MAX);
    });
}

#[test]
fn rows_that_overlap_or_do_not_fit_are_refused() {
    let message = |dst_pitch, src_len, src_pitch, width, rows| {
        let (mut dst, src) = ([0_u16; 100], vec![0; src_len]);
        let free = panic_message(|| copy_rows(&mut dst, dst_pitch, &src, src_pitch, width, rows));
        let scoped = panic_message(|| scope(|s| s.copy_rows(&mut dst, dst_pitch, &src, src_pitch, width, rows)));
        assert_eq!(free, scoped);
        assert_eq!(dst, [0; 100]);
        free
    };
    let overlap = "rows of 10 elements overlap in the destination: they begin 9 apart";
    assert_eq!(message(9, 100, 10, 10, 2), overlap);
    assert_eq!(message(10, 100, 9, 10, 2), overlap.replace("destination", "source"));
    let long = "10 rows of 10 elements, 11 apart, do not fit into the 100 of the destination";
    assert_eq!(message(11, 1000, 10, 10, 10), long);
    assert_eq!(message(10, 99, 10, 10, 10), "10 rows of 10 elements, 10 apart, do not fit into the 99 of the source");
    let product = format!("3 rows of 10 elements, {} apart, do not fit into the 100 of the destination", usize::MAX);
    assert_eq!(message(usize::MAX, 1000, 10, 10, 3), product);
    let sum = format!("2 rows of 10 elements, {} apart, do not fit into the 100 of the destination", usize::MAX);
    assert_eq!(message(usize::MAX, 1000, 10, 10, 2), sum);
    let many = format!("{} rows of 1 elements, 1 apart, do not fit into the 100 of the destination", usize::MAX);
    assert_eq!(message(1, 100, 1, 1, usize::MAX), many);
}
