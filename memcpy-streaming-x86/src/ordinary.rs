//! The ordinary copy for records and partial lines: inline, without a call, by words.
//!
//! A load that is wider than the stores which just wrote its bytes cannot take them from the store buffer: it waits until
//! they have reached the cache, behind all streaming stores before them. memcpy loads 16 to 64 bytes at a time; records are
//! written a word at a time.

use core::arch::asm;
use core::mem::MaybeUninit;

/// Bytes of a word.
const WORD: usize = size_of::<usize>();

/// Copies `len` bytes with ordinary stores and loads of at most a word.
///
/// Bytes are stored once, or twice with the same value where two words overlap at the end.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
#[inline]
pub unsafe fn copy_words(dst: *mut u8, src: *const u8, len: usize) {
    let (mut d, mut s) = (dst, src);
    if len >= 4 * WORD {
        // SAFETY: as many rounds of four words as fit into the two blocks. They are assembly so that no vectoriser makes
        // them wider.
        unsafe {
            asm!(
                "2:",
                "mov {v}, [{s}]",
                "mov [{d}], {v}",
                "mov {v}, [{s} + {W}]",
                "mov [{d} + {W}], {v}",
                "mov {v}, [{s} + 2 * {W}]",
                "mov [{d} + 2 * {W}], {v}",
                "mov {v}, [{s} + 3 * {W}]",
                "mov [{d} + 3 * {W}], {v}",
                "add {s}, 4 * {W}",
                "add {d}, 4 * {W}",
                "dec {n}",
                "jnz 2b",
                v = out(reg) _,
                s = inout(reg) s,
                d = inout(reg) d,
                n = inout(reg) len / (4 * WORD) => _,
                W = const WORD,
                options(nostack),
            );
        }
    }
    // SAFETY: the bits of `len` below four words are the sizes of the pieces that are left, largest first; what is left
    // of the last word ends with the blocks, so a word that ends there is inside them if they are a word long.
    unsafe {
        if len & (2 * WORD) != 0 {
            copy_one::<usize>(d, s);
            copy_one::<usize>(d.add(WORD), s.add(WORD));
            (d, s) = (d.add(2 * WORD), s.add(2 * WORD));
        }
        if len & WORD != 0 {
            copy_one::<usize>(d, s);
            (d, s) = (d.add(WORD), s.add(WORD));
        }
        match len % WORD {
            0 => {}
            left if len > WORD => copy_one::<usize>(d.add(left).sub(WORD), s.add(left).sub(WORD)),
            left => copy_ends_by_size(d, s, left),
        }
    }
}

/// Bytes of a record that are likely to have just been written: its header.
#[cfg(target_feature = "sse2")]
const HEADER: usize = 32;

/// Copies a record between streaming stores: its header by words, and the rest of one that is longer than a line by pieces
/// of 16 bytes, which need fewer places in the store buffer. (Without vector registers: all of it by words.)
///
/// Bytes are stored once, or twice with the same value where two pieces overlap at the end.
///
/// # Safety
/// As [`copy_words`].
#[inline]
pub unsafe fn copy_record(dst: *mut u8, src: *const u8, len: usize) {
    #[cfg(target_feature = "sse2")]
    if len > crate::LINE {
        // SAFETY: the header and the rest are inside the two blocks; more than 32 bytes are left behind a header.
        unsafe {
            copy_words(dst, src, HEADER);
            return copy_pieces(dst.add(HEADER), src.add(HEADER), len - HEADER);
        }
    }
    // SAFETY: the contract is the same.
    unsafe { copy_words(dst, src, len) }
}

/// Copies `len` bytes by pairs of 16-byte pieces.
///
/// # Safety
/// As [`copy_words`], and `len` is at least 32.
#[cfg(target_feature = "sse2")]
#[inline]
unsafe fn copy_pieces(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: `len / 32` rounds, at least one, move pairs that lie in the two blocks, and so does the pair that ends with
    // them.
    unsafe {
        asm!(
            "2:",
            "movups {v}, [{s}]",
            "movups {w}, [{s} + 16]",
            "movups [{d}], {v}",
            "movups [{d} + 16], {w}",
            "add {s}, 32",
            "add {d}, 32",
            "dec {n}",
            "jnz 2b",
            v = out(xmm_reg) _,
            w = out(xmm_reg) _,
            s = inout(reg) src => _,
            d = inout(reg) dst => _,
            n = inout(reg) len / 32 => _,
            options(nostack),
        );
        let last = len - 32;
        asm!(
            "movups {v}, [{s}]",
            "movups {w}, [{s} + 16]",
            "movups [{d}], {v}",
            "movups [{d} + 16], {w}",
            v = out(xmm_reg) _,
            w = out(xmm_reg) _,
            s = in(reg) src.add(last),
            d = in(reg) dst.add(last),
            options(nostack, preserves_flags),
        );
    }
}

/// Copies fewer bytes than a word.
///
/// # Safety
/// As [`copy_words`].
#[inline]
unsafe fn copy_ends_by_size(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: `len` is at least as large as the type and at most twice as large, so the first value and the last cover
    // the two blocks.
    unsafe {
        match len {
            4.. => copy_ends::<u32>(dst, src, len),
            2.. => copy_ends::<u16>(dst, src, len),
            1 => copy_one::<u8>(dst, src),
            _ => {}
        }
    }
}

/// Copies the first and the last value of two blocks; the two may overlap.
///
/// # Safety
/// As [`copy_words`], and `len` is at least the size of `T`.
#[inline(always)]
unsafe fn copy_ends<T: Copy>(dst: *mut u8, src: *const u8, len: usize) {
    let last = len - size_of::<T>();
    // SAFETY: both values are inside the blocks.
    unsafe {
        copy_one::<T>(dst, src);
        copy_one::<T>(dst.add(last), src.add(last));
    }
}

/// Copies one value, some or all of whose bytes may not be initialised.
///
/// # Safety
/// As [`copy_words`], with the size of `T`.
#[inline(always)]
unsafe fn copy_one<T: Copy>(dst: *mut u8, src: *const u8) {
    // SAFETY: the caller vouches for a value's bytes on both sides. No alignment is needed, and uninitialised bytes may be
    // moved as what they are.
    unsafe { dst.cast::<MaybeUninit<T>>().write_unaligned(src.cast::<MaybeUninit<T>>().read_unaligned()) }
}
