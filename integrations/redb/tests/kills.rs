//! A process that commits is killed at random moments, and another one opens the database: whatever was said to be committed is there, by each
//! store and each of the library's backends. `KILLS=1000 cargo test -p with-redb` does more of it.
//!
//! A kill loses nothing that has reached the page cache. So this shows that stores are complete and in order when a commit returns, not that
//! `msync` brings them to the disk: that takes a power cut.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use memcpy_streaming::Backend;

fn program(words: &[&str], file: &Path, store: &str, backend: Backend) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_with-redb"));
    command.args(words).arg(file).arg(store).env("MEMCPY_STREAMING_BACKEND", backend.name());
    command
}

/// Commits until it is killed, at a moment after its beginning or after its first commit, and answers which commit was the last that it said
/// was done.
fn commit_until_killed(file: &Path, store: &str, backend: Backend, moment: Duration, after_one: bool) -> Option<u64> {
    let mut child = program(&["commit"], file, store, backend).stdout(Stdio::piped()).spawn().unwrap();
    let (mut output, mut said) = (BufReader::new(child.stdout.take().unwrap()), String::new());
    if after_one {
        // It names its backend first.
        (0..2).for_each(|_| assert_ne!(output.read_line(&mut said).unwrap(), 0, "it ended by itself"));
    }
    sleep(moment);
    child.kill().unwrap();
    output.read_to_string(&mut said).unwrap();
    assert!(!child.wait().unwrap().success(), "it ended by itself");
    let mut lines = said.lines();
    let ran = lines.next()?;
    assert_eq!(ran, format!("backend {backend}"));
    lines.next_back().map(|line| line.parse().unwrap())
}

fn check(file: &Path, store: &str) -> u64 {
    let Output { status, stdout, stderr } = program(&["check"], file, store, Backend::active()).output().unwrap();
    let said = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{store}: {}", String::from_utf8_lossy(&stderr));
    said.split(' ').next().unwrap().parse().unwrap()
}

/// Makes a database of some commits, and answers how many.
fn made(file: &Path) -> u64 {
    let made = program(&["--quick", "commit"], file, "streaming", Backend::active()).stdout(Stdio::null()).status();
    assert!(made.unwrap().success());
    check(file, "file")
}

fn kills(store: &str, backends: impl Iterator<Item = Backend> + Clone) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("database");
    // A new file is not made in one step: redb refuses what a kill leaves of it, with its own backend too.
    let (mut commits, mut reported) = (made(&file), 0);
    let kills = env::var("KILLS").map_or(16, |kills| kills.parse().expect("KILLS is a number"));
    let mut random = fastrand::Rng::new();
    for (kill, backend) in (0..kills).zip(backends.cycle()) {
        let moment = Duration::from_micros(random.u64(..120_000));
        // Before there is a commit, too.
        let said = commit_until_killed(&file, store, backend, moment, kill == 0 || random.bool()).unwrap_or(commits);
        // Whoever reads it next: redb's own store, or one of ours.
        let reader = ["file", "mapped", "streaming"][random.usize(..3)];
        let found = check(&file, reader);
        // The one after the last that it spoke of may have been finished.
        assert!(
            (said..=said + 1).contains(&found),
            "{store}, kill {kill} after {moment:?}: {said} said, {reader} found {found}"
        );
        reported += u64::from(said > commits);
        commits = found;
    }
    assert!(reported > 0, "nothing was committed");
}

#[test]
fn killed_over_the_file() {
    kills("file", [Backend::active()].into_iter());
}

#[test]
fn killed_over_the_mapping() {
    kills("mapped", [Backend::active()].into_iter());
}

#[test]
fn killed_while_it_streams() {
    let backends: Vec<_> = Backend::available().collect();
    kills("streaming", backends.iter().copied());
}

#[test]
fn a_value_that_changed_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("database");
    assert_eq!(made(&file), 10);
    let mut bytes = std::fs::read(&file).unwrap();
    // All pages of noise, which are those of values.
    for page in bytes.chunks_mut(4096).filter(|page| page.iter().filter(|&&byte| byte == 0).count() < 64) {
        page[2000] ^= 1;
    }
    std::fs::write(&file, bytes).unwrap();
    let refused = program(&["check"], &file, "streaming", Backend::active()).output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
}

#[test]
fn bad_input_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no database").unwrap();
    let missing = folder.path().join("missing");
    for (word, file, store) in [
        ("check", &file, "file"),
        ("check", &file, "streaming"),
        ("check", &missing, "mapped"),
        ("check", &file, "disk"),
        ("mend", &file, "file"),
    ] {
        let refused = program(&[word], file, store, Backend::active()).output().unwrap();
        let line = String::from_utf8(refused.stderr).unwrap();
        let line = line.strip_prefix("built without --release: times mean nothing\n").unwrap_or(&line);
        assert_eq!((refused.status.code(), line.lines().count()), (Some(2), 1), "{word} {store}: {line}");
    }
    assert!(!missing.exists());
}
