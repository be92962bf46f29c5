//! What became of a step or a row, as a table, and as the verdict on the run.

use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};

use super::end::{End, Fix};
use super::libtest::Tally;
use crate::failure::Failure;
use crate::install;
use crate::needs::{self, Need};

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The target, or the step.
    pub(crate) what: String,
    /// The CPU model; none for a step that executes nothing of ours.
    pub(crate) cpu: String,
    pub(crate) tally: Tally,
    pub(crate) took: Duration,
    pub(crate) end: End,
}

impl Outcome {
    pub(crate) fn new(what: &str, cpu: &str, tally: Tally, took: Duration, end: End) -> Outcome {
        Outcome { what: what.to_string(), cpu: cpu.to_string(), tally, took, end }
    }

    /// What has not run.
    pub(crate) fn not_run(what: &str, cpu: &str, end: End) -> Outcome {
        Outcome::new(what, cpu, Tally::default(), Duration::ZERO, end)
    }

    fn name(&self) -> String {
        if self.cpu.is_empty() { self.what.clone() } else { format!("{} on {}", self.what, self.cpu) }
    }
}

/// What a test says that skips itself for want of a program.
const COULD_RUN: &str = "; to run it: `apt-get install ";

/// All outcomes.
pub(crate) fn table(outcomes: &[Outcome]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    table.set_header(["step or target", "CPU model", "backends that ran", "run", "passed", "time", "result"]);
    for Outcome { what, cpu, tally, took, end } in outcomes {
        let result = match end {
            End::Passed => "ok",
            End::Failed { .. } => "FAILED",
            End::Skipped { .. } => "SKIPPED",
        };
        let count = |tests: u64| if tally.to_run() > 0 { tests.to_string() } else { String::new() };
        let ran = if tally.run() == tally.to_run() {
            count(tally.run())
        } else {
            format!("{} of {}", tally.run(), tally.to_run())
        };
        table.add_row([
            what,
            cpu,
            tally.backends.as_deref().unwrap_or_default(),
            &ran,
            &count(tally.passed),
            &format!("{:.1} s", took.as_secs_f64()),
            result,
        ]);
    }
    for column in [3, 4, 5] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// What was skipped, why, and what would help: one line for all that would come with one command, and a line for each of the others. Tests
/// that skip themselves without a program say only its name: what they need is `of_tests`.
pub(crate) fn skips(outcomes: &[Outcome], of_tests: &[Need]) -> Vec<String> {
    let (mut names, mut lines) = (Vec::new(), Vec::new());
    let mut needs: Vec<Need> = Vec::new();
    let mut add = |missing: &[Need]| {
        for need in missing {
            if !needs.contains(need) {
                needs.push(need.clone());
            }
        }
    };
    for outcome in outcomes {
        match &outcome.end {
            End::Skipped { fix: Fix::Install(missing), .. } => {
                names.push(outcome.name());
                add(missing);
            }
            End::Skipped { why, fix: Fix::Other(fix) } => {
                lines.push(format!("SKIPPED: {}: {why}; to run it: {fix}", outcome.name()));
            }
            _ => {}
        }
        for skip in &outcome.tally.skips {
            match skip.split_once(": ").filter(|_| !of_tests.is_empty() && skip.contains(COULD_RUN)) {
                Some((test, _)) => {
                    names.push(test.to_string());
                    add(of_tests);
                }
                None => lines.push(format!("SKIPPED: {skip}")),
            }
        }
    }
    if !names.is_empty() {
        let (missing, fix) = (needs::describe(&needs), install::fix(&needs));
        lines.push(format!("SKIPPED: {}: {missing}; to run all of it: {fix}", names.join(", ")));
    }
    lines
}

/// Fails if anything failed; and, where all is to run, if anything was skipped that an installation would have brought.
pub(crate) fn verdict(outcomes: &[Outcome], all: bool) -> Result<(), Failure> {
    let mut failed = Vec::new();
    for outcome in outcomes {
        match &outcome.end {
            End::Failed { why } => failed.push(format!("{} ({why})", outcome.name())),
            End::Skipped { why, fix: Fix::Install(needs) } if all && needs.iter().any(Need::is_sure_to_come) => {
                failed.push(format!("{} (skipped: {why})", outcome.name()));
            }
            _ => {}
        }
        let could_run = |skip: &&String| all && skip.contains(COULD_RUN);
        failed.extend(outcome.tally.skips.iter().filter(could_run).map(|skip| format!("skipped: {skip}")));
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::run(format_args!("failed: {}", failed.join("; ")))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(program: &'static str) -> End {
        End::Skipped { why: format!("no {program}"), fix: Fix::Install(vec![Need::program(program, "qemu-user")]) }
    }

    fn outcomes() -> Vec<Outcome> {
        let outcome = |what: &str, cpu: &str, passed, end| {
            let mut tally = Tally::default();
            (tally.passed, tally.backends) = (passed, (passed > 0).then(|| "neon, portable".to_string()));
            Outcome::new(what, cpu, tally, Duration::from_millis(1500), end)
        };
        vec![
            outcome("format", "", 0, End::Passed),
            outcome("lint", "", 0, End::Failed { why: "`cargo clippy`".to_string() }),
            outcome("aarch64-unknown-linux-gnu", "cortex-a72", 75, End::Passed),
            outcome("s390x-unknown-linux-gnu", "qemu", 0, skipped("qemu-s390x")),
        ]
    }

    #[test]
    fn the_table_shows_each_row() {
        let mut outcomes = outcomes();
        outcomes[1].tally.announced = 137;
        let table = table(&outcomes).to_string();
        for part in ["0 of 137", "format", "ok", "FAILED", "SKIPPED", "1.5 s", "cortex-a72", "neon, portable", "75"] {
            assert!(table.contains(part), "{part} is missing in\n{table}");
        }
    }

    #[test]
    fn what_one_command_would_bring_is_one_line() {
        let mut outcomes = outcomes();
        let skip = |end| Outcome::not_run("x", "", end);
        outcomes.extend([skip(skipped("qemu-arm")), skip(skipped("qemu-arm"))]);
        outcomes.push(skip(End::Skipped { why: "no Linux".to_string(), fix: Fix::Other("use it".to_string()) }));
        outcomes[0].tally.skips.push("a test: no script; to run it: `apt-get install bsdutils`".to_string());
        let lines = skips(&outcomes, &[Need::program("script", "bsdutils")]);
        assert_eq!(lines[0], "SKIPPED: x: no Linux; to run it: use it");
        let all = "SKIPPED: a test, s390x-unknown-linux-gnu on qemu, x, x: no script, no qemu-s390x, no qemu-arm; to run all of it: ";
        assert!(lines[1].starts_with(all) && lines[1].matches("qemu-user").count() == 1, "{lines:?}");
        assert_eq!(lines.len(), 2);
        // The test's program would have come, too.
        outcomes.truncate(1);
        assert!(verdict(&outcomes, false).is_ok() && verdict(&outcomes, true).is_err());
    }

    #[test]
    fn failures_fail_the_run_by_name_and_skips_where_all_is_required() {
        let Err(Failure::Run(line)) = verdict(&outcomes(), false) else { panic!("lint failed") };
        assert_eq!(line, "failed: lint (`cargo clippy`)");
        let Err(Failure::Run(line)) = verdict(&outcomes(), true) else { panic!("lint failed") };
        assert_eq!(line, "failed: lint (`cargo clippy`); s390x-unknown-linux-gnu on qemu (skipped: no qemu-s390x)");
        let mut good = outcomes();
        good.remove(1);
        assert!(verdict(&good, false).is_ok());
        assert!(verdict(&good, true).is_err());
    }

    #[test]
    fn a_nightly_without_miri_fails_nothing() {
        let miri = Need {
            thing: needs::Thing::ByRustup { what: "Miri".to_string(), install: String::new() },
            packages: Vec::new(),
        };
        let mut outcomes = outcomes();
        outcomes.retain(|outcome| outcome.end == End::Passed);
        outcomes[0].end = End::Skipped { why: miri.describe(), fix: Fix::Install(vec![miri]) };
        assert!(verdict(&outcomes, true).is_ok());
    }
}
