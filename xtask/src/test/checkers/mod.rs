//! The tests under what watches every access to memory: AddressSanitizer, which replaces the backends by the portable one, and
//! valgrind, which sees what their instructions do.
//!
//! That they watch is tested, too: each must catch errors that are planted.

mod planted;

use std::path::{Path, PathBuf};
use std::process::Command;

use memcpy_streaming::Backend::{self, Avx512, Movdir64b, Portable};

use super::command;
use super::end::{self, End, Fix};
use super::outcome::Outcome;
use super::steps::{LIBRARIES, without_benchmarks};
use super::this_machine::{self, GRID, THIS_MACHINE};
use crate::cargo::cargo;
use crate::compile::{self, Place};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::needs::{self, Need};
use crate::process;
use crate::targets;
use crate::toolchain;

/// What valgrind ends with if it has found anything: a number that no test program ends with.
const FOUND: &str = "--error-exitcode=99";

/// What watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checker {
    AddressSanitizer,
    Valgrind,
}

/// What is missing, of what can be installed.
pub(crate) fn missing() -> Vec<Need> {
    let valgrind = Need { packages: vec!["valgrind", "libc6-dbg"], ..Need::program("valgrind", "valgrind") };
    needs::missing([valgrind])
}

/// Runs the tests and what is planted under one of them.
pub(crate) fn run(checker: Checker, place: &Place<'_>, interrupt: &Interrupt) -> Result<Vec<Outcome>, Failure> {
    if let Some(end) = checker.obstacle() {
        return Ok(vec![Outcome::not_run(&format!("tests, {}", checker.name()), THIS_MACHINE, end)]);
    }
    Ok(vec![checker.tests(place, interrupt)?, planted::run(checker, place, interrupt)?])
}

impl Checker {
    fn name(self) -> &'static str {
        match self {
            Checker::AddressSanitizer => "AddressSanitizer",
            Checker::Valgrind => "valgrind",
        }
    }

    /// Why it cannot run here, if it cannot.
    fn obstacle(self) -> Option<End> {
        if self == Checker::AddressSanitizer {
            let host = toolchain::host().filter(|host| toolchain::has_address_sanitizer(host));
            return host.is_none().then(|| End::Skipped {
                why: "the compiler comes without AddressSanitizer".to_string(),
                fix: Fix::Other("use one of rustup's for Linux".to_string()),
            });
        }
        end::obstacle(missing())
    }

    /// The tests of the libraries, all of which must pass.
    fn tests(self, place: &Place<'_>, interrupt: &Interrupt) -> Result<Outcome, Failure> {
        let mut cargo = self.cargo("test", place);
        cargo.args(["--lib", "--tests", "--no-fail-fast"]);
        if self == Checker::Valgrind {
            // The litmus test: valgrind runs one thread at a time, and so sees no store that is late. For the same reason no other
            // thread holds a lock at a fork, and valgrind's own child may hang.
            cargo.args(["--", "--skip", "the_drain", "--skip", "a_busy_process"]);
        }
        // Every access costs many; the whole grids are run without.
        cargo.env(GRID, "thin");
        let expected = self.backends().map(|backends| targets::names(&backends));
        let (name, shown) = (format!("tests, {}", self.name()), process::show(&cargo));
        command::run(&name, &shown, &mut cargo, expected.as_deref(), interrupt)
    }

    /// cargo, so that what it builds and runs is watched.
    fn cargo(self, what: &str, place: &Place<'_>) -> Command {
        let mut cargo = cargo();
        cargo.current_dir(place.workspace).args([what, "--locked"]).env_remove("MEMCPY_STREAMING_BACKEND");
        match self {
            Checker::AddressSanitizer => {
                // With a target, or build scripts would be watched too. What the benchmarks need is left out.
                cargo.args(["--profile", "emulated", "--target", &toolchain::host().unwrap_or_default()]);
                cargo.arg("--target-dir").arg(self.target_dir(place));
                cargo.env("RUSTFLAGS", "-Zsanitizer=address --cfg=emulated");
                // An unstable option, of a compiler that may be a stable one.
                cargo.env("RUSTC_BOOTSTRAP", "1");
                cargo.args(compile::crates());
            }
            Checker::Valgrind => {
                // What the tests of this machine have built already.
                cargo.arg("--release").args(LIBRARIES.split(' '));
                without_benchmarks(&mut cargo);
                cargo.arg("--config").arg(format!(r#"target."cfg(all())".runner=["valgrind", "-q", "{FOUND}"]"#));
                // For tests that start themselves again.
                cargo.env("MEMCPY_STREAMING_RUNNER", format!("valgrind -q {FOUND}"));
            }
        }
        cargo
    }

    /// Where its programs are built.
    fn target_dir(self, place: &Place<'_>) -> PathBuf {
        match self {
            Checker::AddressSanitizer => place.target_dir.join("address-sanitizer"),
            Checker::Valgrind => place.target_dir.to_path_buf(),
        }
    }

    /// The folder in it that the programs are in.
    fn programs(self, place: &Place<'_>) -> PathBuf {
        let target_dir = self.target_dir(place);
        let target_dir = target_dir.join(toolchain::host().unwrap_or_default());
        match self {
            Checker::AddressSanitizer => target_dir.join("emulated"),
            Checker::Valgrind => target_dir.join("release"),
        }
    }

    /// The program, under the checker.
    fn watch(self, program: &Path) -> Command {
        match self {
            Checker::AddressSanitizer => {
                let mut program = Command::new(program);
                // Names of functions where there is no llvm-symbolizer: addr2line comes with the linker.
                program.env("ASAN_OPTIONS", "allow_addr2line=1");
                program
            }
            Checker::Valgrind => {
                let mut valgrind = Command::new("valgrind");
                valgrind.args(["-q", FOUND]).arg(program);
                valgrind
            }
        }
    }

    /// The backends that there must be under it. None where there is nobody to ask.
    fn backends(self) -> Option<Vec<Backend>> {
        match self {
            Checker::AddressSanitizer => Some(vec![Portable]),
            // Its CPU is this one without what it does not know.
            Checker::Valgrind => {
                let mut backends = this_machine::this_cpus_backends()?;
                backends.retain(|backend| ![Avx512, Movdir64b].contains(backend));
                Some(backends)
            }
        }
    }
}
