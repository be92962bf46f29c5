//! The step "targets": the libraries are compiled for every target of the table, and what comes of it is what the table says: whether
//! they compile, without a word, and which backends are then in them.
//!
//! Without an operating system's standard library, and without linking: so this runs wherever there is the source of `core`.

use std::process::Command;
use std::time::Instant;

use cargo_metadata::Message;
use memcpy_streaming::Backend;

use crate::asm;
use crate::asm::listing::{Function, Instruction};
use crate::cargo::{cargo, target_dir, workspace};
use crate::failure::{Failure, read, tell};
use crate::install::std_for;
use crate::needs::Need;
use crate::process::{self, LIMIT};
use crate::targets::compiled::{Expected, TABLE};
use crate::targets::names;
use crate::toolchain::{self, CORE, Toolchain};
use crate::verdict::Verdict;

type Test = fn(&Instruction) -> bool;

/// Targets, and what none of their instructions may be.
const WITHOUT: [(&str, &str, Test); 3] = [
    // Illegal in an enclave.
    ("x86_64-fortanix-unknown-sgx", "cpuid or xgetbv", asks_the_cpu),
    ("aarch64-unknown-none-softfloat", "a vector register", has_vector_register),
    ("aarch64_be-unknown-none-softfloat", "a vector register", has_vector_register),
];

/// What is missing for it: `core` for each target that rustup has, or else its source.
pub(super) fn missing() -> Vec<Need> {
    let builds = TABLE.iter().filter(|(_, expected)| matches!(expected, Expected::Builds(_)));
    let without = builds.filter(|(triple, _)| !toolchain::has(triple, CORE, ".rlib"));
    without.map(|(triple, _)| std_for(triple, Vec::new())).chain(Toolchain::with_source().err()).collect()
}

pub(super) fn run() -> Result<Verdict, Failure> {
    if let Some(skipped) = Verdict::obstacle(Toolchain::with_source().err().into_iter().collect()) {
        return Ok(skipped);
    }
    let mut wrong = Vec::new();
    for (number, (triple, expected)) in (1..).zip(TABLE) {
        let start = Instant::now();
        let without: Vec<_> = WITHOUT.iter().filter(|(of, ..)| of == triple).collect();
        let ended = match build(triple, *expected, &without) {
            Ok(()) => format!("ok, {:.1} s", start.elapsed().as_secs_f64()),
            Err(Failure::Run(why)) => {
                wrong.push(format!("{triple}: {why}"));
                format!("WRONG: {why}")
            }
            Err(other) => return Err(other),
        };
        tell(format_args!("{number} of {}: {triple}: {ended}", TABLE.len()));
    }
    Ok(if wrong.is_empty() { Verdict::Good(String::new()) } else { Verdict::Wrong(wrong) })
}

/// Whether none of the instructions is such a one.
fn is_without(functions: &[Function], (_, what, is_one): &(&str, &str, Test)) -> Result<(), Failure> {
    let mut all = functions.iter().flat_map(|one| one.instructions().map(|(_, found)| (&one.path, found))).peekable();
    if all.peek().is_none() {
        return Err(Failure::run("no instruction was compiled"));
    }
    match all.find(|(_, instruction)| is_one(instruction)) {
        Some((path, found)) => Err(Failure::run(format_args!("{what} in {path}: `{found}`"))),
        None => Ok(()),
    }
}

fn with_core(triple: &str) -> Result<Toolchain, Failure> {
    Toolchain::with(CORE, triple).map_err(|need| Failure::run(need.what))
}

fn asks_the_cpu(instruction: &Instruction) -> bool {
    matches!(&*instruction.name, "cpuid" | "xgetbv")
}

/// An operand `v0.2d`, `q0`, `d0`, `s0`, `h0` or `b0`. Symbols are longer words.
fn has_vector_register(instruction: &Instruction) -> bool {
    let mut words = instruction.operands.split(|c: char| !(c.is_ascii_alphanumeric() || "_$".contains(c)));
    words.any(|word| {
        let number = word.strip_prefix(['v', 'q', 'd', 's', 'h', 'b']).and_then(|rest| rest.parse::<u8>().ok());
        number.is_some_and(|number| number < 32)
    })
}

struct Built {
    /// What cargo and the compiler have said: a line for each error and warning, which begins with its place in the source.
    said: String,
    /// The source files of our crates that were compiled: the compiler's lists.
    files: String,
    succeeded: bool,
}

/// Checks the libraries for a target, as they are without features; compiles them to assembly where there is something to look for.
fn build(triple: &str, expected: Expected, without: &[&(&str, &str, Test)]) -> Result<(), Failure> {
    let toolchain = match expected {
        Expected::Builds(_) => with_core(triple)?,
        // The build script says so, before anything is compiled that takes `core`.
        Expected::Refused(_) => Toolchain::Own,
    };
    let mut cargo = match without {
        [] => check_command(triple, toolchain)?,
        _ => asm::build_command(triple, toolchain, &["asm-probe", "memcpy-streaming", "memmap-template"])?,
    };
    cargo.arg("--message-format=json-render-diagnostics,json-diagnostic-short");
    let (mut said, mut files) = (String::new(), String::new());
    let status = process::run_whole(&mut cargo, LIMIT, |line| {
        let Ok(Message::CompilerArtifact(artifact)) = serde_json::from_str(line) else {
            said += &format!("{line}\n");
            return Ok(());
        };
        let is_ours = ["memcpy_", "memmap_"].iter().any(|begin| artifact.target.name.starts_with(begin));
        for file in artifact.filenames.iter().filter(|file| is_ours && file.extension() == Some("rmeta")) {
            // `NAME.d` beside `libNAME.rmeta`; it has a line for each source file.
            let name = file.file_stem().unwrap_or_default();
            let sources = file.with_file_name(format!("{}.d", name.strip_prefix("lib").unwrap_or(name)));
            files += &read(sources.as_ref())?.replace('\\', "/");
        }
        Ok(())
    })?;
    Built { said, files, succeeded: status.success() }.judge(expected).map_err(Failure::run)?;
    if without.is_empty() {
        return Ok(());
    }
    let functions = asm::compiled(triple, toolchain)?;
    without.iter().try_for_each(|one| is_without(&functions, one))
}

fn check_command(triple: &str, toolchain: Toolchain) -> Result<Command, Failure> {
    let mut cargo = cargo();
    cargo.current_dir(workspace()).args(["check", "--locked", "--quiet"]);
    // A refusal comes from a build script, whatever else fails before it for want of `core`.
    cargo.args(["--keep-going", "-p", "memcpy-streaming", "-p", "memmap-template", "--target", triple]);
    cargo.arg("--target-dir").arg(target_dir()?.join("targets").join(toolchain.folder()));
    toolchain.apply_source("core", &mut cargo);
    cargo.env_remove("RUSTFLAGS");
    Ok(cargo)
}

impl Built {
    /// The backends that were compiled in. Each is a file of a crate of kernels; without an architecture's table none of them
    /// can be chosen.
    fn backends(&self) -> Vec<Backend> {
        let has = |path: &str| self.files.contains(path);
        let table = ["x86", "aarch64", "riscv64", "s390x"].iter().any(|arch| has(&format!("src/arch/{arch}.rs")));
        let streaming = Backend::ALL.iter().filter(|backend| table && has(&format!("/src/{backend}.rs")));
        streaming.copied().chain([Backend::Portable]).collect()
    }

    fn judge(&self, expected: Expected) -> Result<(), String> {
        // Of our crates' sources, and of their build scripts.
        let begins = ["memcpy-streaming", "memmap-template", "error: memcpy-streaming@"];
        let said = self.said.lines().filter(|line| begins.iter().any(|begin| line.starts_with(begin)));
        let (count, first) = (said.clone().count(), { said }.next().unwrap_or("none of our crates said anything"));
        match expected {
            Expected::Builds(_) if count > 0 || !self.succeeded => {
                Err(format!("{count} errors and warnings of ours, the first: {first}"))
            }
            Expected::Builds(backends) if self.backends() != backends => {
                Err(format!("compiled in are {} instead of {}", names(&self.backends()), names(backends)))
            }
            Expected::Refused(_) if self.succeeded => Err("it builds, and should be refused".to_string()),
            Expected::Refused(why) if count != 1 || !first.contains(why) => {
                Err(format!("refused by {count} errors, the first: {first}; it should be one line with \"{why}\""))
            }
            Expected::Builds(_) | Expected::Refused(_) => Ok(()),
        }
    }
}

#[test]
fn vector_registers_and_who_asks_the_cpu_are_told_from_other_words() {
    use crate::asm::listing::functions;
    let text = "\t.type\tf,@function\nf:\n\tcpuid\n\tsfence\n\tstnp\tq0, q1, [x0]\n\tld1\t{v16.16b}, [x1]\n\
        \tfmov\td31, x2\n\tstr\tb0, [x0, #3]\n\tstnp\tx0, x1, [x2, #16]\n\tbl\t_ZN4core3b10E\n\tb.ne\t.LBB0_2\n\
        \tdmb\tishst\n\tmsr\tS3_0_C1_C0_2, x0\n\tadd\tx0, x0, :lo12:d3x\n\t.size\tf, 4\n";
    let found = |is_one: Test| -> Vec<usize> {
        let functions = functions(text.as_bytes());
        (0..).zip(functions[0].instructions()).filter(|(_, (_, line))| is_one(line)).map(|(at, _)| at).collect()
    };
    assert_eq!((found(asks_the_cpu), found(has_vector_register)), (vec![0], vec![2, 3, 4, 5]));
}

#[test]
fn what_is_not_as_the_table_says_is_named() {
    use Backend::{Neon, Portable, Zihintntl};
    use Expected::{Builds, Refused};
    let arm = "memcpy-streaming/src/arch/aarch64.rs: memcpy-streaming-arm/src/neon.rs:";
    let other = "memcpy-streaming/src/arch/portable.rs: memcpy-streaming-arm/src/neon.rs:";
    let both = "memcpy-streaming/src/arch/riscv64.rs: memcpy-streaming/src/arch/portable.rs:";
    let riscv = format!("{both} memcpy-streaming-riscv/src/zihintntl.rs:");
    let neon = Builds(&[Neon, Portable]);
    let small = Refused("pointers of 32");
    let refusal = "error: memcpy-streaming@0.1.0: pointers of 32 bits are needed\n";
    let warning = "memmap-template/src/a.rs:1:1: warning: unused import\nwarning: 1 warning emitted\n";
    let others = "/rust/library/core/src/lib.rs:1:1: warning: x\nerror: aborting due to 1 previous error\n";
    for (said, files, succeeded, expected, why) in [
        ("", arm, true, neon, ""),
        (others, arm, true, neon, ""),
        ("", arm, false, neon, "0 errors and warnings of ours"),
        (warning, arm, true, neon, "1 errors and warnings of ours, the first: memmap-template/src/a.rs:1:1: w"),
        ("", arm, true, Builds(&[Portable]), "compiled in are neon, portable instead of portable"),
        // Pointers of 32 bits on aarch64: the kernels are there, and no table names them.
        ("", other, true, Builds(&[Portable]), ""),
        // A table may take functions of the portable one.
        ("", &riscv, true, Builds(&[Zihintntl, Portable]), ""),
        (refusal, "", false, small, ""),
        (&format!("{others}{refusal}{warning}"), "", false, small, "refused by 2 errors"),
        (warning, "", false, small, "unused import; it should be"),
        (others, "", false, small, "none of our crates said anything"),
        ("", "", true, small, "it builds"),
    ] {
        let built = Built { said: said.to_string(), files: files.to_string(), succeeded };
        let found = built.judge(expected).err().unwrap_or_default();
        assert!(found.contains(why) && found.is_empty() == why.is_empty(), "{found:?} instead of {why:?}");
    }
}
