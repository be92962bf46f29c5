//! The safe form of stores to devices: what it stores, and what it refuses. (How it stores is counted in `accesses.rs`.)

mod common;
use common::seeded::every;
use memcpy_streaming::{Registers, Width};
use std::panic::{AssertUnwindSafe, catch_unwind};

const LEN: usize = 64;

#[repr(align(64))]
struct Device([u8; LEN]);

/// What `run` leaves, or the message of its panic, behind which nothing has been stored.
fn after(width: Width, run: impl FnOnce(&mut Registers<'_>)) -> Result<[u8; LEN], String> {
    let mut device = Device([0xa5; LEN]);
    // SAFETY: so many bytes, aligned for every width, which nobody else uses.
    let mut registers = unsafe { Registers::from_raw_parts(device.0.as_mut_ptr(), LEN, width) };
    assert_eq!((registers.len(), registers.is_empty(), registers.width()), (LEN, false, width));
    match catch_unwind(AssertUnwindSafe(|| run(&mut registers))) {
        Ok(()) => Ok(device.0),
        Err(payload) => {
            assert_eq!(device.0, [0xa5; LEN], "nothing is stored before a panic");
            Err(*payload.downcast().expect("a message"))
        }
    }
}

#[test]
fn all_places_and_lengths() {
    let widths = [1, 2, 4, size_of::<usize>()].map(|bytes| Width::from_bytes(bytes).expect("there is such a width"));
    let data: Vec<u8> = (0..=LEN as u8).collect();
    for width in widths {
        for at in (0..=LEN + 1).step_by(every(33)) {
            for len in [0, 1, 2, 3, 4, 6, 8, 12, 16, 63, 64].into_iter().step_by(every(4)) {
                let expected = |stored: &dyn Fn(usize) -> u8| {
                    if at % width.bytes() != 0 || len % width.bytes() != 0 {
                        Err(format!("{len} bytes from {at} on are not for stores of {}", width.bytes()))
                    } else if at + len > LEN {
                        Err(format!("{len} bytes from {at} on reach beyond {LEN}"))
                    } else {
                        let mut bytes = [0xa5; LEN];
                        bytes[at..at + len].iter_mut().enumerate().for_each(|(i, byte)| *byte = stored(i));
                        Ok(bytes)
                    }
                };
                let copied = after(width, |registers| registers.copy(at, &data[..len]));
                assert_eq!(copied, expected(&|i| data[i]), "{len} bytes at {at}, {width:?}");
                assert_eq!(after(width, |registers| registers.fill(at, len, 7)), expected(&|_| 7));
            }
        }
    }
}

/// Sums that do not fit into a number are beyond every end.
#[test]
fn lengths_that_nobody_has() {
    for (at, len) in [(usize::MAX, 1), (1, usize::MAX), (usize::MAX, usize::MAX)] {
        after(Width::One, |registers| registers.fill(at, len, 7)).expect_err("it is refused");
    }
}
