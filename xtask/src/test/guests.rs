//! Stock kernels in emulated machines: a capture of each architecture's memmap, and our module. Part of `--all` only: they fetch some 400 MB.

use std::path::PathBuf;

use memmap_template::namespace::Mode;

use super::checked;
use super::end::{self, End, Fix};
use super::outcome::Outcome;
use super::this_machine::THIS_MACHINE;
use crate::arch::Arch;
use crate::failure::Failure;
use crate::golden::options::Limit;
use crate::interrupt::Interrupt;
use crate::needs::{self, Need, is_debian};
use crate::output::Output;
use crate::{golden, guest, kernel_module};

/// How long a boot may take.
const LIMIT: Limit = Limit { seconds: 300 };

/// Runs all of them.
pub(super) fn run(interrupt: &Interrupt) -> Result<Vec<Outcome>, Failure> {
    let mut outcomes = Vec::new();
    for arch in Arch::ALL {
        outcomes.push(checked("golden", arch.name(), || {
            ended(guest::needs(arch), || {
                let options = capture(arch);
                golden::capture(&options, Output::create(&options.out)?, interrupt)
            })
        })?);
    }
    outcomes.push(checked("kernel module", THIS_MACHINE, || {
        if !cfg!(target_arch = "x86_64") {
            return Ok(skipped("it is built by x86_64's gcc", "a machine of x86_64"));
        }
        let options = kernel_module::options::Options { package: None, mode: Mode::Fsdax, panics: true, limit: LIMIT };
        ended(kernel_module::needs(), || kernel_module::check(&options, interrupt))
    })?);
    Ok(outcomes)
}

/// The newest kernel that Debian has for each, with other pages on arm64.
fn capture(arch: Arch) -> golden::options::Options {
    let (package, node) = match arch {
        Arch::X86_64 => ("linux-image-amd64", 1),
        Arch::Arm64 => ("linux-image-arm64-16k", 0),
    };
    golden::options::Options {
        arch,
        package: package.to_string(),
        mode: Mode::Devdax,
        align: None,
        size: 256 << 20,
        node,
        out: PathBuf::from("/dev/null"),
        compare: true,
        limit: LIMIT,
    }
}

/// What is missing for them.
pub(super) fn missing() -> Vec<Need> {
    let needs = Arch::ALL.into_iter().flat_map(guest::needs).chain(kernel_module::needs());
    needs::missing(needs.filter(|_| is_debian()))
}

/// How one ended, if it can run here: where apt has no such package, it cannot.
fn ended(needs: Vec<Need>, check: impl FnOnce() -> Result<String, Failure>) -> Result<End, Failure> {
    if !is_debian() {
        return Ok(skipped("its packages are Debian's, by apt", "a Debian"));
    }
    if let Some(skipped) = end::obstacle(needs::missing(needs)) {
        return Ok(skipped);
    }
    match check() {
        Ok(text) => {
            eprint!("{text}");
            Ok(End::Passed)
        }
        Err(Failure::Input(why)) => Ok(skipped(&why, "a mirror of Debian that apt reaches")),
        Err(other) => Err(other),
    }
}

fn skipped(why: &str, fix: &str) -> End {
    End::Skipped { why: why.to_string(), fix: Fix::Other(fix.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_apt_has_not_is_skipped_and_what_goes_wrong_is_not() {
        if !is_debian() {
            return;
        }
        let no_package = ended(Vec::new(), || Err(Failure::Input("no package".into())));
        assert!(matches!(no_package, Ok(End::Skipped { why, .. }) if why == "no package"));
        assert!(matches!(ended(Vec::new(), || Err(Failure::Run("it differs".into()))), Err(Failure::Run(_))));
        let missing = ended(vec![Need::program("no-such-program-here", "none")], || panic!("it cannot run"));
        assert!(matches!(missing, Ok(End::Skipped { fix: Fix::Install(_), .. })));
    }
}
