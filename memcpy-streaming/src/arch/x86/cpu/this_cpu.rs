//! The CPU that this runs on, as someone to ask.

#[cfg(target_arch = "x86")]
use core::arch::x86::__cpuid_count;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::__cpuid_count;

use super::leaves::{Cpu, Leaf};

pub(super) struct ThisCpu;

impl Cpu for ThisCpu {
    #[allow(unused_unsafe)] // `__cpuid_count` is safe in newer versions of the standard library.
    fn leaf(&self, number: u32) -> Option<Leaf> {
        if !has_cpuid() {
            return None;
        }
        // SAFETY: the CPU has the instruction, as was just found; it only writes its four registers.
        let answer = unsafe { __cpuid_count(number, 0) };
        Some(Leaf { eax: answer.eax, ebx: answer.ebx, ecx: answer.ecx, edx: answer.edx })
    }

    fn xcr0(&self) -> u64 {
        let (low, high): (u32, u32);
        // SAFETY: XGETBV is there because OSXSAVE is set, which is when this is asked; register 0 always exists.
        // It writes edx and eax only.
        unsafe {
            core::arch::asm!(
                "xgetbv",
                in("ecx") 0,
                out("eax") low,
                out("edx") high,
                options(nomem, nostack, preserves_flags)
            );
        }
        u64::from(high) << 32 | u64::from(low)
    }
}

/// Every x86_64 CPU has CPUID.
#[cfg(target_arch = "x86_64")]
fn has_cpuid() -> bool {
    true
}

/// A CPU before the Pentium may lack it: there bit 21 of EFLAGS cannot be changed (Intel SDM volume 1, 3.4.3.3).
#[cfg(target_arch = "x86")]
fn has_cpuid() -> bool {
    const ID: u32 = 1 << 21;
    let changed: u32;
    // SAFETY: what is pushed is popped, and the flags are left as they were found.
    unsafe {
        core::arch::asm!(
            "pushfd",
            "pushfd",
            "xor dword ptr [esp], {id}",
            "popfd",
            "pushfd",
            "pop {changed:e}",
            "xor {changed:e}, dword ptr [esp]",
            "popfd",
            id = const ID,
            changed = out(reg) changed,
        );
    }
    changed & ID != 0
}
