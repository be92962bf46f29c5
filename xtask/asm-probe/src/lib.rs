//! The inline functions of memcpy-streaming, each compiled once under a name that `cargo xtask asm` finds.
//!
//! `fixed_*` and `drain` become snapshots. From every `safe_*` function, each way out must lead through a fence, if it has
//! streamed.
#![no_std]

use core::mem::MaybeUninit;
use memcpy_streaming::{Streamer, WriteOnly, Writer, memcpy_streaming_drain, memcpy_streaming_fixed};

/// Keeps each function, under its own name.
macro_rules! probes {
    ($($function:item)*) => { $(#[unsafe(no_mangle)] $function)* };
}

/// Makes a function per size.
macro_rules! fixed {
    ($($name:ident $size:literal),*) => {$(
        #[unsafe(no_mangle)]
        unsafe fn $name(dst: *mut u8, src: *const u8) {
            // SAFETY: the caller's.
            unsafe { memcpy_streaming_fixed::<$size>(dst, src) }
        }
    )*};
}

fixed!(fixed_8 8, fixed_56 56, fixed_64 64, fixed_80 80, fixed_96 96, fixed_128 128);

/// Makes three functions of an operation: by itself, with a chosen backend, in a scope.
macro_rules! ways {
    ($($name:ident $by_streamer:ident $in_scope:ident: $operation:ident($dst:ty, $from:ty))*) => { probes! {$(
        fn $name(dst: $dst, from: $from) {
            memcpy_streaming::$operation(dst, from);
        }
        fn $by_streamer(streamer: Streamer, dst: $dst, from: $from) {
            streamer.$operation(dst, from);
        }
        fn $in_scope(dst: $dst, from: $from) {
            memcpy_streaming::scope(|s| s.$operation(dst, from));
        }
    )*} };
}

ways! {
    safe_copy safe_streamer_copy safe_scope_copy: copy(&mut [u8], &[u8])
    safe_copy_uninit safe_streamer_copy_uninit safe_scope_copy_uninit: copy_uninit(&mut [MaybeUninit<u8>], &[u8])
    safe_fill safe_streamer_fill safe_scope_fill: fill(&mut [u8], u8)
    safe_fill_pattern safe_streamer_fill_pattern safe_scope_fill_pattern: fill_pattern(&mut [u8], &[u8])
    safe_copy_to safe_streamer_copy_to safe_scope_copy_to: copy_to(WriteOnly<'_, u8>, &[u8])
    safe_fill_to safe_streamer_fill_to safe_scope_fill_to: fill_to(WriteOnly<'_, u32>, u32)
}

probes! {
    fn drain() {
        memcpy_streaming_drain();
    }
    fn safe_copy_words(dst: &mut [u64], src: &[u64]) {
        memcpy_streaming::copy(dst, src);
    }
    fn safe_fill_records(dst: &mut [[u64; 10]], value: [u64; 10]) {
        memcpy_streaming::fill(dst, value);
    }
    fn safe_fill_uninit(dst: &mut [MaybeUninit<u32>], value: u32) -> usize {
        memcpy_streaming::fill_uninit(dst, value).len()
    }
    // Scopes.
    fn safe_scope_many(frames: &mut [[u8; 4096]], page: &[u8; 4096], last: &mut [u64]) {
        memcpy_streaming::scope(|s| {
            for frame in frames {
                s.copy(frame, page);
            }
            s.fill(last, 7);
        });
    }
    fn safe_scope_writer(dst: &mut [u8], records: &[[u8; 24]]) -> usize {
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
    fn safe_scope_writer_drop(dst: &mut [MaybeUninit<u8>], record: &[u8]) -> bool {
        memcpy_streaming::scope(|s| s.writer_uninit(dst).append(record).is_ok())
    }
    fn safe_scope_writer_forget(dst: &mut [u8], record: &[u8]) {
        memcpy_streaming::scope(|s| {
            let mut writer = s.writer(dst);
            let _ = writer.append(record);
            core::mem::forget(writer);
        });
    }
    // What becomes of a Writer.
    fn safe_writer_drain(writer: &mut Writer<'_>) {
        writer.drain();
    }
    fn safe_writer_finish(writer: Writer<'_>) -> usize {
        writer.finish().len()
    }
    fn safe_writer_drop(writer: Writer<'_>) {
        drop(writer);
    }
    // With a chosen backend.
    fn safe_streamer_fill_uninit(streamer: Streamer, dst: &mut [MaybeUninit<u8>], value: u8) -> usize {
        streamer.fill_uninit(dst, value).len()
    }
    fn safe_streamer_scope(streamer: Streamer, dst: &mut [u8], src: &[u8]) {
        streamer.scope(|s| s.copy(dst, src));
    }
    // Memory of any kind.
    fn safe_fill_with(dst: WriteOnly<'_, u64>) {
        memcpy_streaming::fill_with(dst, |i| i as u64);
    }
    // Its computation may panic.
    fn safe_fill_with_lookup(dst: WriteOnly<'_, u16>, table: &[u16]) {
        memcpy_streaming::fill_with(dst, |i| table[i]);
    }
    fn safe_map(dst: WriteOnly<'_, f64>, src: &[f32]) {
        memcpy_streaming::map(dst, src, f64::from);
    }
    fn safe_copy_rows(dst: WriteOnly<'_, u32>, dst_pitch: usize, src: &[u32], src_pitch: usize, rows: usize) {
        memcpy_streaming::copy_rows(dst, dst_pitch, src, src_pitch, src_pitch / 2, rows);
    }
    fn safe_scope_write_only(dst: WriteOnly<'_, u32>, src: &[u32]) {
        memcpy_streaming::scope(|s| {
            let mut parts = dst.chunks(1000);
            parts.next().into_iter().for_each(|part| s.copy_to(part, src));
            parts.next().into_iter().for_each(|part| s.fill_to(part, 7));
            parts.next().into_iter().for_each(|part| s.fill_with(part, |i| src[i]));
            parts.next().into_iter().for_each(|part| s.map(part, src, |value| value + 1));
            parts.next().into_iter().for_each(|part| s.copy_rows(part, 50, src, 100, 50, 2));
        });
    }
    fn safe_scope_writer_to(dst: WriteOnly<'_, u8>, record: &[u8]) -> usize {
        memcpy_streaming::scope(|s| {
            let mut writer = s.writer_to(dst);
            let _ = writer.append(record);
            writer.finish().len()
        })
    }
}

// Scopes that a panic may end.
#[cfg(panic = "unwind")]
probes! {
    fn safe_scope_call(dst: &mut [u8], src: &[u8], between: fn()) {
        memcpy_streaming::scope(|s| {
            s.copy(dst, src);
            between();
        });
    }
    fn safe_scope_writer_call(dst: &mut [u8], record: &[u8], between: fn()) {
        memcpy_streaming::scope(|s| {
            let mut writer = s.writer(dst);
            let _ = writer.append(record);
            between();
            let _ = writer.append(record);
        });
    }
    fn safe_scope_writer_forget_call(dst: &mut [u8], record: &[u8], between: fn()) {
        memcpy_streaming::scope(|s| {
            let mut writer = s.writer(dst);
            let _ = writer.append(record);
            core::mem::forget(writer);
            between();
        });
    }
}

// Past the caches, where something writes them back.
#[cfg(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64"))]
probes! {
    fn safe_copy_persist(dst: &mut [u8], src: &[u8]) -> bool {
        memcpy_streaming::copy_persist(dst, src).is_ok()
    }
    fn safe_fill_persist(dst: &mut [u64], value: u64) -> bool {
        memcpy_streaming::fill_persist(dst, value).is_ok()
    }
    fn safe_streamer_copy_persist(streamer: Streamer, dst: &mut [u8], src: &[u8]) -> bool {
        streamer.copy_persist(dst, src).is_ok()
    }
}
