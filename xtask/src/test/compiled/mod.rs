//! The step "targets": the libraries are compiled for every target of the table, and what comes of it is what the table says.
//!
//! Without an operating system's standard library, and without linking: so this runs wherever there is the source of `core`.

mod build;
mod registers;

use std::time::Instant;

use super::end::{End, Fix};
use crate::compile::Place;
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::needs::{Need, Thing};
use crate::targets::compiled::{Expected, TABLE};
use crate::toolchain::{self, Toolchain};
use registers::WITHOUT;

/// What is missing for it: `core` for each target that rustup has, or else its source.
pub(super) fn missing() -> Vec<Need> {
    let builds = TABLE.iter().filter(|(_, expected)| matches!(expected, Expected::Builds(_)));
    let without = builds.filter(|(triple, _)| !toolchain::has_core(triple));
    let core = |triple| Need { thing: Thing::Std { triple, found: false }, packages: Vec::new() };
    without.map(|(triple, _)| core(*triple)).chain(Toolchain::with_source().err()).collect()
}

/// Checks all of them.
pub(super) fn run(place: &Place<'_>, interrupt: &Interrupt) -> Result<End, Failure> {
    if let Err(need) = Toolchain::with_source() {
        return Ok(End::Skipped { why: need.describe(), fix: Fix::Install(vec![need]) });
    }
    let mut wrong = Vec::new();
    for (number, (triple, expected)) in (1..).zip(TABLE) {
        judge(&format!("{number} of {}", TABLE.len()), triple, &mut wrong, || {
            let toolchain = match expected {
                Expected::Builds(_) => with_core(triple)?,
                // The build script says so, before anything is compiled that takes `core`.
                Expected::Refused(_) => Toolchain::Own,
            };
            Ok(build::check(triple, place, toolchain, interrupt)?.judge(*expected))
        })?;
    }
    for without in &WITHOUT {
        let check = || without.check(place, with_core(without.triple)?, interrupt);
        judge("assembly", without.triple, &mut wrong, check)?;
    }
    Ok(if wrong.is_empty() { End::Passed } else { End::Failed { why: wrong.join("; ") } })
}

fn with_core(triple: &str) -> Result<Toolchain, Failure> {
    Toolchain::with_core(triple).map_err(|need| Failure::run(need.describe()))
}

/// Checks a target, says how it went, and notes what is wrong with it.
fn judge(
    what: &str,
    triple: &str,
    wrong: &mut Vec<String>,
    check: impl FnOnce() -> Result<Result<(), String>, Failure>,
) -> Result<(), Failure> {
    let start = Instant::now();
    let judged = match check() {
        Ok(judged) => judged,
        Err(Failure::Run(why)) => Err(why),
        Err(other) => return Err(other),
    };
    let took = start.elapsed().as_secs_f64();
    match judged {
        Ok(()) => tell(format_args!("{what}: {triple}: ok, {took:.1} s")),
        Err(why) => {
            tell(format_args!("{what}: {triple}: WRONG: {why}"));
            wrong.push(format!("{triple}: {why}"));
        }
    }
    Ok(())
}
