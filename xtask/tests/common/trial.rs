//! The binary, run as a person runs it, in a folder of its own; what it leaves there; and programs that a test needs beside cargo and the
//! C compiler: looked for, and if they are missing the test is skipped.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use serde_json::Value;
use tempfile::TempDir;

/// What every process that a trial starts has in its environment.
const MARK: &str = "MEMCPY_STREAMING_FAULT";

pub(crate) struct Trial {
    folder: TempDir,
    mark: String,
    search_path: Option<OsString>,
}

impl Trial {
    pub(crate) fn new() -> Trial {
        static TRIALS: AtomicUsize = AtomicUsize::new(0);
        let mark = format!("{}-{}", std::process::id(), TRIALS.fetch_add(1, Ordering::Relaxed));
        Trial { folder: tempfile::tempdir().unwrap(), mark, search_path: None }
    }

    /// With another search path than ours.
    pub(crate) fn with(search_path: &OsStr) -> Trial {
        Trial { search_path: Some(search_path.to_os_string()), ..Trial::new() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// `xtask args`, run by the program and arguments of `under`, if any.
    pub(crate) fn command(&self, under: &[&str], args: &str) -> Command {
        let words: Vec<_> =
            under.iter().copied().chain([env!("CARGO_BIN_EXE_xtask")]).chain(args.split_whitespace()).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(&self.folder).env(MARK, &self.mark).stdin(Stdio::null());
        command.envs(self.search_path.as_ref().map(|path| ("PATH", path)));
        command
    }

    pub(crate) fn run(&self, args: &str) -> Ended {
        Ended::of(&mut self.command(&[], args))
    }

    pub(crate) fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(self.folder.path().join(&folder)).unwrap().map(Result::unwrap) {
                let name = folder.join(entry.file_name());
                files.push(name.display().to_string());
                folders.extend(entry.path().is_dir().then_some(name));
            }
        }
        files.sort();
        files
    }

    /// Panics if anything else is left: a file, a folder, a process.
    pub(crate) fn assert_left(&self, files: &[&str], what: &str) {
        assert_eq!(self.files(), files, "{what}: what is left");
        // What was killed may take a moment to go.
        let deadline = Instant::now() + Duration::from_secs(2);
        while let Some(process) = self.process() {
            assert!(Instant::now() < deadline, "{what}: a process is left: {process}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// A process that it has started and that is still there.
    fn process(&self) -> Option<String> {
        let mark = format!("{MARK}={}", self.mark);
        let text = |folder: &Path, file: &str| fs::read(folder.join(file)).unwrap_or_default();
        let mut all = fs::read_dir("/proc").expect("Linux has it").flatten().map(|entry| entry.path());
        all.find(|folder| text(folder, "environ").split(|byte| *byte == 0).any(|entry| entry == mark.as_bytes()))
            .map(|folder| String::from_utf8_lossy(&text(&folder, "cmdline")).replace('\0', " "))
    }
}

pub(crate) struct Ended {
    what: String,
    pub(crate) output: Output,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn new(what: impl Into<String>, output: Output) -> Ended {
        let [stdout, stderr] = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said).into_owned());
        Ended { what: what.into(), output, stdout, stderr }
    }

    pub(crate) fn of(command: &mut Command) -> Ended {
        Ended::new(format!("{command:?}"), command.output().expect("it runs"))
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
        let steps = ["building", "checking", "measuring"];
        let mut others = stderr.lines().rev().skip(usize::from(!mentioned.is_empty()));
        assert!(others.all(|line| steps.iter().any(|step| line.starts_with(step))), "{what}: {stderr}");
        self
    }

    pub(crate) fn assert_printed(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.stdout.contains(part), "{}: {part} is missing in\n{}", self.what, self.stdout);
        }
    }
}

/// What `cargo xtask test` hands over the person's whole search path in: the tests' own holds nothing but what README asks for.
const WHOLE: &str = "MEMCPY_STREAMING_PROGRAMS";

/// The search path on which all of `programs` are; each is named with Debian's package that it comes with. Without one of them
/// `test` says that it is skipped, and what would help.
pub(crate) fn search_path(test: &str, programs: &[(&str, &str)]) -> Option<OsString> {
    let path = env::var_os(WHOLE).or_else(|| env::var_os("PATH")).unwrap_or_default();
    let is_missing = |name: &str| !env::split_paths(&path).any(|folder| folder.join(name).is_file());
    let missing: Vec<_> = programs.iter().filter(|(name, _)| is_missing(name)).collect();
    let Some((name, _)) = missing.first() else { return Some(path) };
    let mut packages: Vec<_> = missing.iter().map(|(_, package)| *package).collect();
    packages.dedup();
    skip(&format!("{test}: no {name}; to run it: `apt-get install {}`", packages.join(" ")));
    None
}

/// Says that a test did not test, and why.
pub(crate) fn skip(why: &str) {
    // Past the test harness, which hides what a test that passes has printed.
    let _ = io::stdout().write_all(format!("\nSKIPPED: {why}\n").as_bytes());
}
