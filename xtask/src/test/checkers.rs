//! The tests under what watches every access to memory: AddressSanitizer, which replaces the backends by the portable one; valgrind,
//! which sees what their instructions do; and Miri, which interprets them and knows Rust's rules for pointers.
//!
//! That the first two watch is tested, too: each must catch errors that are planted where they are made.

use std::process::Command;

use memcpy_streaming::Backend::{self, Avx512, Movdir64b, Portable};

use super::command::{self, without_benchmarks};
use super::libtest::Tally;
use super::outcome::Outcome;
use super::steps::LIBRARIES;
use super::this_machine::{self, GRID, THIS_MACHINE};
use crate::cargo::{cargo, target_dir, workspace};
use crate::failure::Failure;
use crate::needs::{self, Need};
use crate::targets::names;
use crate::verdict::Verdict;
use crate::{compile, interrupt, process, toolchain};

/// valgrind, as it stands before a program. The exit code if it has found anything is a number that no test program ends with.
const VALGRIND: [&str; 3] = ["valgrind", "-q", "--error-exitcode=99"];

const LINE: usize = 64;

/// What is planted: written or read, so many bytes too many.
const CASES: [(usize, usize); 6] = [(0, 0), (0, 1), (0, LINE), (1, 0), (1, 1), (1, LINE)];

struct Checker {
    name: &'static str,
    /// Makes cargo build and run so that what it builds is watched.
    watch: fn(&mut Command) -> Result<(), Failure>,
    test_args: &'static [&'static str],
    /// How much of the grids: every access costs many. The whole ones are run without.
    grid: &'static str,
    /// The folder that its programs are in, below cargo's.
    folder: &'static str,
    /// What stands before a program.
    runner: &'static [&'static str],
    /// What it says of a byte too many that is written, and read.
    says: [&'static [&'static str]; 2],
    /// The backends that there must be under it.
    backends: Vec<Backend>,
}

pub(super) fn address_sanitizer() -> Result<Vec<Outcome>, Failure> {
    let obstacle = match toolchain::host() {
        Some(host) if toolchain::has(&host, "lib", "_rt.asan.a") => None,
        _ => Some(Verdict::impossible("the compiler comes without AddressSanitizer", "use one of rustup's for Linux")),
    };
    let checker = Checker {
        name: "AddressSanitizer",
        watch: |cargo| {
            // With a target, or build scripts would be watched too. What the benchmarks need is left out.
            cargo.args(["--profile", "emulated", "--target", &toolchain::host().unwrap_or_default()]);
            cargo.arg("--target-dir").arg(target_dir()?.join("address-sanitizer"));
            cargo.args(compile::COPIES).args(compile::MEMMAPS);
            cargo.env("RUSTFLAGS", "-Zsanitizer=address --cfg=emulated");
            // An unstable option, of a compiler that may be a stable one.
            cargo.env("RUSTC_BOOTSTRAP", "1");
            Ok(())
        },
        test_args: &[],
        grid: "thin",
        folder: "address-sanitizer/HOST/emulated",
        // Names of functions where there is no llvm-symbolizer: addr2line comes with the linker.
        runner: &["env", "ASAN_OPTIONS=allow_addr2line=1"],
        says: [&["heap-buffer-overflow", "WRITE of size"], &["heap-buffer-overflow", "READ of size"]],
        backends: vec![Portable],
    };
    run(&checker, obstacle)
}

pub(super) fn missing_valgrind() -> Vec<Need> {
    let missing = needs::missing(&[("valgrind", "valgrind")]);
    missing.into_iter().map(|need| Need { packages: vec!["valgrind", "libc6-dbg"], ..need }).collect()
}

pub(super) fn valgrind() -> Result<Vec<Outcome>, Failure> {
    // Its CPU is this one without what it does not know.
    let known = |backend: &Backend| ![Avx512, Movdir64b].contains(backend);
    let checker = Checker {
        name: "valgrind",
        watch: |cargo| {
            // What the tests of this machine have built already.
            cargo.arg("--release").args(LIBRARIES.split(' '));
            without_benchmarks(cargo);
            cargo.arg("--config").arg(format!(r#"target."cfg(all())".runner={VALGRIND:?}"#));
            // For tests that start themselves again.
            cargo.env("MEMCPY_STREAMING_RUNNER", VALGRIND.join(" "));
            Ok(())
        },
        // The litmus test: valgrind runs one thread at a time, and so sees no store that is late. For the same reason no other
        // thread holds a lock at a fork, and valgrind's own child may hang; and a signal comes between two blocks of instructions only.
        test_args: &["--skip", "the_drain", "--skip", "a_busy_process", "--skip", "what_is_interrupted"],
        grid: "few",
        folder: "HOST/release",
        runner: &VALGRIND,
        says: [&["Invalid write of size"], &["Invalid read of size"]],
        backends: this_machine::this_cpus_backends().into_iter().filter(known).collect(),
    };
    run(&checker, Verdict::obstacle(missing_valgrind()))
}

/// Runs the tests of the libraries, all of which must pass, and what is planted.
fn run(checker: &Checker, obstacle: Option<Verdict>) -> Result<Vec<Outcome>, Failure> {
    let name = format!("tests, {}", checker.name);
    if let Some(end) = obstacle {
        return Ok(vec![Outcome::not_run(&name, THIS_MACHINE, end)]);
    }
    let mut cargo = checker.cargo("test")?;
    cargo.args(["--lib", "--tests", "--no-fail-fast"]);
    cargo.env(GRID, checker.grid);
    let (expected, shown) = (names(&checker.backends), process::show(&cargo));
    let tests = command::run(&name, &shown, &mut cargo, checker.test_args, Some(&expected))?;
    let name = format!("planted errors, {}", checker.name);
    let planted = Outcome::of(&name, THIS_MACHINE, &name, |tally| checker.planted(tally));
    Ok(vec![tests, planted?])
}

impl Checker {
    fn cargo(&self, what: &str) -> Result<Command, Failure> {
        let mut cargo = cargo();
        cargo.current_dir(workspace()).args([what, "--locked"]).env_remove("MEMCPY_STREAMING_BACKEND");
        (self.watch)(&mut cargo)?;
        Ok(cargo)
    }

    /// Builds the program with the errors, and runs it with a byte and a line too many, written and read; and with nothing wrong,
    /// which must go through.
    fn planted(&self, tally: &mut Tally) -> Result<Verdict, Failure> {
        process::quiet(self.cargo("build")?.args(["-p", "planted"]))?;
        let folder = self.folder.replace("HOST", &toolchain::host().unwrap_or_default());
        let program = target_dir()?.join(folder).join("planted");
        let cases = self.backends.iter().flat_map(|&backend| CASES.map(|(at, beyond)| (backend, at, beyond)));
        for (backend, at, beyond) in cases {
            let mut command = Command::new(self.runner[0]);
            command.args(&self.runner[1..]).arg(&program);
            command.args([backend.name(), ["write", "read"][at], &beyond.to_string()]);
            if beyond == 0 {
                tally.execute(&mut command)?;
                continue;
            }
            let mut says = [self.says[at], &["copy_too_much"]].concat();
            // Whole lines are copied by the kernel, which is then where it goes wrong.
            if backend != Portable && beyond == LINE {
                says.push("copy_lines");
            }
            tally.is_caught(&mut command, &says)?;
        }
        tally.backends = Some(names(&self.backends));
        Ok(Verdict::Good(String::new()))
    }
}

/// The tests that end within a minute each under Miri. The others are about files, processes and inaccessible pages, or compare
/// memmaps of megabytes.
const TESTS: [&str; 11] =
    ["backends", "capi", "copy", "errors", "panics", "pattern", "publish", "registers", "safe", "write_only", "writer"];

/// Two models of who may use a reference: the name, Miri's flag for it, and the tests. What differs between the two is what keeps
/// pointers beside borrows.
const MODELS: [(&str, &str, &[&str]); 2] =
    [("Stacked Borrows", "", &TESTS), ("Tree Borrows", " -Zmiri-tree-borrows", &["backends", "publish", "writer"])];

fn nightly() -> Command {
    let mut cargo = toolchain::rustup("nightly");
    cargo.arg("miri").env_remove("MEMCPY_STREAMING_BACKEND");
    cargo
}

pub(super) fn missing_miri() -> Vec<Need> {
    // With the source of the standard library that it runs.
    let install = "rustup toolchain install nightly --profile minimal -c miri -c rust-src";
    toolchain::unless_there(nightly(), "Miri", install).into_iter().collect()
}

pub(super) fn miri() -> Result<Vec<Outcome>, Failure> {
    let obstacle = Verdict::obstacle(missing_miri());
    // Whoever is interrupted has not heard what is missing.
    interrupt::check()?;
    if let Some(end) = obstacle {
        return Ok(vec![Outcome::not_run("tests, Miri", THIS_MACHINE, end)]);
    }
    let run = |(model, flag, tests): (&str, &str, &[&str])| {
        let mut cargo = nightly();
        // Not the tests of the examples, which are about files and an allocator.
        cargo.args(["test", "--locked", "--no-fail-fast", "--all-features", "--lib"]);
        cargo.args(tests.iter().flat_map(|test| ["--test", test]));
        cargo.args(["-p", "memcpy-streaming", "-p", "memmap-template"]).current_dir(workspace());
        without_benchmarks(&mut cargo);
        // Isolated, a test could not see the environment.
        cargo.env("MIRIFLAGS", format!("-Zmiri-strict-provenance -Zmiri-disable-isolation{flag}"));
        // A backtrace takes it seconds, and many tests panic on purpose.
        cargo.env(GRID, "thin").env("RUST_BACKTRACE", "0");
        let (name, shown, expected) = (format!("tests, Miri, {model}"), process::show(&cargo), names(&[Portable]));
        command::run(&name, &shown, &mut cargo, &[], Some(&expected))
    };
    MODELS.into_iter().map(run).collect()
}
