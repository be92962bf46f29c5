//! What the tests' own output says: how many were to run and did, and which backends they found.

use std::process::Command;

use crate::failure::Failure;
use crate::process::{self, LIMIT};
use crate::verdict::Verdict;

#[derive(Default, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Tests that the programs know and leave out.
    ignored: u64,
    /// Tests that the programs have said they would run, those that they leave out among them.
    pub(crate) announced: u64,
    /// The test programs that were to run, where that is known.
    pub(crate) programs: Option<u64>,
    /// Those of them that have said how many tests they would run.
    began: u64,
    /// Whether what follows are doc tests, which come last and are no programs.
    is_at_doc_tests: bool,
    /// The backends that were there, best first, as the tests printed them.
    pub(crate) backends: Option<String>,
    /// What tests have said that did not test.
    pub(crate) skips: Vec<String>,
}

impl Tally {
    pub(crate) fn line(&mut self, line: &str) {
        if let Some(names) = line.strip_prefix("backends: ") {
            self.backends = Some(names.to_string());
        } else if let Some(what) = line.strip_prefix("SKIPPED: ") {
            self.skips.push(what.to_string());
        } else if line.trim_start().starts_with("Doc-tests ") {
            self.is_at_doc_tests = true;
        } else if let Some(tests) = announcement(line) {
            self.announced += tests;
            self.began += u64::from(!self.is_at_doc_tests);
        } else if let Some([passed, failed, ignored, measured]) = result(line) {
            self.passed += passed + measured;
            self.failed += failed;
            self.ignored += ignored;
        }
    }

    /// The same, and a person reads it too.
    pub(crate) fn relay(&mut self, line: &str) -> Result<(), Failure> {
        self.line(line);
        process::relay(line)
    }

    /// Runs a program that must end well, as one test.
    pub(crate) fn execute(&mut self, command: &mut Command) -> Result<(), Failure> {
        // What the person's shell asks for is not what this is about.
        process::succeed(command.env_remove("MEMCPY_STREAMING_BACKEND"), LIMIT, |line| self.relay(line))?;
        self.announced += 1;
        self.passed += 1;
        Ok(())
    }

    /// Runs a program that must end badly, as one test: with a report that says all of `says`.
    pub(crate) fn is_caught(&mut self, command: &mut Command, says: &[&str]) -> Result<(), Failure> {
        let (status, report) = process::whole(command)?;
        let report = report.join("\n");
        if status.success() || says.iter().any(|part| !report.contains(part)) {
            let shown = process::show(command);
            return Err(Failure::run(format_args!("no report with {says:?} by `{shown}`: {status}, {report}")));
        }
        self.passed += 1;
        Ok(())
    }

    pub(crate) fn run(&self) -> u64 {
        self.passed + self.failed
    }

    /// Tests that were to run: what a program that crashed has announced counts.
    pub(crate) fn to_run(&self) -> u64 {
        self.announced.saturating_sub(self.ignored).max(self.run())
    }

    pub(crate) fn faults(&self) -> Option<String> {
        let mut faults = Vec::new();
        if self.failed > 0 {
            faults.push(format!("{} tests failed", self.failed));
        }
        if self.to_run() > self.run() {
            faults.push(format!("{} of {} tests never ended", self.to_run() - self.run(), self.to_run()));
        }
        if let Some(programs) = self.programs.filter(|programs| *programs != self.began) {
            faults.push(format!("{} of {programs} test programs began", self.began));
        }
        (!faults.is_empty()).then(|| faults.join(", "))
    }

    /// The verdict on programs that have all ended well: they must have run all of their tests, none of which failed, and
    /// found `expected`, a list of backends, if there is such an expectation.
    pub(crate) fn judge(&self, expected: Option<&str>) -> Verdict {
        let why = match (self.faults(), expected, &self.backends) {
            (Some(faults), ..) => faults,
            (_, None, _) => return Verdict::Good(String::new()),
            _ if self.passed == 0 => "no test was run".to_string(),
            (_, _, None) => "no test has said which backends it found".to_string(),
            (_, Some(expected), Some(found)) if found == expected => return Verdict::Good(String::new()),
            (_, Some(expected), Some(found)) => format!("the backends were {found} instead of {expected}"),
        };
        Verdict::Wrong(vec![why])
    }
}

/// The count of a line like `running 5 tests`.
fn announcement(line: &str) -> Option<u64> {
    let (count, tests) = line.strip_prefix("running ")?.split_once(' ')?;
    count.parse().ok().filter(|_| ["test", "tests"].contains(&tests))
}

/// The counts of a line like `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; ...`.
fn result(line: &str) -> Option<[u64; 4]> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let numbers: Vec<_> = counts.split("; ").filter_map(|part| part.split(' ').next()?.parse().ok()).collect();
    numbers.first_chunk().copied()
}

#[test]
fn all_that_was_announced_must_pass_with_the_backends_that_are_expected() {
    const GOOD: &str = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.36s";
    const BAD: &str = "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0s";
    let good =
        ["running 6 tests", "SKIPPED: disk: no mount", "backends: neon, portable", GOOD, "test result: nonsense"];
    let cases: [(u64, &[&str], &str); 7] = [
        (1, &good, ""),
        (1, &[&good[..], &["   Doc-tests one", "running 6 tests", GOOD]].concat(), ""),
        (2, &[&good[..], &["running 3 tests", BAD]].concat(), "1 tests failed"),
        // A program that crashed in its tests, and two that did before them or were never started.
        (3, &["running 137 tests"], "137 of 137 tests never ended, 1 of 3 test programs began"),
        (0, &[], "no test was run"),
        (1, &["running 6 tests", GOOD], "no test has said which backends it found"),
        (0, &["backends: portable", GOOD], "the backends were portable instead of neon, portable"),
    ];
    for (programs, lines, expected) in cases {
        let mut tally = Tally { programs: Some(programs), ..Tally::default() };
        lines.iter().for_each(|line| tally.line(line));
        let wrong = match tally.judge(Some("neon, portable")) {
            Verdict::Wrong(why) => why.concat(),
            _ => String::new(),
        };
        assert_eq!(wrong, expected);
        assert_eq!(tally.skips.len(), usize::from(lines.contains(&good[1])));
    }
}
