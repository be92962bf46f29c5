//! Puts the corpora into the tests: where these run (an emulated PC) there need be no file but the program.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let corpus = manifest.join("../fuzz/corpus");
    println!("cargo::rerun-if-changed={}", corpus.display());
    let mut code = String::from("[\n");
    for target in entries(&corpus) {
        let name = target.file_name().expect("an entry has a name").to_string_lossy();
        let _ = writeln!(code, "({name:?}, &[");
        for input in entries(&target) {
            let _ = writeln!(code, "({:?}, include_bytes!({input:?})),", input.file_name().expect("it has a name"));
        }
        code += "]),\n";
    }
    code += "]\n";
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("corpora.rs"), code).expect("cargo's folder can be written");
}

/// What is in a folder, in order; nothing if it is not there.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
