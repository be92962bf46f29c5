//! What the CPU is asked here, others ask as well: do the answers agree?

use super::Features;
use super::leaves::Cpu;
use super::this_cpu::ThisCpu;
use std::string::String;
use std::{fs, println};

/// The flags in /proc/cpuinfo, if they are of the CPU that executes this: qemu-user and valgrind show the host's file.
fn flags() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let value = |name: &str| {
        let line = info.lines().find(|line| line.split(':').next().is_some_and(|key| key.trim() == name))?;
        Some(line.split_once(':')?.1.trim())
    };
    (value("model name")? == brand()).then(|| value("flags").map(String::from)).flatten()
}

/// The CPU's name by itself.
fn brand() -> String {
    let leaves = [0x8000_0002, 0x8000_0003, 0x8000_0004].map(|leaf| ThisCpu.leaf(leaf).unwrap());
    let registers = leaves.iter().flat_map(|leaf| [leaf.eax, leaf.ebx, leaf.ecx, leaf.edx]);
    let bytes = registers.flat_map(u32::to_le_bytes).take_while(|&byte| byte != 0);
    String::from(bytes.map(char::from).collect::<String>().trim())
}

#[test]
fn the_kernel_has_found_the_same() {
    let Some(flags) = flags() else {
        println!("SKIPPED: /proc/cpuinfo describes another CPU than {}", brand());
        return;
    };
    let found = Features::of_this_cpu();
    let has = |flag: &str| flags.split(' ').any(|known| known == flag);
    for (feature, flag) in [
        (Features::SSE2, "sse2"),
        (Features::AVX2, "avx2"),
        (Features::AVX512F, "avx512f"),
        (Features::AVX512VBMI2, "avx512_vbmi2"),
        (Features::MOVDIR64B, "movdir64b"),
        (Features::CLZERO, "clzero"),
        (Features::SSE41, "sse4_1"),
        (Features::CLFLUSH, "clflush"),
        (Features::CLFLUSHOPT, "clflushopt"),
        (Features::CLWB, "clwb"),
    ] {
        assert_eq!(found.has(feature), has(flag), "{flag}");
    }
}

/// The crate cpufeatures asks for leaf 7 without asking whether there is one, so that it is believed only where there is.
#[test]
fn cpufeatures_has_found_the_same() {
    cpufeatures::new!(avx2, "avx2");
    cpufeatures::new!(avx512f, "avx512f");
    cpufeatures::new!(avx512vbmi2, "avx512vbmi2");
    if ThisCpu.leaf(0).unwrap().eax < 7 {
        println!("SKIPPED: this CPU has no leaf 7");
        return;
    }
    let found = Features::of_this_cpu();
    assert_eq!(found.has(Features::AVX2), avx2::get());
    assert_eq!(found.has(Features::AVX512F), avx512f::get());
    assert_eq!(found.has(Features::AVX512VBMI2), avx512vbmi2::get());
}

/// A cached answer is the same as a fresh one.
#[test]
fn the_cache_says_what_the_cpu_says() {
    for _ in 0..2 {
        let fresh = super::ask().0.with(Features::BUILD);
        assert_eq!(Features::of_this_cpu(), fresh);
        assert_eq!(super::identity(), super::ask().1);
    }
}
