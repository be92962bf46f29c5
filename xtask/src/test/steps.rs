//! The steps of `cargo xtask test`, in the order in which they run.

use clap::ValueEnum;

/// The library crates by themselves: without the features that xtask switches on for the whole workspace.
pub(crate) const LIBRARIES: &str = "-p memcpy-streaming -p memcpy-streaming-capi -p memcpy-streaming-x86 -p memcpy-streaming-arm \
    -p memcpy-streaming-riscv -p memcpy-streaming-s390x -p memmap-template";

/// What is run by itself, beside the rows of other targets and CPU models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, ValueEnum)]
pub(crate) enum Step {
    Format,
    Tests,
    Tables,
    XtaskTests,
    Lint,
    LintNoStd,
    Docs,
    Release,
    CAbi,
    Assembly,
    // From here on only where everything is asked for.
    Optimised,
    AddressSanitizer,
    Valgrind,
    Miri,
    Targets,
    Guests,
    Integrations,
}

impl Step {
    pub(crate) fn all() -> impl Iterator<Item = Step> {
        Step::value_variants().iter().copied()
    }

    pub(crate) fn is_short(self) -> bool {
        self < Step::Optimised
    }

    /// Whether others may run beside it. The litmus test of this machine's backends wants two CPUs for itself.
    pub(crate) fn runs_beside_others(self) -> bool {
        self > Step::Tables && self != Step::Optimised
    }

    /// Whether it can run while what others need is being installed.
    pub(crate) fn needs_no_installation(self) -> bool {
        matches!(self, Step::Lint | Step::LintNoStd | Step::Docs)
    }

    pub(crate) fn name(self) -> String {
        self.to_possible_value().expect("none is hidden").get_name().to_string()
    }

    /// What the table calls it, and what cargo is told, where that is all.
    pub(super) fn cargo(self) -> Option<(&'static str, String)> {
        let (name, args) = match self {
            Step::Format => ("format", "fmt --all --check"),
            Step::Lint => ("lint", "clippy --locked --workspace --all-targets -- -D warnings"),
            // That their tests compile without std is seen where they are run so, optimised.
            Step::LintNoStd => ("lint, no std", "clippy --locked LIBRARIES --lib -- -D warnings"),
            Step::Docs => ("docs", "doc --locked --workspace --no-deps"),
            // Debug assertions and overflow checks on; doc tests and the corpora of the fuzz targets included.
            Step::Tests => ("tests", "test --locked --no-fail-fast --workspace --exclude xtask"),
            // Most of their time they wait for the commands that they run. All that xtask needs has been compiled so already.
            Step::XtaskTests => ("tests of xtask", "test --locked --no-fail-fast --release -p xtask"),
            // What the optimiser makes of the copy kernels is what people run; without std, and all that comes with it.
            Step::Optimised => ("tests, optimised, no std", "test --locked --no-fail-fast --release LIBRARIES"),
            _ => return None,
        };
        Some((name, args.replace("LIBRARIES", LIBRARIES)))
    }
}
