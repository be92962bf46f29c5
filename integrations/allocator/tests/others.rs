//! The tests of a crate that is not ours, miniz_oxide, run over the streaming allocator: over the system's and over mimalloc.
//!
//! Its package has its tests and comes with the lock file of this workspace, so that nothing is downloaded for it. A copy of its source has a
//! test more, which links the allocator, runs last, and says whether anything was streamed. Its blocks are small; so the allocator takes
//! blocks of a KiB for large ones (`small_blocks`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

const LAST: &str = "
#[cfg(test)]
mod zz_last {
    extern crate std;

    #[test]
    fn it_was_the_streaming_allocator() {
        assert_eq!(Some(chosen_allocator::chosen()), std::env::var(\"ALLOCATOR\").as_deref().ok());
        let (zeroed, copied) = chosen_allocator::streamed();
        assert!(zeroed + copied > 0, \"nothing was streamed\");
    }
}
";

/// Its own names optional packages of the standard library's build, which are nowhere to be had.
fn manifest() -> String {
    format!(
        "[package]\nname = 'miniz_oxide'\nedition = '2021'\n[workspace]\n[features]\ndefault = ['with-alloc']\nwith-alloc = []\n\
         [dependencies]\nadler2 = {{ version = '2', default-features = false }}\n\
         [dev-dependencies]\nchosen-allocator = {{ path = '{HERE}/chosen' }}\n"
    )
}

fn cargo() -> Command {
    Command::new(env!("CARGO"))
}

/// Where the package is. Whatever of the lock file is missing is downloaded, once.
fn package() -> PathBuf {
    let output = cargo().args(["metadata", "--locked", "--format-version", "1"]).current_dir(HERE).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "miniz_oxide").unwrap();
    Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().into()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn miniz_oxide_passes_its_tests() {
    // The build stays where it is, for the next time.
    let build = Path::new(env!("CARGO_TARGET_TMPDIR")).join("others");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    copy(&package().join("src"), &root.join("src"));
    let library = root.join("src/lib.rs");
    fs::write(&library, fs::read_to_string(&library).unwrap() + LAST).unwrap();
    fs::write(root.join("Cargo.toml"), manifest()).unwrap();
    fs::copy(Path::new(HERE).join("../Cargo.lock"), root.join("Cargo.lock")).unwrap();

    for allocator in ["system+stream", "mimalloc+stream"] {
        let mut command = cargo();
        command.args(["test", "--offline", "--lib", "--", "--test-threads=1"]).current_dir(root);
        command
            .env("CARGO_TARGET_DIR", &build)
            .env("RUSTFLAGS", "--cfg small_blocks --cap-lints allow")
            .env("ALLOCATOR", allocator);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{allocator}\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
        let passed =
            said.lines().find_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next()?.parse().ok());
        // 29 of its own in this version.
        assert!(passed.is_some_and(|passed: u32| passed >= 30), "{said}");
        println!("{allocator}: {} tests passed", passed.unwrap());
    }
}
