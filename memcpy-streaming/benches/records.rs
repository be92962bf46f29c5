//! Records: the 64-byte copy, with and without dispatch; and one drain for many blocks against one for each.

mod common;

use common::{Memory, Race, Random};
use criterion::{Criterion, criterion_group, criterion_main};
use memcpy_streaming::{Backend, Streamer, memcpy_streaming, memcpy_streaming_drain, memcpy_streaming_fixed};
use std::arch::asm;

const GIB: usize = 1 << 30;

/// Records in a lap: 1 MiB of struct pages.
const RECORDS: usize = 1 << 14;

/// One 64-byte template to record after record.
fn one_record(criterion: &mut Criterion) {
    let mut memory = Memory::new(64 * RECORDS);
    let dst = memory.as_mut_ptr();
    let template: [u64; 8] = [0x0027_ffff_c000_2000, 0xff11_0000_05ec_5180, 1, 2, 3, 4, 0xffff_ffff, 5];
    let src: *const u8 = template.as_ptr().cast();

    let mut race = Race::new("record 64", 64 * RECORDS);
    race.enter("memcpy_streaming_fixed", move || {
        for i in 0..RECORDS {
            // SAFETY: record `i` of the memory; the lap ends with a drain.
            unsafe { memcpy_streaming_fixed::<64>(dst.add(64 * i), src) };
        }
        memcpy_streaming_drain();
    });
    race.enter(format!("memcpy_streaming ({})", Backend::active()), move || {
        for i in 0..RECORDS {
            // SAFETY: as above.
            unsafe { memcpy_streaming(dst.add(64 * i), src, std::hint::black_box(64)) };
        }
        memcpy_streaming_drain();
    });
    #[cfg(target_arch = "x86_64")]
    race.enter("movnti by hand", move || {
        for i in 0..RECORDS {
            // SAFETY: as above.
            unsafe { movnti_by_hand(dst.add(64 * i), src) };
        }
        memcpy_streaming_drain();
    });
    race.run(criterion);
    let written = memory.bytes().chunks(64);
    assert!(written.into_iter().all(|record| record.iter().eq(template.map(u64::to_ne_bytes).as_flattened())));
}

/// # Safety
/// As memcpy of 64 bytes.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn movnti_by_hand(dst: *mut u8, src: *const u8) {
    // SAFETY: the caller's.
    unsafe {
        asm!(
            ".irp o,0,8,16,24,32,40,48,56",
            "mov {w}, [{s} + \\o]",
            "movnti [{d} + \\o], {w}",
            ".endr",
            w = out(reg) _,
            s = in(reg) src,
            d = in(reg) dst,
            options(nostack, preserves_flags),
        );
    }
}

/// Cold random blocks: one drain for 1 MiB of them against one for each.
fn drains(criterion: &mut Criterion) {
    const LAP: usize = 1 << 20;
    let (mut dst, mut src) = (Memory::new(GIB), Memory::new(GIB));
    let (dst, src) = (dst.as_mut_ptr(), src.as_mut_ptr());
    for block in [64, 128, 256, 512, 1024, 4096] {
        let mut race = Race::new(format!("drain {block}"), LAP);
        let place = |random: &mut Random| {
            let (to, from) = (random.below(GIB / block) * block, random.below(GIB / block) * block);
            // SAFETY: blocks of memory that lives until the race is over, and that one lap at a time refers to. Two
            // destinations of one lap may be the same block: then it is the raw pointer's copy that runs twice.
            unsafe { (dst.add(to), std::slice::from_raw_parts(src.add(from), block)) }
        };
        let mut random = Random::new();
        race.enter("scope, one drain", move || {
            Streamer::new().scope(|s| {
                for _ in 0..LAP / block {
                    let (to, from) = place(&mut random);
                    // SAFETY: see `place`. The scope never reads through the reference.
                    s.copy(unsafe { std::slice::from_raw_parts_mut(to, block) }, from);
                }
            });
        });
        let mut random = Random::new();
        race.enter("a drain for each", move || {
            for _ in 0..LAP / block {
                let (to, from) = place(&mut random);
                // SAFETY: see `place`.
                unsafe { memcpy_streaming(to, from.as_ptr(), block) };
                memcpy_streaming_drain();
            }
        });
        let mut random = Random::new();
        race.enter("copy", move || {
            for _ in 0..LAP / block {
                let (to, from) = place(&mut random);
                // SAFETY: see `place`.
                memcpy_streaming::copy(unsafe { std::slice::from_raw_parts_mut(to, block) }, from);
            }
        });
        race.run(criterion);
    }
}

criterion_group!(benches, one_record, drains);
criterion_main!(benches);
