//! C and C++ programs, compiled by gcc and clang, against the shared library and the static one.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::libtest::Tally;
use super::super::this_machine;
use super::{LIMIT, lines};
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
pub(super) struct Compiler(pub(super) &'static str, pub(super) &'static str);

impl Compiler {
    /// clang has no library of its own for C++.
    pub(super) fn is_there(&self) -> bool {
        on_path(self.0).is_some() && (self.0 != "clang++" || on_path("g++").is_some())
    }
}

pub(super) const C: [Compiler; 2] = [Compiler("gcc", "-std=c99"), Compiler("clang", "-std=c99")];
const CPP: [Compiler; 2] = [Compiler("g++", "-std=c++11"), Compiler("clang++", "-std=c++11")];

pub(super) const STRICT: [&str; 6] = ["-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread"];

impl Run<'_> {
    /// Compiles and runs every program in every way.
    pub(super) fn programs(&mut self) -> Result<(), Failure> {
        let scratch_file = |name: &str| self.scratch.join(name).display().to_string();
        let programs: [(&str, &[Compiler], Vec<String>); 5] = [
            ("tests/c/abi.c", &C, this_machine::expected_backends().into_iter().collect()),
            ("examples/c/example.c", &C, Vec::new()),
            ("examples/c/checkpoint.c", &C, vec![scratch_file("checkpointed"), "8".to_string()]),
            ("examples/c/devices.c", &C, vec![scratch_file("log")]),
            ("examples/c/example.cpp", &CPP, Vec::new()),
        ];
        for (source, compilers, args) in &programs {
            for compiler in compilers.iter().filter(|compiler| compiler.is_there()) {
                for statically in [false, true] {
                    let program = self.compile(compiler, source, &self.flags(statically)?)?;
                    self.execute(Command::new(program).args(args))?;
                }
            }
        }
        Ok(())
    }

    /// What pkg-config says, if it is there, and what makes it the one library or the other.
    pub(super) fn flags(&self, statically: bool) -> Result<Vec<String>, Failure> {
        let prefix = self.prefix.display();
        let mut flags = if on_path("pkg-config").is_some() {
            let mut pkg_config = Command::new("pkg-config");
            pkg_config.args(["--cflags", "--libs", "memcpy_streaming"]);
            pkg_config.env("PKG_CONFIG_PATH", self.prefix.join("lib/pkgconfig"));
            let said = lines(&mut pkg_config, self.interrupt)?;
            said.iter().flat_map(|line| line.split_whitespace()).map(str::to_string).collect()
        } else {
            vec![format!("-I{prefix}/include"), format!("-L{prefix}/lib"), "-lmemcpy_streaming".to_string()]
        };
        flags.push(if statically { "-static".to_string() } else { format!("-Wl,-rpath,{prefix}/lib") });
        Ok(flags)
    }

    /// Compiles a source file; no warning is allowed.
    pub(super) fn compile(&self, compiler: &Compiler, source: &str, flags: &[String]) -> Result<PathBuf, Failure> {
        let program = self.scratch.join("program");
        let Compiler(name, standard) = compiler;
        let mut command = Command::new(name);
        command.arg(standard).args(STRICT).arg(self.sources.join(source)).args(flags).arg("-o").arg(&program);
        process::quiet(&mut command, LIMIT, self.interrupt)?;
        Ok(program)
    }

    /// Runs a program that must end well, as one test.
    pub(super) fn execute(&mut self, command: &mut Command) -> Result<(), Failure> {
        execute(command, self.tally, self.interrupt)
    }
}

/// The same, of another place.
pub(super) fn execute(command: &mut Command, tally: &mut Tally, interrupt: &Interrupt) -> Result<(), Failure> {
    // What the person's shell asks for is not what this is about.
    command.env_remove("MEMCPY_STREAMING_BACKEND");
    for line in lines(command, interrupt)? {
        tally.line(&line);
        process::relay(&line)?;
    }
    tally.passed += 1;
    Ok(())
}
