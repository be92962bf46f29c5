//! The step "targets": the libraries are compiled for every target of the table, and what comes of it is what the table says.
//!
//! Without an operating system's standard library, and without linking: so this runs wherever there is the source of `core`.

mod build;
mod readme;
mod registers;
mod table;

use std::time::Instant;

use super::compile::Place;
use super::needs;
use super::outcome::End;
use super::toolchain::Toolchain;
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
pub(crate) use readme::block;
use registers::WITHOUT;
use table::TABLE;

/// Checks all of them.
pub(super) fn run(install: bool, place: &Place<'_>, interrupt: &Interrupt) -> Result<End, Failure> {
    let missing: Vec<_> = Toolchain::with_source().err().into_iter().collect();
    let refused = needs::install_if(install, &missing, interrupt)?;
    let toolchain = match Toolchain::with_source() {
        Ok(toolchain) => toolchain,
        Err(need) => return Ok(needs::obstacle(&[need], refused.as_deref()).expect("something is missing")),
    };
    let mut wrong = Vec::new();
    for (i, (triple, expected)) in TABLE.iter().enumerate() {
        let start = Instant::now();
        let judged = build::check(triple, place, toolchain, interrupt)?.judge(*expected);
        report(&format!("{} of {}: {triple}", i + 1, TABLE.len()), start, judged, triple, &mut wrong);
    }
    for without in &WITHOUT {
        let start = Instant::now();
        let judged = match without.check(place, toolchain, interrupt) {
            Ok(checked) => checked.map(|_| ()),
            Err(Failure::Run(why)) => Err(why),
            Err(other) => return Err(other),
        };
        report(&format!("assembly: {}", without.triple), start, judged, without.triple, &mut wrong);
    }
    Ok(if wrong.is_empty() { End::Passed } else { End::Failed { why: wrong.join("; ") } })
}

/// Says how a target went, and notes what is wrong with it.
fn report(what: &str, start: Instant, judged: Result<(), String>, triple: &str, wrong: &mut Vec<String>) {
    let took = start.elapsed().as_secs_f64();
    match judged {
        Ok(()) => tell(format_args!("{what}: ok, {took:.1} s")),
        Err(why) => {
            tell(format_args!("{what}: WRONG: {why}"));
            wrong.push(format!("{triple}: {why}"));
        }
    }
}
