//! Standard output and standard error that nobody reads any more.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, PipeWriter};
use std::process::Stdio;
use std::thread;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::trial::{Ended, Trial};
use crate::{BENCH, DUMP, REBIND, RESULTS, run_in_shell};

/// A pipe whose reader has gone.
fn closed() -> PipeWriter {
    std::io::pipe().expect("there are descriptors left").1
}

#[test]
fn nobody_reads_standard_output() {
    let dump = DUMP.replace("--out out", "--out /dev/stdout");
    // rebind says first what it is about to do. What bench-matrix has in files stays.
    let measured = [(REBIND, &[][..]), (BENCH, RESULTS), (&dump, &[])];
    let texts = ["bench-matrix --list", "rebind --help", "completions zsh", "man"].map(|args| (args, &[][..]));
    for (args, left) in measured.into_iter().chain(texts) {
        let trial = Trial::new();
        // The command is gone before the wait, and with it our end of the pipe.
        let child = trial.command(&[], args).stdout(closed()).stderr(Stdio::piped()).spawn().unwrap();
        Ended::new(args, child.wait_with_output().unwrap()).assert(141, &[]);
        trial.assert_left(left, args);
    }
}

#[test]
fn a_reader_that_goes_in_the_middle_ends_the_run_quietly() {
    let trial = Trial::new();
    let mut endless = trial.command(&[], "rebind --size 256M --rebinds 1000000 --verbose --json out");
    let mut child = endless.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.starts_with("initialised")));
    Ended::new("rebind", child.wait_with_output().unwrap()).assert(141, &[]);
    trial.assert_left(&[], "rebind");
}

#[test]
fn nobody_reads_standard_error() {
    // That changes nothing but what is said.
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    for (args, stderr, code, left) in [
        (REBIND, Stdio::from(closed()), 0, &["out"][..]),
        (DUMP, closed().into(), 0, &["out"]),
        (BENCH, closed().into(), 0, RESULTS),
        ("rebind --size 1", closed().into(), 2, &[]),
        ("rebind --size 1", full.into(), 2, &[]),
    ] {
        let trial = Trial::new();
        let status = trial.command(&[], args).stdout(Stdio::null()).stderr(stderr).status().unwrap();
        assert_eq!(status.code(), Some(code), "{args}: {status}");
        trial.assert_left(left, args);
    }
}

#[test]
fn a_named_pipe_needs_a_reader() {
    for args in [REBIND, DUMP] {
        let trial = Trial::new();
        let pipe = trial.path("out");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        trial.run(args).assert(2, &["`out`", "nobody reads"]);
        trial.assert_left(&["out"], args);
        // A reader that comes first gets all of it.
        let reader = thread::spawn(move || fs::read(pipe).unwrap());
        run_in_shell(&trial, "while ! \"$0\" \"$@\" 2>/dev/null; do :; done", args).assert(0, &[]);
        assert!(reader.join().unwrap().len() > 1000);
    }
}
