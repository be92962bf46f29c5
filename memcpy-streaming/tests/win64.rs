//! Windows on x86_64 keeps the lower halves of xmm6 to xmm15 across calls; elsewhere a function may lose them. No kernel does here.
#![cfg(all(windows, target_arch = "x86_64"))]

#[path = "common/mod.rs"]
mod common;
#[path = "common/entries.rs"]
mod entries;

use common::{Arena, for_each_backend, noise};
use entries::{ENTRIES, Entry};
use memcpy_streaming::{Backend, Streamer};
use std::arch::asm;

/// What the ten registers hold.
type Kept = [[u64; 2]; 10];

/// A call, as a function takes it that is called with marked registers.
struct Call<'a> {
    entry: &'a Entry,
    streamer: Streamer,
    dst: &'a mut [u8],
    src: &'a [u8],
}

extern "win64" fn run(call: &mut Call<'_>) {
    call.entry.run(call.streamer, call.dst, call.src);
}

/// Loses what the convention keeps: the test below must see it.
extern "win64" fn loses_xmm9(_: &mut Call<'_>) {
    // SAFETY: no memory is touched. That xmm9 is written is not declared, which breaks the convention on purpose: the only
    // caller declares that it is lost.
    unsafe { asm!("pcmpeqd xmm9, xmm9", options(nostack, nomem)) };
}

/// The registers after `function` was called with `marks` in them.
fn kept(function: extern "win64" fn(&mut Call<'_>), call: &mut Call<'_>, marks: &Kept) -> Kept {
    let mut seen: Kept = [[0; 2]; 10];
    // SAFETY: the function is called as the convention has it: its argument in rcx, 32 bytes of stack for it to use, the stack
    // aligned, as it is in the block; what it may lose is declared, and so are the ten registers, which are read from `marks` and
    // written to `seen`, of this size.
    unsafe {
        asm!(
            "movdqu xmm6, [r12]", "movdqu xmm7, [r12 + 16]", "movdqu xmm8, [r12 + 32]", "movdqu xmm9, [r12 + 48]",
            "movdqu xmm10, [r12 + 64]", "movdqu xmm11, [r12 + 80]", "movdqu xmm12, [r12 + 96]",
            "movdqu xmm13, [r12 + 112]", "movdqu xmm14, [r12 + 128]", "movdqu xmm15, [r12 + 144]",
            "sub rsp, 32", "call rax", "add rsp, 32",
            "movdqu [r13], xmm6", "movdqu [r13 + 16], xmm7", "movdqu [r13 + 32], xmm8", "movdqu [r13 + 48], xmm9",
            "movdqu [r13 + 64], xmm10", "movdqu [r13 + 80], xmm11", "movdqu [r13 + 96], xmm12",
            "movdqu [r13 + 112], xmm13", "movdqu [r13 + 128], xmm14", "movdqu [r13 + 144], xmm15",
            in("rax") function, in("rcx") call, in("r12") marks.as_ptr(), in("r13") seen.as_mut_ptr(),
            clobber_abi("win64"),
            out("xmm6") _, out("xmm7") _, out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _, out("xmm12") _,
            out("xmm13") _, out("xmm14") _, out("xmm15") _,
        );
    }
    seen
}

fn marks() -> Kept {
    std::array::from_fn(|i| [0x0101_0101_0101_0101 * (i as u64 + 1), !(0x1111 * (i as u64 + 1))])
}

#[test]
fn what_loses_a_register_is_seen() {
    let (mut dst, marks) = ([0; 64], marks());
    let streamer = Streamer::new();
    let seen = kept(loses_xmm9, &mut Call { entry: &ENTRIES[0], streamer, dst: &mut dst, src: &[7; 64] }, &marks);
    let lost: Vec<_> = (0..10).filter(|&i| seen[i] != marks[i]).collect();
    assert_eq!(lost, [3]);
}

#[test]
fn no_entry_point_loses_one() {
    let (noise, marks) = (noise(4096 + 64, 1), marks());
    let mut arena = Arena::new(64, 4096);
    let mut calls = 0;
    for_each_backend(|streamer| {
        let is_here = |entry: &&Entry| !entry.is_free || streamer.backend() == Backend::active();
        for entry in ENTRIES.iter().filter(is_here) {
            for (len, at) in [(40, 3), (300, 0), (1100, 8), (4096, 0), (4096, 5)] {
                let (src_len, dst_len) = entry.lens(len, len / 8);
                arena.reset(at, dst_len);
                // Words are aligned.
                let from = noise.as_ptr().align_offset(8);
                let src = &noise[from..from + src_len];
                let seen = kept(run, &mut Call { entry, streamer, dst: arena.middle(), src }, &marks);
                assert_eq!(seen, marks, "{} by {}, {len} bytes at {at}", entry.name, streamer.backend());
                let mut expected = vec![0; dst_len];
                entry.expect(&mut expected, src);
                arena.check(&expected, || format!("{} by {}", entry.name, streamer.backend()));
                calls += 1;
            }
        }
    });
    assert!(calls > 100, "{calls} calls");
}
