//! aarch64: streaming loops by pairs of vector registers.

use std::arch::asm;

use super::Loop;
use super::lines::Lines;

/// Prefetches.
macro_rules! prefetch {
    (first $ahead:literal) => {
        concat!("prfm pldl1keep, [{s}, #", $ahead, "]")
    };
    (second $ahead:literal) => {
        concat!("prfm pldl2keep, [{s}, #", $ahead, "]")
    };
}

/// Loads a line.
macro_rules! load {
    ($at:literal) => {
        concat!("add {t}, {s}, #", $at, "\nldp q0, q1, [{t}]\nldp q2, q3, [{t}, #32]")
    };
}

/// Streams the line that was loaded.
macro_rules! stream {
    ($at:literal) => {
        concat!("add {t}, {d}, #", $at, "\nstnp q0, q1, [{t}]\nstnp q2, q3, [{t}, #32]")
    };
}

/// A loop's two functions.
macro_rules! rounds {
    ($name:ident: $($at:literal $(($cache:ident $ahead:literal))?),*) => {
        mod $name {
            use super::*;

            /// # Safety
            /// As [`Rounds`](super::super::super::lines::Rounds) says.
            pub(super) unsafe fn copy(dst: *mut u8, src: *const u8, rounds: usize) {
                // SAFETY: each of the rounds reads and writes a line of each page. A prefetch cannot fault.
                unsafe {
                    asm!(
                        "2:",
                        $($(prefetch!($cache $ahead),)? load!($at), stream!($at),)*
                        "add {s}, {s}, #64", "add {d}, {d}, #64", "subs {n}, {n}, #1", "b.ne 2b",
                        t = out(reg) _, s = inout(reg) src => _, d = inout(reg) dst => _, n = inout(reg) rounds => _,
                        out("v0") _, out("v1") _, out("v2") _, out("v3") _, options(nostack),
                    );
                }
            }

            /// # Safety
            /// As [`Rounds`](super::super::super::lines::Rounds) says.
            pub(super) unsafe fn read(_: *mut u8, src: *const u8, rounds: usize) {
                // SAFETY: each of the rounds reads a line of each page. A prefetch cannot fault.
                unsafe {
                    asm!(
                        "2:",
                        $($(prefetch!($cache $ahead),)? load!($at),)*
                        "add {s}, {s}, #64", "subs {n}, {n}, #1", "b.ne 2b",
                        t = out(reg) _, s = inout(reg) src => _, n = inout(reg) rounds => _,
                        out("v0") _, out("v1") _, out("v2") _, out("v3") _, options(nostack),
                    );
                }
            }
        }
    };
}

candidates!(neon, rounds!());

/// All of them.
pub(super) fn loops(copies: bool) -> Vec<Loop> {
    neon::loops(copies)
}
