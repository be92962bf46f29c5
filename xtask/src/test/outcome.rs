//! What became of a step or a row, as a table, and as the verdict on the run.

use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};

use super::libtest::Tally;
use crate::failure::Failure;

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

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Passed,
    Failed { why: String },
    Skipped { why: String, fix: String },
}

impl Outcome {
    fn name(&self) -> String {
        if self.cpu.is_empty() { self.what.clone() } else { format!("{} on {}", self.what, self.cpu) }
    }
}

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
        let count = |tests: u64| if tally.run() > 0 { tests.to_string() } else { String::new() };
        table.add_row([
            what,
            cpu,
            tally.backends.as_deref().unwrap_or_default(),
            &count(tally.run()),
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

/// What was skipped, why, and the command that would fix it: a line each.
pub(crate) fn skips(outcomes: &[Outcome]) -> Vec<String> {
    let skip = |outcome: &Outcome| match &outcome.end {
        End::Skipped { why, fix } => Some(format!("SKIPPED: {}: {why}; to run it: {fix}", outcome.name())),
        _ => None,
    };
    outcomes.iter().filter_map(skip).collect()
}

/// Fails if anything failed; and if anything was skipped, where all is required.
pub(crate) fn verdict(outcomes: &[Outcome], require_all: bool) -> Result<(), Failure> {
    let failed = outcomes.iter().filter_map(|outcome| match &outcome.end {
        End::Failed { why } => Some(format!("{} ({why})", outcome.name())),
        End::Skipped { why, .. } if require_all => Some(format!("{} (skipped: {why})", outcome.name())),
        _ => None,
    });
    let failed: Vec<_> = failed.collect();
    if failed.is_empty() { Ok(()) } else { Err(Failure::run(format_args!("failed: {}", failed.join("; ")))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes() -> Vec<Outcome> {
        let outcome = |what: &str, cpu: &str, passed, end| Outcome {
            what: what.to_string(),
            cpu: cpu.to_string(),
            tally: Tally { passed, failed: 0, backends: (passed > 0).then(|| "neon, portable".to_string()) },
            took: Duration::from_millis(1500),
            end,
        };
        vec![
            outcome("format", "", 0, End::Passed),
            outcome("lint", "", 0, End::Failed { why: "`cargo clippy`".to_string() }),
            outcome("aarch64-unknown-linux-gnu", "cortex-a72", 75, End::Passed),
            outcome(
                "s390x-unknown-linux-gnu",
                "qemu",
                0,
                End::Skipped { why: "no qemu-s390x".to_string(), fix: "`apt-get install qemu-user`".to_string() },
            ),
        ]
    }

    #[test]
    fn the_table_shows_each_row() {
        let table = table(&outcomes()).to_string();
        for part in ["format", "ok", "FAILED", "SKIPPED", "1.5 s", "cortex-a72", "neon, portable", "75"] {
            assert!(table.contains(part), "{part} is missing in\n{table}");
        }
    }

    #[test]
    fn a_skip_says_why_and_what_would_help() {
        assert_eq!(
            skips(&outcomes()),
            ["SKIPPED: s390x-unknown-linux-gnu on qemu: no qemu-s390x; to run it: `apt-get install qemu-user`"]
        );
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
}
