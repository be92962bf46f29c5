//! The safe operations on slices. Each has drained when it returns.

use crate::arch;
use crate::raw::Drains;
use crate::{Streamer, pattern};
use core::mem::MaybeUninit;
use core::ptr;

#[cfg(test)]
mod thresholds;

impl Streamer {
    /// [`copy`](crate::copy) with this backend.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut frame = [0; 2000];
    /// streamer.copy(&mut frame, &[3_u16; 2000]);
    /// assert_eq!(frame, [3; 2000]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn copy<T: Copy>(self, dst: &mut [T], src: &[T]) {
        self.copy_to(dst, src);
    }

    /// [`copy_uninit`](crate::copy_uninit) with this backend.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut frame = [std::mem::MaybeUninit::uninit(); 2000];
    /// assert_eq!(streamer.copy_uninit(&mut frame, &[3_u16; 2000]), [3; 2000]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn copy_uninit<'a, T: Copy>(self, dst: &'a mut [MaybeUninit<T>], src: &[T]) -> &'a mut [T] {
        self.copy_to(&mut *dst, src);
        // SAFETY: every element was just copied from one of `src`, which has as many.
        unsafe { assume_init(dst) }
    }

    /// [`fill`](crate::fill) with this backend.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut frame = [0; 2000];
    /// streamer.fill(&mut frame, 3_u16);
    /// assert_eq!(frame, [3; 2000]);
    /// ```
    #[inline]
    pub fn fill<T: Copy>(self, dst: &mut [T], value: T) {
        self.fill_to(dst, value);
    }

    /// [`fill_uninit`](crate::fill_uninit) with this backend.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut frame = [std::mem::MaybeUninit::uninit(); 2000];
    /// assert_eq!(streamer.fill_uninit(&mut frame, 3_u16), [3; 2000]);
    /// ```
    #[inline]
    pub fn fill_uninit<T: Copy>(self, dst: &mut [MaybeUninit<T>], value: T) -> &mut [T] {
        self.fill_to(&mut *dst, value);
        // SAFETY: every element was just filled with the value.
        unsafe { assume_init(dst) }
    }

    /// [`fill_pattern`](crate::fill_pattern) with this backend.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut frame = [0; 2000];
    /// streamer.fill_pattern(&mut frame, b"abc");
    /// assert_eq!(frame[..6], *b"abcabc");
    /// ```
    #[inline]
    #[track_caller]
    pub fn fill_pattern(self, dst: &mut [u8], pattern: &[u8]) {
        check_pattern(pattern);
        let (to, len) = (dst.as_mut_ptr(), dst.len());
        // SAFETY: `dst` is borrowed exclusively until this function has drained; the pattern is not empty.
        unsafe {
            if len < self.tuning.drained_fill {
                pattern::fill_ordinary(self.kernels, to, len, pattern.as_ptr(), pattern.len());
            } else if pattern::fill(self, to, len, pattern.as_ptr(), pattern.len(), Drains::Once) {
                arch::drain();
            }
        }
    }
}

/// The slice method of this name is younger than the Rust version that the crate promises.
///
/// # Safety
/// All elements are initialised.
#[inline]
pub(crate) unsafe fn assume_init<T>(slice: &mut [MaybeUninit<T>]) -> &mut [T] {
    // SAFETY: all elements are initialised, as the caller vouches; MaybeUninit<T> has the layout of T.
    unsafe { &mut *(ptr::from_mut(slice) as *mut [T]) }
}

#[inline]
#[track_caller]
pub(crate) fn check_len(dst: usize, src: usize) {
    assert!(dst == src, "the destination has {dst} elements and the source has {src}");
}

#[inline]
#[track_caller]
pub(crate) fn check_pattern(pattern: &[u8]) {
    assert!(!pattern.is_empty(), "the pattern is empty");
}

/// Copies `src` to `dst` past the cache.
///
/// When it returns the copy is complete and ordered, as after [`slice::copy_from_slice`]; it differs in what is in the
/// cache afterwards. Fewer bytes than [`Tuning::drained_copy`](crate::Tuning::drained_copy),
/// which is [`DRAINED_BYPASS_LEN`](crate::DRAINED_BYPASS_LEN) or more, are copied by ordinary stores.
///
/// That is so for ordinary memory: heap, stack, mapped files. What is mapped write-combining (a frame buffer, the memory of a device), or
/// shared with others, is no slice: it is a [`WriteOnly`](crate::WriteOnly), to which [`copy_to`](crate::copy_to) copies.
///
/// # Panics
/// If the slices differ in length.
///
/// ```
/// let page = [7_u64; 1024];
/// let mut frame = [0; 1024];
/// memcpy_streaming::copy(&mut frame, &page);
/// assert_eq!(frame, page);
/// ```
#[doc(alias = "memcpy")]
#[doc(alias = "copy_from_slice")]
#[inline]
#[track_caller]
pub fn copy<T: Copy>(dst: &mut [T], src: &[T]) {
    Streamer::new().copy(dst, src);
}

/// Copies `src` into memory that is not initialised, as [`copy`] does, and returns it initialised.
///
/// # Panics
/// If the slices differ in length.
///
/// ```
/// use std::mem::MaybeUninit;
///
/// let page = [7_u8; 8192];
/// let mut frame = [MaybeUninit::uninit(); 8192];
/// let frame: &mut [u8] = memcpy_streaming::copy_uninit(&mut frame, &page);
/// assert_eq!(frame, page);
/// ```
#[doc(alias = "write_copy_of_slice")]
#[inline]
#[track_caller]
pub fn copy_uninit<'a, T: Copy>(dst: &'a mut [MaybeUninit<T>], src: &[T]) -> &'a mut [T] {
    Streamer::new().copy_uninit(dst, src)
}

/// Fills `dst` with `value` past the cache; complete and ordered when it returns.
///
/// ```
/// let mut column = vec![0.0; 10_000];
/// memcpy_streaming::fill(&mut column, f64::NAN);
/// assert!(column.iter().all(|x| x.is_nan()));
/// ```
#[doc(alias = "memset")]
#[inline]
pub fn fill<T: Copy>(dst: &mut [T], value: T) {
    Streamer::new().fill(dst, value);
}

/// Fills memory that is not initialised, as [`fill`] does, and returns it initialised.
///
/// ```
/// use std::mem::MaybeUninit;
///
/// let mut frame = [MaybeUninit::uninit(); 8192];
/// assert_eq!(memcpy_streaming::fill_uninit(&mut frame, 0_u8), [0; 8192]);
/// ```
#[inline]
pub fn fill_uninit<T: Copy>(dst: &mut [MaybeUninit<T>], value: T) -> &mut [T] {
    Streamer::new().fill_uninit(dst, value)
}

/// Fills `dst` with copies of `pattern`, one after the other, past the cache; complete and ordered when it returns. The
/// last copy is cut where `dst` ends.
///
/// # Panics
/// If the pattern is empty.
///
/// ```
/// let mut poison = [0; 1000];
/// memcpy_streaming::fill_pattern(&mut poison, &[0xde, 0xad, 0xbe]);
/// assert_eq!(poison[996..], [0xde, 0xad, 0xbe, 0xde]);
/// ```
#[doc(alias = "memset_pattern")]
#[inline]
#[track_caller]
pub fn fill_pattern(dst: &mut [u8], pattern: &[u8]) {
    Streamer::new().fill_pattern(dst, pattern);
}
