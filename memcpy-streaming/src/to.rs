//! Copies and fills of whatever a [`WriteOnly`] is.

use crate::raw::{self, Drains};
use crate::safe::check_len;
use crate::{DRAINED_BYPASS_LEN, Scope, Streamer, WriteOnly, arch, pattern};
use core::ptr;

impl Streamer {
    /// [`copy_to`](crate::copy_to) with this backend.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut frame = [0; 2000];
    /// streamer.copy_to(&mut frame, &[3_u16; 2000]);
    /// assert_eq!(frame, [3; 2000]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn copy_to<'a, T: Copy>(self, dst: impl Into<WriteOnly<'a, T>>, src: &[T]) {
        let dst = dst.into();
        check_len(dst.len(), src.len());
        let len = size_of_val(src);
        let (to, src): (*mut u8, *const u8) = (dst.ptr.cast(), src.as_ptr().cast());
        // SAFETY: as many elements on both sides. No operation gets a source in memory that is only written, so they do not overlap; it stays
        // borrowed until this function has drained.
        unsafe {
            // The constant first: what is short is not to wait for the look at the tuning.
            if dst.is_ordinary() && (len < DRAINED_BYPASS_LEN || len < self.tuning.drained_copy) {
                ptr::copy_nonoverlapping(src, to, len);
            } else if raw::copy(self, to, src, len, dst.drains()) {
                arch::drain();
            }
        }
    }

    /// [`fill_to`](crate::fill_to) with this backend.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut frame = [0; 2000];
    /// streamer.fill_to(&mut frame, 3_u16);
    /// assert_eq!(frame, [3; 2000]);
    /// ```
    #[inline]
    pub fn fill_to<'a, T: Copy>(self, dst: impl Into<WriteOnly<'a, T>>, value: T) {
        let dst = dst.into();
        let len = dst.size();
        if !dst.is_ordinary() {
            self.fill_with(dst, |_| value);
        } else if len < DRAINED_BYPASS_LEN || len < self.tuning.drained_fill || raw::is_portable(self.kernels) {
            dst.store_each(|_| value);
        } else {
            // SAFETY: `dst` is borrowed exclusively until this function has drained, and is a whole number of values. It is longer than
            // nothing, so a value is longer than nothing.
            unsafe {
                if pattern::fill(self, dst.ptr.cast(), len, (&raw const value).cast(), size_of::<T>(), Drains::Once) {
                    arch::drain();
                }
            }
        }
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Copies `src` to memory that is only written, or to a slice. It is the scope's until the scope has ended.
    ///
    /// # Panics
    /// If they differ in length.
    ///
    /// ```
    /// use memcpy_streaming::WriteOnly;
    ///
    /// let mut frame = [0; 100];
    /// memcpy_streaming::scope(|s| {
    ///     let (left, right) = WriteOnly::from(&mut frame).split_at(40);
    ///     s.copy_to(left, &[1; 40]);
    ///     s.copy_to(right, &[2; 60]);
    /// });
    /// assert_eq!(frame[39..41], [1, 2]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn copy_to<T: Copy>(&self, dst: impl Into<WriteOnly<'scope, T>>, src: &[T]) {
        let dst = dst.into();
        check_len(dst.len(), src.len());
        // SAFETY: as many elements on both sides. No operation gets a source in memory that is only written, so they do not overlap. It
        // stays borrowed for 'scope, which ends after the drain of `Streamer::scope`, on this thread: a Scope is not Sync.
        self.note(unsafe {
            raw::copy(self.streamer(), dst.ptr.cast(), src.as_ptr().cast(), size_of_val(src), dst.drains())
        });
    }

    /// Fills memory that is only written, or a slice, with `value`. It is the scope's until the scope has ended.
    ///
    /// ```
    /// use memcpy_streaming::WriteOnly;
    ///
    /// let mut frame = [0_u8; 1000];
    /// memcpy_streaming::scope(|s| {
    ///     WriteOnly::from(&mut frame).chunks(100).for_each(|part| s.fill_to(part, 9));
    /// });
    /// assert_eq!(frame, [9; 1000]);
    /// ```
    #[inline]
    pub fn fill_to<T: Copy>(&self, dst: impl Into<WriteOnly<'scope, T>>, value: T) {
        let dst = dst.into();
        let len = dst.size();
        if !dst.is_ordinary() {
            self.fill_with(dst, |_| value);
        } else if len == 0 || raw::is_portable(self.streamer().kernels) {
            dst.store_each(|_| value);
        } else {
            let pattern = (&raw const value).cast();
            // SAFETY: `dst` is borrowed as in `copy_to`; a value has bytes, because `dst` has.
            self.note(unsafe {
                pattern::fill(self.streamer(), dst.ptr.cast(), len, pattern, size_of::<T>(), Drains::Once)
            });
        }
    }
}

/// Copies `src` past the cache to memory that is only written, or to a slice: [`copy`](crate::copy) where the destination is all that
/// a [`WriteOnly`] can be. Complete and ordered when it returns.
///
/// On memory that is not [`Ordinary`](crate::Memory::Ordinary) it fences whatever its size, stores each byte once and reads none.
///
/// # Panics
/// If they differ in length.
///
/// ```
/// use memcpy_streaming::{Memory, WriteOnly, copy_to};
///
/// let mut bar = [0_u8; 4096]; // Stands for the memory of a device.
/// // SAFETY: an array, which nobody uses while `dst` is there.
/// let dst = unsafe { WriteOnly::from_raw_parts(bar.as_mut_ptr(), bar.len(), Memory::WriteCombining) };
/// copy_to(dst.slice(100..104), b"ring"); // Four bytes, and a fence.
/// assert_eq!(bar[100..104], *b"ring");
/// ```
#[inline]
#[track_caller]
pub fn copy_to<'a, T: Copy>(dst: impl Into<WriteOnly<'a, T>>, src: &[T]) {
    Streamer::new().copy_to(dst, src);
}

/// Fills memory that is only written, or a slice, past the cache: [`fill`](crate::fill) where the destination is all that a [`WriteOnly`] can
/// be. Complete and ordered when it returns.
///
/// On memory that is not [`Ordinary`](crate::Memory::Ordinary) it fences whatever its size, stores each byte once and reads none.
///
/// ```
/// use memcpy_streaming::{WriteOnly, fill_to};
///
/// let mut pixels = [0_u32; 1920];
/// fill_to(WriteOnly::from(&mut pixels).slice(960..), 0xff00_00ff);
/// assert_eq!(pixels[959..961], [0, 0xff00_00ff]);
/// ```
#[inline]
pub fn fill_to<'a, T: Copy>(dst: impl Into<WriteOnly<'a, T>>, value: T) {
    Streamer::new().fill_to(dst, value);
}
