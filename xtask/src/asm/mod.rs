//! `cargo xtask asm`: the assembly that the compiler makes of the kernels, checked and kept.

mod access;
mod devices;
mod flow;
mod kernels;
pub(crate) mod listing;
mod plan;
mod snapshot;
mod step;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::args;
use crate::cargo::{cargo, target_dir, workspace};
use crate::failure::{Failure, cannot, make_folder};
use crate::install;
use crate::interrupt::Interrupt;
use crate::needs::Need;
use crate::output::Output;
use crate::process::{self, LIMIT};
use crate::targets::{TARGETS, Target};
use crate::toolchain::Toolchain;
use flow::Program;
use listing::Function;
use plan::{FIXED, PLANS, Plan};
pub(crate) use step::is_streaming;

const LONG_ABOUT: &str = "Compiles memcpy-streaming for x86_64, x86_64 without an operating system, i686, aarch64, riscv64 and s390x, and reads the assembly.\n\n\
    Every loop of every backend must stream whole lines, each byte once, by the instruction and width of that backend, with no call in it; \
    copies of constant size must stream all of it from words; and every way out of a safe function that has streamed must lead through a fence. \
    Loops for sources that are not cached, for devices and for persistence must access memory by their instructions and no others. \
    Where one instruction, or three that belong together, move any number of lines, they must be there once. On s390x a drain is no instruction.\n\n\
    The assembly is kept in memcpy-streaming/asm. What was written as assembly must be as it is there, but for the names of registers; \
    --bless renews the files.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask asm                                        all six targets\n  \
    cargo xtask asm --target aarch64-unknown-linux-gnu     one of them\n  \
    cargo xtask asm --bless                                after a change of a kernel; then read the diff of memcpy-streaming/asm";

/// Where the snapshots are, in the workspace.
const FOLDER: &str = "memcpy-streaming/asm";

/// The definition for the command line.
pub(crate) fn command() -> Command {
    Command::new("asm")
        .about("Checks the assembly of the kernels, and compares it with the one that is kept")
        .long_about(LONG_ABOUT)
        .after_help(EXAMPLES)
        .arg(Arg::new("bless").long("bless").action(ArgAction::SetTrue).help("Keep what the compiler makes now"))
        .arg(
            Arg::new("target")
                .long("target")
                .value_name("TARGET")
                .value_parser(triples().collect::<Vec<_>>())
                .help("This target only"),
        )
}

/// What was found out about one target.
pub(crate) enum Verdict {
    /// All is well: so many functions were looked at.
    Good(usize),
    /// What is wrong, a line each.
    Wrong(Vec<String>),
    /// It cannot be compiled here: what is missing.
    Skipped(Need),
}

/// The targets that can be checked.
pub(crate) fn triples() -> impl Iterator<Item = &'static str> {
    PLANS.iter().map(|plan| plan.triple)
}

/// What compiles for a target, or what is missing for that.
pub(crate) fn toolchain(triple: &str) -> Result<Toolchain, Need> {
    Toolchain::find(target(triple))
}

fn target(triple: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.triple == triple).expect("the plans are of known targets")
}

/// Checks the targets that were asked for.
pub(crate) fn run(mut matches: ArgMatches, interrupt: &Interrupt) -> Result<(), Failure> {
    let (bless, asked): (bool, Option<String>) = (args::take(&mut matches, "bless"), matches.remove_one("target"));
    let workspace = workspace();
    let mut wrong = Vec::new();
    for triple in triples().filter(|triple| asked.as_ref().is_none_or(|name| name == triple)) {
        let said = match check(triple, &workspace, bless, interrupt)? {
            Verdict::Good(functions) => format!("{triple}: ok, {functions} functions"),
            Verdict::Skipped(need) => {
                format!("SKIPPED: {triple}: {}; to run it: {}", need.describe(), install::fix(&[need]))
            }
            Verdict::Wrong(found) => {
                wrong.extend(found.iter().map(|line| format!("{triple}: {line}")));
                format!("{triple}: WRONG\n  {}", found.join("\n  "))
            }
        };
        writeln!(io::stdout(), "{said}").map_err(|error| Failure::stdout(&error))?;
    }
    match &wrong[..] {
        [] => Ok(()),
        [one] => Err(Failure::run(one)),
        [first, rest @ ..] => Err(Failure::run(format_args!("{first}; and {} more, see above", rest.len()))),
    }
}

/// Compiles for a target, checks what comes of it, and compares it with the snapshots, or renews them.
pub(crate) fn check(triple: &str, workspace: &Path, bless: bool, interrupt: &Interrupt) -> Result<Verdict, Failure> {
    let plan = PLANS.iter().find(|plan| plan.triple == triple).expect("the targets are those of the plans");
    let toolchain = match toolchain(triple) {
        Ok(toolchain) => toolchain,
        Err(need) => return Ok(Verdict::Skipped(need)),
    };
    let functions = compile(triple, toolchain, &["asm-probe"], workspace, interrupt)?;
    let mut wrong = Vec::new();
    let files = files(plan, &functions, &mut wrong);
    for (name, functions) in &files {
        let path = workspace.join(FOLDER).join(plan.triple).join(format!("{name}.s"));
        if bless {
            keep(&path, &snapshot::text(functions))?;
        } else {
            wrong.extend(compare(&path, functions).map(|why| format!("{name}.s: {why}")));
        }
    }
    if plan.fence.is_some() {
        wrong.extend(fences(&functions, devices::files(plan.triple).iter().any(|(name, _)| *name == "flush")));
    }
    let looked_at = files.iter().map(|(_, functions)| functions.len()).sum::<usize>() + safe(&functions).count();
    Ok(if wrong.is_empty() { Verdict::Good(looked_at) } else { Verdict::Wrong(wrong) })
}

/// Compiles crates and all of ours that they need, optimised, to assembly; of the standard library, core is enough.
pub(crate) fn compile(
    triple: &str,
    toolchain: Toolchain,
    crates: &[&str],
    workspace: &Path,
    interrupt: &Interrupt,
) -> Result<Vec<Function>, Failure> {
    let target_dir = target_dir(workspace, interrupt)?.join("cross-asm").join(toolchain.folder());
    let folder = target_dir.join(triple).join("release/deps");
    // What an older build has left would be read too.
    if let Err(error) = fs::remove_dir_all(&folder)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(cannot("empty", &folder)(error));
    }
    let mut cargo = cargo();
    cargo.current_dir(workspace).args(["build", "--locked", "--release", "--quiet", "--target", triple]);
    cargo.args(crates.iter().flat_map(|name| ["-p", name])).arg("--target-dir").arg(&target_dir);
    toolchain.apply_source("core", &mut cargo);
    cargo.env("RUSTFLAGS", "--emit=asm -Cdebuginfo=0");
    process::quiet(&mut cargo, LIMIT, interrupt)?;
    let mut functions = Vec::new();
    for entry in fs::read_dir(&folder).map_err(cannot("read", &folder))? {
        let path = entry.map_err(cannot("read", &folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_ours = ["asm_probe-", "memcpy_streaming", "memmap_template-"].iter().any(|ours| name.starts_with(ours));
        if is_ours && name.ends_with(".s") {
            functions.extend(listing::functions(&fs::read(&path).map_err(cannot("read", &path))?));
        }
    }
    Ok(functions)
}

/// The functions of each snapshot, checked against their rules.
fn files<'a>(
    plan: &Plan,
    functions: &'a [Function],
    wrong: &mut Vec<String>,
) -> Vec<(&'static str, Vec<&'a Function>)> {
    let find =
        |path: &str| functions.iter().find(|function| function.path == path).ok_or(format!("no function {path}"));
    let mut files = Vec::new();
    for kernel in plan.kernels {
        let mut file = Vec::new();
        for rule in kernel.rules {
            match find(rule.path) {
                Ok(function) => {
                    wrong.extend(kernels::check(function, rule).err().map(|why| format!("{}: {why}", rule.path)));
                    file.push(function);
                }
                Err(why) => wrong.push(why),
            }
        }
        files.push((kernel.name, file));
    }
    for (name, kernels) in devices::files(plan.triple) {
        let mut file = Vec::new();
        for kernel in *kernels {
            match find(kernel.path) {
                Ok(function) => {
                    wrong.extend(devices::check(function, kernel).err().map(|why| format!("{}: {why}", kernel.path)));
                    file.push(function);
                }
                Err(why) => wrong.push(why),
            }
        }
        files.push((name, file));
    }
    let mut fixed = Vec::new();
    for (name, size) in FIXED {
        match find(name) {
            Ok(function) => {
                if let Some(rule) = &plan.fixed {
                    let checked = kernels::check_fixed(function, size, rule);
                    wrong.extend(checked.err().map(|why| format!("{name}: {why}")));
                }
                fixed.push(function);
            }
            Err(why) => wrong.push(why),
        }
    }
    files.push(("fixed", fixed));
    match find("drain") {
        Ok(drain) => {
            if let Some(fence) = plan.fence
                && !drain.instructions().any(|(_, instruction)| instruction.name == fence)
            {
                wrong.push(format!("drain: no {fence}"));
            }
            files.push(("drain", vec![drain]));
        }
        Err(why) => wrong.push(why),
    }
    files
}

/// The functions from which every way out must be fenced.
fn safe(functions: &[Function]) -> impl Iterator<Item = &Function> {
    functions.iter().filter(|function| function.path.starts_with("safe_"))
}

/// What is wrong with the ways out of the safe functions.
fn fences(functions: &[Function], is_persistent: bool) -> Vec<String> {
    let program = Program::new(functions);
    let mut wrong = Vec::new();
    for function in safe(functions) {
        // Where nothing can be made persistent these refuse, and copy nothing.
        if !(program.streams(function) || function.path.ends_with("_persist") && !is_persistent) {
            wrong.push(format!("{}: nothing in it streams", function.path));
        }
        // Those call what may panic. Without a landing pad a panic leaves them at once, which no instruction shows.
        if function.path.ends_with("_call") && function.pads.is_empty() {
            wrong.push(format!("{}: no landing pad, so no fence on the way of a panic", function.path));
        }
        if let Some(leak) = program.leak(function) {
            wrong.push(format!("{}: no fence on a way from {} to {}", function.path, leak.from, leak.to));
        }
    }
    if safe(functions).count() == 0 {
        wrong.push("no safe function".to_string());
    }
    wrong
}

/// How the code differs from a snapshot.
fn compare(path: &Path, functions: &[&Function]) -> Option<String> {
    match fs::read_to_string(path) {
        Ok(kept) => snapshot::difference(&kept, functions)
            .map(|why| format!("{why}; if it is meant, `cargo xtask asm --bless`")),
        Err(error) => Some(format!("cannot read it: {error}; `cargo xtask asm --bless` makes it")),
    }
}

fn keep(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let mut output = Output::create(path)?;
    output.write_all(text.as_bytes())?;
    output.finish()
}
