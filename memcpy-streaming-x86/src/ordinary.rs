//! The ordinary copy for short and partial pieces.

use core::arch::asm;

/// Copies `len` bytes with ordinary stores and loads of at most 8 bytes, without a call.
///
/// A load that is wider than the stores which just wrote its bytes cannot take them from the store buffer: it waits
/// until they have reached the cache. memcpy loads 16 to 64 bytes at a time; records are written a word at a time. The
/// loops are assembly so that no vectoriser widens them.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
#[inline]
pub unsafe fn copy_words(dst: *mut u8, src: *const u8, len: usize) {
    if len < 8 {
        // SAFETY: the caller's.
        return unsafe { copy_bytes(dst, src, len) };
    }
    let (mut d, mut s, mut n) = (dst, src, len);
    if n >= 32 {
        // SAFETY: n / 32 rounds of 32 bytes stay inside the `len` bytes of both blocks.
        unsafe {
            asm!(
                "2:",
                "mov {a}, [{s}]",
                "mov {b}, [{s} + {W}]",
                "mov [{d}], {a}",
                "mov [{d} + {W}], {b}",
                "mov {a}, [{s} + 2 * {W}]",
                "mov {b}, [{s} + 3 * {W}]",
                "mov [{d} + 2 * {W}], {a}",
                "mov [{d} + 3 * {W}], {b}",
                "add {s}, 4 * {W}",
                "add {d}, 4 * {W}",
                "dec {rounds}",
                "jnz 2b",
                a = out(reg) _,
                b = out(reg) _,
                s = inout(reg) s,
                d = inout(reg) d,
                rounds = inout(reg) n / (4 * size_of::<usize>()) => _,
                W = const size_of::<usize>(),
                options(nostack),
            );
        }
        n %= 4 * size_of::<usize>();
    }
    while n >= size_of::<usize>() {
        // SAFETY: at least one word is left in both blocks.
        unsafe {
            copy_one::<usize>(d, s);
            d = d.add(size_of::<usize>());
            s = s.add(size_of::<usize>());
        }
        n -= size_of::<usize>();
    }
    if n > 0 {
        // SAFETY: `len` is at least one word, so the word that ends with the blocks is inside them. Bytes that it
        // shares with the words before are written twice with the same value.
        unsafe {
            let back = size_of::<usize>() - n;
            copy_one::<usize>(d.sub(back), s.sub(back));
        }
    }
}

/// Fewer than 8 bytes.
///
/// # Safety
/// As [`copy_words`].
#[inline]
unsafe fn copy_bytes(mut dst: *mut u8, mut src: *const u8, len: usize) {
    // SAFETY: the pieces of 4, 2 and 1 bytes that are the bits of `len` add up to it.
    unsafe {
        if len & 4 != 0 {
            copy_one::<u32>(dst, src);
            (dst, src) = (dst.add(4), src.add(4));
        }
        if len & 2 != 0 {
            copy_one::<u16>(dst, src);
            (dst, src) = (dst.add(2), src.add(2));
        }
        if len & 1 != 0 {
            copy_one::<u8>(dst, src);
        }
    }
}

/// One integer-sized piece, which may hold uninitialised bytes.
///
/// # Safety
/// As [`copy_words`], with the size of `T`.
#[inline(always)]
unsafe fn copy_one<T: Copy>(dst: *mut u8, src: *const u8) {
    use core::mem::MaybeUninit;
    // SAFETY: the caller's; unaligned accesses are asked for by name.
    unsafe {
        dst.cast::<MaybeUninit<T>>().write_unaligned(src.cast::<MaybeUninit<T>>().read_unaligned());
    }
}
