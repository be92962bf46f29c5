//! The steps of `cargo xtask test`, in the order in which they run.

use std::process::Command;

use super::this_machine::GRID;
use crate::toolchain;

/// The library crates by themselves: without the features that xtask switches on for the whole workspace.
pub(crate) const LIBRARIES: &str = "-p memcpy-streaming -p memcpy-streaming-capi -p memcpy-streaming-x86 -p memcpy-streaming-arm \
    -p memcpy-streaming-riscv -p memcpy-streaming-s390x -p memmap-template";

/// What is run by itself, beside the rows of other targets and CPU models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Format,
    Lint,
    LintNoStd,
    Docs,
    Tests,
    Tables,
    Release,
    CAbi,
    Assembly,
    /// From here on only where everything is asked for.
    Build,
    Optimised,
    AddressSanitizer,
    Valgrind,
    Miri,
    Targets,
    Guests,
    Integrations,
}

impl Step {
    pub(crate) const ALL: [Step; 17] = [
        Step::Format,
        Step::Lint,
        Step::LintNoStd,
        Step::Docs,
        Step::Tests,
        Step::Tables,
        Step::Release,
        Step::CAbi,
        Step::Assembly,
        Step::Build,
        Step::Optimised,
        Step::AddressSanitizer,
        Step::Valgrind,
        Step::Miri,
        Step::Targets,
        Step::Guests,
        Step::Integrations,
    ];

    /// Those of a plain `cargo xtask test`.
    pub(crate) fn short() -> impl Iterator<Item = Step> {
        Step::ALL.into_iter().take_while(|step| *step != Step::Build)
    }

    /// Whether others may run beside it: those that come after all that needs every CPU, or the same folder.
    pub(crate) fn runs_beside_others(self) -> bool {
        matches!(self, Step::AddressSanitizer | Step::Valgrind | Step::Miri | Step::Targets | Step::Guests)
    }

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Step::Format => "format",
            Step::Lint => "lint",
            Step::LintNoStd => "lint-no-std",
            Step::Docs => "docs",
            Step::Tests => "tests",
            Step::Tables => "tables",
            Step::Release => "release",
            Step::CAbi => "c-abi",
            Step::Assembly => "assembly",
            Step::Build => "build",
            Step::Optimised => "optimised",
            Step::AddressSanitizer => "address-sanitizer",
            Step::Valgrind => "valgrind",
            Step::Miri => "miri",
            Step::Targets => "targets",
            Step::Guests => "guests",
            Step::Integrations => "integrations",
        }
    }

    /// What cargo is told, where that is all.
    pub(super) fn cargo(self) -> Option<CargoStep> {
        let step = |name, args: &str| Some(CargoStep::new(name, args));
        match self {
            Step::Format => step("format", "fmt --all --check"),
            Step::Lint => step("lint", "clippy --locked --workspace --all-targets -- -D warnings"),
            // That their tests compile without std is seen where they are run so, optimised.
            Step::LintNoStd => step("lint, no std", "clippy --locked LIBRARIES --lib -- -D warnings"),
            Step::Docs => {
                let docs = CargoStep::new("docs", "doc --locked --workspace --no-deps");
                Some(CargoStep { env: &[("RUSTDOCFLAGS", "-D warnings")], ..docs })
            }
            Step::Build => step("build", "build --locked --workspace"),
            // Debug assertions and overflow checks on; doc tests and the corpora of the fuzz targets included.
            Step::Tests => step("tests", "test --locked --no-fail-fast --workspace"),
            // What the optimiser makes of the copy kernels is what people run; without std, and all that comes with it.
            Step::Optimised => step("tests, optimised, no std", "test --locked --no-fail-fast --release LIBRARIES"),
            _ => None,
        }
    }
}

/// One cargo command.
pub(super) struct CargoStep {
    pub(super) name: &'static str,
    pub(super) args: Vec<String>,
    pub(super) env: &'static [(&'static str, &'static str)],
}

impl CargoStep {
    fn new(name: &'static str, args: &str) -> Self {
        let args = args.replace("LIBRARIES", LIBRARIES);
        Self { name, args: args.split(' ').map(str::to_string).collect(), env: &[] }
    }

    /// The same at full length.
    pub(super) fn exhaustive(self) -> Self {
        Self { name: "tests, exhaustive", env: &[(GRID, "full")], ..self }
    }

    /// Whether it makes programs.
    pub(super) fn builds(&self) -> bool {
        ["build", "test"].contains(&&*self.args[0])
    }

    /// Whether it runs tests, whose count and backends then matter.
    pub(super) fn runs_tests(&self) -> bool {
        self.args[0] == "test"
    }

    /// The command as a person would type it.
    pub(super) fn command(&self) -> String {
        let env = self.env.iter().map(|(name, value)| format!("{name}=\"{value}\" "));
        format!("{}cargo {}", env.collect::<String>(), self.args.join(" "))
    }
}

/// Leaves out what only benchmarks need, which takes as long to compile as all the rest. With a target: what runs during the build is then
/// that of the other steps.
pub(super) fn without_benchmarks(cargo: &mut Command) {
    if let Some(host) = toolchain::host() {
        cargo.arg("--config").arg(format!(r#"target.{host}.rustflags=["--cfg=emulated"]"#)).args(["--target", &host]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_has_a_name_of_its_own() {
        for (i, step) in Step::ALL.iter().enumerate() {
            assert!(Step::ALL[i + 1..].iter().all(|other| other.name() != step.name()), "{step:?}");
        }
        assert!(Step::short().count() < Step::ALL.len());
    }
}
