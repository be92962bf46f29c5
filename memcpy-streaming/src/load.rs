//! Copies from memory that is not cached: streaming loads.

use crate::raw::is_portable;
use crate::safe::{assume_init, check_len};
use crate::{Streamer, arch};
use core::mem::MaybeUninit;
use core::{ptr, slice};

impl Streamer {
    /// [`memcpy_streaming_load`](crate::memcpy_streaming_load) with the registers of this backend.
    ///
    /// # Safety
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut dst = [0_u8; 256];
    /// // SAFETY: 256 bytes each.
    /// unsafe { streamer.memcpy_streaming_load(dst.as_mut_ptr(), [1_u8; 256].as_ptr(), 256) };
    /// assert_eq!(dst, [1; 256]);
    /// ```
    pub unsafe fn memcpy_streaming_load(self, dst: *mut u8, src: *const u8, len: usize) {
        arch::load_fence();
        // SAFETY: the caller vouches for both blocks, and that they do not overlap. The CPU has the backend, because all `Kernels` come
        // from `kernels::available`.
        unsafe {
            if is_portable(self.kernels) {
                ptr::copy_nonoverlapping(src, dst, len);
            } else {
                arch::load(self.kernels.backend, dst, src, len);
            }
        }
    }

    /// [`load`](crate::load) with the registers of this backend.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut copy = [0; 2000];
    /// streamer.load(&mut copy, &[3_u16; 2000]);
    /// assert_eq!(copy, [3; 2000]);
    /// ```
    #[track_caller]
    pub fn load<T: Copy>(self, dst: &mut [T], src: &[T]) {
        check_len(dst.len(), src.len());
        // SAFETY: two slices of the same length, one of them exclusively borrowed, so they do not overlap.
        unsafe { self.memcpy_streaming_load(dst.as_mut_ptr().cast(), src.as_ptr().cast(), size_of_val(src)) }
    }

    /// [`load_uninit`](crate::load_uninit) with the registers of this backend.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut copy = [std::mem::MaybeUninit::uninit(); 2000];
    /// assert_eq!(streamer.load_uninit(&mut copy, &[3_u16; 2000]), [3; 2000]);
    /// ```
    #[track_caller]
    pub fn load_uninit<'a, T: Copy>(self, dst: &'a mut [MaybeUninit<T>], src: &[T]) -> &'a mut [T] {
        // SAFETY: a `&[T]` is a `&[MaybeUninit<T>]` too; and after the copy every element of `dst` is one of `src`.
        unsafe {
            self.load(dst, slice::from_raw_parts(src.as_ptr().cast(), src.len()));
            assume_init(dst)
        }
    }
}

/// Copies `len` bytes from memory that is not cached, or whose lines are not worth a place in the cache: by streaming loads
/// (`movntdqa`, `ldnp`), and ordinary stores.
///
/// For a source that is mapped write-combining (the memory of a GPU, a frame buffer) or uncached: each ordinary load of such memory waits
/// for the bus by itself. Streaming loads fetch whole lines, a few at a time. The destination is ordinary memory, and needs no drain. From
/// ordinary memory it copies, too, and is no faster than [`slice::copy_from_slice`].
///
/// | backend | loads |
/// |--|--|
/// | [`Avx512`](crate::Backend::Avx512), [`Avx2`](crate::Backend::Avx2), [`Sse2`](crate::Backend::Sse2) | `movntdqa` of 64, 32, 16 bytes; without SSE4.1 as `Movnti` |
/// | [`Movnti`](crate::Backend::Movnti), [`Movdir64b`](crate::Backend::Movdir64b) | ordinary ones of a word |
/// | [`Neon`](crate::Backend::Neon) | `ldnp` of vector registers |
/// | [`Stnp`](crate::Backend::Stnp), [`Sve`](crate::Backend::Sve), [`Mops`](crate::Backend::Mops) | `ldnp` of general registers |
/// | others | the platform's memcpy, which reads as it likes |
///
/// But for the last line of that table, each byte is read once, by aligned loads, in ascending order, and nothing outside the source is read. That is
/// for memory, not for registers: how wide a load is depends on the backend.
///
/// Before the first load stands a fence (`mfence`, `dmb oshld`, an acquire fence): what this thread has loaded before, a flag that says
/// that the data is there, is ordered before it. Intel asks for that, because streaming loads may be answered from buffers that
/// nobody keeps coherent (SDM volume 1, 12.10.3).
///
/// # Safety
/// `src` is valid for reads and `dst` for writes of `len` bytes; the two do not overlap. What another thread, a process or a device changes
/// meanwhile is a data race as for every copy, unless the memory is not Rust's: then some bytes are from before, some from after.
///
/// ```
/// use memcpy_streaming::memcpy_streaming_load;
///
/// let frame = [7_u8; 4096];
/// let mut copy = [0_u8; 4096];
/// // SAFETY: two arrays of 4096 bytes.
/// unsafe { memcpy_streaming_load(copy.as_mut_ptr(), frame.as_ptr(), 4096) };
/// assert_eq!(copy, frame);
/// ```
#[doc(alias = "movntdqa")]
#[doc(alias = "ldnp")]
#[doc(alias = "streaming_load_memcpy")]
pub unsafe fn memcpy_streaming_load(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the method has the same contract.
    unsafe { Streamer::new().memcpy_streaming_load(dst, src, len) }
}

/// Copies a slice that is not cached, by streaming loads: the safe form of [`memcpy_streaming_load`], which says from what memory that pays.
///
/// A `&[T]` may not change while it is borrowed: if a device or another process can write there meanwhile, there must be no such slice, and the
/// raw form is the one to call.
///
/// # Panics
/// If the slices differ in length.
///
/// ```
/// let frame = [7_u64; 1024];
/// let mut copy = [0; 1024];
/// memcpy_streaming::load(&mut copy, &frame);
/// assert_eq!(copy, frame);
/// ```
#[track_caller]
pub fn load<T: Copy>(dst: &mut [T], src: &[T]) {
    Streamer::new().load(dst, src);
}

/// Copies a slice that is not cached into memory that is not initialised, as [`load`] does, and returns it initialised.
///
/// # Panics
/// If the slices differ in length.
///
/// ```
/// use std::mem::MaybeUninit;
///
/// let frame = [7_u8; 8192];
/// let mut copy = [MaybeUninit::uninit(); 8192];
/// assert_eq!(memcpy_streaming::load_uninit(&mut copy, &frame), frame);
/// ```
#[track_caller]
pub fn load_uninit<'a, T: Copy>(dst: &'a mut [MaybeUninit<T>], src: &[T]) -> &'a mut [T] {
    Streamer::new().load_uninit(dst, src)
}
