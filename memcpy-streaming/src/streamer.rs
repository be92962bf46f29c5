//! The handle that is bound to one backend.

use crate::kernels::{self, Kernels};
use crate::stepped::{self, Stepped};
use crate::{Backend, arch, pattern, raw};
use core::fmt;

/// The operations of this crate, bound to one backend.
///
/// The free functions are `Streamer::new()`'s. A handle is one pointer, `Copy`, and `Send`; holding one saves the look
/// at the process-wide choice, and [`with_backend`](Streamer::with_backend) makes it possible to test or measure every
/// backend of a machine.
///
/// ```
/// use memcpy_streaming::{Backend, Streamer};
///
/// let src = [7_u8; 1000];
/// for backend in Backend::available() {
///     let streamer = Streamer::with_backend(backend).expect("it is available");
///     assert_eq!(streamer.backend(), backend);
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Streamer {
    pub(crate) kernels: &'static Kernels,
}

impl Streamer {
    /// The handle of [`Backend::active`].
    ///
    /// # Panics
    /// As [`Backend::active`].
    ///
    /// ```
    /// # use memcpy_streaming::{Backend, Streamer};
    /// assert_eq!(Streamer::new().backend(), Backend::active());
    /// ```
    #[inline]
    pub fn new() -> Streamer {
        Streamer { kernels: kernels::active() }
    }

    /// The handle of a given backend; None if this CPU lacks it.
    ///
    /// ```
    /// # use memcpy_streaming::{Backend, Streamer};
    /// assert!(Streamer::with_backend(Backend::Portable).is_some());
    /// ```
    pub fn with_backend(backend: Backend) -> Option<Streamer> {
        kernels::available().find(|k| k.backend == backend).map(|kernels| Streamer { kernels })
    }

    /// The backend that this handle is bound to.
    ///
    /// ```
    /// # use memcpy_streaming::{Backend, Streamer};
    /// let portable = Streamer::with_backend(Backend::Portable).unwrap();
    /// assert_eq!(portable.backend(), Backend::Portable);
    /// ```
    #[inline]
    pub fn backend(self) -> Backend {
        self.kernels.backend
    }

    /// [`memcpy_streaming`](crate::memcpy_streaming) with this backend.
    ///
    /// # Safety
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut dst = [0_u8; 256];
    /// // SAFETY: 256 bytes each, not touched until the drain.
    /// unsafe { streamer.memcpy_streaming(dst.as_mut_ptr(), [1_u8; 256].as_ptr(), 256) };
    /// streamer.memcpy_streaming_drain();
    /// assert_eq!(dst, [1; 256]);
    /// ```
    #[inline]
    pub unsafe fn memcpy_streaming(self, dst: *mut u8, src: *const u8, len: usize) {
        // SAFETY: the caller's.
        unsafe { raw::copy(self.kernels, dst, src, len) };
    }

    /// [`memcpy_streaming_fixed`](crate::memcpy_streaming_fixed) with the registers of this backend: ordinary stores for
    /// [`Backend::Portable`], no vector registers for [`Backend::Movnti`].
    ///
    /// # Safety
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut dst = [0_u8; 64];
    /// // SAFETY: 64 bytes each, not touched until the drain.
    /// unsafe { streamer.memcpy_streaming_fixed::<64>(dst.as_mut_ptr(), [1_u8; 64].as_ptr()) };
    /// streamer.memcpy_streaming_drain();
    /// assert_eq!(dst, [1; 64]);
    /// ```
    #[inline(always)]
    pub unsafe fn memcpy_streaming_fixed<const N: usize>(self, dst: *mut u8, src: *const u8) {
        // SAFETY: the caller's.
        unsafe { raw::copy_fixed::<N>(self.kernels, dst, src) }
    }

    /// [`memset_streaming`](crate::memset_streaming) with this backend.
    ///
    /// # Safety
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut dst = [0_u8; 256];
    /// // SAFETY: 256 bytes, not touched until the drain.
    /// unsafe { streamer.memset_streaming(dst.as_mut_ptr(), 7, 256) };
    /// streamer.memcpy_streaming_drain();
    /// assert_eq!(dst, [7; 256]);
    /// ```
    pub unsafe fn memset_streaming(self, dst: *mut u8, byte: u8, len: usize) {
        // SAFETY: the caller's; the byte is a pattern of length 1.
        unsafe { pattern::fill(self.kernels, dst, len, &raw const byte, 1) };
    }

    /// [`memset_pattern_streaming`](crate::memset_pattern_streaming) with this backend.
    ///
    /// # Safety
    /// As there.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut dst = [0_u64; 256];
    /// // SAFETY: 128 records of 16 bytes, not touched until the drain.
    /// unsafe { streamer.memset_pattern_streaming(dst.as_mut_ptr().cast(), &[1, 2], 128) };
    /// streamer.memcpy_streaming_drain();
    /// assert_eq!(dst[254..], [1, 2]);
    /// ```
    pub unsafe fn memset_pattern_streaming(self, dst: *mut u8, record: &[u64], count: usize) {
        check_record(record);
        // SAFETY: the caller's: `count` records are inside one allocation, so their size does not overflow.
        unsafe {
            pattern::fill(self.kernels, dst, count * size_of_val(record), record.as_ptr().cast(), size_of_val(record))
        };
    }

    /// [`memset_pattern_stepped_streaming`](crate::memset_pattern_stepped_streaming) with this backend.
    ///
    /// # Safety
    /// As there.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut dst = [0_u64; 256];
    /// // SAFETY: 128 records of 16 bytes, not touched until the drain.
    /// unsafe { streamer.memset_pattern_stepped_streaming(dst.as_mut_ptr().cast(), &[1, 2], 128, 1, 10) };
    /// streamer.memcpy_streaming_drain();
    /// assert_eq!(dst[254..], [1, 1272]);
    /// ```
    pub unsafe fn memset_pattern_stepped_streaming(
        self,
        dst: *mut u8,
        record: &[u64],
        count: usize,
        word: usize,
        step: u64,
    ) {
        check_record(record);
        assert!(word < record.len(), "word {word} of a record of {} words", record.len());
        // SAFETY: the caller's, and a record of the right length.
        unsafe { stepped::fill(self.kernels, dst, count, Stepped { record, word, step }) };
    }

    /// [`memcpy_streaming_drain`](crate::memcpy_streaming_drain): the same fence for every backend of a machine, so it
    /// covers all that the thread streamed, through whatever handle.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// streamer.memcpy_streaming_drain();
    /// ```
    #[inline]
    pub fn memcpy_streaming_drain(self) {
        arch::drain();
    }
}

fn check_record(record: &[u64]) {
    assert!(
        (1..=16).contains(&record.len()),
        "a record of {} words; it must have 1 to 16 (8 to 128 bytes)",
        record.len()
    );
}

impl Default for Streamer {
    fn default() -> Self {
        Streamer::new()
    }
}

impl fmt::Debug for Streamer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Streamer").field(&self.backend()).finish()
    }
}
