//! Ctrl-C: remembered when it comes, acted on between two steps, so that a command can clean up after itself.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

use crate::failure::Failure;

static ASKED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From here on SIGINT, SIGTERM and SIGHUP no longer end the process: [`check`] does. SIGHUP stays ignored if it is: that is what
/// `nohup` is for. SIGINT does not: a shell script ignores it for whatever it starts in the background, and who sends it to such a
/// process means it.
pub(crate) fn install() -> io::Result<()> {
    let hang_up = (!is_ignored(SIGHUP)).then_some(SIGHUP);
    for signal in [SIGINT, SIGTERM].into_iter().chain(hang_up) {
        signal_hook::flag::register(signal, Arc::clone(&ASKED))?;
    }
    // A file that grows beyond `ulimit -f`: with any handler the write fails, which is reported as a full disk is. A handler, unlike
    // an ignored signal, is not passed on to the programs that we run.
    signal_hook::flag::register(SIGXFSZ, Arc::default())?;
    Ok(())
}

/// Fails once the person has asked to stop.
pub(crate) fn check() -> Result<(), Failure> {
    if ASKED.load(Ordering::Relaxed) { Err(Failure::Interrupted) } else { Ok(()) }
}

/// Whether this process ignores a signal; not where the system does not say.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}
