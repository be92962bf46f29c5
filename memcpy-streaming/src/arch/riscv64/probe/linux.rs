//! The system call, and what its answers mean.

use super::{ASKED, Cpu, MAY_HINT};
use core::arch::asm;
use core::num::NonZero;

const RISCV_HWPROBE: usize = 258;

const IMA_EXT_0: i64 = 4;
const ZICBOZ_BLOCK_SIZE: i64 = 6;

/// In the value of `IMA_EXT_0`. That of Zicboz is there only if programs may use it.
const ZICBOZ: u64 = 1 << 6;
const ZIHINTNTL: u64 = 1 << 29;

/// A question and its answer. The key is -1 if the system does not know it.
#[derive(Clone, Copy)]
#[repr(C)]
struct Pair {
    key: i64,
    value: u64,
}

pub(super) fn ask() -> Cpu {
    let question = |key| Pair { key, value: 0 };
    let mut pairs = [question(IMA_EXT_0), question(ZICBOZ_BLOCK_SIZE)];
    if probe(&mut pairs) { cpu(pairs) } else { Cpu::UNKNOWN }
}

fn cpu([extensions, block]: [Pair; 2]) -> Cpu {
    if extensions.key != IMA_EXT_0 {
        return Cpu::UNKNOWN;
    }
    let len = if extensions.value & ZICBOZ != 0 && block.key == ZICBOZ_BLOCK_SIZE { block.value } else { 0 };
    let len = usize::try_from(len).unwrap_or(0);
    let is_block = len.is_power_of_two() && len & (ASKED | MAY_HINT) == 0;
    Cpu { may_hint: extensions.value & ZIHINTNTL != 0, block: NonZero::new(len).filter(|_| is_block) }
}

/// Asks for what all CPUs have that this thread may run on; false if the system does not know the call: before Linux 6.4, in emulators.
fn probe(pairs: &mut [Pair; 2]) -> bool {
    let failed: isize;
    // SAFETY: Linux takes the number in a7 and the arguments from a0 on, answers in a0, and keeps all other registers. It reads and writes
    // the pairs, and as many as there are; no set of CPUs and no flags are given.
    unsafe {
        asm!(
            "ecall",
            in("a7") RISCV_HWPROBE,
            inlateout("a0") pairs.as_mut_ptr() => failed,
            in("a1") pairs.len(),
            in("a2") 0,
            in("a3") 0,
            in("a4") 0,
            options(nostack),
        );
    }
    failed == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: i64, extensions: u64, block: u64) -> Cpu {
        cpu([Pair { key: IMA_EXT_0, value: extensions }, Pair { key, value: block }])
    }

    #[test]
    fn each_answer_counts_by_itself() {
        let none = Cpu { may_hint: false, block: None };
        let block = NonZero::new(64);
        assert_eq!(of(ZICBOZ_BLOCK_SIZE, 0, 64), none);
        assert_eq!(of(ZICBOZ_BLOCK_SIZE, ZICBOZ, 64), Cpu { block, ..none });
        assert_eq!(of(ZICBOZ_BLOCK_SIZE, ZIHINTNTL, 64), Cpu { may_hint: true, ..none });
        assert_eq!(of(ZICBOZ_BLOCK_SIZE, ZIHINTNTL | ZICBOZ, 256).block, NonZero::new(256));
        assert_eq!(of(-1, ZICBOZ, 64), none, "Linux before 6.6");
        for wrong in [0, 1, 2, 3, 96, u64::MAX, 1 << 63 | 64] {
            assert_eq!(of(ZICBOZ_BLOCK_SIZE, ZICBOZ, wrong), none, "blocks of {wrong} bytes");
        }
        let unknown = [Pair { key: -1, value: 0 }, Pair { key: -1, value: 0 }];
        assert_eq!(cpu(unknown), Cpu::UNKNOWN);
    }

    #[test]
    fn what_is_kept_is_what_was_found() {
        for cpu in [Cpu::UNKNOWN, of(ZICBOZ_BLOCK_SIZE, ZIHINTNTL | ZICBOZ, 64), of(ZICBOZ_BLOCK_SIZE, ZICBOZ, 4096)] {
            assert_eq!(Cpu::unpack(cpu.pack() | ASKED), cpu);
        }
        assert_eq!((Cpu::this(), Cpu::this()), (ask(), ask()));
    }

    /// `/proc/cpuinfo` says the same in words. An emulator that does not know the call shows another machine's.
    #[test]
    fn the_list_of_cpus_says_the_same() {
        let cpu = ask();
        let info = std::fs::read_to_string("/proc/cpuinfo").expect("Linux has it");
        let Some(isa) = info.lines().find_map(|line| line.strip_prefix("isa\t\t: ")) else {
            return assert_eq!(cpu, Cpu::UNKNOWN);
        };
        let has = |name| isa.split('_').any(|extension| extension == name);
        assert_eq!((cpu.may_hint, cpu.block.is_some()), (has("zihintntl"), has("zicboz")), "{isa}");
    }
}
