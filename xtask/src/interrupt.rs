//! Ctrl-C: remembered when it comes, acted on between two steps, so that a command can clean up after itself.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

use crate::failure::Failure;

/// Whether the person has asked the command to stop.
#[derive(Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From here on SIGINT, SIGTERM and SIGHUP no longer end the process: [`Interrupt::check`] does. SIGHUP stays ignored if it
    /// is: that is what `nohup` is for. SIGINT does not: a shell script ignores it for whatever it starts in the background, and
    /// who sends it to such a process means it.
    pub(crate) fn install() -> io::Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        let hang_up = (!is_in(ignored(), SIGHUP)).then_some(SIGHUP);
        for signal in [SIGINT, SIGTERM].into_iter().chain(hang_up) {
            signal_hook::flag::register(signal, Arc::clone(&asked))?;
        }
        // A file that grows beyond `ulimit -f`: with any handler the write fails, which is reported as a full disk is. A handler,
        // unlike an ignored signal, is not passed on to the programs that we run.
        signal_hook::flag::register(SIGXFSZ, Arc::default())?;
        Ok(Self(asked))
    }

    /// Nobody will ask.
    pub(crate) fn never() -> Self {
        Self(Arc::default())
    }

    /// Fails once the person has asked to stop.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.0.load(Ordering::Relaxed) { Err(Failure::Interrupted) } else { Ok(()) }
    }
}

/// The signals that this process ignores, a bit each; none where the system does not say.
fn ignored() -> u64 {
    std::fs::read_to_string("/proc/self/status").ok().and_then(|status| ignored_in(&status)).unwrap_or(0)
}

fn ignored_in(status: &str) -> Option<u64> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

fn is_in(mask: u64, signal: i32) -> bool {
    mask >> (signal - 1) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read() {
        // nohup ignores signal 1; Rust's runtime signal 13.
        let mask = ignored_in("Name:\txtask\nSigIgn:\t0000000000001001\n").unwrap();
        assert!(is_in(mask, SIGHUP) && is_in(mask, 13) && !is_in(mask, SIGINT));
        assert_eq!(ignored_in("Name:\txtask\n"), None);
    }
}
