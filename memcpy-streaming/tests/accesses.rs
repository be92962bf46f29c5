//! What the instructions store, counted one by one.
#![cfg(all(
    target_arch = "x86_64",
    target_pointer_width = "64",
    target_os = "linux",
    not(miri),
    not(memcpy_streaming_portable)
))]

mod common;
#[path = "common/accesses.rs"]
mod watched;

use common::{for_each_backend, noise};
use memcpy_streaming::{Backend, Width, memcpy_mmio, memset_mmio};
use std::arch::asm;
use watched::Kind::{Load, Store, Update};
use watched::{Access, accesses, can_be_seen};

/// The watch sees where, how wide and in which order, for every kind of instruction that a copy is made of.
#[test]
fn the_watch_sees_each_access() {
    if !can_be_seen() {
        return;
    }
    let mut memory = [7; 8192];
    let seen = accesses(&mut memory, |p| {
        // SAFETY: inside of the memory. `rep stosb` counts down, `movsb` copies from the stack's word to it.
        unsafe {
            asm!(
                "mov byte ptr [{p} + 1], 1",
                "mov word ptr [{p} + 2], 2",
                "movnti [{p} + 4], {w:e}",
                "mov [{p} + 8], {w}",
                "movntdq [{p} + 16], {x}",
                "movups [{p} + 4088], {x}",
                "mov {w}, [{p} + 3]",
                "add dword ptr [{p} + 32], 1",
                "mov rcx, 3",
                "lea rdi, [{p} + 64]",
                "xor eax, eax",
                "rep stosb",
                "lea rdi, [{p} + 80]",
                "mov rsi, {p}",
                "mov rcx, 2",
                "rep movsb",
                p = in(reg) p,
                w = inout(reg) 5_u64 => _,
                x = out(xmm_reg) _,
                out("rax") _, out("rcx") _, out("rsi") _, out("rdi") _,
            );
        }
    });
    let expected = [
        (Store, 1, 1),
        (Store, 2, 2),
        (Store, 4, 4),
        (Store, 8, 8),
        (Store, 16, 16),
        (Store, 4088, 16),
        (Load, 3, 8),
        (Update, 32, 4),
        (Store, 64, 1),
        (Store, 65, 1),
        (Store, 66, 1),
    ];
    assert_eq!(seen[..11], expected.map(|(kind, at, len)| Access { kind, at, len }));
    let mut copied: Vec<_> = seen[11..].iter().map(|access| (access.kind == Load, access.at, access.len)).collect();
    copied.sort();
    assert_eq!(copied, [(false, 80, 1), (false, 81, 1), (true, 0, 1), (true, 1, 1)]);
    assert_eq!(memory[..4], [7, 1, 2, 0]);
    assert_eq!(memory[64..68], [0, 0, 0, 7]);
    assert_eq!(memory[8191], 7);
}

/// Wider instructions, if this CPU has them.
#[test]
fn the_watch_sees_vectors() {
    if !can_be_seen() || !is_x86_feature_detected!("avx512f") {
        return;
    }
    let seen = accesses(&mut [0; 4096], |p| {
        // SAFETY: aligned places inside of the memory; the CPU has the instructions.
        unsafe {
            asm!(
                "vmovntdqa zmm0, [{p} + 64]",
                "vmovntdq [{p}], zmm0",
                "vmovdqu [{p} + 65], ymm0",
                "vzeroupper",
                p = in(reg) p,
                out("zmm0") _,
            );
        }
    });
    let expected = [(Load, 64, 64), (Store, 0, 64), (Store, 65, 32)];
    assert_eq!(seen, expected.map(|(kind, at, len)| Access { kind, at, len }));
}

/// What the watch would say if units of `width` bytes were accessed once, from the first to the last.
fn in_order(kind: watched::Kind, at: usize, len: usize, width: usize) -> Vec<Access> {
    (at..at + len).step_by(width).map(|at| Access { kind, at, len: width }).collect()
}

/// Each byte is stored once, in order, by a store of the width that was asked for; the source is at any alignment.
#[test]
fn a_device_gets_each_unit_once() {
    if !can_be_seen() {
        return;
    }
    let data = noise(512, 1);
    for width in [Width::One, Width::Two, Width::Four, Width::Eight] {
        let bytes = width.bytes();
        for (at, len) in [(0, 0), (64, bytes), (bytes, 5 * bytes), (64, 256), (4096 - 3 * bytes, 400)] {
            let mut memory = vec![0xa5; 8192];
            let mut expected = memory.clone();
            // SAFETY: `len` bytes each; the alignment is right, because a page's is.
            let seen = accesses(&mut memory, |p| unsafe { memcpy_mmio(p.add(at), data.as_ptr().add(1), len, width) });
            assert_eq!(seen, in_order(Store, at, len, bytes), "{len} bytes to {at}, {width:?}");
            expected[at..at + len].copy_from_slice(&data[1..1 + len]);
            assert_eq!(memory, expected);
            // SAFETY: the same.
            let seen = accesses(&mut memory, |p| unsafe { memset_mmio(p.add(at), 0, len, width) });
            assert_eq!(seen, in_order(Store, at, len, bytes), "{len} zeros at {at}, {width:?}");
            expected[at..at + len].fill(0);
            assert_eq!(memory, expected);
        }
    }
}

/// An ordinary copy is not that: the watch would see it.
#[test]
fn an_ordinary_copy_stores_otherwise() {
    if !can_be_seen() {
        return;
    }
    let data = noise(100, 2);
    // SAFETY: 100 bytes each.
    let seen = accesses(&mut [0; 4096], |p| unsafe { p.copy_from_nonoverlapping(data.as_ptr(), data.len()) });
    assert!(!seen.is_empty());
    for width in [1, 2, 4] {
        assert_ne!(seen, in_order(Store, 0, 100, width));
    }
}

/// Streaming loads read each byte of the source once, in order, and none beside it; whole lines by loads of the backend's width.
#[test]
fn a_load_reads_each_byte_once() {
    if !can_be_seen() {
        return;
    }
    for_each_backend(|streamer| {
        let line_loads = match streamer.backend() {
            Backend::Avx512 => 64,
            Backend::Avx2 => 32,
            Backend::Sse2 if is_x86_feature_detected!("sse4.1") => 16,
            Backend::Portable => return, // The platform's memcpy reads as it likes.
            _ => 8,
        };
        for at in [0, 1, 2, 7, 8, 31, 60, 63, 4000] {
            for len in [0, 1, 3, 8, 63, 64, 65, 127, 300, 1000] {
                let mut memory = noise(8192, 3);
                let expected = memory[at..at + len].to_vec();
                let mut dst = vec![0; len + 1];
                // SAFETY: `len` bytes each.
                let seen = accesses(&mut memory, |p| unsafe {
                    streamer.memcpy_streaming_load(dst.as_mut_ptr().add(1), p.add(at), len);
                });
                let what = format!("{}: {len} bytes from {at}", streamer.backend());
                assert_eq!(dst[1..], expected, "{what}");
                let mut next = at;
                for access in seen {
                    let in_whole_line = next / 64 * 64 >= at && next / 64 * 64 + 64 <= at + len;
                    assert_eq!((access.kind, access.at), (Load, next), "{what}");
                    assert!(!in_whole_line || access.len == line_loads, "{what}: {access:?}");
                    assert!(access.at.is_multiple_of(access.len), "{what}: {access:?}");
                    next += access.len;
                }
                assert_eq!(next, at + len, "{what}");
            }
        }
    });
}
