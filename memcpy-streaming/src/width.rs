//! Widths of loads and stores that nobody may change.

use crate::arch;

/// How wide each store to a device is: what the device's manual asks for.
///
/// ```
/// use memcpy_streaming::Width;
///
/// assert_eq!(Width::Four.bytes(), 4);
/// assert_eq!(Width::from_bytes(2), Some(Width::Two));
/// assert_eq!(Width::from_bytes(3), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Width {
    /// Bytes.
    One,
    /// 2 bytes at a multiple of 2.
    Two,
    /// 4 bytes at a multiple of 4.
    Four,
    /// 8 bytes at a multiple of 8. Where pointers have 64 bits: elsewhere the widest general register stores 4 bytes, and two stores are
    /// not one.
    #[cfg(target_pointer_width = "64")]
    Eight,
}

impl Width {
    /// The number of bytes.
    #[inline]
    #[must_use]
    pub const fn bytes(self) -> usize {
        1 << self as u32
    }

    /// The width of so many bytes; None if there is none, on this target.
    #[must_use]
    pub const fn from_bytes(bytes: usize) -> Option<Width> {
        match bytes {
            1 => Some(Width::One),
            2 => Some(Width::Two),
            4 => Some(Width::Four),
            #[cfg(target_pointer_width = "64")]
            8 => Some(Width::Eight),
            _ => None,
        }
    }

    /// How many units of this width `len` bytes are; what is left of them is not counted.
    #[inline]
    pub(crate) fn units(self, len: usize) -> usize {
        len >> self as u32
    }
}

/// Copies `count` units, each by one load and one store of its width, from the first to the last. `step` is how far apart those of the source are:
/// their size, or 0 to repeat one.
///
/// # Safety
/// * `dst` is valid for stores of `count` units, and `src` for loads of `count` units that are `step` bytes apart; they do not overlap.
/// * `dst` is aligned for them, where `arch/plain.rs` stores. Elsewhere neither needs to be.
#[inline]
pub(crate) unsafe fn copy_units(width: Width, dst: *mut u8, src: *const u8, step: usize, count: usize) {
    // SAFETY: the contract is the same.
    unsafe {
        match width {
            Width::One => arch::copy_u8(dst, src, step, count),
            Width::Two => arch::copy_u16(dst, src, step, count),
            Width::Four => arch::copy_u32(dst, src, step, count),
            #[cfg(target_pointer_width = "64")]
            Width::Eight => arch::copy_u64(dst, src, step, count),
        }
    }
}

/// Copies `len` bytes in ascending order, each once: by the widest units that are aligned at `place`, which is where one of the two blocks begins.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; they do not overlap.
/// * `place` is the address of `dst`, where `arch/plain.rs` stores.
pub(crate) unsafe fn copy_widest(dst: *mut u8, src: *const u8, len: usize, place: usize) {
    let mut at = 0;
    while at < len {
        let fits = |width: Width| place.wrapping_add(at) & (width.bytes() - 1) == 0 && width.bytes() <= len - at;
        let (width, count) = if fits(WIDEST) {
            (WIDEST, WIDEST.units(len - at))
        } else {
            (NARROWER.iter().copied().find(|width| fits(*width)).unwrap_or(Width::One), 1)
        };
        // SAFETY: the units end within the `len` bytes of both blocks, and are aligned at `place`.
        unsafe { copy_units(width, dst.add(at), src.add(at), width.bytes(), count) };
        at += width.bytes() * count;
    }
}

cfg_if::cfg_if! {
    if #[cfg(target_pointer_width = "64")] {
        const WIDEST: Width = Width::Eight;
        const NARROWER: &[Width] = &[Width::Four, Width::Two];
    } else {
        const WIDEST: Width = Width::Four;
        const NARROWER: &[Width] = &[Width::Two];
    }
}
