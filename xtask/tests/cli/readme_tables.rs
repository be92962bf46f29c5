//! Tables of a README, from a record.

use crate::command_lines::assert_refused;
use crate::trial::{Ended, Trial};
use crate::write;

/// A small results.json as it was once written.
const RESULTS: &str = include_str!("../../src/bench/fixed.json");

/// Runs it for the workspace in the trial's folder: cargo says by a variable where the crate is.
fn run(trial: &Trial, args: &str) -> Ended {
    let mut command = trial.command(&[], &format!("readme-tables {args}"));
    Ended::of(command.env("CARGO_MANIFEST_DIR", trial.path("xtask")))
}

fn workspace(readme: &str, records: &[&str]) -> Trial {
    let trial = Trial::new();
    std::fs::create_dir(trial.path("xtask")).unwrap();
    write(&trial, "README.md", readme);
    write(&trial, "records/shown.toml", "old-2025-01-01 = \"Old\"\n");
    for record in records {
        write(&trial, &format!("records/{record}/results.json"), RESULTS);
    }
    trial
}

#[test]
fn tables_are_written_and_then_in_step() {
    let trial = workspace("# x\n\n<!-- copies -->\n\nend\n", &["old-2025-01-01"]);
    let files = trial.files();
    let code = |args| run(&trial, args).output.status.code();
    assert_eq!([code("--check"), code("")], [Some(1), Some(0)]);
    let readme = trial.read("README.md");
    assert!(readme.contains("| cold | 4 KiB | 9.0 / 6.0 (libc) | 1.50 (1.40..1.61) |"), "{readme}");
    assert!(readme.starts_with("# x\n") && readme.ends_with("\nend\n"));
    assert_eq!([code("--check"), code("")], [Some(0); 2]);
    assert_eq!(trial.read("README.md"), readme);
    // A figure that somebody changed by hand.
    write(&trial, "README.md", readme.replace("9.0", "99.0"));
    assert_eq!(code("--check"), Some(1));
    assert_eq!(trial.files(), files);
}

#[test]
fn a_newer_record_takes_a_folder_and_a_line() {
    let trial = workspace("<!-- copies -->\n", &["old-2025-01-01", "new-2026-01-01"]);
    for (machine, shown) in [("Old", &["new-2026-01-01"][..]), ("New", &["new-2026-01-01", "old-2025-01-01"])] {
        write(&trial, "records/shown.toml", format!("old-2025-01-01 = \"Old\"\nnew-2026-01-01 = \"{machine}\"\n"));
        assert!(run(&trial, "").output.status.success());
        let readme = trial.read("README.md");
        assert_eq!(readme.matches("[record]").count(), shown.len(), "{readme}");
        assert!(shown.iter().all(|name| readme.contains(name)), "{readme}");
    }
    write(&trial, "records/shown.toml", "new = 1\n");
    assert_refused(&run(&trial, ""), &["shown.toml"]);
}

#[test]
fn a_record_that_is_missing_is_named() {
    let trial = workspace("<!-- rebind -->\n", &[]);
    assert_refused(&run(&trial, ""), &["bench-matrix"]);
    write(&trial, "records/old-2025-01-01/results.json", RESULTS);
    assert_refused(&run(&trial, ""), &["rebind.json"]);
    assert_eq!(trial.read("README.md"), "<!-- rebind -->\n");
}
