//! Stores to registers and memory of devices: each byte once, in order, by stores of the width that the caller chooses.

use crate::Width;
use crate::width::copy_units;

mod registers;

pub use registers::Registers;

/// Copies `len` bytes to a device: each byte is stored exactly once, in ascending order, by stores of `width`.
///
/// Nobody merges, widens, splits, repeats or leaves out a store: on x86 and aarch64 each is an instruction of its own (on aarch64 one that
/// does not change its address, so that hypervisors can carry it out), elsewhere a volatile store of a machine's word. There are no
/// streaming stores, no `dc zva`, and no call of the platform's memcpy. Ordinary loads read the source, which is ordinary memory.
///
/// [`Registers`] is the safe form. It has no fence. Memory that is mapped uncached (x86: UC; aarch64: a Device type) gets the stores in this order. If it is mapped
/// write-combining, the CPU may merge and reorder them on their way. What the device is to find in ordinary memory by then needs the
/// barrier of the platform before the call (Linux: `wmb()`), and [`memcpy_streaming_drain`](crate::memcpy_streaming_drain) first if it
/// was streamed.
///
/// # Safety
/// * `dst` and `len` are multiples of the width.
/// * `dst` is valid for stores of `len` bytes: memory of this program, or of a device that has registers, or memory, there, which
///   take stores of this width, and whose effects this program may cause.
/// * `src` is valid for reads of `len` bytes, all of them initialised, at any alignment; the two do not overlap.
///
/// ```
/// use memcpy_streaming::{Width, memcpy_mmio};
///
/// let mut registers = [0_u32; 4];
/// let command = [0x11; 8];
/// // SAFETY: 8 bytes each; u32s are aligned to 4 bytes.
/// unsafe { memcpy_mmio(registers.as_mut_ptr().cast(), command.as_ptr(), 8, Width::Four) };
/// assert_eq!(registers, [0x1111_1111, 0x1111_1111, 0, 0]);
/// ```
#[doc(alias = "memcpy_toio")]
#[doc(alias = "iowrite32_rep")]
#[doc(alias = "volatile_copy_nonoverlapping_memory")]
#[inline]
pub unsafe fn memcpy_mmio(dst: *mut u8, src: *const u8, len: usize, width: Width) {
    // SAFETY: the caller vouches for both blocks, which are so many units, and for the alignment of the first.
    unsafe { copy_units(width, dst, src, width.bytes(), width.units(len)) }
}

/// Fills `len` bytes of a device with `byte`, as [`memcpy_mmio`] copies: each is stored exactly once, in ascending order, by stores of
/// `width`.
///
/// # Safety
/// As there; there is no source.
///
/// ```
/// use memcpy_streaming::{Width, memset_mmio};
///
/// let mut registers = [0_u16; 4];
/// // SAFETY: 8 bytes; u16s are aligned to 2 bytes.
/// unsafe { memset_mmio(registers.as_mut_ptr().cast(), 0xff, 8, Width::Two) };
/// assert_eq!(registers, [0xffff; 4]);
/// ```
#[doc(alias = "memset_io")]
#[inline]
pub unsafe fn memset_mmio(dst: *mut u8, byte: u8, len: usize, width: Width) {
    let unit = [byte; 8];
    // SAFETY: the caller vouches for the destination, which is so many units. The source is one unit, repeated, which no width is longer than.
    unsafe { copy_units(width, dst, unit.as_ptr(), 0, width.units(len)) }
}
