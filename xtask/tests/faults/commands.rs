//! The commands that are made to fail, and what every failure has to leave: nothing.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs};

use tempfile::TempDir;

pub(crate) const REBIND: &str = "rebind --size 256M --rebinds 2 --json out";
pub(crate) const DUMP: &str = "memmap-dump --mode devdax --start-pfn 0x101200 --nr-pages 4096 --vmemmap-base 0xffd4000000000000 \
    --pgmap 0xff11000005ec5180 --out out";
/// One point.
pub(crate) const BENCH: &str = "bench-matrix --ops writer --sizes 4K --threads 1 --targets host --out out";

/// This machine's architecture as a target that is foreign in name only: it needs no emulator.
pub(crate) fn own_target() -> String {
    format!("{}-unknown-linux-gnu", env::consts::ARCH)
}

/// What every process that a trial starts has in its environment.
const MARK: &str = "MEMCPY_STREAMING_FAULT";

/// A command in a folder of its own.
pub(crate) struct Trial {
    pub(crate) folder: TempDir,
    mark: String,
    path: Option<OsString>,
}

impl Trial {
    pub(crate) fn new() -> Trial {
        static TRIALS: AtomicUsize = AtomicUsize::new(0);
        let mark = format!("{}-{}", std::process::id(), TRIALS.fetch_add(1, Ordering::Relaxed));
        Trial { folder: tempfile::tempdir().unwrap(), mark, path: None }
    }

    /// With another search path than ours.
    pub(crate) fn with(path: &OsStr) -> Trial {
        Trial { path: Some(path.to_os_string()), ..Trial::new() }
    }

    /// `xtask args`, run by the program and arguments of `under`, if any.
    pub(crate) fn command(&self, under: &[&str], args: &str) -> Command {
        let words = under.iter().copied().chain([env!("CARGO_BIN_EXE_xtask")]).chain(args.split_whitespace());
        let words: Vec<_> = words.map(OsStr::new).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(self.folder.path()).env(MARK, &self.mark).stdin(Stdio::null());
        command.envs(self.path.as_ref().map(|path| ("PATH", path)));
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, under: &[&str], args: &str) -> Ended {
        Ended::new(args, self.command(under, args).output().expect("it runs"))
    }

    /// Everything below the folder.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        below(self.folder.path(), &mut files);
        files
    }

    /// Panics if anything is left: a file, a folder, a process.
    pub(crate) fn assert_nothing_left(&self, what: &str) {
        let files = self.files();
        assert!(files.is_empty(), "{what}: files are left: {files:?}");
        self.assert_no_process_left(what);
    }

    /// Panics if a process that it has started is still there.
    pub(crate) fn assert_no_process_left(&self, what: &str) {
        // What was killed may take a moment to go.
        let deadline = Instant::now() + Duration::from_secs(2);
        loop {
            let left = self.processes();
            if left.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "{what}: processes are left: {left:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn processes(&self) -> Vec<String> {
        let mark = format!("{MARK}={}", self.mark);
        let text = |folder: &Path, file: &str| fs::read(folder.join(file)).unwrap_or_default();
        let all = fs::read_dir("/proc").expect("Linux has it").flatten().map(|entry| entry.path());
        all.filter(|folder| text(folder, "environ").split(|byte| *byte == 0).any(|entry| entry == mark.as_bytes()))
            .map(|folder| String::from_utf8_lossy(&text(&folder, "cmdline")).replace('\0', " "))
            .collect()
    }
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            below(&entry, files);
        }
        files.push(entry);
    }
}

/// How it ended.
pub(crate) struct Ended {
    what: String,
    pub(crate) output: Output,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn new(what: &str, output: Output) -> Ended {
        let stderr = String::from_utf8(output.stderr.clone()).unwrap();
        Ended { what: what.to_string(), output, stderr }
    }

    /// Panics unless it ended with this exit code, and its last line says all of `mentioned`; what comes before are steps that
    /// it told of, and never a panic.
    pub(crate) fn assert(&self, code: i32, mentioned: &[&str]) -> &Ended {
        let Ended { what, stderr, .. } = self;
        assert_eq!(self.output.status.code(), Some(code), "{what}: {}: {stderr}", self.output.status);
        let last = stderr.lines().last().unwrap_or_default();
        for word in mentioned {
            assert!(last.contains(word), "{what}: {word} is not mentioned: {stderr}");
        }
        let steps = ["building", "measuring"];
        let others = stderr.lines().rev().skip(usize::from(!mentioned.is_empty()));
        assert!(others.into_iter().all(|line| steps.iter().any(|step| line.starts_with(step))), "{what}: {stderr}");
        self
    }
}
