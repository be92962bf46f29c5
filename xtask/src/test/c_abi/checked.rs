//! What the header says of memory checkers, and of the standards that it keeps to.

use std::process::Command;

use super::programs::{Compiler, Run};
use crate::capi;
use crate::failure::{Failure, read};
use crate::needs::{Need, on_path};
use crate::process::{self, LIMIT};

const SOURCE: &str = "tests/c/checked.c";

/// Lengths of copies that are one byte too long: of partial lines, of whole ones, around each threshold.
const TOO_LONG: [usize; 12] = [2, 63, 64, 100, 128, 129, 200, 255, 256, 300, 4096, 65_536];

const CLANG: Compiler = Compiler("clang", "-std=c89");

const STANDARDS: [(&str, Compiler); 10] = [
    ("header.c", Compiler("gcc", "-std=c89")),
    ("header.c", Compiler("clang", "-std=c89")),
    ("header.c", Compiler("gcc", "-std=c11")),
    ("header.c", Compiler("clang", "-std=c11")),
    ("header.cpp", Compiler("g++", "-std=c++98")),
    ("header.cpp", Compiler("clang++", "-std=c++98")),
    ("header.cpp", Compiler("g++", "-std=c++11")),
    ("header.cpp", Compiler("clang++", "-std=c++11")),
    ("header.cpp", Compiler("g++", "-std=c++20")),
    ("header.cpp", Compiler("clang++", "-std=c++20")),
];

/// Debian has the sanitizers of its clang apart.
pub(super) fn sanitizers() -> Need {
    Need::file("/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.asan-x86_64.a", "libclang-rt-14-dev")
}

impl Run<'_> {
    /// All of it, as far as there are the compilers and checkers.
    pub(super) fn checked(&mut self) -> Result<(), Failure> {
        self.forbidden_names()?;
        for (source, compiler) in STANDARDS.iter().filter(|(_, compiler)| compiler.is_there()) {
            let program = self.compile(compiler, &format!("tests/c/{source}"), &self.library())?;
            self.execute(&mut Command::new(program))?;
        }
        if CLANG.is_there() && sanitizers().is_met() {
            self.sanitized()?;
        }
        if on_path("valgrind").is_some() { self.threads() } else { Ok(()) }
    }

    /// AddressSanitizer and MemorySanitizer.
    fn sanitized(&mut self) -> Result<(), Failure> {
        let built =
            |run: &Self, flag: &str| run.compile(&CLANG, SOURCE, &[run.library(), vec![flag.to_string()]].concat());
        let program = built(self, "-fsanitize=address")?;
        for len in TOO_LONG.map(|len| len.to_string()) {
            self.execute(Command::new(&program).args(["right", &len]))?;
            let mut wrong = Command::new(&program);
            self.reports(wrong.args(["portable", &len]), "AddressSanitizer: heap-buffer-overflow")?;
        }
        let program = built(self, "-fsanitize=memory")?;
        self.execute(Command::new(program).arg("unpoison"))
    }

    /// valgrind's tools that look for races.
    fn threads(&mut self) -> Result<(), Failure> {
        let program = self.compile(&Compiler("gcc", "-std=c89"), SOURCE, &self.library())?;
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

    /// The static library.
    fn library(&self) -> Vec<String> {
        let prefix = self.prefix.display();
        vec![format!("-I{prefix}/include"), format!("{prefix}/lib/libmemcpy_streaming.a")]
    }

    /// What the library needs of others it must not be used to define, and the header says so by name.
    fn forbidden_names(&self) -> Result<(), Failure> {
        let header = read(&self.prefix.join("include/memcpy_streaming.h"))?;
        let start = header.find("Do not define").unwrap_or(header.len());
        let sentence = header[start..].split_once(" by ").map_or("", |(names, _)| names);
        let named = |name: &str| sentence.split([' ', ',']).any(|word| word == name);
        match capi::LIBC.iter().find(|name| !named(name)) {
            None => Ok(()),
            Some(name) => {
                Err(Failure::run(format_args!("the header does not forbid to define {name} by this library")))
            }
        }
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
