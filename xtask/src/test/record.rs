//! HARDWARE.md: what was executed on what, since when.

use std::path::Path;

use super::end::End;
use super::outcome::Outcome;
use super::this_machine::THIS_MACHINE;
use crate::failure::{Failure, read};
use crate::machine::Machine;
use crate::output::Output;
use crate::targets::WINE_NAME;

const FILE: &str = "HARDWARE.md";
const HEADER: &str = "| executed on | target | backends, best first | tests | first | last |";

/// One execution: the cells of a line but for the versions.
struct Record {
    on: String,
    target: String,
    backends: String,
    tests: u64,
}

/// Enters what has run into HARDWARE.md.
pub(crate) fn record(workspace: &Path, outcomes: &[Outcome]) -> Result<(), Failure> {
    let path = workspace.join(FILE);
    let mut lines: Vec<_> = read(&path)?.lines().map(str::to_string).collect();
    let table = lines.iter().position(|line| line == HEADER);
    let Some(table) = table else {
        return Err(Failure::run(format_args!("`{}` has no line `{HEADER}`", path.display())));
    };
    for record in records(outcomes, &Machine::read()) {
        enter(&mut lines, table, &record, env!("CARGO_PKG_VERSION"));
    }
    let mut output = Output::create(&path)?;
    output.write_all((lines.join("\n") + "\n").as_bytes())?;
    output.finish()
}

/// What has executed our code: the rows that passed, and of the steps on this machine the one with the most tests.
fn records(outcomes: &[Outcome], machine: &Machine) -> Vec<Record> {
    let passed = outcomes.iter().filter(|outcome| outcome.end == End::Passed && outcome.tally.backends.is_some());
    let (native, emulated): (Vec<_>, Vec<_>) = passed.partition(|outcome| outcome.cpu == THIS_MACHINE);
    let native = native.into_iter().max_by_key(|outcome| outcome.tally.passed).map(|outcome| (outcome, true));
    let records = native.into_iter().chain(emulated.into_iter().map(|outcome| (outcome, false)));
    let record = |(outcome, native): (&Outcome, bool)| Record {
        on: match &*outcome.cpu {
            THIS_MACHINE => format!("{}, {}", machine.cpu, machine.kernel),
            // On this CPU, but not on this system.
            WINE_NAME => format!("{}, {WINE_NAME}", machine.cpu),
            emulated => emulated.to_string(),
        },
        target: if native { host().to_string() } else { outcome.what.clone() },
        backends: outcome.tally.backends.clone().unwrap_or_default(),
        tests: outcome.tally.passed,
    };
    records.map(record).collect()
}

/// What this program was compiled for.
fn host() -> String {
    format!("{} {}", std::env::consts::ARCH, std::env::consts::OS)
}

/// Renews the line of the same machine and target, or adds one at the end of the table.
fn enter(lines: &mut Vec<String>, table: usize, record: &Record, version: &str) {
    let Record { on, target, backends, tests } = record;
    let begin = format!("| {on} | {target} | ");
    let rows = lines[table + 2..].iter().take_while(|line| line.starts_with('|')).count();
    let rows = table + 2..table + 2 + rows;
    let old = rows.clone().find(|&i| lines[i].starts_with(&begin));
    let first = old.and_then(|i| lines[i].split('|').nth(5).map(|first| first.trim().to_string()));
    let line = format!("{begin}{backends} | {tests} | {} | {version} |", first.as_deref().unwrap_or(version));
    match old {
        Some(i) => lines[i] = line,
        None => lines.insert(rows.end, line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_has_one_line_and_keeps_its_first_version() {
        let mut lines: Vec<String> =
            ["# Title", HEADER, "|--|--|--|--|--|--|", "", "The end."].map(str::to_string).to_vec();
        let record = |on: &str, tests| Record {
            on: on.to_string(),
            target: "aarch64 linux".to_string(),
            backends: "neon, portable".to_string(),
            tests,
        };
        enter(&mut lines, 1, &record("one", 70), "0.1.0");
        enter(&mut lines, 1, &record("two", 71), "0.1.0");
        enter(&mut lines, 1, &record("one", 90), "0.2.0");
        assert_eq!(
            lines[3..],
            [
                "| one | aarch64 linux | neon, portable | 90 | 0.1.0 | 0.2.0 |",
                "| two | aarch64 linux | neon, portable | 71 | 0.1.0 | 0.1.0 |",
                "",
                "The end."
            ]
        );
    }
}
