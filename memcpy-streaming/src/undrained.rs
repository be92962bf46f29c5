//! The raw operations: they return before what they streamed is ordered. The shape is the one that version 2 of the Linux patch gave them;
//! `lib.rs` says what became of it.

use crate::{Streamer, arch};

mod methods;

/// Copies `len` bytes with streaming stores where that pays, and returns *before they are ordered*.
///
/// Any alignment, any length. Whole lines (64 bytes at a 64-byte border of `dst`) are streamed; the partial lines at the
/// ends go by ordinary stores. So do short copies, because each may be drained: those with partial lines below
/// [`Tuning::bypass`](crate::Tuning::bypass), and those of whole lines of more than 128 bytes below
/// [`Tuning::raw_lines`](crate::Tuning::raw_lines). ([`scope`](crate::scope) knows that it drains once, and streams whole lines of any length.)
/// Bytes of whole lines are stored exactly once. The others may be stored twice, with the same value, and whatever is not
/// streamed in whatever way the platform's memcpy likes; that matters only for destinations that are not ordinary memory.
///
/// # Safety
/// * `src` is valid for reads and `dst` for writes of `len` bytes; the two do not overlap.
/// * From the call on, until this thread has called [`memcpy_streaming_drain`], no thread, this one included, accesses
///   those bytes at `dst` in any way, nor are they freed, unmapped, or handed to a device. (Raw operations may meanwhile
///   write other bytes, of the same lines too.)
///
/// ```
/// use memcpy_streaming::{memcpy_streaming, memcpy_streaming_drain};
///
/// let src = [1_u8; 4096];
/// let mut dst = [0_u8; 4096];
/// // SAFETY: two arrays of 4096 bytes; dst is not touched until the drain.
/// unsafe { memcpy_streaming(dst.as_mut_ptr(), src.as_ptr(), 4096) };
/// memcpy_streaming_drain();
/// assert_eq!(dst, src);
/// ```
#[doc(alias = "memcpy_nontemporal")]
#[doc(alias = "memcpy_nt")]
#[doc(alias = "memcpy_flushcache")]
#[doc(alias = "movnt")]
#[doc(alias = "movnti")]
#[doc(alias = "movntdq")]
#[doc(alias = "stnp")]
#[inline]
pub unsafe fn memcpy_streaming(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the method has the same contract.
    unsafe { Streamer::new().memcpy_streaming(dst, src, len) }
}

/// Copies `N` bytes, a constant, in straight-line code: no call, no dispatch, loads of a word.
///
/// For records that are written one after the other, as the kernel writes `struct page`: all `N` bytes are streamed
/// whatever their place in a line, except those at the end that do not fill 4 (x86) or 16 (aarch64), and neighbouring
/// records fill the lines. It uses what the *build* guarantees: on x86_64 16-byte stores if `dst` is 16-byte
/// aligned, else `movnti`; `stnp` on aarch64; ordinary stores elsewhere. The choice of a backend for the process does not change it.
///
/// # Safety
/// As [`memcpy_streaming`] with `N` bytes.
///
/// ```
/// use memcpy_streaming::{memcpy_streaming_drain, memcpy_streaming_fixed};
///
/// let template = [3_u64; 8];
/// let mut pages = [[0_u64; 8]; 100];
/// for page in &mut pages {
///     // SAFETY: 64 bytes each; no page is touched again until the drain.
///     unsafe { memcpy_streaming_fixed::<64>(page.as_mut_ptr().cast(), template.as_ptr().cast()) };
/// }
/// memcpy_streaming_drain();
/// assert!(pages.iter().all(|page| *page == template));
/// ```
#[inline(always)]
pub unsafe fn memcpy_streaming_fixed<const N: usize>(dst: *mut u8, src: *const u8) {
    // SAFETY: the caller vouches for `N` bytes each, that they do not overlap, and that nobody accesses those at `dst` before
    // a drain.
    unsafe { arch::copy_fixed::<N>(dst, src) }
}

/// Copies `rows` rows of `width` bytes, the next one always `dst_pitch` bytes further at `dst` and `src_pitch` bytes at `src`, as
/// [`memcpy_streaming`] copies: the lines are not ordered before a drain. The raw form of [`copy_rows`](crate::copy_rows).
///
/// Any alignment, any width; rows of no bytes, and no rows, are nothing. Rows that are shorter than
/// [`Tuning::bypass`](crate::Tuning::bypass) go by ordinary stores, unless they follow each other at both sides.
///
/// # Safety
/// * A pitch is not less than the width, unless there are fewer than two rows.
/// * All bytes of the rows are valid for reads at `src` and for writes at `dst`; the two do not overlap.
/// * Until the drain the rows at `dst` are not accessed, freed, unmapped, or handed to a device, as for [`memcpy_streaming`].
///
/// ```
/// use memcpy_streaming::{memcpy_rows_streaming, memcpy_streaming_drain};
///
/// let tile = [7_u8; 8 * 64];
/// let mut texture = [0_u8; 8 * 100];
/// // SAFETY: 8 rows of 64 bytes in both arrays; the texture is not touched until the drain.
/// unsafe { memcpy_rows_streaming(texture.as_mut_ptr(), 100, tile.as_ptr(), 64, 64, 8) };
/// memcpy_streaming_drain();
/// assert_eq!((texture[163], texture[164], texture[200]), (7, 0, 7));
/// ```
#[doc(alias = "memcpy2D")]
#[inline]
pub unsafe fn memcpy_rows_streaming(
    dst: *mut u8,
    dst_pitch: usize,
    src: *const u8,
    src_pitch: usize,
    width: usize,
    rows: usize,
) {
    // SAFETY: the method has the same contract.
    unsafe { Streamer::new().memcpy_rows_streaming(dst, dst_pitch, src, src_pitch, width, rows) }
}

/// Fills `len` bytes with `byte`, as [`memcpy_streaming`] copies: the lines are not ordered before a drain.
///
/// # Safety
/// * `dst` is valid for writes of `len` bytes.
/// * Until the drain they are not accessed, freed, unmapped, or handed to a device, as for [`memcpy_streaming`].
///
/// ```
/// use memcpy_streaming::{memcpy_streaming_drain, memset_streaming};
///
/// let mut dst = [0_u8; 1000];
/// // SAFETY: 1000 bytes, not touched until the drain.
/// unsafe { memset_streaming(dst.as_mut_ptr(), 0xff, 1000) };
/// memcpy_streaming_drain();
/// assert_eq!(dst, [0xff; 1000]);
/// ```
#[doc(alias = "memset_nontemporal")]
pub unsafe fn memset_streaming(dst: *mut u8, byte: u8, len: usize) {
    // SAFETY: the method has the same contract.
    unsafe { Streamer::new().memset_streaming(dst, byte, len) }
}

/// Writes `record` `count` times from `dst` on, held in registers where it makes whole lines (8, 16, 32, 64 bytes), else
/// from the first-level cache. The lines are not ordered before a drain.
///
/// A record is 1 to 16 words in the machine's byte order: 8 to 128 bytes. `dst` may have any alignment.
///
/// # Safety
/// * `dst` is valid for writes of `count` records and does not overlap `record`.
/// * Until the drain they are not accessed, freed, unmapped, or handed to a device, as for [`memcpy_streaming`].
///
/// # Panics
/// If the record is empty or has more than 16 words.
///
/// ```
/// use memcpy_streaming::{memcpy_streaming_drain, memset_pattern_streaming};
///
/// let mut pages = [[0_u64; 10]; 32];
/// let record = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/// // SAFETY: 32 records of 80 bytes, not touched until the drain.
/// unsafe { memset_pattern_streaming(pages.as_mut_ptr().cast(), &record, 32) };
/// memcpy_streaming_drain();
/// assert_eq!(pages, [record; 32]);
/// ```
#[doc(alias = "memset_pattern8")]
#[doc(alias = "memset_pattern16")]
#[doc(alias = "memset64")]
pub unsafe fn memset_pattern_streaming(dst: *mut u8, record: &[u64], count: usize) {
    // SAFETY: the method has the same contract.
    unsafe { Streamer::new().memset_pattern_streaming(dst, record, count) }
}

/// Fills `len` bytes with the `pattern_len` bytes at `pattern`, over and over, the last time perhaps in part: the raw form of
/// [`fill_pattern`](crate::fill_pattern). The lines are not ordered before a drain.
///
/// Any alignment, any two lengths. An empty pattern writes nothing. Fastest are patterns of 1, 2, 4, ... 64 bytes: they make
/// whole lines, which are held in registers.
///
/// # Safety
/// * `pattern` is valid for reads of `pattern_len` and `dst` for writes of `len` bytes; the two do not overlap.
/// * Until the drain the bytes at `dst` are not accessed, freed, unmapped, or handed to a device, as for [`memcpy_streaming`].
///
/// ```
/// use memcpy_streaming::{memcpy_streaming_drain, memset_pattern_bytes_streaming};
///
/// let mut dst = [0_u8; 1000];
/// let pattern = [0xde, 0xad, 0xbe];
/// // SAFETY: 1000 bytes and a pattern of 3; dst is not touched until the drain.
/// unsafe { memset_pattern_bytes_streaming(dst.as_mut_ptr(), dst.len(), pattern.as_ptr(), pattern.len()) };
/// memcpy_streaming_drain();
/// assert_eq!(dst[996..], [0xde, 0xad, 0xbe, 0xde]);
/// ```
#[doc(alias = "memset_pattern4")]
pub unsafe fn memset_pattern_bytes_streaming(dst: *mut u8, len: usize, pattern: *const u8, pattern_len: usize) {
    // SAFETY: the method has the same contract.
    unsafe { Streamer::new().memset_pattern_bytes_streaming(dst, len, pattern, pattern_len) }
}

/// As [`memset_pattern_streaming`], and word `word` of record number `i` is `record[word] + i * step`, wrapping: a virtual
/// address, an index, a sequence number.
///
/// Streams if `dst` is 8-byte aligned; else all its stores are ordinary.
///
/// # Safety
/// As [`memset_pattern_streaming`].
///
/// # Panics
/// If the record is empty, has more than 16 words, or has no word `word`.
///
/// ```
/// use memcpy_streaming::{memcpy_streaming_drain, memset_pattern_stepped_streaming};
///
/// let mut pages = [[0_u64; 8]; 32];
/// let record = [9, 9, 0x1000, 9, 9, 9, 9, 9];
/// // SAFETY: 32 records of 64 bytes, not touched until the drain.
/// unsafe { memset_pattern_stepped_streaming(pages.as_mut_ptr().cast(), &record, 32, 2, 0x1000) };
/// memcpy_streaming_drain();
/// assert_eq!(pages[31], [9, 9, 0x2_0000, 9, 9, 9, 9, 9]);
/// ```
pub unsafe fn memset_pattern_stepped_streaming(dst: *mut u8, record: &[u64], count: usize, word: usize, step: u64) {
    // SAFETY: the method has the same contract.
    unsafe { Streamer::new().memset_pattern_stepped_streaming(dst, record, count, word, step) }
}

/// Orders every streaming store that this thread has issued before every store that it issues from now on.
///
/// After it, this thread may use the bytes as any others, and may publish them to other CPUs as it publishes ordinary
/// stores: with a release store, a lock, a join. Without it a release store does *not* order them on x86.
///
/// It is a fence between CPUs: `sfence` on x86, `dmb ishst` on aarch64, and a release fence where there are no streaming stores,
/// because ordinary ones are not ordered by themselves either. It is the same for every backend of a machine, and covers all
/// that the thread has streamed, through whatever handle. It does not wait until the data has reached a device or is
/// persistent.
///
/// ```
/// memcpy_streaming::memcpy_streaming_drain(); // Nothing was streamed: cheap, but not free.
/// ```
#[doc(alias = "sfence")]
#[doc(alias = "memcpy_nt_drain")]
#[doc(alias = "wmb")]
#[inline]
pub fn memcpy_streaming_drain() {
    arch::drain();
}

/// Asks for the line that `place` is in to be brought into the cache. A hint: it changes no value, and cannot fault wherever `place` points.
///
/// For the few lines between streamed ones that are read, or written by ordinary stores: those wait for the line, and everything that is
/// streamed behind them waits, too. Some microseconds ahead is early enough. A line that was streamed may be asked for before it is
/// drained, because a hint is no access.
///
/// ```
/// let header = [0_u64; 8];
/// memcpy_streaming::prefetch(&raw const header);
/// ```
#[inline(always)]
pub fn prefetch<T>(place: *const T) {
    arch::prefetch(place.cast());
}
