//! C and C++ programs, compiled by gcc and clang, against the shared library and the static one; and what the header says of memory
//! checkers, and of the standards that it keeps to.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::libtest::Tally;
use super::super::this_machine::{expected_backends, this_cpus_backends};
use super::{LIMIT, SANITIZERS, STRICT, execute, lines};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::needs::on_path;
use crate::process;

/// A run of the programs.
pub(super) struct Run<'a> {
    /// The folder of memcpy-streaming-capi.
    pub(super) sources: &'a Path,
    /// Where the library is installed.
    pub(super) prefix: &'a Path,
    /// For what is made here.
    pub(super) scratch: &'a Path,
    pub(super) tally: &'a mut Tally,
    pub(super) interrupt: &'a Interrupt,
}

/// A compiler, and the standard that it must keep to.
type Compiler = (&'static str, &'static str);

const C: [Compiler; 2] = [("gcc", "-std=c99"), ("clang", "-std=c99")];
const CPP: [Compiler; 2] = [("g++", "-std=c++11"), ("clang++", "-std=c++11")];

const C_STANDARDS: [Compiler; 4] =
    [("gcc", "-std=c89"), ("clang", "-std=c89"), ("gcc", "-std=c11"), ("clang", "-std=c11")];
const CPP_STANDARDS: [Compiler; 6] = [
    ("g++", "-std=c++98"),
    ("clang++", "-std=c++98"),
    ("g++", "-std=c++11"),
    ("clang++", "-std=c++11"),
    ("g++", "-std=c++20"),
    ("clang++", "-std=c++20"),
];

/// The pool of the examples: its test, and what is compiled with it.
const POOL: [&str; 3] = ["tests/c/pool.c", "examples/c/pool.c", "tests/c/pool_limits.c"];

const CHECKED: &str = "tests/c/checked.c";

/// Lengths of copies that are one byte too long: of partial lines, of whole ones, around each threshold.
const TOO_LONG: [usize; 12] = [2, 63, 64, 100, 128, 129, 200, 255, 256, 300, 4096, 65_536];

/// Those that are there; clang has no library of its own for C++.
fn found(compilers: &[Compiler]) -> impl Iterator<Item = Compiler> {
    let is_there = |name| on_path(name).is_some() && (name != "clang++" || on_path("g++").is_some());
    compilers.iter().copied().filter(move |(name, _)| is_there(*name))
}

impl Run<'_> {
    /// All of it, as far as there are the compilers and checkers.
    pub(super) fn all(&mut self) -> Result<(), Failure> {
        let scratch_file = |name: &str| self.scratch.join(name).display().to_string();
        let best = this_cpus_backends().and_then(|backends| backends.first().copied());
        let best = best.unwrap_or_else(memcpy_streaming::Backend::active).to_string();
        let programs: [(&[&str], &[Compiler], Vec<String>); 6] = [
            (&["tests/c/abi.c"], &C, expected_backends().into_iter().collect()),
            (&["examples/c/example.c"], &C, Vec::new()),
            (&["examples/c/checkpoint.c"], &C, vec![scratch_file("checkpointed"), "8".to_string()]),
            (&["examples/c/devices.c"], &C, vec![scratch_file("log")]),
            (&["examples/c/example.cpp"], &CPP, Vec::new()),
            (&POOL, &C, vec![best]),
        ];
        for (sources, compilers, args) in programs {
            for compiler in found(compilers) {
                for statically in [false, true] {
                    let program = self.compile(compiler, sources, &self.flags(statically)?)?;
                    self.execute(Command::new(program).args(&args))?;
                }
            }
        }
        for (source, compilers) in [("tests/c/header.c", &C_STANDARDS[..]), ("tests/c/header.cpp", &CPP_STANDARDS)] {
            for compiler in found(compilers) {
                let program = self.compile(compiler, &[source], &self.library(None))?;
                self.execute(&mut Command::new(program))?;
            }
        }
        if on_path("clang").is_some() && Path::new(SANITIZERS).is_file() {
            self.sanitized()?;
        }
        if on_path("valgrind").is_some() {
            self.threads()?;
        }
        if cfg!(target_arch = "x86_64") && on_path("qemu-x86_64").is_some() {
            // Where a program's addresses are not those that the kernel knows.
            let program = self.compile(C[0], &POOL, &self.flags(true)?)?;
            let mut qemu = Command::new("qemu-x86_64");
            qemu.args(["-B", "0x10000000000", "-cpu", "qemu64"]).arg(program).args(["sse2", "emulated"]);
            self.execute(&mut qemu)?;
        }
        Ok(())
    }

    /// AddressSanitizer and MemorySanitizer.
    fn sanitized(&mut self) -> Result<(), Failure> {
        let clang = ("clang", "-std=c89");
        let program = self.compile(clang, &[CHECKED], &self.library(Some("-fsanitize=address")))?;
        for len in TOO_LONG.map(|len| len.to_string()) {
            self.execute(Command::new(&program).args(["right", &len]))?;
            let mut wrong = Command::new(&program);
            self.reports(wrong.args(["portable", &len]), "AddressSanitizer: heap-buffer-overflow")?;
        }
        let program = self.compile(clang, &[CHECKED], &self.library(Some("-fsanitize=memory")))?;
        self.execute(Command::new(program).arg("unpoison"))
    }

    /// valgrind's tools that look for races.
    fn threads(&mut self) -> Result<(), Failure> {
        let program = self.compile(("gcc", "-std=c89"), &[CHECKED], &self.library(None))?;
        for tool in ["helgrind", "drd"] {
            let valgrind = |what: &str| {
                let mut valgrind = Command::new("valgrind");
                valgrind.args(["-q", "--error-exitcode=9", &format!("--tool={tool}")]).arg(&program).arg(what);
                valgrind
            };
            self.execute(&mut valgrind("threads"))?;
            // Without the call that the header asks for there is something to report: it looks.
            self.reports(&mut valgrind("threads-first"), "memcpy_streaming")?;
        }
        Ok(())
    }

    /// The static library, and what else.
    fn library(&self, flag: Option<&str>) -> Vec<String> {
        let prefix = self.prefix.display();
        let library = [format!("-I{prefix}/include"), format!("{prefix}/lib/libmemcpy_streaming.a")];
        library.into_iter().chain(flag.map(str::to_string)).collect()
    }

    /// What pkg-config says, if it is there, and what makes it the one library or the other.
    fn flags(&self, statically: bool) -> Result<Vec<String>, Failure> {
        let prefix = self.prefix.display();
        let mut flags =
            vec![format!("-I{prefix}/include"), format!("-L{prefix}/lib"), "-lmemcpy_streaming".to_string()];
        if on_path("pkg-config").is_some() {
            let mut pkg_config = Command::new("pkg-config");
            pkg_config.args(["--cflags", "--libs", "memcpy_streaming"]);
            pkg_config.env("PKG_CONFIG_PATH", self.prefix.join("lib/pkgconfig"));
            flags = lines(&mut pkg_config, self.interrupt)?.join(" ").split_whitespace().map(str::to_string).collect();
        }
        flags.push(if statically { "-static".to_string() } else { format!("-Wl,-rpath,{prefix}/lib") });
        Ok(flags)
    }

    /// Compiles source files; no warning is allowed.
    fn compile(&self, (name, standard): Compiler, files: &[&str], flags: &[String]) -> Result<PathBuf, Failure> {
        let program = self.scratch.join("program");
        let mut command = Command::new(name);
        command.arg(standard).args(STRICT).arg("-I").arg(self.sources.join("examples/c"));
        // The library after them: a linker searches it for what the files before it need.
        command.args(files.iter().map(|file| self.sources.join(file))).args(flags).arg("-o").arg(&program);
        process::quiet(&mut command, LIMIT, self.interrupt)?;
        Ok(program)
    }

    fn execute(&mut self, command: &mut Command) -> Result<(), Failure> {
        execute(command, self.tally, self.interrupt)
    }

    /// Runs a program that must end badly, with a report that says `what`.
    fn reports(&mut self, command: &mut Command, what: &str) -> Result<(), Failure> {
        let (status, report) = process::errors_of(command, LIMIT, self.interrupt)?;
        if !status.success() && report.contains(what) {
            self.tally.passed += 1;
            return Ok(());
        }
        Err(Failure::run(format_args!("no report of `{what}` by `{}`: {status}, {report}", process::show(command))))
    }
}
