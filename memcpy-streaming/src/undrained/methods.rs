//! The raw operations as methods of the handle, and what they are made of.

use crate::raw::{self, Drains};
use crate::rows::{self, Rows};
use crate::stepped::{self, Stepped};
use crate::{Streamer, pattern};

impl Streamer {
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
    /// memcpy_streaming::memcpy_streaming_drain();
    /// assert_eq!(dst, [1; 256]);
    /// ```
    #[inline]
    pub unsafe fn memcpy_streaming(self, dst: *mut u8, src: *const u8, len: usize) {
        // SAFETY: the caller vouches for both blocks, that they do not overlap, and that nobody accesses the destination
        // before a drain.
        unsafe { raw::copy(self, dst, src, len, Drains::PerhapsEach) };
    }

    /// [`memcpy_rows_streaming`](crate::memcpy_rows_streaming) with this backend.
    ///
    /// # Safety
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut dst = [0_u8; 400];
    /// // SAFETY: 4 rows of 64 bytes each, not touched until the drain.
    /// unsafe { streamer.memcpy_rows_streaming(dst.as_mut_ptr(), 100, [1_u8; 256].as_ptr(), 64, 64, 4) };
    /// memcpy_streaming::memcpy_streaming_drain();
    /// assert_eq!((dst[363], dst[364]), (1, 0));
    /// ```
    pub unsafe fn memcpy_rows_streaming(
        self,
        dst: *mut u8,
        dst_pitch: usize,
        src: *const u8,
        src_pitch: usize,
        width: usize,
        rows: usize,
    ) {
        // SAFETY: the caller vouches for the rows at both sides, that none overlaps another, and that nobody accesses those of the
        // destination before a drain.
        unsafe { rows::copy(self, dst, src, Rows { dst_pitch, src_pitch, width, rows }, Drains::Once) };
    }

    /// [`memcpy_streaming_fixed`](crate::memcpy_streaming_fixed) with the registers of this backend: ordinary stores for
    /// [`Portable`](crate::Backend::Portable), no vector registers for [`Movnti`](crate::Backend::Movnti).
    ///
    /// # Safety
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut dst = [0_u8; 64];
    /// // SAFETY: 64 bytes each, not touched until the drain.
    /// unsafe { streamer.memcpy_streaming_fixed::<64>(dst.as_mut_ptr(), [1_u8; 64].as_ptr()) };
    /// memcpy_streaming::memcpy_streaming_drain();
    /// assert_eq!(dst, [1; 64]);
    /// ```
    #[inline(always)]
    pub unsafe fn memcpy_streaming_fixed<const N: usize>(self, dst: *mut u8, src: *const u8) {
        // SAFETY: the contract is the same, and the CPU has the backend: all `Kernels` come from `here`.
        unsafe { raw::copy_fixed::<N>(self.kernels, dst, src) }
    }

    /// Copies `N` bytes, a constant, to each of `count` records that follow each other from `dst` on, and asks for the source of each
    /// right before it is copied.
    ///
    /// For records that are nearly the same, as the kernel's `struct page`s are: `source` changes a template and answers where it is. It
    /// copies as [`memcpy_streaming_fixed`](Streamer::memcpy_streaming_fixed) does, but the backend and the alignment are looked at once,
    /// not for each record. Nothing but `source` stores between two records: a store to memory there, such as a counter that does not fit
    /// into the registers, can cost as much as the record.
    ///
    /// # Safety
    /// * `dst` is valid for writes of `N * count` bytes.
    /// * What `source` answers is valid for reads of `N` bytes until it is called again, and does not overlap the records.
    /// * From the call on, until this thread has called [`memcpy_streaming_drain`](crate::memcpy_streaming_drain), nobody accesses
    ///   the records, `source` included, nor are they freed, unmapped, or handed to a device. That holds, too, if `source` panics.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut template = [7_u64; 8];
    /// let mut pages = [[0_u64; 8]; 100];
    /// let refresh = |i| {
    ///     template[3] = i as u64;
    ///     template.as_ptr().cast()
    /// };
    /// // SAFETY: 100 records of 64 bytes, not touched until the drain; the template is as long as one.
    /// unsafe { streamer.memcpy_streaming_records::<64>(pages.as_mut_ptr().cast(), 100, refresh) };
    /// memcpy_streaming::memcpy_streaming_drain();
    /// assert_eq!(pages[99], [7, 7, 7, 99, 7, 7, 7, 7]);
    /// ```
    #[inline(always)]
    pub unsafe fn memcpy_streaming_records<const N: usize>(
        self,
        dst: *mut u8,
        count: usize,
        source: impl FnMut(usize) -> *const u8,
    ) {
        // SAFETY: the contract is the same, and the CPU has the backend: all `Kernels` come from `here`.
        unsafe { raw::copy_records::<N>(self.kernels, dst, count, source) }
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
    /// memcpy_streaming::memcpy_streaming_drain();
    /// assert_eq!(dst, [7; 256]);
    /// ```
    pub unsafe fn memset_streaming(self, dst: *mut u8, byte: u8, len: usize) {
        // SAFETY: the caller vouches for the destination, and that nobody accesses it before a drain. The byte is a pattern of
        // length 1, and is not in the destination: it is an argument.
        unsafe { pattern::fill(self, dst, len, &raw const byte, 1, Drains::PerhapsEach) };
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
    /// memcpy_streaming::memcpy_streaming_drain();
    /// assert_eq!(dst[254..], [1, 2]);
    /// ```
    pub unsafe fn memset_pattern_streaming(self, dst: *mut u8, record: &[u64], count: usize) {
        check_record(record);
        // SAFETY: the caller vouches for `count` records at `dst`, that they do not overlap the one, and that nobody accesses
        // them before a drain. They are inside one allocation, so their size does not overflow. The record is not empty.
        unsafe {
            pattern::fill(
                self,
                dst,
                count * size_of_val(record),
                record.as_ptr().cast(),
                size_of_val(record),
                Drains::Once,
            )
        };
    }

    /// [`memset_pattern_bytes_streaming`](crate::memset_pattern_bytes_streaming) with this backend.
    ///
    /// # Safety
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut dst = [0_u8; 1000];
    /// // SAFETY: 1000 bytes and a pattern of 3, not touched until the drain.
    /// unsafe { streamer.memset_pattern_bytes_streaming(dst.as_mut_ptr(), 1000, b"abc".as_ptr(), 3) };
    /// memcpy_streaming::memcpy_streaming_drain();
    /// assert_eq!(dst[996..], *b"abca");
    /// ```
    pub unsafe fn memset_pattern_bytes_streaming(
        self,
        dst: *mut u8,
        len: usize,
        pattern: *const u8,
        pattern_len: usize,
    ) {
        if pattern_len == 0 {
            return; // Of nothing, however often it is repeated, nothing is left to write.
        }
        // SAFETY: the caller vouches for pattern and destination, that they do not overlap, and that nobody accesses the
        // destination before a drain. The pattern is not empty.
        unsafe { pattern::fill(self, dst, len, pattern, pattern_len, Drains::PerhapsEach) };
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
    /// memcpy_streaming::memcpy_streaming_drain();
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
        // SAFETY: the caller vouches for `count` records at `dst`, that they do not overlap the one, and that nobody accesses
        // them before a drain. The record has 1 to 16 words.
        unsafe { stepped::fill(self, dst, count, Stepped { record, word, step }) };
    }
}

fn check_record(record: &[u64]) {
    assert!(
        (1..=16).contains(&record.len()),
        "a record of {} words; it must have 1 to 16 (8 to 128 bytes)",
        record.len()
    );
}
