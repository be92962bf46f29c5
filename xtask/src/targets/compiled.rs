//! What must come of each target: the backends that are compiled in, or the refusal. The step `targets` checks it, and README.md has it.

use memcpy_streaming::Backend::{
    self, Avx2, Avx512, Mops, Movdir64b, Movnti, Mvcl, Neon, Portable, Sse2, Stnp, Sve, Zihintntl,
};

use super::rows;
use Expected::{Builds, Refused};

/// What a build for a target comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// These are compiled in; which of them run is the CPU's to say.
    Builds(&'static [Backend]),
    /// It is an error of ours whose only line has this in it.
    Refused(&'static str),
}

const X86: Expected = Builds(&[Avx512, Avx2, Sse2, Movnti, Movdir64b, Portable]);
/// x86 without vector registers: kernels, firmware, CPUs from before SSE2.
const X86_WITHOUT_VECTORS: Expected = Builds(&[Movnti, Movdir64b, Portable]);
const ARM: Expected = Builds(&[Neon, Stnp, Sve, Mops, Portable]);
const ARM_WITHOUT_VECTORS: Expected = Builds(&[Stnp, Mops, Portable]);
const RISCV64: Expected = Builds(&[Zihintntl, Portable]);
const S390X: Expected = Builds(&[Mvcl, Portable]);
const PORTABLE: Expected = Builds(&[Portable]);
const SMALL_POINTERS: Expected = Refused("pointers of 32 or 64 bits");

/// The targets of one outcome stand together, in the order that README has them.
pub(crate) const TABLE: &[(&str, Expected)] = &[
    ("x86_64-unknown-linux-gnu", X86),
    ("x86_64-pc-windows-gnu", X86),
    ("x86_64-pc-windows-msvc", X86),
    ("x86_64-apple-darwin", X86),
    ("x86_64-fortanix-unknown-sgx", X86),
    ("i686-unknown-linux-gnu", X86),
    ("i686-pc-windows-msvc", X86),
    ("x86_64-unknown-none", X86_WITHOUT_VECTORS),
    ("x86_64-unknown-uefi", X86_WITHOUT_VECTORS),
    ("i586-unknown-linux-gnu", X86_WITHOUT_VECTORS),
    ("aarch64-unknown-linux-gnu", ARM),
    ("aarch64_be-unknown-linux-gnu", ARM),
    ("aarch64-unknown-none", ARM),
    ("aarch64-pc-windows-msvc", ARM),
    ("aarch64-apple-darwin", ARM),
    ("aarch64-unknown-none-softfloat", ARM_WITHOUT_VECTORS),
    ("aarch64_be-unknown-none-softfloat", ARM_WITHOUT_VECTORS),
    ("riscv64gc-unknown-linux-gnu", RISCV64),
    ("riscv64imac-unknown-none-elf", RISCV64),
    ("s390x-unknown-linux-gnu", S390X),
    ("riscv32i-unknown-none-elf", PORTABLE),
    ("riscv32imc-unknown-none-elf", PORTABLE),
    ("loongarch64-unknown-linux-gnu", PORTABLE),
    ("powerpc64-unknown-linux-gnu", PORTABLE),
    ("powerpc64le-unknown-linux-gnu", PORTABLE),
    ("powerpc-unknown-linux-gnu", PORTABLE),
    ("sparc64-unknown-linux-gnu", PORTABLE),
    ("mips64el-unknown-linux-gnuabi64", PORTABLE),
    ("armv7-unknown-linux-gnueabihf", PORTABLE),
    ("thumbv6m-none-eabi", PORTABLE),
    ("thumbv7em-none-eabihf", PORTABLE),
    ("hexagon-unknown-linux-musl", PORTABLE),
    ("wasm32-unknown-unknown", PORTABLE),
    ("arm64ec-pc-windows-msvc", PORTABLE),
    // 32-bit pointers on a 64-bit architecture.
    ("x86_64-unknown-linux-gnux32", PORTABLE),
    ("aarch64-unknown-linux-gnu_ilp32", PORTABLE),
    ("arm64_32-apple-watchos", PORTABLE),
    ("msp430-none-elf", SMALL_POINTERS),
    ("avr-none", SMALL_POINTERS),
];

/// The list of targets in README.md, between the marks `targets`; bold where rows execute.
pub(crate) fn block() -> String {
    let mut text = "| compiled in | targets |\n|--|--|\n".to_string();
    for same in TABLE.chunk_by(|(_, one), (_, other)| one == other) {
        let cell = match same[0].1 {
            Builds(backends) => backends.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
            Refused(why) => format!("none: refused by a line that says \"{why}\""),
        };
        let is_run = |triple: &str| rows().any(|row| row.target.triple == triple);
        let targets =
            same.iter().map(|(triple, _)| if is_run(triple) { format!("**{triple}**") } else { triple.to_string() });
        text += &format!("| {cell} | {} |\n", targets.collect::<Vec<_>>().join(", "));
    }
    text + "\n**Bold**: the tests are executed there by `cargo xtask test --all`, on hardware or emulated. The others are compiled, without a warning.\n"
}
