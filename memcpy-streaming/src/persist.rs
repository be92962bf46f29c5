//! Persistent memory: what was written has left the caches when the function returns.
//!
//! `lib.rs` says what that promises, and on which platforms.

use crate::Streamer;
use core::fmt;

mod methods;
#[cfg(test)]
mod tests;
mod write_back;

pub(crate) use write_back::WriteBack;

/// Nothing here can write a line of the cache back to memory: the CPU has no instruction for it, the operating system is not known to allow it, or the
/// build has the portable backend alone (Miri, sanitizers). Nothing has been written.
///
/// On persistent memory `msync` does what is needed everywhere.
///
/// ```
/// match memcpy_streaming::persist(&[1_u8; 100]) {
///     Ok(()) => println!("CLWB or its like"),
///     Err(error) => println!("{error}"),
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoPersistence;

impl fmt::Display for NoPersistence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no instruction that writes a line of the cache back to memory is known to be allowed here")
    }
}

impl core::error::Error for NoPersistence {}

/// Copies `len` bytes to persistent memory: when it returns they have left the caches of the CPU.
///
/// Whole lines are streamed, partial ones stored and written back (`clwb`, else `clflushopt`, else `clflush`; on aarch64 all lines, by `dc cvap`, else
/// `dc cvac`), and one fence ends it (`sfence`, `dsb sy`). So it needs no drain; and [`memcpy_streaming_drain`](crate::memcpy_streaming_drain)
/// does not do what this does. What that is worth, and where, is said [above](crate#persistence).
///
/// # Errors
/// [`NoPersistence`] where the CPU, or this build, has nothing for it. Then nothing has been written.
///
/// # Safety
/// * `src` is valid for reads and `dst` for reads and writes of `len` bytes; the two do not overlap.
/// * Nobody else accesses the bytes at `dst` meanwhile.
///
/// ```
/// use memcpy_streaming::{NoPersistence, memcpy_persist};
///
/// let record = [1_u8; 300];
/// let mut log = [0_u8; 4096]; // In a program: mapped from a file on persistent memory, with MAP_SYNC.
/// // SAFETY: 300 bytes each, of two arrays.
/// match unsafe { memcpy_persist(log.as_mut_ptr(), record.as_ptr(), 300) } {
///     Ok(()) => assert_eq!(log[..300], record),
///     Err(NoPersistence { .. }) => println!("copy, and call msync"),
/// }
/// ```
#[doc(alias = "pmem_memcpy_persist")]
#[doc(alias = "memcpy_flushcache")]
#[doc(alias = "clwb")]
pub unsafe fn memcpy_persist(dst: *mut u8, src: *const u8, len: usize) -> Result<(), NoPersistence> {
    // SAFETY: the method has the same contract.
    unsafe { Streamer::new().memcpy_persist(dst, src, len) }
}

/// Fills `len` bytes of persistent memory with `byte`, as [`memcpy_persist`] copies.
///
/// # Errors
/// As there.
///
/// # Safety
/// As there; there is no source.
///
/// ```
/// let mut log = [1_u8; 4096];
/// // SAFETY: 4096 bytes.
/// if unsafe { memcpy_streaming::memset_persist(log.as_mut_ptr(), 0, 4096) }.is_ok() {
///     assert_eq!(log, [0; 4096]);
/// }
/// ```
#[doc(alias = "pmem_memset_persist")]
pub unsafe fn memset_persist(dst: *mut u8, byte: u8, len: usize) -> Result<(), NoPersistence> {
    // SAFETY: the method has the same contract.
    unsafe { Streamer::new().memset_persist(dst, byte, len) }
}

/// Writes back what anybody has stored to `len` bytes by ordinary stores, and waits for it: the raw form of [`persist`].
///
/// # Errors
/// [`NoPersistence`], as for [`memcpy_persist`].
///
/// # Safety
/// `start` is valid for reads of `len` bytes.
///
/// ```
/// let mut header = [0_u64; 8];
/// header[3] = 7;
/// // SAFETY: a word of the array.
/// let persists = unsafe { memcpy_streaming::persist_range((&raw const header[3]).cast(), 8) };
/// println!("{persists:?}");
/// ```
#[doc(alias = "pmem_persist")]
pub unsafe fn persist_range(start: *const u8, len: usize) -> Result<(), NoPersistence> {
    let back = WriteBack::of_this_cpu()?;
    // SAFETY: the caller vouches for the bytes.
    unsafe { back.flush(start, len) };
    write_back::fence();
    Ok(())
}

/// Copies `src` to persistent memory: the safe form of [`memcpy_persist`].
///
/// # Errors
/// As there.
///
/// # Panics
/// If the slices differ in length.
///
/// ```
/// let page = [7_u64; 512];
/// let mut mapped = [0; 512];
/// if memcpy_streaming::copy_persist(&mut mapped, &page).is_err() {
///     mapped.copy_from_slice(&page); // And msync.
/// }
/// assert_eq!(mapped, page);
/// ```
#[track_caller]
pub fn copy_persist<T: Copy>(dst: &mut [T], src: &[T]) -> Result<(), NoPersistence> {
    Streamer::new().copy_persist(dst, src)
}

/// Fills persistent memory with `value`, as [`copy_persist`] copies.
///
/// # Errors
/// As [`memcpy_persist`].
///
/// ```
/// let mut mapped = [0; 512];
/// if memcpy_streaming::fill_persist(&mut mapped, 7_u64).is_ok() {
///     assert_eq!(mapped, [7; 512]);
/// }
/// ```
pub fn fill_persist<T: Copy>(dst: &mut [T], value: T) -> Result<(), NoPersistence> {
    Streamer::new().fill_persist(dst, value)
}

/// Writes back what has been stored to a slice by ordinary stores, and waits for it.
///
/// For the few words that are changed in place: a header, a pointer that makes a record valid. Whether there is persistence at all, an empty
/// slice tells.
///
/// # Errors
/// As [`memcpy_persist`].
///
/// ```
/// let mut header = [0_u64; 8];
/// header[3] = 7;
/// if let Err(error) = memcpy_streaming::persist(&header[3..4]) {
///     println!("{error}");
/// }
/// ```
pub fn persist<T>(memory: &[T]) -> Result<(), NoPersistence> {
    // SAFETY: the bytes of a slice.
    unsafe { persist_range(memory.as_ptr().cast(), size_of_val(memory)) }
}
