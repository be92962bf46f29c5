//! Ctrl-C, a request to terminate and a hang-up, at any moment.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{BufRead, BufReader};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{env, iter, thread};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use signal_hook::consts::SIGHUP;

use crate::trial::{Ended, Trial, search_path};

/// Never done by itself.
const REBIND: &str = "rebind --size 1G --rebinds 1000000 --threads 1,2 --json out";
/// 4 GiB, if no signal came.
const DUMP: &str = "memmap-dump --mode fsdax --start-pfn 0x101200 --nr-pages 0x4000000 --vmemmap-base 0xffd4000000000000 \
    --pgmap 0xff11000005ec5180 --out out";
/// Minutes'.
const MATRIX: &str = "bench-matrix --ops copy,fill --sizes 4K..64M --threads 1 --targets host --out new/out";
/// What is left of it: what belongs together, or nothing.
const KEPT: [&str; 5] = ["new", "new/out", "new/out/report.html", "new/out/results.csv", "new/out/results.json"];

/// Runs a command, of whose standard output nothing is kept, sends a signal once `moment` is over, and waits for the end.
pub(crate) fn by_signal(command: &mut Command, signal: Signal, moment: impl FnOnce(&mut Child)) -> Ended {
    let mut child = command.process_group(0).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    moment(&mut child);
    let pid = Pid::from_child(&child);
    // As it comes: from a terminal to all programs there, from another program to one. It may have ended.
    let _ = if signal == Signal::TERM { kill_process(pid, signal) } else { kill_process_group(pid, signal) };
    Ended::new(format!("{command:?}, {signal:?}"), child.wait_with_output().unwrap())
}

/// Sends the signal so long after a line that begins with `said`, if any; it must end, leave no process, and no file but results
/// that are marked partial: whether it has left those.
fn interrupted(args: &str, target_dir: Option<&Path>, signal: Signal, said: &str, after: Duration) -> bool {
    let what = format!("{args}, {signal:?} after {after:?}");
    let trial = Trial::new();
    let mut command = trial.command(&[], args);
    let ended = by_signal(command.envs(target_dir.map(|folder| ("CARGO_TARGET_DIR", folder))), signal, |child| {
        let mut lines = BufReader::new(child.stderr.as_mut().unwrap()).lines().map_while(Result::ok);
        assert!(said.is_empty() || lines.any(|line| line.starts_with(said)), "{what}: it ended by itself");
        thread::sleep(after);
    });
    if trial.path("new").exists() {
        ended.assert(130, &["interrupted: ", "partial"]);
        trial.assert_left(&KEPT, &what);
        let json = trial.json("new/out/results.json");
        assert!(json["partial"] == true && !json["rows"].as_array().unwrap().is_empty(), "{what}: {json}");
        assert!(trial.read("new/out/report.html").contains("PARTIAL"));
        return true;
    }
    // Before it had the time to say what is to happen then, the signal itself ends it.
    if ended.output.status.signal() != Some(signal.as_raw()) || after >= Duration::from_millis(100) {
        ended.assert(130, &["interrupted: nothing was left behind"]);
    }
    trial.assert_left(&[], &what);
    false
}

#[test]
fn each_command_at_any_moment() {
    let rounds = if env::var("MEMCPY_STREAMING_GRID").is_ok_and(|grid| grid == "full") { 25 } else { 1 };
    // With a handler here, a hang-up ends what we start even where the tests run under `nohup`.
    signal_hook::flag::register(SIGHUP, Arc::default()).unwrap();
    // As cold at each signal: a build is cut short before its first crate is done.
    let cold = tempfile::tempdir().unwrap();
    let commands = [(REBIND, 1500, None), ("tune --json out", 3000, None), (DUMP, 500, None), (MATRIX, 3000, None)];
    thread::scope(|scope| {
        for (args, longest, target_dir) in commands.into_iter().chain([(MATRIX, 1500, Some(cold.path()))]) {
            scope.spawn(move || {
                for signal in iter::repeat_n([Signal::INT, Signal::TERM, Signal::HUP], rounds).flatten() {
                    let after = Duration::from_millis(RandomState::new().build_hasher().finish() % longest);
                    interrupted(args, target_dir, signal, "", after);
                }
            });
        }
    });
}

#[test]
fn bench_matrix_keeps_what_was_measured() {
    // The first points take a tenth of a second each, on a machine that has nothing else to do.
    let mut seconds = [2, 4, 8, 16, 32].map(Duration::from_secs).into_iter();
    let kept = seconds.any(|after| interrupted(MATRIX, None, Signal::INT, "measuring", after));
    assert!(kept, "nothing was measured in half a minute");
}

/// `nohup` means that SIGHUP is ignored. A script's `&` does not mean that nobody may interrupt it.
#[test]
fn an_ignored_hang_up_stays_ignored_and_an_ignored_interrupt_does_not() {
    let trial = Trial::new();
    let mut command = trial.command(&["sh", "-c", "trap '' HUP INT; exec \"$0\" \"$@\""], REBIND);
    let ended = by_signal(&mut command, Signal::INT, |child| {
        while trial.files().is_empty() {
            thread::sleep(Duration::from_millis(10));
        }
        kill_process(Pid::from_child(child), Signal::HUP).unwrap();
        thread::sleep(Duration::from_millis(300));
        assert_eq!(trial.files().len(), 1, "it went on");
    });
    ended.assert(130, &["interrupted"]);
    trial.assert_left(&[], "nohup");
}

#[test]
fn a_terminal_is_left_as_it_was() {
    let programs = [("script", "bsdutils"), ("stty", "coreutils"), ("timeout", "coreutils")];
    let Some(path) = search_path("a_terminal_is_left_as_it_was", &programs) else { return };
    let trial = Trial::with(&path);
    let ctrl_c = "stty -g >before; timeout --foreground --preserve-status -s INT 1 \"$XTASK\" rebind --size=1G --rebinds=1000000; \
        echo $? >code; stty -g >after";
    // A terminal of its own, whose output is ours.
    let script = "XTASK=\"$0\" exec script -q -e -c \"$CTRL_C\" /dev/null";
    let mut command = trial.command(&["sh", "-c", script], "");
    let ended = Ended::of(command.envs([("CTRL_C", ctrl_c), ("TERM", "xterm"), ("SHELL", "/bin/sh")]));
    let shown = &ended.stdout;
    assert_eq!(trial.read("code"), "130\n", "{shown}");
    assert_eq!(trial.read("before"), trial.read("after"));
    // It had a bar, with the time left, and what it was drawn with was taken back.
    let [hidden, shown_again] = ["\x1b[?25l", "\x1b[?25h"].map(|cursor| shown.matches(cursor).count());
    assert!(shown.contains(" left") && hidden == shown_again, "the cursor is hidden: {shown:?}");
    assert!(shown.trim_end().ends_with("interrupted: nothing was left behind"), "{shown:?}");
}
