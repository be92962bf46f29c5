//! `cargo xtask kernel-module`: the crates in a running kernel.

mod build;

use std::fs;

use clap::{ArgMatches, Command, CommandFactory, Parser, value_parser};
use memmap_template::Strategy;
use memmap_template::namespace::Mode;

use crate::arch::Arch;
use crate::args;
use crate::failure::{Failure, cannot};
use crate::guest::{self, Apt, Console, Guest, KernelPackage};
use crate::needs::{self, Need};
use crate::toolchain::Toolchain;
use build::MODULE;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask kernel-module                                                     Debian's newest 6.1\n  \
    cargo xtask kernel-module --kernel-package linux-image-6.1.0-56-amd64 --mode devdax\n  \
    cargo xtask kernel-module --panic                                             and what becomes of a panic";

/// Builds the crates into a kernel module, and runs it in a stock Debian kernel
///
/// Builds memcpy-streaming/examples/kernel-module, with the C ABI and memmap-template in it, against the headers of a stock Debian kernel of x86_64, and
/// loads it into that kernel in an emulated machine (qemu, without KVM) with an NVDIMM. There it runs all sizes and alignments by each backend, and
/// compares a memmap by each strategy, page by page, with the one that the running kernel has written for the NVDIMM. objtool and modpost have to be
/// silent, and no vector register may be used.
///
/// apt fetches the packages into a folder below cargo's target directory, where they stay. Two minutes, most of them for Rust's core, which is built with
/// the kernel's flags.
#[derive(Parser)]
#[command(name = "kernel-module", after_help = EXAMPLES)]
pub(crate) struct Options {
    /// Debian's package of the kernel, of any suite; its headers have to be built with a gcc that is here [default: the newest 6.1]
    #[arg(long = "kernel-package", value_name = "NAME")]
    package: Option<String>,
    /// What the NVDIMM is used as: fsdax (single pages) or devdax (compounds of 2 MiB)
    #[arg(long, default_value = "fsdax")]
    mode: Mode,
    /// Have it panic afterwards, and show what the kernel reports
    #[arg(long = "panic")]
    panics: bool,
    /// How long the boot may take; the last lines of its console are shown if it takes longer
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = value_parser!(u32).range(1..),
        allow_negative_numbers = true)]
    limit: u32,
}

pub(crate) fn command() -> Command {
    Options::command()
}

/// What the module starts its lines with.
const MARK: &str = "memcpy-streaming: ";

/// The guest's script: it loads the module, and lets it panic if that was asked for.
const SCRIPT: &str = r#"
pfn=$(($(cat $nd/$seed/resource) / 4096))
insmod /extra/MODULE.ko pfn=$pfn && say "module loaded" && rmmod MODULE && say "module gone"
[ -e /extra/panics ] && { insmod /extra/MODULE.ko panics=1; say "after the panic: still here"; }
dmesg | grep -E 'memcpy-streaming: |kernel BUG at|invalid opcode|RIP: ' | while read -r line; do say "kernel $line"; done
"#;

pub(crate) fn needs() -> Vec<Need> {
    let mut needs = guest::needs(Arch::X86_64);
    let binutils = ["ar", "ld", "objdump"].map(|program| (program, "binutils"));
    needs.extend(needs::missing(&[&[("make", "make"), ("gcc-12", "gcc-12")][..], &binutils].concat()));
    needs.extend(Toolchain::with_source().err());
    needs
}

pub(crate) fn run(matches: ArgMatches) -> Result<(), Failure> {
    guest::require(needs)?;
    args::say(&check(&args::options(&matches))?)
}

/// The same, but for what is missing: that has been asked for.
pub(crate) fn check(options: &Options) -> Result<String, Failure> {
    let apt = Apt::open(&guest::folder()?, Arch::X86_64, guest::KERNELS)?;
    let package = match &options.package {
        Some(package) => package.clone(),
        None => apt.newest("linux-image-6.1.0-", "-amd64")?,
    };
    let kernel = KernelPackage::fetch(&apt, &package)?;
    // The gcc that built the kernel: its headers take no other.
    let text = kernel.config("CC_VERSION_TEXT").unwrap_or_default();
    let gcc = text.trim_matches('"').split(' ').next().unwrap_or_default();
    if !gcc.is_empty() && needs::on_path(gcc).is_none() {
        let fix = "install it, or name a kernel of this Debian's suite";
        let release = &kernel.release;
        return Err(Failure::input(format_args!("kernel {release} is built by {gcc}, which is missing; {fix}")));
    }
    let parts = |name: &str| name.starts_with("linux-headers-") || name.starts_with("linux-kbuild-");
    let headers = apt.unpack(&format!("linux-headers-{}", kernel.release), parts)?;

    let work = apt.kept.work()?;
    let module = build::module(&kernel, &headers, work.path())?;
    let mut extra = vec![
        (format!("{MODULE}.ko"), fs::read(&module).map_err(cannot("read", &module))?),
        ("module.sh".to_string(), SCRIPT.replace("MODULE", MODULE).into_bytes()),
    ];
    if options.panics {
        extra.push(("panics".to_string(), Vec::new()));
    }
    let (arch, mode, align_bytes, limit_seconds) = (Arch::X86_64, options.mode.name(), 2 << 20, options.limit);
    let guest = Guest { arch, kernel: &kernel, size: 1 << 30, node: 0, mode, align_bytes, extra, limit_seconds };
    verdict(options, &kernel.release, &guest::boot(&guest, &apt, work.path())?)
}

/// What the module has said, if all of it is right.
fn verdict(options: &Options, release: &str, console: &Console) -> Result<String, Failure> {
    let said: Vec<_> = console.all("kernel").filter_map(|line| Some(line.split_once(MARK)?.1)).collect();
    let is_identical = |strategy: &Strategy| {
        let strategy = format!(" {strategy} ");
        said.iter().filter(|line| line.contains(&strategy) && line.ends_with(" pages identical")).count() >= 2
    };
    let is_right = said.contains(&"passed") && !said.contains(&"FAILED") && Strategy::ALL.iter().all(is_identical);
    if !is_right || !console.all("module").eq(["loaded", "gone"]) {
        let is_bad = |line: &str| line.contains("DIFFERENT") || !line.ends_with(" 0 bad") && line.contains(" bad");
        let why = said.iter().find(|line| is_bad(line)).or(said.last()).copied().unwrap_or("it said nothing");
        return Err(Failure::run(format_args!("in kernel {release}: {why}")));
    }
    let mut lines = vec![format!("kernel {release}: objtool and modpost silent, no vector register")];
    lines.extend(said.iter().map(ToString::to_string));
    if options.panics {
        let report: Vec<_> = console.all("kernel").filter(|line| !line.contains(MARK)).collect();
        if !report.iter().any(|line| line.contains("kernel BUG at"))
            || !said.iter().any(|line| line.contains("as asked for: 42"))
            || console.said("after").is_none()
        {
            return Err(Failure::run(format_args!("kernel {release} has not reported the panic")));
        }
        lines.push("a panic is the kernel's own report:".to_string());
        lines.extend(report.iter().map(|line| format!("  {line}")));
    }
    Ok(lines.join("\n") + "\n")
}
