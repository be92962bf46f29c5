//! This machine's CPU, and how the tests are told what it must have.

use std::env::consts::ARCH;
use std::fs;

use memcpy_streaming::Backend::{
    self, Avx2, Avx512, Mops, Movdir64b, Movnti, Mvcl, Neon, Portable, Sse2, Stnp, Sve, Zihintntl,
};

use crate::args::once;
use crate::targets;

/// The variable by which the tests are told which backends they must find.
pub(crate) const EXPECT: &str = "MEMCPY_STREAMING_EXPECT";

/// The variable by which the tests are told how much of the grids, and of the litmus test, to run: few, thin, usual, full.
pub(crate) const GRID: &str = "MEMCPY_STREAMING_GRID";

pub(crate) const THIS_MACHINE: &str = "this machine";

/// The backends that this CPU must have, best first, by what the kernel says of it: a second opinion on what the library
/// finds out by itself. Where there is nobody else to ask, it is the library's own.
pub(crate) fn this_cpus_backends() -> Vec<Backend> {
    let said = backends(ARCH, &fs::read_to_string("/proc/cpuinfo").unwrap_or_default());
    said.unwrap_or_else(|| Backend::available().collect())
}

pub(crate) fn expected_backends() -> String {
    targets::names(&this_cpus_backends())
}

/// AVX-512 comes first where it keeps its clock, else last of those that are chosen.
const X86: [(Backend, &str); 6] = [
    (Avx512, "avx512_vbmi2"),
    (Avx2, "avx2"),
    (Sse2, "sse2"),
    (Movnti, "sse2"),
    (Avx512, "avx512f"),
    (Movdir64b, "movdir64b"),
];

fn backends(arch: &str, info: &str) -> Option<Vec<Backend>> {
    // The line with the names of what a CPU has, what is between them, and which backends these names stand for.
    let (line, between, known): (_, _, &[(Backend, &str)]) = match arch {
        "x86_64" => ("flags", ' ', &X86),
        "aarch64" => ("Features", ' ', &[(Neon, "asimd"), (Stnp, "asimd"), (Sve, "sve"), (Mops, "mops")]),
        "riscv64" => ("isa", '_', &[(Zihintntl, "zihintntl")]),
        "s390x" => return Some(vec![Mvcl, Portable]),
        _ => return Some(vec![Portable]),
    };
    let (_, names) = info.lines().find_map(|found| found.strip_prefix(line)?.split_once(':'))?;
    let has = |name: &str| names.trim().split(between).any(|found| found == name);
    let there = known.iter().filter(|(_, name)| has(name)).map(|(backend, _)| *backend);
    let there = once(there.chain([Portable]));
    // A kernel that does not know RISC-V's hint does not say so.
    (there != [Portable]).then_some(there)
}

#[test]
fn what_the_kernel_says_of_a_cpu_decides() {
    for (arch, info, expected) in [
        ("x86_64", "flags\t: sse2", "sse2, movnti, portable"),
        ("x86_64", "flags\t: sse2 avx2 avx512f avx512_vnni", "avx2, sse2, movnti, avx512, portable"),
        ("x86_64", "flags\t: sse2 avx2 avx512f avx512_vbmi2", "avx512, avx2, sse2, movnti, portable"),
        ("x86_64", "x: y\nflags\t: sse2 avx2 movdir64b", "avx2, sse2, movnti, movdir64b, portable"),
        ("aarch64", "Features\t: fp asimd sve2", "neon, stnp, portable"),
        ("aarch64", "Features\t: fp asimd sve mops", "neon, stnp, sve, mops, portable"),
        ("riscv64", "isa\t: rv64imafdc_zihintntl_zihpm", "zihintntl, portable"),
    ] {
        assert_eq!(targets::names(&backends(arch, info).unwrap()), expected);
    }
    assert_eq!(backends("riscv64", "isa\t: rv64imafdc"), None);
}
