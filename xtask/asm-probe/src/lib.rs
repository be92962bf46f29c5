//! The inline functions of memcpy-streaming, each compiled once under a name that `cargo xtask asm` finds.
//!
//! `fixed_*` and `drain` become snapshots. From every `safe_*` function, each way out must lead through a fence, if it has
//! streamed.
#![no_std]

use core::mem::MaybeUninit;
use memcpy_streaming::{Streamer, WriteOnly, Writer, memcpy_streaming_drain, memcpy_streaming_fixed};

/// Makes a function per size.
macro_rules! fixed {
    ($($name:ident $size:literal),*) => {$(
        /// A copy of this many bytes.
        ///
        /// # Safety
        /// As `memcpy_streaming_fixed`.
        #[unsafe(no_mangle)]
        pub unsafe fn $name(dst: *mut u8, src: *const u8) {
            // SAFETY: the caller's.
            unsafe { memcpy_streaming_fixed::<$size>(dst, src) }
        }
    )*};
}

fixed!(fixed_8 8, fixed_56 56, fixed_64 64, fixed_80 80, fixed_96 96, fixed_128 128);

/// The fence.
#[unsafe(no_mangle)]
pub fn drain() {
    memcpy_streaming_drain();
}

/// A copy of bytes.
#[unsafe(no_mangle)]
pub fn safe_copy(dst: &mut [u8], src: &[u8]) {
    memcpy_streaming::copy(dst, src);
}

/// A copy of words.
#[unsafe(no_mangle)]
pub fn safe_copy_words(dst: &mut [u64], src: &[u64]) {
    memcpy_streaming::copy(dst, src);
}

/// A copy into uninitialised memory.
#[unsafe(no_mangle)]
pub fn safe_copy_uninit(dst: &mut [MaybeUninit<u8>], src: &[u8]) -> usize {
    memcpy_streaming::copy_uninit(dst, src).len()
}

/// A fill of bytes.
#[unsafe(no_mangle)]
pub fn safe_fill(dst: &mut [u8], value: u8) {
    memcpy_streaming::fill(dst, value);
}

/// A fill of records.
#[unsafe(no_mangle)]
pub fn safe_fill_records(dst: &mut [[u64; 10]], value: [u64; 10]) {
    memcpy_streaming::fill(dst, value);
}

/// A fill of uninitialised memory.
#[unsafe(no_mangle)]
pub fn safe_fill_uninit(dst: &mut [MaybeUninit<u32>], value: u32) -> usize {
    memcpy_streaming::fill_uninit(dst, value).len()
}

/// A fill with a pattern.
#[unsafe(no_mangle)]
pub fn safe_fill_pattern(dst: &mut [u8], pattern: &[u8]) {
    memcpy_streaming::fill_pattern(dst, pattern);
}

/// A scope with one copy.
#[unsafe(no_mangle)]
pub fn safe_scope_copy(dst: &mut [u8], src: &[u8]) {
    memcpy_streaming::scope(|s| s.copy(dst, src));
}

/// A scope with one copy into uninitialised memory.
#[unsafe(no_mangle)]
pub fn safe_scope_copy_uninit(dst: &mut [MaybeUninit<u8>], src: &[u8]) {
    memcpy_streaming::scope(|s| s.copy_uninit(dst, src));
}

/// A scope with one fill.
#[unsafe(no_mangle)]
pub fn safe_scope_fill(dst: &mut [u32], value: u32) {
    memcpy_streaming::scope(|s| s.fill(dst, value));
}

/// A scope with one pattern.
#[unsafe(no_mangle)]
pub fn safe_scope_fill_pattern(dst: &mut [u8], pattern: &[u8]) {
    memcpy_streaming::scope(|s| s.fill_pattern(dst, pattern));
}

/// A scope with many copies and a fill.
#[unsafe(no_mangle)]
pub fn safe_scope_many(frames: &mut [[u8; 4096]], page: &[u8; 4096], last: &mut [u64]) {
    memcpy_streaming::scope(|s| {
        for frame in frames {
            s.copy(frame, page);
        }
        s.fill(last, 7);
    });
}

/// A scope that a panic may end, where panics unwind.
#[cfg(panic = "unwind")]
#[unsafe(no_mangle)]
pub fn safe_scope_call(dst: &mut [u8], src: &[u8], between: fn()) {
    memcpy_streaming::scope(|s| {
        s.copy(dst, src);
        between();
    });
}

/// A scope with a Writer that is finished.
#[unsafe(no_mangle)]
pub fn safe_scope_writer(dst: &mut [u8], records: &[[u8; 24]]) -> usize {
    memcpy_streaming::scope(|s| {
        let mut writer = s.writer(dst);
        for record in records {
            if writer.append(record).is_err() {
                break;
            }
        }
        writer.finish().len()
    })
}

/// A scope with a Writer that is dropped, into uninitialised memory.
#[unsafe(no_mangle)]
pub fn safe_scope_writer_drop(dst: &mut [MaybeUninit<u8>], record: &[u8]) -> bool {
    memcpy_streaming::scope(|s| s.writer_uninit(dst).append(record).is_ok())
}

/// A scope with a Writer that is forgotten.
#[unsafe(no_mangle)]
pub fn safe_scope_writer_forget(dst: &mut [u8], record: &[u8]) {
    memcpy_streaming::scope(|s| {
        let mut writer = s.writer(dst);
        let _ = writer.append(record);
        core::mem::forget(writer);
    });
}

/// A scope with a Writer that a panic may end between two writes, where panics unwind.
#[cfg(panic = "unwind")]
#[unsafe(no_mangle)]
pub fn safe_scope_writer_call(dst: &mut [u8], record: &[u8], between: fn()) {
    memcpy_streaming::scope(|s| {
        let mut writer = s.writer(dst);
        let _ = writer.append(record);
        between();
        let _ = writer.append(record);
    });
}

/// The same with one that is forgotten by then.
#[cfg(panic = "unwind")]
#[unsafe(no_mangle)]
pub fn safe_scope_writer_forget_call(dst: &mut [u8], record: &[u8], between: fn()) {
    memcpy_streaming::scope(|s| {
        let mut writer = s.writer(dst);
        let _ = writer.append(record);
        core::mem::forget(writer);
        between();
    });
}

/// A drain of what is staged.
#[unsafe(no_mangle)]
pub fn safe_writer_drain(writer: &mut Writer<'_>) {
    writer.drain();
}

/// The end of a Writer.
#[unsafe(no_mangle)]
pub fn safe_writer_finish(writer: Writer<'_>) -> usize {
    writer.finish().len()
}

/// The other end of a Writer.
#[unsafe(no_mangle)]
pub fn safe_writer_drop(writer: Writer<'_>) {
    drop(writer);
}

/// With a chosen backend.
#[unsafe(no_mangle)]
pub fn safe_streamer_copy(streamer: Streamer, dst: &mut [u8], src: &[u8]) {
    streamer.copy(dst, src);
}

/// The others with a chosen backend.
#[unsafe(no_mangle)]
pub fn safe_streamer_copy_uninit(streamer: Streamer, dst: &mut [MaybeUninit<u8>], src: &[u8]) -> usize {
    streamer.copy_uninit(dst, src).len()
}

/// See above.
#[unsafe(no_mangle)]
pub fn safe_streamer_fill(streamer: Streamer, dst: &mut [u8], value: u8) {
    streamer.fill(dst, value);
}

/// See above.
#[unsafe(no_mangle)]
pub fn safe_streamer_fill_uninit(streamer: Streamer, dst: &mut [MaybeUninit<u8>], value: u8) -> usize {
    streamer.fill_uninit(dst, value).len()
}

/// See above.
#[unsafe(no_mangle)]
pub fn safe_streamer_fill_pattern(streamer: Streamer, dst: &mut [u8], pattern: &[u8]) {
    streamer.fill_pattern(dst, pattern);
}

/// See above.
#[unsafe(no_mangle)]
pub fn safe_streamer_scope(streamer: Streamer, dst: &mut [u8], src: &[u8]) {
    streamer.scope(|s| s.copy(dst, src));
}

/// A copy to memory of any kind.
#[unsafe(no_mangle)]
pub fn safe_copy_to(dst: WriteOnly<'_, u8>, src: &[u8]) {
    memcpy_streaming::copy_to(dst, src);
}

/// A fill of memory of any kind.
#[unsafe(no_mangle)]
pub fn safe_fill_to(dst: WriteOnly<'_, u32>, value: u32) {
    memcpy_streaming::fill_to(dst, value);
}

/// Values that are computed.
#[unsafe(no_mangle)]
pub fn safe_fill_with(dst: WriteOnly<'_, u64>) {
    memcpy_streaming::fill_with(dst, |i| i as u64);
}

/// Values whose computation may panic.
#[unsafe(no_mangle)]
pub fn safe_fill_with_lookup(dst: WriteOnly<'_, u16>, table: &[u16]) {
    memcpy_streaming::fill_with(dst, |i| table[i]);
}

/// Values that are converted.
#[unsafe(no_mangle)]
pub fn safe_map(dst: WriteOnly<'_, f64>, src: &[f32]) {
    memcpy_streaming::map(dst, src, f64::from);
}

/// Rows.
#[unsafe(no_mangle)]
pub fn safe_copy_rows(dst: WriteOnly<'_, u32>, dst_pitch: usize, src: &[u32], src_pitch: usize, rows: usize) {
    memcpy_streaming::copy_rows(dst, dst_pitch, src, src_pitch, src_pitch / 2, rows);
}

/// A scope with one of each.
#[unsafe(no_mangle)]
pub fn safe_scope_write_only(dst: WriteOnly<'_, u32>, src: &[u32]) {
    memcpy_streaming::scope(|s| {
        let mut parts = dst.chunks(1000);
        parts.next().into_iter().for_each(|part| s.copy_to(part, src));
        parts.next().into_iter().for_each(|part| s.fill_to(part, 7));
        parts.next().into_iter().for_each(|part| s.fill_with(part, |i| src[i]));
        parts.next().into_iter().for_each(|part| s.map(part, src, |value| value + 1));
        parts.next().into_iter().for_each(|part| s.copy_rows(part, 50, src, 100, 50, 2));
    });
}

/// A scope with a Writer over memory of any kind.
#[unsafe(no_mangle)]
pub fn safe_scope_writer_to(dst: WriteOnly<'_, u8>, record: &[u8]) -> usize {
    memcpy_streaming::scope(|s| {
        let mut writer = s.writer_to(dst);
        let _ = writer.append(record);
        writer.finish().len()
    })
}

/// A copy past the caches, where something writes them back.
#[cfg(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64"))]
#[unsafe(no_mangle)]
pub fn safe_copy_persist(dst: &mut [u8], src: &[u8]) -> bool {
    memcpy_streaming::copy_persist(dst, src).is_ok()
}

/// A fill past the caches.
#[cfg(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64"))]
#[unsafe(no_mangle)]
pub fn safe_fill_persist(dst: &mut [u64], value: u64) -> bool {
    memcpy_streaming::fill_persist(dst, value).is_ok()
}

/// With a chosen backend.
#[cfg(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64"))]
#[unsafe(no_mangle)]
pub fn safe_streamer_copy_persist(streamer: Streamer, dst: &mut [u8], src: &[u8]) -> bool {
    streamer.copy_persist(dst, src).is_ok()
}
