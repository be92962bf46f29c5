//! Memory that is not ordinary, where an architecture has no assembly of its own for it.

use crate::Backend;
use crate::persist::WriteBack;
use core::mem::MaybeUninit;
use core::ptr;
use core::sync::atomic::{Ordering, fence};

/// Copies of units by volatile stores. LLVM does not merge, split or repeat one of an integer that a register holds. The bytes need not be
/// initialised.
macro_rules! copy_units {
    ($name:ident, $unit:ident) => {
        /// # Safety
        /// `dst` is valid for stores of `count` units and aligned for them, and `src` for reads of `count` units that are `step` bytes apart; they
        /// do not overlap.
        pub(crate) unsafe fn $name(dst: *mut u8, src: *const u8, step: usize, count: usize) {
            for i in 0..count {
                // SAFETY: unit `i` is one of the `count` of both, and aligned at the destination.
                unsafe {
                    let unit = src.add(step * i).cast::<MaybeUninit<$unit>>().read_unaligned();
                    dst.add(size_of::<$unit>() * i).cast::<MaybeUninit<$unit>>().write_volatile(unit);
                }
            }
        }
    };
}

copy_units!(copy_u8, u8);
copy_units!(copy_u16, u16);
copy_units!(copy_u32, u32);
#[cfg(target_pointer_width = "64")]
copy_units!(copy_u64, u64);

/// Ordinary loads are ordered before it, and nothing that this thread accesses next is.
#[inline]
pub(crate) fn load_fence() {
    fence(Ordering::Acquire);
}

/// # Safety
/// `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
pub(crate) unsafe fn load(_backend: Backend, dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the contract is the same.
    unsafe { ptr::copy_nonoverlapping(src, dst, len) }
}

/// Nothing is known of these CPUs, or a tool watches every access.
pub(crate) fn write_back() -> Option<WriteBack> {
    None
}

/// Where nothing can be written back, nothing is waited for.
pub(crate) fn persist_fence() {}
