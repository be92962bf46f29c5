//! What the tests' own output says: how many ran, and which backends they found.

use super::outcome::End;

/// What the test `backends` of memcpy-streaming prints its list after.
const BACKENDS: &str = "backends: ";

/// The sum of what several test programs have printed.
#[derive(Default, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// The backends that were there, best first, as the tests printed them.
    pub(crate) backends: Option<String>,
}

impl Tally {
    /// Takes in one line of output.
    pub(crate) fn line(&mut self, line: &str) {
        if let Some(names) = line.strip_prefix(BACKENDS) {
            self.backends = Some(names.to_string());
        }
        if let Some((passed, failed)) = result(line) {
            self.passed += passed;
            self.failed += failed;
        }
    }

    /// Tests that were run.
    pub(crate) fn run(&self) -> u64 {
        self.passed + self.failed
    }

    /// The verdict on programs that have all ended well: they must have run tests, none of which failed, and found
    /// `expected`, a list of backends, if there is such an expectation.
    pub(crate) fn judge(&self, expected: Option<&str>) -> End {
        let why = match (self, expected) {
            (Tally { failed: 1.., .. }, _) => format!("{} tests failed", self.failed),
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

/// The counts of a line like `test result: ok. 5 passed; 0 failed; 1 ignored; ...`.
fn result(line: &str) -> Option<(u64, u64)> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |name: &str| {
        let word = counts.split("; ").find_map(|part| part.strip_suffix(name))?;
        word.trim().parse().ok()
    };
    Some((count("passed")?, count("failed")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "running 5 tests",
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.36s",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.36s",
            "backends: avx2, portable",
            "test result: nonsense",
        ] {
            tally.line(line);
        }
        assert_eq!(tally, Tally { passed: 7, failed: 1, backends: Some("avx2, portable".to_string()) });
        assert_eq!(tally.run(), 8);
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
