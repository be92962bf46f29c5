//! Errors that are planted, each of which the checker must catch where it is made.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use memcpy_streaming::Backend::{self, Portable};

use super::{Checker, THIS_MACHINE};
use crate::compile::Place;
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::process::{self, LIMIT};
use crate::targets;
use crate::test::end::End;
use crate::test::libtest::Tally;
use crate::test::outcome::Outcome;

/// A line.
const LINE: usize = 64;

/// What a run of the program is told to do, and what the checker must then say.
struct Case {
    backend: Backend,
    at: &'static str,
    beyond: usize,
    says: Vec<&'static str>,
}

/// A byte and a line too many, written and read; and nothing wrong, which must go through.
fn cases(checker: Checker, backends: &[Backend]) -> Vec<Case> {
    let mut cases = Vec::new();
    for &backend in backends {
        for at in ["write", "read"] {
            for beyond in [0, 1, LINE] {
                cases.push(Case { backend, at, beyond, says: says(checker, backend, at, beyond) });
            }
        }
    }
    cases
}

fn says(checker: Checker, backend: Backend, at: &str, beyond: usize) -> Vec<&'static str> {
    if beyond == 0 {
        return Vec::new();
    }
    let mut says = match (checker, at) {
        (Checker::AddressSanitizer, "write") => vec!["heap-buffer-overflow", "WRITE of size"],
        (Checker::AddressSanitizer, _) => vec!["heap-buffer-overflow", "READ of size"],
        (Checker::Valgrind, "write") => vec!["Invalid write of size"],
        (Checker::Valgrind, _) => vec!["Invalid read of size"],
    };
    says.push("copy_too_much");
    // Whole lines are copied by the kernel, which is then where it goes wrong.
    if backend != Portable && beyond == LINE {
        says.push("copy_lines");
    }
    says
}

/// Builds the program and runs every case.
pub(super) fn run(checker: Checker, place: &Place<'_>, interrupt: &Interrupt) -> Result<Outcome, Failure> {
    let what = format!("planted errors, {}", checker.name());
    tell(format_args!("\n=== {what}"));
    let start = Instant::now();
    let mut tally = Tally::default();
    let end = match run_all(checker, place, interrupt, &mut tally) {
        Ok(()) if tally.failed == 0 => End::Passed,
        Ok(()) => End::Failed { why: format!("{} of {} were missed, see above", tally.failed, tally.run()) },
        Err(Failure::Run(why)) => End::Failed { why },
        Err(other) => return Err(other),
    };
    Ok(Outcome::new(&what, THIS_MACHINE, tally, start.elapsed(), end))
}

fn run_all(checker: Checker, place: &Place<'_>, interrupt: &Interrupt, tally: &mut Tally) -> Result<(), Failure> {
    let mut cargo = checker.cargo("build", place);
    process::quiet(cargo.args(["-p", "planted"]), LIMIT, interrupt)?;
    let program = checker.programs(place).join("planted");
    let backends = checker.backends().unwrap_or_else(|| vec![Portable]);
    for case in cases(checker, &backends) {
        match run_case(checker, &program, &case, interrupt)? {
            None => tally.passed += 1,
            Some(why) => {
                tally.failed += 1;
                process::relay(&why)?;
            }
        }
    }
    tally.backends = Some(targets::names(&backends));
    Ok(())
}

/// Runs one case; why it is not as it should be, if it is not.
fn run_case(checker: Checker, program: &Path, case: &Case, interrupt: &Interrupt) -> Result<Option<String>, Failure> {
    let mut command: Command = checker.watch(program);
    command.args([case.backend.name(), case.at, &case.beyond.to_string()]);
    let shown = process::show(&command);
    let (status, said) = process::errors_of(&mut command, LIMIT, interrupt)?;
    let missing: Vec<_> = case.says.iter().filter(|part| !said.contains(**part)).collect();
    let good = status.success() == (case.beyond == 0) && missing.is_empty();
    Ok((!good).then(|| format!("{status} of `{shown}`, without {missing:?} in:\n{said}")))
}
