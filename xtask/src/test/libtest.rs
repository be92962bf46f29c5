//! What the tests' own output says: how many were to run and did, and which backends they found.

use super::end::End;

/// What the test `backends` of memcpy-streaming prints its list after.
const BACKENDS: &str = "backends: ";

/// What a test that does not test says first.
const SKIPPED: &str = "SKIPPED: ";

/// The sum of what several test programs have printed.
#[derive(Default, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Tests that the programs know and leave out.
    pub(crate) ignored: u64,
    /// Tests that the programs have said they would run, those that they leave out among them.
    pub(crate) announced: u64,
    /// The test programs that were to run, where that is known.
    pub(crate) programs: Option<u64>,
    /// Those of them that have said how many tests they would run.
    answered: u64,
    /// Whether a program was started that has not said so yet.
    is_starting: bool,
    /// The backends that were there, best first, as the tests printed them.
    pub(crate) backends: Option<String>,
    /// What tests have said that did not test.
    pub(crate) skips: Vec<String>,
}

impl Tally {
    /// Takes in one line of output.
    pub(crate) fn line(&mut self, line: &str) {
        if let Some(names) = line.strip_prefix(BACKENDS) {
            self.backends = Some(names.to_string());
        }
        if let Some(what) = line.strip_prefix(SKIPPED) {
            self.skips.push(what.to_string());
        }
        if is_start(line) {
            self.start();
        } else if line.trim_start().starts_with("Doc-tests ") {
            self.is_starting = false;
        }
        if let Some(tests) = announcement(line) {
            self.announced += tests;
            self.answered += u64::from(std::mem::take(&mut self.is_starting));
        }
        if let Some([passed, failed, ignored, measured]) = result(line) {
            self.passed += passed + measured;
            self.failed += failed;
            self.ignored += ignored;
        }
    }

    /// A test program is started. (cargo says so by itself.)
    pub(crate) fn start(&mut self) {
        self.is_starting = true;
    }

    /// Tests that were run to their end.
    pub(crate) fn run(&self) -> u64 {
        self.passed + self.failed
    }

    /// Tests that were to run: what a program that crashed has announced counts.
    pub(crate) fn to_run(&self) -> u64 {
        self.announced.saturating_sub(self.ignored).max(self.run())
    }

    /// What is wrong with what was run, if anything is.
    pub(crate) fn faults(&self) -> Option<String> {
        let mut faults = Vec::new();
        if self.failed > 0 {
            faults.push(format!("{} tests failed", self.failed));
        }
        if self.to_run() > self.run() {
            faults.push(format!("{} of {} tests never ended", self.to_run() - self.run(), self.to_run()));
        }
        if let Some(programs) = self.programs.filter(|programs| *programs != self.answered) {
            faults.push(format!("{} of {programs} test programs began", self.answered));
        }
        if faults.is_empty() { None } else { Some(faults.join(", ")) }
    }

    /// The verdict on programs that have all ended well: they must have run all of their tests, none of which failed, and
    /// found `expected`, a list of backends, if there is such an expectation.
    pub(crate) fn judge(&self, expected: Option<&str>) -> End {
        if let Some(why) = self.faults() {
            return End::Failed { why };
        }
        let why = match (self, expected) {
            (_, None) => return End::Passed,
            (Tally { passed: 0, .. }, _) => "no test was run".to_string(),
            (Tally { backends: None, .. }, _) => "no test has said which backends it found".to_string(),
            (Tally { backends: Some(found), .. }, Some(expected)) if found != expected => {
                format!("the backends were {found} instead of {expected}")
            }
            _ => return End::Passed,
        };
        End::Failed { why }
    }
}

/// Whether cargo says that it starts a test program: `     Running unittests src/lib.rs (target/debug/deps/x-1)`.
fn is_start(line: &str) -> bool {
    line.trim_start().strip_prefix("Running ").is_some_and(|program| program.ends_with(')') && program.contains('('))
}

/// The count of a line like `running 5 tests`.
fn announcement(line: &str) -> Option<u64> {
    let (count, tests) = line.strip_prefix("running ")?.split_once(' ')?;
    count.parse().ok().filter(|_| ["test", "tests"].contains(&tests))
}

/// The counts of a line like `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; ...`.
fn result(line: &str) -> Option<[u64; 4]> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |name: &str| {
        let word = counts.split("; ").find_map(|part| part.strip_suffix(name))?;
        word.trim().parse().ok()
    };
    Some([count("passed")?, count("failed")?, count("ignored")?, count("measured")?])
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.36s";
    const BAD: &str =
        "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.36s";

    fn tally(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.line(line));
        tally
    }

    #[test]
    fn results_are_added_up() {
        let tally = tally(&[
            "running 6 tests",
            GOOD,
            "running 3 tests",
            BAD,
            "backends: avx2, portable",
            "test result: nonsense",
        ]);
        assert_eq!((tally.passed, tally.failed, tally.ignored), (7, 1, 1));
        assert_eq!((tally.run(), tally.to_run()), (8, 8));
        assert_eq!(tally.backends.as_deref(), Some("avx2, portable"));
    }

    #[test]
    fn what_a_crash_has_swallowed_is_missing() {
        let first = "     Running unittests src/lib.rs (target/debug/deps/one-0123)";
        let second = "     Running tests/two.rs (target/debug/deps/two-0123)";
        let mut whole = tally(&[first, "running 6 tests", GOOD, second, "running 1 test", "   Doc-tests one"]);
        whole.line("test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.36s");
        whole.programs = Some(2);
        assert_eq!(whole.faults(), None);
        // A program that crashed in its tests, one that did before them, and one that was never started.
        let mut crashed = tally(&[first, "running 137 tests", "test one ... ok", second]);
        crashed.programs = Some(3);
        assert_eq!((crashed.run(), crashed.to_run()), (0, 137));
        assert_eq!(crashed.faults().unwrap(), "137 of 137 tests never ended, 1 of 3 test programs began");
        assert!(matches!(crashed.judge(None), End::Failed { .. }));
    }

    #[test]
    fn a_test_that_did_not_test_is_remembered() {
        assert_eq!(tally(&["SKIPPED: disk: no mount"]).skips, ["disk: no mount"]);
    }

    #[test]
    fn silence_and_other_backends_are_no_success() {
        let failed = |tally: &Tally| match tally.judge(Some("neon, portable")) {
            End::Failed { why } => why,
            end => panic!("{end:?}"),
        };
        let mut tally = Tally::default();
        assert_eq!(failed(&tally), "no test was run");
        tally.passed = 5;
        assert_eq!(failed(&tally), "no test has said which backends it found");
        tally.backends = Some("portable".to_string());
        assert_eq!(failed(&tally), "the backends were portable instead of neon, portable");
        tally.backends = Some("neon, portable".to_string());
        assert_eq!(tally.judge(Some("neon, portable")), End::Passed);
        tally.failed = 1;
        assert_eq!(failed(&tally), "1 tests failed");
    }
}
