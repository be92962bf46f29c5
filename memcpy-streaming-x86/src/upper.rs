//! Assembly that uses the upper halves of the vector registers, and cleans them.
//!
//! Code of before AVX has to preserve those halves. While they are in use it is slowed down by that: each of its writes to
//! a register waits for the register's last one (the copies of records by SSE2 took five times as long). The ABI therefore
//! wants them clean at every call. The compiler takes care of its own use of them, not of ours.

/// `asm!` with `vzeroupper` at its end, for code that uses the registers ymm0 (zmm0) and up by their names. The lines stand
/// in brackets; all lines and operands end with a comma.
#[cfg(target_arch = "x86_64")]
macro_rules! asm_cleaning_upper {
    ([$($line:tt)*] $($operand:tt)*) => {
        core::arch::asm!(
            $($line)*
            "vzeroupper",
            $($operand)*
            out("ymm0") _, out("ymm1") _, out("ymm2") _, out("ymm3") _,
            out("ymm4") _, out("ymm5") _, out("ymm6") _, out("ymm7") _,
            out("ymm8") _, out("ymm9") _, out("ymm10") _, out("ymm11") _,
            out("ymm12") _, out("ymm13") _, out("ymm14") _, out("ymm15") _,
            options(nostack),
        )
    };
}
#[cfg(target_arch = "x86")]
macro_rules! asm_cleaning_upper {
    ([$($line:tt)*] $($operand:tt)*) => {
        core::arch::asm!(
            $($line)*
            "vzeroupper",
            $($operand)*
            out("ymm0") _, out("ymm1") _, out("ymm2") _, out("ymm3") _,
            out("ymm4") _, out("ymm5") _, out("ymm6") _, out("ymm7") _,
            options(nostack),
        )
    };
}

pub(crate) use asm_cleaning_upper;
