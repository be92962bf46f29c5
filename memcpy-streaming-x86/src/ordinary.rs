//! The ordinary copy for short and partial pieces.

use core::arch::asm;
use core::mem::MaybeUninit;

/// One round of the loop below: a piece from `{s}` to `{d}` through `{v}`.
///
/// 16 bytes where the build may use vector registers. Words would be forwarded from the stores that may just have written
/// them; but memory that is not in the cache, which a caller of this crate is likelier to copy, takes twice as long by
/// words, and a failed forward costs little where no streaming stores are on their way.
#[cfg(all(target_feature = "sse2", not(target_feature = "avx")))]
macro_rules! copy_pieces {
    ($($operand:tt)*) => {
        asm!("2:", "movups {v}, [{s}]", "movups [{d}], {v}", "add {s}, 16", "add {d}, 16", "dec {n}", "jnz 2b",
            v = out(xmm_reg) _, $($operand)*)
    };
}
#[cfg(all(target_feature = "sse2", target_feature = "avx"))]
macro_rules! copy_pieces {
    ($($operand:tt)*) => {
        asm!("2:", "vmovups {v}, [{s}]", "vmovups [{d}], {v}", "add {s}, 16", "add {d}, 16", "dec {n}", "jnz 2b",
            v = out(xmm_reg) _, $($operand)*)
    };
}
#[cfg(not(target_feature = "sse2"))]
macro_rules! copy_pieces {
    ($($operand:tt)*) => {
        asm!("2:", "mov {v}, [{s}]", "mov [{d}], {v}", "add {s}, {PIECE}", "add {d}, {PIECE}", "dec {n}", "jnz 2b",
            v = out(reg) _, PIECE = const PIECE, $($operand)*)
    };
}

/// Bytes of a piece.
const PIECE: usize = if cfg!(target_feature = "sse2") { 16 } else { size_of::<usize>() };

/// Copies `len` bytes with ordinary stores, without a call: for up to some hundred bytes.
///
/// Bytes are stored once, or twice with the same value where two pieces overlap at the end.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
#[inline]
pub unsafe fn copy_short(dst: *mut u8, src: *const u8, len: usize) {
    if len >= PIECE {
        // SAFETY: `len / PIECE` rounds, at least one, move as many pieces that all lie in the two blocks; and so does
        // the piece that ends with them.
        unsafe {
            copy_pieces!(
                s = inout(reg) src => _,
                d = inout(reg) dst => _,
                n = inout(reg) len / PIECE => _,
                options(nostack),
            );
            if !len.is_multiple_of(PIECE) {
                let at = len - PIECE;
                copy_pieces!(
                    s = inout(reg) src.add(at) => _,
                    d = inout(reg) dst.add(at) => _,
                    n = inout(reg) 1_usize => _,
                    options(nostack),
                );
            }
        }
        return;
    }
    // SAFETY: `len` is at least as large as the type and less than twice as large, so the first value and the last cover
    // the two blocks.
    unsafe {
        match len {
            8.. => copy_ends::<u64>(dst, src, len),
            4.. => copy_ends::<u32>(dst, src, len),
            2.. => copy_ends::<u16>(dst, src, len),
            1 => copy_ends::<u8>(dst, src, len),
            _ => {}
        }
    }
}

/// Copies the first and the last value of two blocks, which may overlap each other and may hold uninitialised bytes.
///
/// # Safety
/// As [`copy_short`], and `len` is at least the size of `T`.
#[inline(always)]
unsafe fn copy_ends<T: Copy>(dst: *mut u8, src: *const u8, len: usize) {
    let last = len - size_of::<T>();
    // SAFETY: both values are inside the blocks. The blocks do not overlap, so the order of the four accesses does not
    // matter. Unaligned accesses are asked for by name.
    unsafe {
        let head = src.cast::<MaybeUninit<T>>().read_unaligned();
        let tail = src.add(last).cast::<MaybeUninit<T>>().read_unaligned();
        dst.cast::<MaybeUninit<T>>().write_unaligned(head);
        dst.add(last).cast::<MaybeUninit<T>>().write_unaligned(tail);
    }
}
