//! A progress bar with time left, on standard error, and only where that is a terminal.

use std::fmt::Display;
use std::io::{self, Write};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::failure::Failure;

pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar of so much work; indicatif draws nothing unless standard error is a terminal.
    pub(crate) fn new(work: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(work), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} % {msg}{left}").expect("a valid template");
        bar.set_style(style.with_key("left", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let share = f64::from(state.fraction());
            // The rest goes as all has gone so far. Before a twentieth is done there is no basis for that.
            if share >= 0.05 {
                let left = state.elapsed().mul_f64((1.0 - share) / share);
                let _ = write!(out, ", {:#} left", HumanDuration(left));
            }
        }));
        Self(bar)
    }

    /// Names what starts now.
    pub(crate) fn start(&self, step: impl Display) {
        self.0.set_message(step.to_string());
        // Nothing draws behind our back: a drawing thread would share the cores with what is measured.
        self.0.tick();
    }

    /// What was done until now says nothing about the time that the rest takes.
    pub(crate) fn prepared(&self) {
        self.0.reset_elapsed();
    }

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
