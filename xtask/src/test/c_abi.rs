//! The C library: built, installed, looked at, and used by C and C++ programs as a person would; and what its header says of memory
//! checkers, and of the standards that it keeps to.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::libtest::Tally;
use super::outcome::Outcome;
use super::this_machine::{THIS_MACHINE, expected_backends};
use crate::capi;
use crate::cargo::workspace;
use crate::failure::{Failure, cannot};
use crate::needs::{self, Need, each_once, on_path};
use crate::process::{self, lines};
use crate::verdict::Verdict;

const STRICT: [&str; 6] = ["-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread"];

/// Debian has the sanitizers of its clang apart.
const SANITIZERS: &str = "/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.asan-x86_64.a";

const POOL: [&str; 3] = ["tests/c/pool.c", "examples/c/pool.c", "tests/c/pool_limits.c"];

const CHECKED: [&str; 1] = ["tests/c/checked.c"];

/// Lengths of copies that are one byte too long: of partial lines, of whole ones, around each threshold.
const TOO_LONG: [usize; 12] = [2, 63, 64, 100, 128, 129, 200, 255, 256, 300, 4096, 65_536];

pub(super) fn run() -> Result<Vec<Outcome>, Failure> {
    let title = "C ABI: cargo xtask capi, and what is in memcpy-streaming-capi/tests/c and examples/c";
    let all = Outcome::of("C ABI", THIS_MACHINE, title, |tally| {
        if let Some(skipped) = Verdict::obstacle(required()) {
            return Ok(skipped);
        }
        let scratch = tempfile::tempdir().map_err(cannot("write to", &std::env::temp_dir()))?;
        let (first, prefix) = (scratch.path().join("first"), scratch.path().join("prefix"));
        capi::install(&first)?;
        // Moved: the pkg-config file is to find the others wherever they are.
        std::fs::rename(&first, &prefix).map_err(cannot("move", &first))?;
        libraries(&prefix)?;
        programs(&prefix, scratch.path(), tally)?;
        Ok(tally.judge(Some(&expected_backends())))
    });
    let rest = Verdict::obstacle(others());
    let rest = rest.map(|end| Outcome::not_run("C ABI, other compilers and checkers", THIS_MACHINE, end));
    Ok([all?].into_iter().chain(rest).collect())
}

/// What is missing of what it takes.
fn required() -> Vec<Need> {
    if !cfg!(target_os = "linux") {
        return vec![Need::by_hand("no Linux", "run it on such a machine")];
    }
    needs::missing(&[("gcc", "gcc"), ("nm", "binutils")])
}

/// And of what is used as well where it is there.
fn others() -> Vec<Need> {
    let compilers = [("g++", "g++"), ("clang", "clang"), ("pkg-config", "pkgconf"), (SANITIZERS, "libclang-rt-14-dev")];
    needs::missing(&[&compilers[..], &[("valgrind", "valgrind"), ("qemu-x86_64", "qemu-user")]].concat())
}

pub(super) fn missing() -> Vec<Need> {
    [required(), others()].concat()
}

/// Whether what a library defines is what the header declares: each function at the start of a line.
pub(super) fn is_api(library: &str, defined: &[String]) -> Result<(), Failure> {
    let header = capi::header()?;
    let lines = header.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    let declared = each_once(lines.filter_map(|line| line.split_once('(')?.0.rsplit([' ', '*']).next()));
    if defined == declared {
        return Ok(());
    }
    let (has, should) = (defined.join(", "), declared.join(", "));
    Err(Failure::run(format_args!("{library} defines {has}; it should: {should}")))
}

/// What the two libraries show and need; and the header says of what they need that no program may define it by them.
fn libraries(prefix: &Path) -> Result<(), Failure> {
    let wrong = |what: String| Err(Failure::run(what));
    let shared = prefix.join("lib/libmemcpy_streaming.so");
    for library in [&shared, &prefix.join("lib/libmemcpy_streaming.a")] {
        is_api(&library.to_string_lossy(), &capi::names(library, "--defined-only")?)?;
        let undefined = capi::names(library, "--undefined-only")?;
        if let Some(name) = undefined.iter().find(|name| !capi::LIBC.contains(&name.as_str())) {
            return wrong(format!("{} needs {name}", library.display()));
        }
    }
    let dynamic = lines(Command::new("readelf").args(["--dynamic", "--wide"]).arg(&shared))?;
    let is_wrong = |line: &&String| {
        let needs_other = line.contains("(NEEDED)") && !line.contains("[libc.so.");
        // Code that would run at start or end, whatever the program calls.
        needs_other || ["(INIT", "(FINI", "(PREINIT"].iter().any(|entry| line.contains(entry))
    };
    if let Some(line) = dynamic.iter().find(is_wrong) {
        return wrong(format!("the shared library has {}", line.trim()));
    }
    let soname = format!("[{}]", capi::soname());
    if !dynamic.iter().any(|line| line.contains("(SONAME)") && line.contains(&soname)) {
        return wrong(format!("the soname of the shared library is not {soname}"));
    }
    let header = capi::header()?;
    let sentence = header.split_once("Do not define").and_then(|(_, rest)| rest.split_once(" by "));
    let names: Vec<_> = sentence.map_or("", |(names, _)| names).split([' ', ',']).collect();
    match capi::LIBC.iter().find(|name| !names.contains(name)) {
        Some(name) => wrong(format!("the header does not forbid to define {name} by this library")),
        None => Ok(()),
    }
}

/// All of it, as far as there are the compilers and checkers.
fn programs(prefix: &Path, scratch: &Path, tally: &mut Tally) -> Result<(), Failure> {
    let scratch_file = |name: &str| scratch.join(name).display().to_string();
    let (checkpointed, log) = (scratch_file("checkpointed"), scratch_file("log"));
    let best = memcpy_streaming::Backend::active().to_string();
    let (shared, statically) = (flags(prefix, false)?, flags(prefix, true)?);
    let library =
        [format!("-I{0}/include", prefix.display()), format!("{}/lib/libmemcpy_streaming.a", prefix.display())];
    let (either, c, cpp) = (&[&shared[..], &statically][..], "gcc clang", "g++ clang++");
    for (files, compilers, standards, ways, args) in [
        (&["tests/c/abi.c"][..], c, "c99", either, &[expected_backends()][..]),
        (&["examples/c/example.c"], c, "c99", either, &[]),
        (&["examples/c/checkpoint.c"], c, "c99", either, &[checkpointed, "8".to_string()]),
        (&["examples/c/devices.c"], c, "c99", either, &[log]),
        (&["examples/c/example.cpp"], cpp, "c++11", either, &[]),
        (&POOL, c, "c99", either, &[best]),
        (&["tests/c/header.c"], c, "c89 c11", &[&library], &[]),
        (&["tests/c/header.cpp"], cpp, "c++98 c++11 c++20", &[&library], &[]),
    ] {
        // clang has no library of its own for C++.
        let is_there = |name: &&str| on_path(name).is_some() && (*name != "clang++" || on_path("g++").is_some());
        for name in compilers.split(' ').filter(is_there) {
            for standard in standards.split(' ') {
                for flags in ways {
                    let program = compile(name, standard, files, flags, scratch)?;
                    tally.execute(Command::new(program).args(args))?;
                }
            }
        }
    }
    if on_path("clang").is_some() && Path::new(SANITIZERS).is_file() {
        sanitized(&library, scratch, tally)?;
    }
    if on_path("valgrind").is_some() {
        threads(&library, scratch, tally)?;
    }
    if cfg!(target_arch = "x86_64") && on_path("qemu-x86_64").is_some() {
        // Where a program's addresses are not those that the kernel knows.
        let program = compile("gcc", "c99", &POOL, &statically, scratch)?;
        let mut qemu = Command::new("qemu-x86_64");
        qemu.args(["-B", "0x10000000000", "-cpu", "qemu64"]).arg(program).args(["sse2", "emulated"]);
        tally.execute(&mut qemu)?;
    }
    Ok(())
}

fn sanitized(library: &[String], scratch: &Path, tally: &mut Tally) -> Result<(), Failure> {
    let flags = |sanitizer: &str| [library, &[format!("-fsanitize={sanitizer}")]].concat();
    let program = compile("clang", "c89", &CHECKED, &flags("address"), scratch)?;
    for len in TOO_LONG.map(|len| len.to_string()) {
        tally.execute(Command::new(&program).args(["right", &len]))?;
        let mut wrong = Command::new(&program);
        tally.is_caught(wrong.args(["portable", &len]), &["AddressSanitizer: heap-buffer-overflow"])?;
    }
    let program = compile("clang", "c89", &CHECKED, &flags("memory"), scratch)?;
    tally.execute(Command::new(program).arg("unpoison"))
}

fn threads(library: &[String], scratch: &Path, tally: &mut Tally) -> Result<(), Failure> {
    let program = compile("gcc", "c89", &CHECKED, library, scratch)?;
    for tool in ["helgrind", "drd"] {
        let valgrind = |what: &str| {
            let mut valgrind = Command::new("valgrind");
            valgrind.args(["-q", "--error-exitcode=9", &format!("--tool={tool}")]).arg(&program).arg(what);
            valgrind
        };
        tally.execute(&mut valgrind("threads"))?;
        // Without the call that the header asks for there is something to report: it looks.
        tally.is_caught(&mut valgrind("threads-first"), &["memcpy_streaming"])?;
    }
    Ok(())
}

/// What pkg-config says, if it is there, and what makes it the one library or the other.
fn flags(prefix: &Path, statically: bool) -> Result<Vec<String>, Failure> {
    let shown = prefix.display();
    let mut said = format!("-I{shown}/include -L{shown}/lib -lmemcpy_streaming");
    if on_path("pkg-config").is_some() {
        let mut pkg_config = Command::new("pkg-config");
        pkg_config.args(["--cflags", "--libs", "memcpy_streaming"]);
        pkg_config.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
        said = lines(&mut pkg_config)?.join(" ");
    }
    let way = if statically { "-static".to_string() } else { format!("-Wl,-rpath,{shown}/lib") };
    Ok(said.split_whitespace().map(str::to_string).chain([way]).collect())
}

/// Compiles source files of memcpy-streaming-capi into a program in this folder; no warning is allowed.
pub(super) fn compile(
    compiler: &str,
    standard: &str,
    files: &[&str],
    flags: &[String],
    folder: &Path,
) -> Result<PathBuf, Failure> {
    // Windows asks for the ending.
    let (sources, program) = (workspace().join("memcpy-streaming-capi"), folder.join("program.exe"));
    let mut command = Command::new(compiler);
    command.arg(format!("-std={standard}")).args(STRICT).arg("-I").arg(sources.join("examples/c"));
    // The library after them: a linker searches it for what the files before it need.
    command.args(files.iter().map(|file| sources.join(file))).args(flags).arg("-o").arg(&program);
    process::quiet(&mut command)?;
    Ok(program)
}
