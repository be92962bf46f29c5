//! A module for each architecture, all with the same items:
//!
//! * `KERNELS`: its streaming backends, best first,
//! * `copy_fixed`: the copy of a constant size, inline and without dispatch; `copy_fixed_by`: the same with the registers
//!   of one of its backends; `copy_records_by`: the same for records that follow each other,
//! * `stream_line_by`: a line that was just made, with the registers of one of its backends,
//! * `copy_words`: the ordinary copy of partial lines, by words; `copy_record`: of records whose header is fresh,
//! * `repeat_in_line`: a line of a short pattern,
//! * `is_zero`: whether a pattern is one for `zero_lines`,
//! * `fill_ordinary_by`: the repetition of a line by ordinary stores, with the registers of one of its backends,
//! * `tuning`: the sizes and distances for this CPU,
//! * `prefetch`: the hint that a line is needed soon,
//! * `drain`: the fence for all of its backends,
//! * `copy_u8` to `copy_u64`: one load and one store for each unit,
//! * `load`: the copy by streaming loads, with the registers of one of its backends; `load_fence`: what stands before it,
//! * `write_back`: how this CPU writes lines of its caches back to memory; `persist_fence`: what waits for that.

// The assembly holds addresses in whole registers, so 64-bit architectures with pointers of 32 bits (x32, ILP32) are portable.

#[cfg(any(
    test,
    all(
        any(target_arch = "aarch64", target_arch = "riscv64"),
        target_pointer_width = "64",
        not(memcpy_streaming_portable)
    )
))]
mod blocks;
#[cfg(any(
    memcpy_streaming_portable,
    not(any(target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))
))]
mod by_copies;

/// The architectures with streaming loads.
#[cfg(all(
    not(memcpy_streaming_portable),
    any(target_arch = "x86", all(any(target_arch = "x86_64", target_arch = "aarch64"), target_pointer_width = "64"))
))]
mod load_by_lines;

/// All others.
#[cfg(any(
    memcpy_streaming_portable,
    not(any(
        target_arch = "x86",
        all(any(target_arch = "x86_64", target_arch = "aarch64"), target_pointer_width = "64")
    ))
))]
mod plain;

/// Where no CPU has a line of its own.
#[cfg(any(
    memcpy_streaming_portable,
    not(any(target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))
))]
pub(crate) fn cautious() -> &'static crate::Tuning {
    static CAUTIOUS: crate::Tuning = crate::Tuning::CAUTIOUS;
    &CAUTIOUS
}

cfg_if::cfg_if! {
    if #[cfg(memcpy_streaming_portable)] {
        mod portable;
        pub(crate) use portable::*;
    } else if #[cfg(any(target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))] {
        mod x86;
        pub(crate) use x86::*;
    } else if #[cfg(all(target_arch = "aarch64", target_pointer_width = "64"))] {
        mod aarch64;
        pub(crate) use aarch64::*;
    } else if #[cfg(all(target_arch = "riscv64", target_pointer_width = "64"))] {
        mod portable;
        mod riscv64;
        pub(crate) use riscv64::*;
    } else if #[cfg(target_arch = "s390x")] {
        mod portable;
        mod s390x;
        pub(crate) use s390x::*;
    } else {
        mod portable;
        pub(crate) use portable::*;
    }
}
