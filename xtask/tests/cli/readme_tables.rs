//! Tables of a README, from a record.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::person::{command, files};

/// A small results.json as it was once written.
const RESULTS: &str = include_str!("../../src/bench/fixed.json");

/// Runs it for the workspace in `folder`: cargo says by a variable where the crate is.
fn run(folder: &Path, args: &[&str]) -> Output {
    let args = [&["readme-tables"], args].concat();
    command(folder, &args).env("CARGO_MANIFEST_DIR", folder.join("xtask")).output().unwrap()
}

fn workspace(readme: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["xtask", "records/old-2025-01-01"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("README.md"), readme).unwrap();
    fs::write(folder.path().join("records/shown.toml"), "old-2025-01-01 = \"Old\"\n").unwrap();
    folder
}

#[test]
fn tables_are_written_and_then_in_step() {
    let folder = workspace("# x\n\n<!-- copies -->\n\nend\n");
    let path = folder.path();
    fs::write(path.join("records/old-2025-01-01/results.json"), RESULTS).unwrap();
    assert_eq!(run(path, &["--check"]).status.code(), Some(1));
    assert!(run(path, &[]).status.success());
    let readme = fs::read_to_string(path.join("README.md")).unwrap();
    assert!(readme.contains("| cold | 4 KiB | 9.0 / 6.0 (libc) | 1.50 (1.40..1.61) |"), "{readme}");
    assert!(readme.starts_with("# x\n") && readme.ends_with("\nend\n"));
    assert!(run(path, &["--check"]).status.success());
    assert!(run(path, &[]).status.success());
    assert_eq!(fs::read_to_string(path.join("README.md")).unwrap(), readme);
    // A figure that somebody changed by hand.
    fs::write(path.join("README.md"), readme.replace("9.0", "99.0")).unwrap();
    assert_eq!(run(path, &["--check"]).status.code(), Some(1));
    assert_eq!(files(path), ["README.md", "records", "xtask"]);
}

#[test]
fn a_newer_record_takes_a_folder_and_a_line() {
    let folder = workspace("<!-- copies -->\n");
    let path = folder.path();
    fs::write(path.join("records/old-2025-01-01/results.json"), RESULTS).unwrap();
    fs::create_dir(path.join("records/new-2026-01-01")).unwrap();
    fs::write(path.join("records/new-2026-01-01/results.json"), RESULTS).unwrap();
    let list = "old-2025-01-01 = \"Old\"\nnew-2026-01-01 = ";
    for (machine, shown) in [("Old", &["new-2026-01-01"][..]), ("New", &["new-2026-01-01", "old-2025-01-01"])] {
        fs::write(path.join("records/shown.toml"), format!("{list}\"{machine}\"\n")).unwrap();
        assert!(run(path, &[]).status.success());
        let readme = fs::read_to_string(path.join("README.md")).unwrap();
        assert_eq!(readme.matches("[record]").count(), shown.len(), "{readme}");
        assert!(shown.iter().all(|name| readme.contains(name)), "{readme}");
    }
    fs::write(path.join("records/shown.toml"), "new = 1\n").unwrap();
    let broken = run(path, &[]);
    assert_eq!(broken.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&broken.stderr).lines().count(), 1);
}

#[test]
fn a_record_that_is_missing_is_named() {
    let folder = workspace("<!-- rebind -->\n");
    let none = run(folder.path(), &[]);
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&none.stderr).contains("bench-matrix"));
    fs::write(folder.path().join("records/old-2025-01-01/results.json"), RESULTS).unwrap();
    let rebind = run(folder.path(), &[]);
    assert_eq!(rebind.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&rebind.stderr);
    assert!(stderr.contains("rebind.json") && stderr.lines().count() == 1, "{stderr}");
    assert_eq!(fs::read_to_string(folder.path().join("README.md")).unwrap(), "<!-- rebind -->\n");
}
