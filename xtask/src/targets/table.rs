//! The rows: each target, and the CPU models that it runs on.

use memcpy_streaming::Backend::{
    self, Avx2, Avx512, Mops, Movdir64b, Movnti, Mvcl, Neon, Portable, Sse2, Stnp, Sve, Zihintntl,
};

use super::{ALL_TESTS, Linker, MINGW, Machine, Model, Target, WINE_NAME};
use crate::emulator::Emulator::{self, Any, New};

/// Those tests of the memmap that write whole ones, by every strategy.
const WHOLE_MEMMAPS: &[&str] = &["--test", "golden", "--test", "strategies", "--test", "corpora"];

/// The compiler and the packages of a Linux.
const fn gcc(program: &'static str, package: &'static str, libc: &'static str) -> Option<Linker> {
    Some(Linker { program, package, libc_package: Some(libc) })
}

type Names = &'static [&'static str];

/// Which test programs run on a CPU model: every one.
const ALL: Names = &[];
/// For a CPU, or a hypervisor's idea of one, on which the wrong question gets a wrong answer, and the kernels are those of another
/// model: what is detected, and that it executes.
const DETECTION: Names = &["backends", "safe", "first_use"];
/// For one whose registers, or blocks of zeros, have another length, or that has none: that lines are whole, and that others say
/// the same of the CPU.
const LINES: Names = &["memcpy_streaming", "backends", "copy", "pattern"];
/// For one whose kernels do something else than on the one before it, and for a whole PC, which takes a hundred times as long: those
/// of the kernels, and one of the memmap.
const KERNELS: Names =
    &["backends", "safe", "copy", "first_use", "grids", "pattern", "panics", "writer", "golden", "corpora"];

const fn qemu(emulator: Emulator, name: &'static str, tests: Names, backends: &'static [Backend]) -> Model {
    Model { name, machine: Machine::Qemu(emulator), backends, tests }
}

const fn bochs(name: &'static str, features: &'static str, tests: Names, backends: &'static [Backend]) -> Model {
    Model { name, machine: Machine::Bochs { features }, backends, tests }
}

/// All of them, cheapest first.
pub(crate) const TARGETS: &[Target] = &[
    Target {
        triple: "x86_64-unknown-linux-gnu",
        linker: gcc("x86_64-linux-gnu-gcc", "gcc-x86-64-linux-gnu", "libc6-dev-amd64-cross"),
        models: &[
            qemu(Any("qemu-x86_64"), "Haswell", ALL, &[Avx2, Sse2, Movnti, Portable]),
            qemu(Any("qemu-x86_64"), "qemu64", DETECTION, &[Sse2, Movnti, Portable]),
            // Without leaf 7 of CPUID, of which the emulator answers another's bits.
            qemu(Any("qemu-x86_64"), "SandyBridge,level=4", DETECTION, &[Sse2, Movnti, Portable]),
            qemu(Any("qemu-x86_64"), "Haswell,level=6", DETECTION, &[Sse2, Movnti, Portable]),
            // Wide registers that nobody saves.
            qemu(Any("qemu-x86_64"), "Haswell,-xsave", DETECTION, &[Sse2, Movnti, Portable]),
            // Without the extended leaf of CLZERO.
            qemu(Any("qemu-x86_64"), "EPYC,xlevel=0x80000007", DETECTION, &[Avx2, Sse2, Movnti, Portable]),
            // AVX-512 that lowers the clock: there, but not chosen.
            bochs("corei7_skylake_x", "", DETECTION, &[Avx2, Sse2, Movnti, Avx512, Portable]),
            // A Tiger Lake has no CLZERO; with it, one boot executes every instruction there is.
            bochs("tigerlake", "clzero", KERNELS, &[Avx512, Avx2, Sse2, Movnti, Movdir64b, Portable]),
        ],
        memmap: WHOLE_MEMMAPS,
    },
    Target {
        triple: "aarch64-unknown-linux-gnu",
        linker: gcc("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"),
        models: &[
            qemu(Any("qemu-aarch64"), "cortex-a72", ALL, &[Neon, Stnp, Portable]),
            // Vectors of a line, and DC ZVA of other blocks.
            qemu(Any("qemu-aarch64"), "a64fx", KERNELS, &[Neon, Stnp, Sve, Portable]),
            qemu(Any("qemu-aarch64"), "a64fx,sve-default-vector-length=16", LINES, &[Neon, Stnp, Sve, Portable]),
            qemu(Any("qemu-aarch64"), "a64fx,sve-default-vector-length=32", LINES, &[Neon, Stnp, Sve, Portable]),
            // A new one, because what an older one has is not the same.
            qemu(New("qemu-aarch64"), "max", ALL, &[Neon, Stnp, Sve, Mops, Portable]),
            qemu(New("qemu-aarch64"), "max,sve-default-vector-length=128", LINES, &[Neon, Stnp, Sve, Mops, Portable]),
            qemu(New("qemu-aarch64"), "max,sve-default-vector-length=256", LINES, &[Neon, Stnp, Sve, Mops, Portable]),
            qemu(New("qemu-aarch64"), "max,sve=off", LINES, &[Neon, Stnp, Mops, Portable]),
        ],
        memmap: WHOLE_MEMMAPS,
    },
    Target {
        triple: "i686-unknown-linux-gnu",
        linker: gcc("i686-linux-gnu-gcc", "gcc-i686-linux-gnu", "libc6-dev-i386-cross"),
        models: &[
            qemu(Any("qemu-i386"), "Haswell", ALL, &[Avx2, Sse2, Movnti, Portable]),
            qemu(Any("qemu-i386"), "qemu32", DETECTION, &[Sse2, Movnti, Portable]),
            qemu(Any("qemu-i386"), "SandyBridge,level=4", DETECTION, &[Sse2, Movnti, Portable]),
            qemu(Any("qemu-i386"), "Haswell,-xsave", DETECTION, &[Sse2, Movnti, Portable]),
        ],
        memmap: ALL_TESTS,
    },
    Target {
        triple: "riscv64gc-unknown-linux-gnu",
        linker: gcc("riscv64-linux-gnu-gcc", "gcc-riscv64-linux-gnu", "libc6-dev-riscv64-cross"),
        models: &[
            qemu(Any("qemu-riscv64"), "rv64", ALL, &[Zihintntl, Portable]),
            // CBO.ZERO of lines, and of what is longer: no older one says that programs may use it.
            qemu(New("qemu-riscv64"), "rva23u64", KERNELS, &[Zihintntl, Portable]),
            qemu(New("qemu-riscv64"), "rv64,cboz_blocksize=256", LINES, &[Zihintntl, Portable]),
            qemu(New("qemu-riscv64"), "rv64,zicboz=off", LINES, &[Zihintntl, Portable]),
            // It ignores the hint, and says so.
            qemu(New("qemu-riscv64"), "sifive-u54", LINES, &[Portable]),
        ],
        // The others are too large for jumps in the static C library.
        memmap: &["--test", "corpora"],
    },
    // Big-endian.
    Target {
        triple: "s390x-unknown-linux-gnu",
        linker: gcc("s390x-linux-gnu-gcc", "gcc-s390x-linux-gnu", "libc6-dev-s390x-cross"),
        models: &[qemu(Any("qemu-s390x"), "qemu", ALL, &[Mvcl, Portable])],
        memmap: ALL_TESTS,
    },
    // 32 bits, little-endian.
    Target {
        triple: "armv7-unknown-linux-gnueabihf",
        linker: gcc("arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"),
        models: &[qemu(Any("qemu-arm"), "cortex-a15", ALL, &[Portable])],
        memmap: &[],
    },
    // Streaming stores, big-endian. There is no C library for it to be had.
    Target {
        triple: "aarch64_be-unknown-linux-gnu",
        linker: None,
        memmap: &[],
        models: &[
            qemu(Any("qemu-aarch64_be"), "cortex-a72", ALL, &[Neon, Stnp, Portable]),
            qemu(New("qemu-aarch64_be"), "max", ALL, &[Neon, Stnp, Sve, Mops, Portable]),
        ],
    },
    Target {
        triple: "x86_64-pc-windows-gnu",
        linker: Some(Linker { program: MINGW, package: "gcc-mingw-w64-x86-64", libc_package: None }),
        models: &[Model { name: WINE_NAME, machine: Machine::Wine, backends: &[], tests: ALL }],
        memmap: &[],
    },
    // As a kernel is built: no vector registers, no standard library. Nothing executes there; its assembly is read.
    Target { triple: "x86_64-unknown-none", linker: None, models: &[], memmap: &[] },
];
