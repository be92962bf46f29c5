//! Puts the corpora into the tests: where these run (an emulated PC) there need be no file but the program.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let folder = |variable: &str| PathBuf::from(env::var_os(variable).expect("cargo sets it"));
    let corpus = folder("CARGO_MANIFEST_DIR").join("../fuzz/corpus");
    println!("cargo::rerun-if-changed={}", corpus.display());
    let inputs = entries(&corpus).into_iter().flat_map(|target| entries(&target));
    let lines: String = inputs.map(|path| format!("({path:?}, include_bytes!({path:?})),\n")).collect();
    fs::write(folder("OUT_DIR").join("corpora.rs"), format!("[{lines}]")).expect("cargo's folder can be written");
}

/// What is in a folder, in order; nothing if it is not there.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
