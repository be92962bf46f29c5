//! What fuzzing has found worth keeping, run again: here, and on each kind of target (`cargo xtask test --all`).

use fuzz_bodies::{BODIES, backends};

/// Name of a target, and the names and bytes of its inputs.
type Corpus = (&'static str, &'static [(&'static str, &'static [u8])]);

const CORPORA: &[Corpus] = &include!(concat!(env!("OUT_DIR"), "/corpora.rs"));

/// Names the input if a body panics.
struct Name<'a>(&'a str, &'a str, usize);

impl Drop for Name<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("failed: fuzz/corpus/{}/{}, backends counted from {}", self.0, self.1, self.2);
        }
    }
}

fn replay(target: &str) {
    let (_, body) = BODIES.iter().find(|(name, _)| *name == target).expect("a body has this name");
    let (_, inputs) = CORPORA.iter().find(|(name, _)| *name == target).expect("a corpus has this name");
    assert!(inputs.len() >= 20, "a corpus of {} inputs", inputs.len());
    for (name, input) in *inputs {
        // Each operation with each backend.
        for first in 0..backends().len() {
            let _name = Name(target, name, first);
            body(input, first);
        }
    }
}

#[test]
fn copy_family() {
    replay("copy_family");
}

#[test]
fn writer() {
    replay("writer");
}

#[test]
fn pattern_fill() {
    replay("pattern_fill");
}

#[test]
fn page_layouts() {
    replay("page_layouts");
}

/// Without input there is nothing to do, and nothing to stumble over.
#[test]
fn no_bytes() {
    for (_, body) in BODIES {
        body(&[], 0);
    }
}
