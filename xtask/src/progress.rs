//! A progress bar with time left, on standard error, and only where that is a terminal.

use std::fmt::Display;
use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::Failure;

/// Steps done out of a known number.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar of `steps`; indicatif draws nothing unless standard error is a terminal.
    pub(crate) fn new(steps: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}, {eta} left").expect("a valid template");
        bar.set_style(style);
        Self(bar)
    }

    /// Names the step that starts now.
    pub(crate) fn start(&self, step: impl Display) {
        self.0.set_message(step.to_string());
        // Nothing draws behind our back: a drawing thread would share the cores with what is measured.
        self.0.tick();
    }

    /// One step is done.
    pub(crate) fn done(&self) {
        self.0.inc(1);
    }

    /// Prints a line to standard output without cutting the bar in two.
    pub(crate) fn line(&self, line: impl Display) -> Result<(), Failure> {
        self.0.suspend(|| writeln!(io::stdout().lock(), "{line}")).map_err(|error| Failure::stdout(&error))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
