//! Releases: listings that are in step, and what is said when something is not.

use std::process::Command;

use crate::trial::{Ended, Trial};
use crate::write;

/// Links that lead somewhere, and what looks like one.
const README: &str = "Rust 1.89 or later. [o](docs/o.md#a-code-twice) [d](docs) [n]: x\n`[no](link)`\n\n    [no](link)\n\n\
    [ref][r] <https://example.com> [m](mailto:a@b.c) [h](#h)\n\n[r]: docs/o.md\n# h\n";

const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-03-01\n\n### Added\n\n- `b`\n\n\
    ## [0.0.1] - 2026-01-31\n\n### Fixed\n\n- c\n- d\n";

const OTHER_WORKSPACES: [&str; 3] = ["fuzz", "integrations", "memcpy-streaming/examples/kernel-module"];

/// A workspace of a crate that could be published, but for its dry run, and of another.
fn workspace() -> Trial {
    let trial = Trial::new();
    std::fs::create_dir(trial.path("xtask")).unwrap();
    let manifest = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.89\"\nlicense = \"MIT OR Apache-2.0\"\n\
         description = \"d\"\ndocumentation = \"https://docs.rs/a\"\nkeywords = [\"k\"]\ncategories = [\"no-std\"]\n\
         [package.metadata.docs.rs]\ntargets = [\"x86_64-unknown-linux-gnu\"]\n[features]\nstd = []\n";
    for (name, text) in [
        ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n"),
        ("a/Cargo.toml", manifest),
        ("a/src/lib.rs", "//! A.\n/// B.\n#[cfg(feature = \"std\")]\npub fn b() {}\n"),
        (
            "b/Cargo.toml",
            "[package]\nname = \"b\"\nedition = \"2024\"\npublish = false\nlicense = \"Apache-2.0/MIT\"\n",
        ),
        ("b/src/lib.rs", ""),
        ("README.md", README),
        ("docs/o.md", "# A `code`, twice!\n\n# A code, twice\n\n[up](../README.md) [self](#a-code-twice-1)\n"),
        ("target/CACHEDIR.TAG", ""),
        ("target/made.md", "[what cargo has made](nowhere)\n"),
        ("a/README.md", "Rust 1.89 or later.\n"),
        ("CONTRIBUTING.md", "The Rust version (now 1.89).\n"),
        ("CHANGELOG.md", CHANGELOG),
        ("deny.toml", "[licenses]\nallow = [\"MIT\"]\n"),
        ("LICENSE-MIT", "text\n"),
        ("LICENSE-APACHE", "text\n"),
        ("a/LICENSE-MIT", "text\n"),
        ("a/LICENSE-APACHE", "text\n"),
    ] {
        write(&trial, name, text);
    }
    for folder in OTHER_WORKSPACES {
        let a = trial.path("a");
        let manifest = format!("[package]\nname = \"c\"\n[workspace]\n[dependencies]\na = {{ path = {a:?} }}\n");
        write(&trial, &format!("{folder}/Cargo.toml"), manifest);
        write(&trial, &format!("{folder}/src/lib.rs"), "");
    }
    for folder in OTHER_WORKSPACES.into_iter().chain([""]) {
        let mut cargo = Command::new(env!("CARGO"));
        let locked = Ended::of(cargo.args(["generate-lockfile", "--offline"]).current_dir(trial.path(folder)));
        assert!(locked.output.status.success(), "{}", locked.stderr);
    }
    trial
}

fn release(trial: &Trial, option: &str) -> Ended {
    let mut command = trial.command(&[], &format!("release {option}"));
    // cargo says by a variable where xtask is; and no registry is asked anything here.
    command.env("CARGO_MANIFEST_DIR", trial.path("xtask")).env("CARGO", env!("CARGO")).env("CARGO_NET_OFFLINE", "true");
    Ended::of(command.env_remove("CARGO_TARGET_DIR"))
}

#[test]
fn all_is_well_and_then_each_check_fails_and_says_what_to_do() {
    let trial = workspace();
    let missing = release(&trial, "--check");
    missing.assert_printed(&["FAILED   public items", "cargo xtask release --update"]);
    missing.assert(1, &["error: failed: public items; see above"]);
    release(&trial, "--update").assert(0, &[]);
    let listing = trial.read("api/a.txt");
    assert!(listing.ends_with("feature std = []\npub mod a\nwith features: pub fn a::b()\n"), "{listing}");
    let Ended { output, stdout, .. } = release(&trial, "--check");
    let good = stdout.lines().filter(|line| line.starts_with("ok ") && !line.contains("built by it"));
    let last = stdout.lines().last().unwrap();
    assert!(last.starts_with("SKIPPED  dry run        no registry can be reached"), "{stdout}");
    assert!(output.status.success() && good.count() == 11, "{stdout}");
    release(&trial, "--update").assert_printed(&["in step"]);

    write(&trial, "a/junk/x.rs", "fn main() {}\n");
    let binary = "[[bin]]\nname = \"x\"\npath = \"junk/x.rs\"\n[features]";
    let breaks = [
        ("a/src/lib.rs", "fn b()", "fn b(_: u8)", "public items", "+ with features: pub fn a::b(u8)"),
        ("a/src/lib.rs", "//! A.", "//! [`Missing`]", "documentation", "cargo doc"),
        ("a/Cargo.toml", "description = \"d\"\n", "", "manifests", "no description"),
        ("a/Cargo.toml", "MIT OR Apache-2.0", "MIT AND GPL-3.0-only", "dependencies", "`MIT AND GPL-3.0-only`"),
        ("b/Cargo.toml", "2.0/MIT", "2.0, MIT", "dependencies", "b 0.0.0 has no licence expression, but `Apache"),
        ("a/Cargo.toml", "[features]", binary, "packages", "junk/x.rs"),
        ("fuzz/Cargo.lock", "0.1.0", "0.2.0", "lock files", "manifest-path fuzz/Cargo.toml`"),
        ("integrations/Cargo.lock", "0.1.0", "0.2.0", "lock files", "manifest-path integrations/Cargo.toml`"),
        ("a/LICENSE-MIT", "text", "other", "licence files", "cp LICENSE-MIT a/"),
        ("CHANGELOG.md", "# Changelog\n", "# History\n", "changelog", "first line"),
        ("CHANGELOG.md", "## [Unreleased]\n", "", "changelog", "first section"),
        ("CHANGELOG.md", "### Added", "### New", "changelog", "line 6: `New`"),
        ("CHANGELOG.md", "- c", "## [0.0] - 2026-01-31", "changelog", "line 14: `[0.0] - 2026-01-31`"),
        ("CHANGELOG.md", "- d", "## 0.0.9", "changelog", "line 15: `0.0.9`"),
        ("CHANGELOG.md", "2026-03-01", "1 March", "changelog", "line 4: `[0.1.0] - 1 March`"),
        ("CHANGELOG.md", "### Fixed", "## [0.0.2] - 2026-01-31", "changelog", "newest comes first"),
        ("CHANGELOG.md", "- `b`", "", "changelog", "what 0.1.0 changes"),
        ("README.md", "1.89", "1.88", "oldest Rust", "says Rust 1.88"),
        ("README.md", "[d](docs)", "[x](docs/none.md)", "links", "README.md: `docs/none.md`: there is no such file"),
        ("README.md", "# h", "", "links", "README.md: `#h`: there is no such heading"),
        ("README.md", "mailto:a@b.c", "deny.toml#a", "links", "README.md: `deny.toml#a`: an anchor, but not"),
        ("docs/o.md", "twice-1", "twice-2", "links", "docs/o.md: `#a-code-twice-2`: there is no such heading"),
        (
            "a/README.md",
            "Rust",
            "[x](../README.md) Rust",
            "links",
            "`../README.md`: the registry shows this file alone",
        ),
    ];
    for (file, from, to, ..) in breaks {
        let text = trial.read(file);
        assert!(text.contains(from), "{file}");
        write(&trial, file, text.replacen(from, to, 1));
    }
    let Ended { output, stdout, .. } = release(&trial, "--check");
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    for (.., check, says) in breaks {
        // The lines of a check: its own, and what is indented below.
        let mut failed = stdout.split("FAILED   ").filter(|part| part.starts_with(&format!("{check} ")));
        assert!(failed.any(|part| part.contains(says)), "{check}: {says} is missing in\n{stdout}");
    }
}
