//! Stock kernels in emulated machines: a capture of each architecture's memmap, and our module. Part of `--all` only: they fetch some 400 MB.

use clap::ArgMatches;

use super::checked;
use super::end::{self, End, Fix};
use super::outcome::Outcome;
use super::this_machine::THIS_MACHINE;
use crate::arch::Arch;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::needs::is_debian;
use crate::needs::{self, Need};
use crate::{golden, guest, kernel_module};

/// The newest kernel that Debian has for each, with other pages on arm64.
const CAPTURES: [(Arch, &str); 2] = [
    (
        Arch::X86_64,
        "golden --arch x86_64 --kernel-package linux-image-amd64 --mode devdax --size 256M --node 1 --compare --out /dev/null",
    ),
    (
        Arch::Arm64,
        "golden --arch arm64 --kernel-package linux-image-arm64-16k --mode devdax --size 256M --compare --out /dev/null",
    ),
];

/// Runs all of them.
pub(super) fn run(interrupt: &Interrupt) -> Result<Vec<Outcome>, Failure> {
    let mut outcomes = Vec::new();
    for (arch, line) in CAPTURES {
        outcomes.push(checked("golden", arch.name(), || {
            ended(guest::needs(arch), || {
                golden::check(&golden::options::Options::new(read(golden::options::command(), line))?, interrupt)
            })
        })?);
    }
    outcomes.push(checked("kernel module", THIS_MACHINE, || {
        if !cfg!(target_arch = "x86_64") {
            let (why, fix) = ("it is built by x86_64's gcc", "a machine of x86_64");
            return Ok(End::Skipped { why: why.to_string(), fix: Fix::Other(fix.to_string()) });
        }
        let options = read(kernel_module::options::command(), "kernel-module --panic");
        ended(kernel_module::needs(), || {
            kernel_module::check(&kernel_module::options::Options::new(options)?, interrupt)
        })
    })?);
    Ok(outcomes)
}

/// What is missing for them.
pub(super) fn missing() -> Vec<Need> {
    let needs = [Arch::X86_64, Arch::Arm64].into_iter().flat_map(guest::needs).chain(kernel_module::needs());
    needs::missing(if is_debian() { needs.collect::<Vec<_>>() } else { Vec::new() })
}

/// How one ended, if it can run here: where apt has no such package, it cannot.
fn ended(needs: Vec<Need>, check: impl FnOnce() -> Result<String, Failure>) -> Result<End, Failure> {
    if !is_debian() {
        let fix = Fix::Other("a Debian".to_string());
        return Ok(End::Skipped { why: "its packages are Debian's, by apt".to_string(), fix });
    }
    if let Some(skipped) = end::obstacle(needs::missing(needs)) {
        return Ok(skipped);
    }
    match check() {
        Ok(text) => {
            eprint!("{text}");
            Ok(End::Passed)
        }
        Err(Failure::Input(why)) => {
            Ok(End::Skipped { why, fix: Fix::Other("a mirror of Debian that apt reaches".to_string()) })
        }
        Err(other) => Err(other),
    }
}

/// A command line of our own.
fn read(command: clap::Command, line: &str) -> ArgMatches {
    command.get_matches_from(line.split(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_lines_are_ones() {
        for (arch, line) in CAPTURES {
            let options = golden::options::Options::new(read(golden::options::command(), line)).unwrap();
            assert_eq!((options.arch, options.compare), (arch, true));
        }
        assert!(
            kernel_module::options::Options::new(read(kernel_module::options::command(), "kernel-module --panic"))
                .unwrap()
                .panics
        );
    }

    #[test]
    fn what_apt_has_not_is_skipped_and_what_goes_wrong_is_not() {
        if !is_debian() {
            return;
        }
        let failed = |failure| ended(Vec::new(), || Err(failure));
        assert!(
            matches!(failed(Failure::Input("no package".into())), Ok(End::Skipped { why, .. }) if why == "no package")
        );
        assert!(matches!(failed(Failure::Run("it differs".into())), Err(Failure::Run(_))));
        let missing = ended(vec![Need::program("no-such-program-here", "none")], || panic!("it cannot run"));
        assert!(matches!(missing, Ok(End::Skipped { fix: Fix::Install(_), .. })));
    }
}
