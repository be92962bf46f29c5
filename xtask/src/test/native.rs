//! The steps on this machine.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use memcpy_streaming::Backend::{self, Avx2, Avx512, Movdir64b, Movnti, Neon, Portable, Sse2, Stnp};

use super::compile::Place;
use super::needs::{self, Need, Thing};
use super::outcome::Outcome;
use super::search_path::SearchPath;
use super::steps::{self, Step};
use super::{cargo, compile, matrix};
use crate::failure::Failure;
use crate::interrupt::Interrupt;

/// The variable by which the tests are told which backends they must find.
pub(crate) const EXPECT: &str = "MEMCPY_STREAMING_EXPECT";

/// The variable by which the tests are told how much of the grids, and of the litmus test, to run: thin, usual, full.
pub(crate) const GRID: &str = "MEMCPY_STREAMING_GRID";

/// What this machine is called in the table.
pub(crate) const THIS_MACHINE: &str = "this machine";

/// What tests of xtask look for beside README's programs, and skip themselves without (`xtask/tests/common/programs.rs`).
pub(crate) fn missing() -> Vec<Need> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    let emulator = match env::consts::ARCH {
        "aarch64" => "qemu-aarch64",
        _ => "qemu-x86_64",
    };
    needs::missing([
        Need::program("bash", "bash"),
        Need::program("env", "coreutils"),
        Need::program("mount", "mount"),
        Need::program("script", "bsdutils"),
        Need::program("sed", "sed"),
        Need::program("taskset", "util-linux"),
        Need::program(emulator, "qemu-user"),
        Need { thing: Thing::StaticLibc("cc"), packages: vec!["libc6-dev"] },
    ])
}

/// Runs every step in the workspace's folder.
pub(crate) fn run(place: &Place<'_>, exhaustive: bool, interrupt: &Interrupt) -> Result<Vec<Outcome>, Failure> {
    let path = SearchPath::make(place.target_dir)?;
    steps::all(exhaustive).iter().map(|step| run_step(step, place.workspace, &path, interrupt)).collect()
}

fn run_step(step: &Step, workspace: &Path, path: &SearchPath, interrupt: &Interrupt) -> Result<Outcome, Failure> {
    let expected = if step.runs_tests() { expected_backends() } else { None };
    let cpu = if step.runs_tests() { THIS_MACHINE } else { "" };
    let mut cargo: Command = compile::cargo();
    // What the person's shell asks for would hide which backend this machine chooses, and how much was tested.
    cargo.env_remove("MEMCPY_STREAMING_BACKEND").env_remove(GRID);
    cargo.args(&step.args).envs(step.env.iter().copied()).current_dir(workspace);
    if step.runs_tests() {
        path.apply(&mut cargo);
    }
    let outcome = cargo::run(step.name, &step.command(), &mut cargo, expected.as_deref(), interrupt)?;
    Ok(Outcome { cpu: cpu.to_string(), ..outcome })
}

/// The backends that this CPU must have, best first, by what the kernel says of it: a second opinion on what the library
/// finds out by itself. None where there is nobody to ask.
pub(super) fn this_cpus_backends() -> Option<Vec<Backend>> {
    Some(if cfg!(target_arch = "x86_64") {
        let info = fs::read_to_string("/proc/cpuinfo").ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags")?.split_once(':'))?.1;
        x86_backends(&flags.split_whitespace().collect::<Vec<_>>())
    } else if cfg!(target_arch = "aarch64") {
        vec![Neon, Stnp, Portable]
    } else {
        vec![Portable]
    })
}

/// Their names.
pub(crate) fn expected_backends() -> Option<String> {
    Some(matrix::names(&this_cpus_backends()?))
}

fn x86_backends(flags: &[&str]) -> Vec<Backend> {
    let has = |flag: &str| flags.contains(&flag);
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

/// The workspace's folder, that of its Cargo.toml. cargo says at run time where this crate is: a tree can be moved after
/// the build.
pub(crate) fn workspace() -> std::path::PathBuf {
    let xtask = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let workspace = Path::new(&xtask).join("..");
    workspace.canonicalize().unwrap_or(workspace)
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
    }

    #[test]
    fn the_workspace_is_found() {
        assert!(workspace().join("xtask/Cargo.toml").is_file());
    }
}
