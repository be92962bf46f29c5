//! What the instructions store, counted one by one.
#![cfg(all(
    target_arch = "x86_64",
    target_pointer_width = "64",
    target_os = "linux",
    not(miri),
    not(memcpy_streaming_portable)
))]

#[path = "common/accesses.rs"]
mod watched;

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
