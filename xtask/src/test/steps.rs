//! What `cargo xtask test` runs, cheapest first.

use super::this_machine::GRID;

/// The library crates by themselves: without the features that xtask switches on for the whole workspace.
pub(crate) const LIBRARIES: &str =
    "-p memcpy-streaming -p memcpy-streaming-capi -p memcpy-streaming-x86 -p memcpy-streaming-arm -p memmap-template";

/// One cargo command.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) args: Vec<String>,
    pub(crate) env: &'static [(&'static str, &'static str)],
}

impl Step {
    fn new(name: &'static str, args: &str) -> Self {
        let args = args.replace("LIBRARIES", LIBRARIES);
        Self { name, args: args.split(' ').map(str::to_string).collect(), env: &[] }
    }

    /// Whether it runs tests, whose count and backends then matter.
    pub(crate) fn runs_tests(&self) -> bool {
        self.args[0] == "test"
    }

    /// The command as a person would type it.
    pub(crate) fn command(&self) -> String {
        let env = self.env.iter().map(|(name, value)| format!("{name}=\"{value}\" "));
        format!("{}cargo {}", env.collect::<String>(), self.args.join(" "))
    }
}

/// All steps, in the order they run.
pub(crate) fn all(exhaustive: bool) -> Vec<Step> {
    let (optimised, env): (_, &[_]) = match exhaustive {
        false => ("tests, optimised", &[]),
        true => ("tests, exhaustive", &[(GRID, "full")]),
    };
    vec![
        Step::new("format", "fmt --all --check"),
        Step::new("build", "build --locked --workspace"),
        Step::new("lint", "clippy --locked --workspace --all-targets -- -D warnings"),
        Step::new("lint, no std", "clippy --locked LIBRARIES --all-targets -- -D warnings"),
        Step { env: &[("RUSTDOCFLAGS", "-D warnings")], ..Step::new("docs", "doc --locked --workspace --no-deps") },
        // Debug assertions and overflow checks on; doc tests included.
        Step::new("tests", "test --locked --no-fail-fast --workspace"),
        Step::new("tests, no std", "test --locked --no-fail-fast LIBRARIES"),
        // What the optimiser makes of the copy kernels is what people run.
        Step { env, ..Step::new(optimised, "test --locked --no-fail-fast --release LIBRARIES") },
    ]
}
