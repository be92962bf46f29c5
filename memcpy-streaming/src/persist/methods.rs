//! The operations as methods of the handle.

use super::{NoPersistence, WriteBack};
use crate::Streamer;
use crate::safe::check_len;

impl Streamer {
    /// [`memcpy_persist`](crate::memcpy_persist) with this backend.
    ///
    /// # Safety
    /// As there.
    ///
    /// # Errors
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut log = [0_u8; 256];
    /// // SAFETY: 256 bytes each.
    /// let persists = unsafe { streamer.memcpy_persist(log.as_mut_ptr(), [1_u8; 256].as_ptr(), 256) };
    /// assert_eq!(log, [if persists.is_ok() { 1 } else { 0 }; 256]);
    /// ```
    pub unsafe fn memcpy_persist(self, dst: *mut u8, src: *const u8, len: usize) -> Result<(), NoPersistence> {
        let back = WriteBack::of_this_cpu()?;
        // SAFETY: the contract is the same.
        unsafe { back.copy(self, dst, src, len) };
        Ok(())
    }

    /// [`memset_persist`](crate::memset_persist) with this backend.
    ///
    /// # Safety
    /// As there.
    ///
    /// # Errors
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut log = [0_u8; 256];
    /// // SAFETY: 256 bytes.
    /// let persists = unsafe { streamer.memset_persist(log.as_mut_ptr(), 7, 256) };
    /// assert_eq!(log, [if persists.is_ok() { 7 } else { 0 }; 256]);
    /// ```
    pub unsafe fn memset_persist(self, dst: *mut u8, byte: u8, len: usize) -> Result<(), NoPersistence> {
        let back = WriteBack::of_this_cpu()?;
        // SAFETY: the contract is the same; the value is a byte of this function's.
        unsafe { back.fill(self, dst, len, &raw const byte, 1) };
        Ok(())
    }

    /// [`copy_persist`](crate::copy_persist) with this backend.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut log = [0; 2000];
    /// let persists = streamer.copy_persist(&mut log, &[3_u16; 2000]);
    /// assert_eq!(log, [if persists.is_ok() { 3 } else { 0 }; 2000]);
    /// ```
    #[track_caller]
    pub fn copy_persist<T: Copy>(self, dst: &mut [T], src: &[T]) -> Result<(), NoPersistence> {
        check_len(dst.len(), src.len());
        // SAFETY: two slices of the same length, one of them exclusively borrowed until this function has fenced.
        unsafe { self.memcpy_persist(dst.as_mut_ptr().cast(), src.as_ptr().cast(), size_of_val(src)) }
    }

    /// [`fill_persist`](crate::fill_persist) with this backend.
    ///
    /// # Errors
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut log = [0; 2000];
    /// let persists = streamer.fill_persist(&mut log, 3_u16);
    /// assert_eq!(log, [if persists.is_ok() { 3 } else { 0 }; 2000]);
    /// ```
    pub fn fill_persist<T: Copy>(self, dst: &mut [T], value: T) -> Result<(), NoPersistence> {
        let back = WriteBack::of_this_cpu()?;
        let len = size_of_val(dst);
        if len > 0 {
            // SAFETY: the slice is exclusively borrowed until this function has fenced, and a whole number of values; it is longer than
            // nothing, and so is a value.
            unsafe { back.fill(self, dst.as_mut_ptr().cast(), len, (&raw const value).cast(), size_of::<T>()) };
        }
        Ok(())
    }
}
