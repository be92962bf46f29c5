//! The rows: each target, and the CPU models that it runs on.

use memcpy_streaming::Backend::{
    Avx2, Avx512, Mops, Movdir64b, Movnti, Mvcl, Neon, Portable, Sse2, Stnp, Sve, Zihintntl,
};

use super::{
    ALL_TESTS, Linker, MINGW, Target, Tests, WHOLE_MEMMAPS, WINE, bochs, detection, kernels, lines, new, qemu,
};

/// What most of them have.
const BASE: Target = Target { triple: "", linker: None, models: &[], memmap: &[], debian_std: None };

/// The compiler and the packages of a Linux.
const fn gcc(program: &'static str, package: &'static str, libc: &'static str) -> Option<Linker> {
    Some(Linker { program, package, libc_package: Some(libc) })
}

/// All of them, cheapest first.
pub(crate) const TARGETS: &[Target] = &[
    Target {
        triple: "x86_64-unknown-linux-gnu",
        linker: gcc("x86_64-linux-gnu-gcc", "gcc-x86-64-linux-gnu", "libc6-dev-amd64-cross"),
        models: &[
            qemu("qemu-x86_64", "Haswell", &[Avx2, Sse2, Movnti, Portable]),
            detection("qemu-x86_64", "qemu64", &[Sse2, Movnti, Portable]),
            // Without leaf 7 of CPUID, of which the emulator answers another's bits.
            detection("qemu-x86_64", "SandyBridge,level=4", &[Sse2, Movnti, Portable]),
            detection("qemu-x86_64", "Haswell,level=6", &[Sse2, Movnti, Portable]),
            // Wide registers that nobody saves.
            detection("qemu-x86_64", "Haswell,-xsave", &[Sse2, Movnti, Portable]),
            // Without the extended leaf of CLZERO.
            detection("qemu-x86_64", "EPYC,xlevel=0x80000007", &[Avx2, Sse2, Movnti, Portable]),
            // AVX-512 that lowers the clock: there, but not chosen.
            bochs("corei7_skylake_x", "", &[Avx2, Sse2, Movnti, Avx512, Portable], Tests::Detection),
            // A Tiger Lake has no CLZERO; with it, one boot executes every instruction there is.
            bochs("tigerlake", "clzero", &[Avx512, Avx2, Sse2, Movnti, Movdir64b, Portable], Tests::Kernels),
        ],
        memmap: WHOLE_MEMMAPS,
        debian_std: Some("libstd-rust-web-dev:amd64"),
    },
    Target {
        triple: "aarch64-unknown-linux-gnu",
        linker: gcc("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"),
        models: &[
            qemu("qemu-aarch64", "cortex-a72", &[Neon, Stnp, Portable]),
            // Vectors of a line, and DC ZVA of other blocks.
            kernels("qemu-aarch64", "a64fx", &[Neon, Stnp, Sve, Portable]),
            lines("qemu-aarch64", "a64fx,sve-default-vector-length=16", &[Neon, Stnp, Sve, Portable]),
            lines("qemu-aarch64", "a64fx,sve-default-vector-length=32", &[Neon, Stnp, Sve, Portable]),
            // A new one, because what an older one has is not the same.
            new(qemu("qemu-aarch64", "max", &[Neon, Stnp, Sve, Mops, Portable])),
            new(lines("qemu-aarch64", "max,sve-default-vector-length=128", &[Neon, Stnp, Sve, Mops, Portable])),
            new(lines("qemu-aarch64", "max,sve-default-vector-length=256", &[Neon, Stnp, Sve, Mops, Portable])),
            new(lines("qemu-aarch64", "max,sve=off", &[Neon, Stnp, Mops, Portable])),
        ],
        memmap: WHOLE_MEMMAPS,
        debian_std: Some("libstd-rust-web-dev:arm64"),
    },
    Target {
        triple: "i686-unknown-linux-gnu",
        linker: gcc("i686-linux-gnu-gcc", "gcc-i686-linux-gnu", "libc6-dev-i386-cross"),
        models: &[
            qemu("qemu-i386", "Haswell", &[Avx2, Sse2, Movnti, Portable]),
            detection("qemu-i386", "qemu32", &[Sse2, Movnti, Portable]),
            detection("qemu-i386", "SandyBridge,level=4", &[Sse2, Movnti, Portable]),
            detection("qemu-i386", "Haswell,-xsave", &[Sse2, Movnti, Portable]),
        ],
        memmap: ALL_TESTS,
        ..BASE
    },
    Target {
        triple: "riscv64gc-unknown-linux-gnu",
        linker: gcc("riscv64-linux-gnu-gcc", "gcc-riscv64-linux-gnu", "libc6-dev-riscv64-cross"),
        models: &[
            qemu("qemu-riscv64", "rv64", &[Zihintntl, Portable]),
            // CBO.ZERO of lines, and of what is longer: no older one says that programs may use it.
            new(kernels("qemu-riscv64", "rva23u64", &[Zihintntl, Portable])),
            new(lines("qemu-riscv64", "rv64,cboz_blocksize=256", &[Zihintntl, Portable])),
            new(lines("qemu-riscv64", "rv64,zicboz=off", &[Zihintntl, Portable])),
            // It ignores the hint, and says so.
            new(lines("qemu-riscv64", "sifive-u54", &[Portable])),
        ],
        // The others are too large for jumps in the static C library.
        memmap: &["--test", "corpora"],
        ..BASE
    },
    // Big-endian.
    Target {
        triple: "s390x-unknown-linux-gnu",
        linker: gcc("s390x-linux-gnu-gcc", "gcc-s390x-linux-gnu", "libc6-dev-s390x-cross"),
        models: &[qemu("qemu-s390x", "qemu", &[Mvcl, Portable])],
        memmap: ALL_TESTS,
        ..BASE
    },
    // 32 bits, little-endian.
    Target {
        triple: "armv7-unknown-linux-gnueabihf",
        linker: gcc("arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"),
        models: &[qemu("qemu-arm", "cortex-a15", &[Portable])],
        ..BASE
    },
    // Streaming stores, big-endian. There is no C library for it to be had.
    Target {
        triple: "aarch64_be-unknown-linux-gnu",
        models: &[
            qemu("qemu-aarch64_be", "cortex-a72", &[Neon, Stnp, Portable]),
            new(qemu("qemu-aarch64_be", "max", &[Neon, Stnp, Sve, Mops, Portable])),
        ],
        ..BASE
    },
    Target {
        triple: "x86_64-pc-windows-gnu",
        linker: Some(Linker { program: MINGW, package: "gcc-mingw-w64-x86-64", libc_package: None }),
        models: &[WINE],
        ..BASE
    },
    // As a kernel is built: no vector registers, no standard library. Nothing executes there; its assembly is read.
    Target { triple: "x86_64-unknown-none", ..BASE },
];
