//! Stock kernels in emulated machines: a capture of each architecture's memmap, and our module. Part of `--all` only: they fetch some 400 MB.

use clap::Parser as _;

use super::checked;
use super::outcome::Outcome;
use super::this_machine::THIS_MACHINE;
use crate::arch::Arch;
use crate::failure::Failure;
use crate::needs::{Need, is_debian};
use crate::output::Output;
use crate::verdict::Verdict;
use crate::{args, golden, guest, kernel_module};

/// The newest kernel that Debian has, with other pages on arm64.
fn capture(arch: Arch) -> golden::Options {
    let (package, node) = match arch {
        Arch::X86_64 => ("linux-image-amd64", 1),
        Arch::Arm64 => ("linux-image-arm64-16k", 0),
    };
    let line = format!(
        "golden --arch {arch} --kernel-package {package} --node {node} --mode devdax --size 256M --compare --out /dev/null"
    );
    args::options(&golden::command().get_matches_from(line.split(' ')))
}

pub(super) fn run() -> Result<Vec<Outcome>, Failure> {
    let mut outcomes = Vec::new();
    for arch in Arch::ALL {
        let golden = || {
            let options = capture(arch);
            golden::capture(&options, Output::create(&options.out)?)
        };
        outcomes.push(checked("golden", &arch.to_string(), || ended(guest::needs(arch), golden))?);
    }
    let module = || kernel_module::check(&kernel_module::Options::parse_from(["kernel-module", "--panic"]));
    outcomes.push(checked("kernel module", THIS_MACHINE, || match cfg!(target_arch = "x86_64") {
        true => ended(kernel_module::needs(), module),
        false => Ok(Verdict::impossible("it is built by x86_64's gcc", "a machine of x86_64")),
    })?);
    Ok(outcomes)
}

pub(super) fn missing() -> Vec<Need> {
    let needs = Arch::ALL.into_iter().flat_map(guest::needs).chain(kernel_module::needs());
    needs.filter(|_| is_debian()).collect()
}

/// How one ended, if it can run here: where apt has no such package, it cannot.
fn ended(missing: Vec<Need>, check: impl FnOnce() -> Result<String, Failure>) -> Result<Verdict, Failure> {
    if !is_debian() {
        return Ok(Verdict::impossible("its packages are Debian's, by apt", "a Debian"));
    }
    if let Some(skipped) = Verdict::obstacle(missing) {
        return Ok(skipped);
    }
    match check() {
        Ok(text) => {
            eprint!("{text}");
            Ok(Verdict::Good(text))
        }
        Err(Failure::Input(why)) => Ok(Verdict::impossible(why, "a mirror of Debian that apt reaches")),
        Err(other) => Err(other),
    }
}
