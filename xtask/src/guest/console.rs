//! What a guest says on its console, and how a boot ended.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::failure::{Failure, tell};
use crate::process;

/// What the first process starts its own lines with.
const MARK: &str = "guest: ";
const LAST_LINES: usize = 20;

pub(crate) struct Console(Vec<String>);

impl Console {
    /// What the first process said after this word.
    pub(crate) fn said(&self, word: &str) -> Option<&str> {
        self.all(word).next()
    }

    /// Each time.
    pub(crate) fn all(&self, word: &str) -> impl Iterator<Item = &str> {
        let said = self.0.iter().filter_map(|line| line.strip_prefix(MARK));
        said.filter_map(move |said| said.strip_prefix(word)?.strip_prefix(' '))
    }
}

/// Runs an emulator until `guest` has come to its end, where the emulator has the status `off`. Hands over the lines of its console that are
/// not the first process's own, from that one's first word to its last. If the guest says that something failed, or does not come to its
/// end within `limit`, the last lines are shown.
pub(crate) fn attend(
    emulator: &mut Command,
    (guest, off): (&str, i32),
    limit: Duration,
    mut line: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<Console, Failure> {
    let (mut console, mut is_up, began) = (Console(Vec::new()), false, Instant::now());
    let ran = process::run_whole(emulator, limit, |text| {
        // The firmware draws with escape sequences.
        console.0.push(text.chars().filter(|c| !c.is_control()).collect());
        match text.strip_prefix(MARK) {
            Some(said) => is_up = said != "DONE",
            None if is_up => line(text)?,
            None => {}
        }
        Ok(())
    });
    let failed: Vec<_> = console.all("FAILED:").collect();
    let why = match ran {
        Ok(_) if !failed.is_empty() => format!("{guest}: {}", failed.join(", ")),
        Ok(status) => {
            let is_done = console.0.iter().any(|line| line.strip_prefix(MARK) == Some("DONE"));
            if is_done && status.code() == Some(off) {
                return Ok(console);
            }
            format!("{guest} did not come to its end: {status} of {}", emulator.get_program().display())
        }
        Err(Failure::Run(_)) if began.elapsed() >= limit => {
            format!("{guest} did not come to its end within {} s", limit.as_secs())
        }
        Err(other) => return Err(other),
    };
    let last = console.0.len().saturating_sub(LAST_LINES);
    let shown = if console.0.is_empty() { "(none)".to_string() } else { console.0[last..].join("\n") };
    tell(format_args!("the last lines of its console:\n{shown}"));
    Err(Failure::run(why))
}

#[test]
fn a_guest_comes_to_its_end_or_its_kernel_is_named() {
    // A machine that is a script.
    let attended = |script: &str| {
        let mut sh = Command::new("sh");
        attend(sh.args(["-c", script]), ("kernel 6.1.0", 0), Duration::from_secs(2), |_| Ok(()))
    };
    let whole = attended("printf '\\033[0m guest: case 0\\nguest: case 1\\nguest: case 2\\nguest: DONE\\n'").unwrap();
    assert_eq!(whole.all("case").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!((whole.0[0].as_str(), whole.said("cas")), ("[0m guest: case 0", None));
    for (script, why) in [
        ("echo guest: FAILED: a; echo guest: FAILED: b; echo guest: DONE", ": a, b"),
        ("echo Kernel panic", " did not come to its end: exit status: 0 of sh"),
        ("echo guest: DONE; exit 1", " did not come to its end: exit status: 1 of sh"),
        ("echo up; while :; do :; done", " did not come to its end within 2 s"),
    ] {
        let why = format!("kernel 6.1.0{why}");
        assert!(matches!(attended(script), Err(Failure::Run(said)) if said == why), "{script}");
    }
}
