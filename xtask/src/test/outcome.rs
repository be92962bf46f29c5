//! What became of a step or a row, as a table, and as the verdict on the run.

use std::time::{Duration, Instant};

use super::libtest::Tally;
use crate::bench::table::Table;
use crate::failure::{Failure, tell};
use crate::install;
use crate::needs::{self, Need};
use crate::verdict::Verdict;

#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) what: String,
    /// The CPU model; none for a step that executes nothing of ours.
    pub(crate) cpu: String,
    pub(crate) tally: Tally,
    pub(crate) took: Duration,
    pub(crate) end: Verdict,
}

impl Outcome {
    /// Runs it, after the line `title`. What could not be done has failed; only the person's Ctrl-C and a closed pipe end the others too.
    pub(crate) fn of(
        what: &str,
        cpu: &str,
        title: &str,
        run: impl FnOnce(&mut Tally) -> Result<Verdict, Failure>,
    ) -> Result<Outcome, Failure> {
        tell(format_args!("\n=== {title}"));
        let (start, mut tally) = (Instant::now(), Tally::default());
        let end = match run(&mut tally) {
            Ok(end) => end,
            Err(Failure::Run(why) | Failure::Input(why)) => {
                let faults = tally.faults().map(|faults| format!(": {faults}"));
                Verdict::Wrong(vec![why + &faults.unwrap_or_default()])
            }
            Err(other) => return Err(other),
        };
        Ok(Outcome { took: start.elapsed(), tally, ..Outcome::not_run(what, cpu, end) })
    }

    pub(crate) fn not_run(what: &str, cpu: &str, end: Verdict) -> Outcome {
        let (what, cpu) = (what.to_string(), cpu.to_string());
        Outcome { what, cpu, tally: Tally::default(), took: Duration::ZERO, end }
    }

    fn name(&self) -> String {
        if self.cpu.is_empty() { self.what.clone() } else { format!("{} on {}", self.what, self.cpu) }
    }
}

/// What a test says that skips itself for want of a program.
const COULD_RUN: &str = "; to run it: `apt-get install ";

pub(crate) fn table(outcomes: &[Outcome]) -> String {
    let names = ["step or target", "CPU model", "backends that ran", "run", "passed", "time", "result"];
    let row = |Outcome { what, cpu, tally, took, end }: &Outcome| {
        let result = match end {
            Verdict::Good(_) => "ok",
            Verdict::Wrong(_) => "FAILED",
            Verdict::Skipped(_) => "SKIPPED",
        };
        let (run, to_run) = (tally.run(), tally.to_run());
        let (ran, passed) = match to_run {
            0 => (String::new(), String::new()),
            _ if run == to_run => (run.to_string(), tally.passed.to_string()),
            _ => (format!("{run} of {to_run}"), tally.passed.to_string()),
        };
        let (backends, took) = (tally.backends.as_deref().unwrap_or_default(), took.as_secs_f64());
        [what, cpu, backends, &ran, &passed, &format!("{took:.1} s"), result].map(str::to_string)
    };
    Table::new("", 3, names, outcomes.iter().map(row)).text()
}

/// What was skipped, why, and what would help: one line for all that would come with one command, and a line for each of the others. Tests
/// that skip themselves without a program say only its name: what they need is `of_tests`.
pub(crate) fn skips(outcomes: &[Outcome], of_tests: &[Need]) -> Vec<String> {
    let tests = outcomes.iter().flat_map(|outcome| &outcome.tally.skips);
    let (tests, others): (Vec<_>, Vec<_>) =
        { tests }.partition(|skip| skip.contains(COULD_RUN) && !of_tests.is_empty());
    let tests = tests.into_iter().filter_map(|skip| Some((skip.split_once(": ")?.0.to_string(), of_tests)));
    let steps = outcomes.iter().filter_map(|outcome| match &outcome.end {
        Verdict::Skipped(missing) => Some((outcome.name(), &missing[..])),
        _ => None,
    });
    let (come, by_hand): (Vec<_>, Vec<_>) = tests.chain(steps).partition(|(_, needs)| needs::can_be_installed(needs));
    let told = by_hand.iter().map(|(name, missing)| format!("SKIPPED: {name}: {}", install::told(missing)));
    let mut lines: Vec<_> = others.iter().map(|skip| format!("SKIPPED: {skip}")).chain(told).collect();
    if !come.is_empty() {
        let (names, needs): (Vec<_>, Vec<_>) = come.into_iter().unzip();
        let needs = needs.concat();
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
            Verdict::Wrong(why) => failed.push(format!("{} ({})", outcome.name(), why.join("; "))),
            Verdict::Skipped(needs) if all && needs::are_sure_to_come(needs) => {
                failed.push(format!("{} (skipped: {})", outcome.name(), needs::describe(needs)));
            }
            _ => {}
        }
        let could_run = outcome.tally.skips.iter().filter(|skip| all && skip.contains(COULD_RUN));
        failed.extend(could_run.map(|skip| format!("skipped: {skip}")));
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::run(format_args!("failed: {}", failed.join("; ")))) }
}

#[test]
fn what_failed_or_was_skipped_is_told_and_fails_the_run_where_all_is_required() {
    let need = |what: &str, package| Need { what: what.to_string(), packages: vec![package], ..Need::default() };
    let skip = "a test: no script; to run it: `apt-get install bsdutils`";
    let mut tests = Outcome::not_run("tests", "", Verdict::Wrong(vec!["`cargo test`".to_string()]));
    for line in ["running 137 tests", "backends: neon, portable", &format!("SKIPPED: {skip}")] {
        tests.tally.line(line);
    }
    // Some nightlies come without Miri.
    let miri = Verdict::Skipped(vec![Need::by_rustup("Miri", "", Vec::new())]);
    let outcomes = [
        tests,
        Outcome::not_run("s390x", "qemu", Verdict::Skipped(vec![need("no no-such-qemu", "qemu-user")])),
        Outcome::not_run("s390x", "other", Verdict::Skipped(vec![need("no no-such-qemu", "qemu-user")])),
        Outcome::not_run("x", "", Verdict::impossible("no Linux", "use it")),
        Outcome::not_run("tests, Miri", "", miri),
    ];
    let table = table(&outcomes);
    for part in ["| neon, portable ", " 0 of 137 ", " 0.0 s ", " FAILED ", " SKIPPED "] {
        assert!(table.contains(part), "{part} is missing in\n{table}");
    }

    let lines = skips(&outcomes[..4], &[need("no script", "bsdutils")]);
    assert_eq!((&*lines[0], lines.len()), ("SKIPPED: x: no Linux; to run it: use it", 2));
    let all = "SKIPPED: a test, s390x on qemu, s390x on other: no no-such-qemu, no script; to run all of it: ";
    assert!(lines[1].starts_with(all) && lines[1].matches("qemu-user").count() == 1, "{lines:?}");

    let failed = "failed: tests (`cargo test`)";
    let row = "s390x on qemu (skipped: no no-such-qemu)";
    for (outcomes, all, expected) in [
        (&outcomes[..], false, failed),
        (&outcomes, true, &format!("{failed}; skipped: {skip}; {row}")),
        (&outcomes[1..], false, ""),
        (&outcomes[3..], true, ""),
    ] {
        let why = verdict(outcomes, all).map_or_else(|failure| format!("{failure:?}"), |()| String::new());
        assert!(why.contains(expected) && why.is_empty() == expected.is_empty(), "{why}");
    }
    let ended = |failure| Outcome::of("x", "", "x", |_| Err(failure)).map(|outcome| outcome.end);
    assert!(matches!(ended(Failure::Interrupted), Err(Failure::Interrupted)));
    assert!(matches!(ended(Failure::run("not in step")), Ok(Verdict::Wrong(why)) if why == ["not in step"]));
}
