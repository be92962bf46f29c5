//! Standard output and standard error that nobody reads any more.

use std::fs::{self, OpenOptions};
use std::io::PipeWriter;
use std::process::Stdio;
use std::thread;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::commands::{BENCH, DUMP, Ended, REBIND, Trial};

/// A pipe whose reader has gone.
fn closed() -> PipeWriter {
    std::io::pipe().expect("there are descriptors left").1
}

#[test]
fn nobody_reads_standard_output() {
    let dump = DUMP.replace("--out out", "--out /dev/stdout");
    // rebind says first what it is about to do. What bench-matrix has in files stays.
    for (args, left) in [(REBIND, 0), (BENCH, 4), (&*dump, 0), ("bench-matrix --list", 0), ("rebind --help", 0)] {
        let trial = Trial::new();
        let output =
            trial.command(&[], args).stdout(closed()).stderr(Stdio::piped()).spawn().unwrap().wait_with_output();
        Ended::new(args, output.unwrap()).assert(141, &[]);
        assert_eq!(trial.files().len(), left, "{args}: {:?}", trial.files());
        trial.assert_no_process_left(args);
    }
}

#[test]
fn nobody_reads_standard_error() {
    // That changes nothing but what is said.
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    for (args, stderr, code, left) in [
        (REBIND, Stdio::from(closed()), 0, 1),
        (DUMP, closed().into(), 0, 1),
        (BENCH, closed().into(), 0, 4),
        ("rebind --size 1", closed().into(), 2, 0),
        ("rebind --size 1", full().into(), 2, 0),
    ] {
        let trial = Trial::new();
        let status = trial.command(&[], args).stdout(Stdio::null()).stderr(stderr).status().unwrap();
        assert_eq!(status.code(), Some(code), "{args}: {status}");
        assert_eq!(trial.files().len(), left, "{args}: {:?}", trial.files());
    }
}

#[test]
fn a_named_pipe_needs_a_reader() {
    for args in [REBIND, DUMP] {
        let trial = Trial::new();
        let pipe = trial.folder.path().join("out");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        trial.run(&[], args).assert(2, &["`out`", "nobody reads"]);
        assert_eq!(trial.files().len(), 1, "the pipe itself");
        // A reader that comes first gets all of it.
        let reader = thread::spawn(move || fs::read(pipe).unwrap());
        trial.run(&["sh", "-c", "while ! \"$0\" \"$@\" 2>/dev/null; do :; done"], args).assert(0, &[]);
        assert!(reader.join().unwrap().len() > 1000);
    }
}
