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

#[test]
fn tables_are_written_of_the_records_that_are_shown_and_are_then_in_step() {
    let trial = Trial::new();
    let code = |args| run(&trial, args).output.status.code();
    let text = "# x\n\n<!-- copies -->\n\nend\n";
    for (name, text) in [("xtask/x", ""), ("README.md", text), ("records/shown.toml", "old-2025-01-01 = \"Old\"\n")] {
        write(&trial, name, text);
    }
    assert_refused(&run(&trial, ""), &["bench-matrix"]);
    for record in ["old-2025-01-01", "new-2026-01-01"] {
        write(&trial, &format!("records/{record}/results.json"), RESULTS);
    }
    let files = trial.files();
    assert_eq!((code("--check"), trial.read("README.md")), (Some(1), text.to_string()));
    assert_eq!(code(""), Some(0));
    let readme = trial.read("README.md");
    assert!(readme.contains("| cold | 4 KiB | 9.0 / 6.0 (libc) | 1.50 (1.40..1.61) |"), "{readme}");
    assert!(readme.starts_with("# x\n") && readme.ends_with("\nend\n"));
    assert_eq!([code("--check"), code("")], [Some(0); 2]);
    assert_eq!(trial.read("README.md"), readme);
    // A figure that somebody changed by hand.
    write(&trial, "README.md", readme.replace("9.0", "99.0"));
    assert_eq!(code("--check"), Some(1));

    // A newer record takes the place of one of the same machine.
    for (machine, shown) in [("Old", &["new-2026-01-01"][..]), ("New", &["new-2026-01-01", "old-2025-01-01"])] {
        write(&trial, "records/shown.toml", format!("old-2025-01-01 = \"Old\"\nnew-2026-01-01 = \"{machine}\"\n"));
        assert_eq!(code(""), Some(0));
        let readme = trial.read("README.md");
        assert_eq!(readme.matches("[record]").count(), shown.len(), "{readme}");
        assert!(shown.iter().all(|name| readme.contains(name)), "{readme}");
    }
    assert_eq!(trial.files(), files);

    // What is missing or cannot be read is named.
    write(&trial, "README.md", "<!-- rebind -->\n");
    assert_refused(&run(&trial, ""), &["rebind.json"]);
    for (list, mentioned) in [
        ("", "no record"),
        ("new = \"A\"", "a date"),
        ("new-2026-01-01 = 3", "expected a string"),
        ("\"../new-2026-01-01\" = \"A\"", "../new"),
        ("new-2026-01-01", "expected an equals"),
    ] {
        write(&trial, "records/shown.toml", list);
        assert_refused(&run(&trial, ""), &["shown.toml", mentioned]);
    }
    assert_eq!(trial.read("README.md"), "<!-- rebind -->\n");
}
