//! `cargo xtask asm`: the assembly that the compiler makes of the kernels, checked and kept.

mod access;
mod flow;
pub(crate) mod listing;
mod plan;
mod rules;
pub(crate) mod snapshot;
mod step;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{fs, process};

use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Command, CommandFactory};

use crate::args;
use crate::cargo::{cargo, target_dir, workspace};
use crate::failure::{Failure, cannot, make_folder};
use crate::install;
use crate::needs::Need;
use crate::output::Output;
use crate::process::{quiet, relay};
use crate::targets::TARGETS;
use crate::toolchain::Toolchain;
use crate::verdict::Verdict;
use listing::Function;
use plan::PLANS;
pub(crate) use rules::loops;
pub(crate) use step::is_streaming;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask asm                                        all six targets\n  \
    cargo xtask asm --target aarch64-unknown-linux-gnu     one of them\n  \
    cargo xtask asm --bless                                after a change of a kernel; then read the diff of memcpy-streaming/asm";

/// Checks the assembly of the kernels, and compares it with the one that is kept
///
/// Compiles memcpy-streaming for x86_64, x86_64 without an operating system, i686, aarch64, riscv64 and s390x, and reads the assembly.
///
/// Every loop of every backend must stream whole lines, each byte once, by the instruction and width of that backend, with no call in it; copies of
/// constant size must stream all of it from words; and every way out of a safe function that has streamed must lead through a fence. Loops for sources
/// that are not cached, for devices and for persistence must access memory by their instructions and no others. Where one instruction, or three that
/// belong together, move any number of lines, they must be there once. On s390x a drain is no instruction.
///
/// The assembly is kept in memcpy-streaming/asm. What was written as assembly must be as it is there, but for the names of registers; --bless renews
/// the files.
#[derive(clap::Parser)]
#[command(name = "asm", after_help = EXAMPLES)]
struct Options {
    /// Keep what the compiler makes now
    #[arg(long)]
    bless: bool,
    /// This target only
    #[arg(long, value_name = "TARGET", value_parser = PossibleValuesParser::new(triples()))]
    target: Option<String>,
}

pub(crate) fn command() -> Command {
    Options::command()
}

pub(crate) fn triples() -> impl Iterator<Item = &'static str> {
    PLANS.iter().map(|plan| plan.triple)
}

pub(crate) fn toolchain(triple: &str) -> Result<Toolchain, Need> {
    Toolchain::find(TARGETS.iter().find(|target| target.triple == triple).expect("the plans are of known targets"))
}

pub(crate) fn run(matches: ArgMatches) -> Result<(), Failure> {
    let Options { bless, target } = args::options(&matches);
    let mut wrong = Vec::new();
    for triple in triples().filter(|triple| target.as_ref().is_none_or(|name| name == triple)) {
        relay(&match check(triple, bless)? {
            Verdict::Good(what) => format!("{triple}: ok, {what}"),
            Verdict::Skipped(needs) => format!("SKIPPED: {triple}: {}", install::told(&needs)),
            Verdict::Wrong(found) => {
                wrong.extend(found.iter().map(|line| format!("{triple}: {line}")));
                format!("{triple}: WRONG\n  {}", found.join("\n  "))
            }
        })?;
    }
    match &wrong[..] {
        [] => Ok(()),
        [one] => Err(Failure::run(one)),
        [first, rest @ ..] => Err(Failure::run(format_args!("{first}; and {} more, see above", rest.len()))),
    }
}

/// Compiles for a target, checks what comes of it, and compares it with the snapshots, or renews them.
pub(crate) fn check(triple: &str, bless: bool) -> Result<Verdict, Failure> {
    let plan = PLANS.iter().find(|plan| plan.triple == triple).expect("the targets are those of the plans");
    let toolchain = match toolchain(triple) {
        Ok(toolchain) => toolchain,
        Err(need) => return Ok(Verdict::Skipped(vec![need])),
    };
    let functions = compile(triple, toolchain, &["asm-probe"])?;
    let mut looked_at = flow::safe(&functions).count();
    let (mut wrong, mut texts) = (Vec::new(), BTreeMap::<_, String>::new());
    for (snapshot, path, rule) in plan.functions() {
        let text = texts.entry(snapshot).or_default();
        if let Some(function) = functions.iter().find(|function| function.path == path) {
            looked_at += 1;
            wrong.extend(rule.and_then(|rule| rules::check(function, &rule).err()).map(|why| format!("{path}: {why}")));
            if plan::is_kept(&path) {
                snapshot::write(text, function);
            }
        } else if !plan::is_kept(&path) && !text.is_empty() {
            wrong.push(format!("{path}: there is no such function, but others of its module"));
        }
    }
    for (name, text) in &texts {
        let path = snapshot::path(triple, name);
        match fs::read_to_string(&path) {
            Err(_) if text.is_empty() => {}
            _ if bless => {
                make_folder(path.parent().unwrap_or(workspace()))?;
                Output::create(&path)?.finish_with(text.as_bytes())?;
            }
            Ok(kept) => wrong.extend(
                snapshot::difference(&kept, text)
                    .map(|why| format!("{name}.s: {why}; if it is meant, `cargo xtask asm --bless`")),
            ),
            Err(error) => wrong.push(format!("{name}.s: cannot read it: {error}; `cargo xtask asm --bless` makes it")),
        }
    }
    if plan.fence.is_some() {
        // Where nothing writes lines back, nothing can be made persistent.
        wrong.extend(flow::check(&functions, texts.get("flush").is_some_and(|text| !text.is_empty())));
    }
    Ok(if wrong.is_empty() { Verdict::Good(format!("{looked_at} functions")) } else { Verdict::Wrong(wrong) })
}

/// Compiles crates and all of ours that they need, optimised, to assembly; of the standard library, core is enough.
fn compile(triple: &str, toolchain: Toolchain, crates: &[&str]) -> Result<Vec<Function>, Failure> {
    quiet(&mut build_command(triple, toolchain, crates)?)?;
    compiled(triple, toolchain)
}

/// The command that does, with nothing left of an older build: it would be read too.
pub(crate) fn build_command(triple: &str, toolchain: Toolchain, crates: &[&str]) -> Result<process::Command, Failure> {
    let folder = folder(triple, toolchain)?;
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(cannot("empty", &folder))?;
    }
    let mut cargo = cargo();
    cargo.current_dir(workspace()).args(["build", "--locked", "--release", "--quiet", "--target", triple]);
    cargo.args(crates.iter().flat_map(|name| ["-p", name])).arg("--target-dir").arg(target_folder(toolchain)?);
    toolchain.apply_source("core", &mut cargo);
    cargo.env("RUSTFLAGS", "--emit=asm -Cdebuginfo=0");
    Ok(cargo)
}

/// What it has made of our crates.
pub(crate) fn compiled(triple: &str, toolchain: Toolchain) -> Result<Vec<Function>, Failure> {
    let (folder, mut functions) = (folder(triple, toolchain)?, Vec::new());
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

fn target_folder(toolchain: Toolchain) -> Result<PathBuf, Failure> {
    Ok(target_dir()?.join("cross-asm").join(toolchain.folder()))
}

fn folder(triple: &str, toolchain: Toolchain) -> Result<PathBuf, Failure> {
    Ok(target_folder(toolchain)?.join(triple).join("release/deps"))
}
