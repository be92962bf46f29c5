//! What the CPU is asked, Linux has asked as well: do the answers agree?

use super::detect;
use core::arch::x86_64::__cpuid;
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
#[allow(unused_unsafe)] // `__cpuid` is safe in newer versions of the standard library.
fn brand() -> String {
    // SAFETY: every x86_64 CPU has cpuid; a leaf that it lacks is answered with something else.
    let leaves = [0x8000_0002, 0x8000_0003, 0x8000_0004].map(|leaf| unsafe { __cpuid(leaf) });
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
    let has = |flag: &str| flags.split(' ').any(|known| known == flag);
    assert!(has("sse2") && detect::movnti());
    // Where nobody saves the registers Linux says so of all AVX-512, and this is not asked.
    if has("avx512f") {
        assert_eq!(detect::has_avx512vnni(), has("avx512_vnni"));
    }
    assert_eq!(detect::movdir64b(), has("movdir64b"));
    for _ in 0..2 {
        assert_eq!(detect::clzero(), has("clzero"));
    }
}
