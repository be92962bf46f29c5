//! What must come of each target: the backends that are compiled in, or the refusal.

/// What a build for a target comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// These are compiled in; which of them run is the CPU's to say.
    Builds(&'static [&'static str]),
    /// It is an error of ours whose only line has this in it.
    Refused(&'static str),
}

use Expected::{Builds, Refused};

const X86: Expected = Builds(&["avx512", "avx2", "sse2", "movnti", "movdir64b", "portable"]);
/// x86 without vector registers: kernels, firmware, CPUs from before SSE2.
const X86_WITHOUT_VECTORS: Expected = Builds(&["movnti", "movdir64b", "portable"]);
const ARM: Expected = Builds(&["neon", "stnp", "sve", "mops", "portable"]);
const ARM_WITHOUT_VECTORS: Expected = Builds(&["stnp", "mops", "portable"]);
const RISCV64: Expected = Builds(&["zihintntl", "portable"]);
const S390X: Expected = Builds(&["mvcl", "portable"]);
const PORTABLE: Expected = Builds(&["portable"]);
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

#[cfg(test)]
mod tests {
    use memcpy_streaming::Backend;

    use super::*;

    #[test]
    fn every_backend_is_compiled_for_some_target() {
        let named = |backend: &Backend| {
            TABLE.iter().any(|(_, expected)| matches!(expected, Builds(names) if names.contains(&backend.name())))
        };
        let missing: Vec<_> = Backend::ALL.iter().filter(|backend| !named(backend)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn every_name_is_that_of_a_backend() {
        for (triple, expected) in TABLE {
            let Builds(names) = expected else { continue };
            for name in *names {
                assert!(name.parse::<Backend>().is_ok(), "{triple}: {name}");
            }
        }
    }

    #[test]
    fn each_target_is_there_once_and_so_is_every_target_that_runs() {
        for (i, (triple, _)) in TABLE.iter().enumerate() {
            assert!(TABLE[i + 1..].iter().all(|(other, _)| other != triple), "{triple} twice");
        }
        for target in super::super::TARGETS {
            assert!(TABLE.iter().any(|(triple, _)| *triple == target.triple), "{}", target.triple);
        }
    }
}
