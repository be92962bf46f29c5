//! The step "targets": the libraries are compiled for every target of the table, and what comes of it is what the table says.
//!
//! Without an operating system's standard library, and without linking: so this runs wherever there is the source of `core`.

mod build;
mod registers;

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

use super::end::{End, Fix};
use crate::compile::Place;
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::needs::Need;
use crate::targets::compiled::TABLE;
use crate::toolchain::Toolchain;
use registers::WITHOUT;

/// What is missing for it.
pub(super) fn missing() -> Option<Need> {
    Toolchain::with_source().err()
}

/// Checks all of them.
pub(super) fn run(place: &Place<'_>, interrupt: &Interrupt) -> Result<End, Failure> {
    let toolchain = match Toolchain::with_source() {
        Ok(toolchain) => toolchain,
        Err(need) => return Ok(End::Skipped { why: need.describe(), fix: Fix::Install(vec![need]) }),
    };
    let mut wrong = all(place, toolchain, interrupt)?;
    for without in &WITHOUT {
        let check = || without.check(place, toolchain, interrupt);
        judge("assembly", without.triple, &mut wrong, check)?;
    }
    Ok(if wrong.is_empty() { End::Passed } else { End::Failed { why: wrong.join("; ") } })
}

/// Checks every target of the table, as many at a time as there are CPUs: most of it is the compiler at `core`, which is one
/// thread's work.
fn all(place: &Place<'_>, toolchain: Toolchain, interrupt: &Interrupt) -> Result<Vec<String>, Failure> {
    let next = AtomicUsize::new(0);
    let lane = |lane: usize| {
        let mut wrong = Vec::new();
        loop {
            let i = next.fetch_add(1, Relaxed);
            let Some((triple, expected)) = TABLE.get(i) else { return Ok(wrong) };
            let check = || Ok(build::check(triple, place, toolchain, lane, interrupt)?.judge(*expected));
            judge(&format!("{} of {}", i + 1, TABLE.len()), triple, &mut wrong, check)?;
        }
    };
    let lanes = thread::available_parallelism().map_or(1, usize::from);
    let ended: Result<Vec<_>, Failure> = thread::scope(|scope| {
        let running: Vec<_> = (0..lanes).map(|number| scope.spawn(move || lane(number))).collect();
        running.into_iter().map(|lane| lane.join().unwrap_or_else(|payload| resume_unwind(payload))).collect()
    });
    Ok(ended?.concat())
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
