//! Ctrl-C, a request to terminate and a hang-up, at any moment.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::commands::{Ended, Trial, own_target};
use crate::programs::search_path;

/// Never done by itself.
const REBIND: &str = "rebind --size 1G --rebinds 1000000 --threads 1,2 --json out";
/// 4 GiB, if no signal came.
const DUMP: &str = "memmap-dump --mode fsdax --start-pfn 0x101200 --nr-pages 0x4000000 --vmemmap-base 0xffd4000000000000 \
    --pgmap 0xff11000005ec5180 --out out";
/// Half an hour's.
const MATRIX: &str = "bench-matrix --ops copy,fill --threads 1 --targets host --out new/folder/out";

/// How often each trial is made.
fn rounds() -> usize {
    if env::var("MEMCPY_STREAMING_GRID").is_ok_and(|grid| grid == "full") { 25 } else { 1 }
}

/// Some moment within `longest` milliseconds.
fn moment(longest: u64) -> Duration {
    Duration::from_millis(RandomState::new().build_hasher().finish() % longest)
}

/// Sends the signal as it comes: from a terminal to all programs there, from another program to one.
fn send(signal: Signal, pid: Pid) {
    // It may have ended.
    let _ = if signal == Signal::TERM { kill_process(pid, signal) } else { kill_process_group(pid, signal) };
}

/// The signals that must end a command. Under `nohup` it ignores SIGHUP, and that is right.
fn signals() -> &'static [Signal] {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    let nohup = u64::from_str_radix(ignored.trim(), 16).unwrap() & 1 == 1;
    if nohup { &[Signal::INT, Signal::TERM] } else { &[Signal::INT, Signal::TERM, Signal::HUP] }
}

/// Runs `args` and sends a signal after some time; it must end, leave no process and no file but what is meant to be left.
fn interrupted(args: &str, longest: u64, environment: &[(&str, &OsStr)]) {
    for &signal in signals().iter().cycle().take(3 * rounds()) {
        let trial = Trial::new();
        let mut command = trial.command(&[], args);
        command.process_group(0).stdout(Stdio::null()).stderr(Stdio::piped());
        command.envs(environment.iter().copied());
        let child = command.spawn().unwrap();
        let pid = Pid::from_child(&child);
        let after = moment(longest);
        thread::sleep(after);
        send(signal, pid);
        let output = child.wait_with_output().unwrap();
        let what = format!("{args}, {signal:?} after {after:?}");
        trial.assert_no_process_left(&what);
        // Before it had the time to say what is to happen then.
        if output.status.signal() == Some(signal.as_raw()) && after < Duration::from_millis(100) {
            trial.assert_nothing_left(&what);
            continue;
        }
        let results = trial.folder.path().join("new/folder/out/results.json");
        if results.exists() {
            Ended::new(&what, output).assert(130, &["interrupted: ", "partial"]);
            // The three folders, and what belongs together.
            assert_eq!(trial.files().len(), 6, "{what}: {:?}", trial.files());
            let json: serde_json::Value = serde_json::from_slice(&fs::read(results).unwrap()).unwrap();
            assert_eq!(json["partial"], true, "{what}");
        } else {
            Ended::new(&what, output).assert(130, &["interrupted: nothing was left behind"]);
            trial.assert_nothing_left(&what);
        }
    }
}

#[test]
fn rebind() {
    interrupted(REBIND, 1500, &[]);
}

#[test]
fn tune() {
    interrupted("tune --json out", 3000, &[]);
}

#[test]
fn memmap_dump() {
    interrupted(DUMP, 500, &[]);
}

#[test]
fn bench_matrix_while_it_measures() {
    interrupted(MATRIX, 3000, &[]);
}

#[test]
fn bench_matrix_while_it_builds() {
    let fresh = tempfile::tempdir().unwrap();
    // As cold at each signal: a build is cut short before its first crate is done.
    let cold = ("CARGO_TARGET_DIR", fresh.path().as_os_str());
    interrupted(MATRIX, 1500, &[cold]);
    // Without an emulator it has nothing to build, and is done at once.
    let emulator = format!("qemu-{}", env::consts::ARCH);
    let programs = [(emulator.as_str(), "qemu-user")];
    let Some(path) = search_path("bench_matrix_while_it_builds", &programs) else { return };
    let foreign = format!("bench-matrix --targets {} --out new/folder/out", own_target());
    interrupted(&foreign, 1500, &[cold, ("PATH", &path)]);
}

/// `nohup` means that SIGHUP is ignored. A script's `&` does not mean that nobody may interrupt it.
#[test]
fn an_ignored_hang_up_stays_ignored_and_an_ignored_interrupt_does_not() {
    let trial = Trial::new();
    // A second signal for the end.
    let mut command = trial.command(&["sh", "-c", "trap '' HUP INT; exec \"$0\" \"$@\""], REBIND);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = Pid::from_child(&child);
    while trial.files().is_empty() {
        thread::sleep(Duration::from_millis(10));
    }
    kill_process(pid, Signal::HUP).unwrap();
    thread::sleep(Duration::from_millis(300));
    assert_eq!(trial.files().len(), 1, "it went on");
    kill_process(pid, Signal::INT).unwrap();
    Ended::new("nohup", child.wait_with_output().unwrap()).assert(130, &["interrupted"]);
    trial.assert_nothing_left("nohup");
}
