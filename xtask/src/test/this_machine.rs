//! This machine's CPU, and how the tests are told what it must have.

use std::fs;

use memcpy_streaming::Backend::{
    self, Avx2, Avx512, Mops, Movdir64b, Movnti, Mvcl, Neon, Portable, Sse2, Stnp, Sve, Zihintntl,
};

use crate::targets;

/// The variable by which the tests are told which backends they must find.
pub(crate) const EXPECT: &str = "MEMCPY_STREAMING_EXPECT";

/// The variable by which the tests are told how much of the grids, and of the litmus test, to run: thin, usual, full.
pub(crate) const GRID: &str = "MEMCPY_STREAMING_GRID";

/// What this machine is called in the table.
pub(crate) const THIS_MACHINE: &str = "this machine";

/// The backends that this CPU must have, best first, by what the kernel says of it: a second opinion on what the library
/// finds out by itself. None where there is nobody to ask.
pub(crate) fn this_cpus_backends() -> Option<Vec<Backend>> {
    // The line of `/proc/cpuinfo` with the names of what a CPU has, and what is between them.
    let names_in = |line: &str, between: char| {
        let info = fs::read_to_string("/proc/cpuinfo").ok()?;
        let names = info.lines().find_map(|found| found.strip_prefix(line)?.split_once(':'))?.1.trim();
        Some(names.split(between).map(str::to_string).collect::<Vec<_>>())
    };
    match std::env::consts::ARCH {
        "x86_64" => Some(x86_backends(&names_in("flags", ' ')?)),
        "aarch64" => Some(arm_backends(&names_in("Features", ' ')?)),
        // A kernel that does not know the hint does not say so.
        "riscv64" => names_in("isa", '_')?.iter().any(|name| name == "zihintntl").then(|| vec![Zihintntl, Portable]),
        "s390x" => Some(vec![Mvcl, Portable]),
        _ => Some(vec![Portable]),
    }
}

/// Their names.
pub(crate) fn expected_backends() -> Option<String> {
    Some(targets::names(&this_cpus_backends()?))
}

fn arm_backends(features: &[impl AsRef<str>]) -> Vec<Backend> {
    let has = |feature: &str| features.iter().any(|found| found.as_ref() == feature);
    let all = [(Neon, true), (Stnp, true), (Sve, has("sve")), (Mops, has("mops")), (Portable, true)];
    all.iter().filter(|(_, there)| *there).map(|(backend, _)| *backend).collect()
}

fn x86_backends(flags: &[impl AsRef<str>]) -> Vec<Backend> {
    let has = |flag: &str| flags.iter().any(|found| found.as_ref() == flag);
    let keeps_its_clock = has("avx512_vbmi2");
    let all = [
        (Avx512, has("avx512f") && keeps_its_clock),
        (Avx2, has("avx2")),
        (Sse2, true),
        (Movnti, true),
        (Avx512, has("avx512f") && !keeps_its_clock),
        (Movdir64b, has("movdir64b")),
        (Portable, true),
    ];
    all.iter().filter(|(_, there)| *there).map(|(backend, _)| *backend).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_says_of_a_cpu_decides() {
        assert_eq!(x86_backends(&["sse2"]), [Sse2, Movnti, Portable]);
        assert_eq!(x86_backends(&["avx2", "avx512f"]), [Avx2, Sse2, Movnti, Avx512, Portable]);
        let cascade_lake = ["avx2", "avx512f", "avx512_vnni"];
        assert_eq!(x86_backends(&cascade_lake), [Avx2, Sse2, Movnti, Avx512, Portable]);
        let tiger_lake = ["avx2", "avx512f", "avx512_vbmi2", "movdir64b"];
        assert_eq!(x86_backends(&tiger_lake), [Avx512, Avx2, Sse2, Movnti, Movdir64b, Portable]);
        assert_eq!(arm_backends(&["fp", "asimd", "sve2"]), [Neon, Stnp, Portable]);
        assert_eq!(arm_backends(&["fp", "sve", "mops"]), [Neon, Stnp, Sve, Mops, Portable]);
    }
}
