//! Releases: listings that are in step, and what is said when something is not.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::person::command;

/// A workspace of one crate that could be published, but for its dry run.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    fs::create_dir(folder.path().join("xtask")).unwrap();
    write("Cargo.toml", "[workspace]\nmembers = [\"a\"]\nresolver = \"3\"\n");
    write(
        "a/Cargo.toml",
        "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.89\"\nlicense = \"MIT OR Apache-2.0\"\n\
         description = \"d\"\ndocumentation = \"https://docs.rs/a\"\nkeywords = [\"k\"]\ncategories = [\"no-std\"]\n\
         [package.metadata.docs.rs]\ntargets = [\"x86_64-unknown-linux-gnu\"]\n[features]\nstd = []\n",
    );
    write("a/src/lib.rs", "//! A.\n/// B.\n#[cfg(feature = \"std\")]\npub fn b() {}\n");
    for readme in ["README.md", "a/README.md"] {
        write(readme, "Rust 1.89 or later.\n");
    }
    write("CONTRIBUTING.md", "The Rust version (now 1.89).\n");
    write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- `b`\n");
    write("deny.toml", "[licenses]\nallow = [\"MIT\"]\n");
    for file in ["LICENSE-MIT", "LICENSE-APACHE", "a/LICENSE-MIT", "a/LICENSE-APACHE"] {
        write(file, "text\n");
    }
    let locked =
        Command::new(env!("CARGO")).args(["generate-lockfile", "--offline"]).current_dir(&folder).output().unwrap();
    assert!(locked.status.success(), "{}", String::from_utf8_lossy(&locked.stderr));
    folder
}

fn release(folder: &Path, option: &str) -> (Output, String) {
    let mut command = command(folder, &["release", option]);
    // cargo says by a variable where xtask is; and no registry is asked anything here.
    command
        .env("CARGO_MANIFEST_DIR", folder.join("xtask"))
        .env("CARGO", env!("CARGO"))
        .env("CARGO_NET_OFFLINE", "true");
    command.env_remove("CARGO_TARGET_DIR");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, said)
}

#[test]
fn a_listing_is_written_and_then_in_step() {
    let folder = workspace();
    let (missing, said) = release(folder.path(), "--check");
    assert_eq!(missing.status.code(), Some(1), "{said}");
    assert!(said.contains("FAILED   public items") && said.contains("cargo xtask release --update"), "{said}");
    let stderr = String::from_utf8_lossy(&missing.stderr);
    assert!(stderr.ends_with("error: failed: public items; see above\n"), "{stderr}\n{said}");

    assert!(release(folder.path(), "--update").0.status.success());
    let listing = fs::read_to_string(folder.path().join("api/a.txt")).unwrap();
    assert!(listing.ends_with("feature std = []\npub mod a\nwith features: pub fn a::b()\n"), "{listing}");
    let (good, said) = release(folder.path(), "--check");
    assert!(good.status.success(), "{said}{}", String::from_utf8_lossy(&good.stderr));
    assert_eq!(
        said.lines().filter(|line| line.starts_with("ok ") && !line.contains("built by it")).count(),
        10,
        "{said}"
    );
    assert!(said.lines().last().unwrap().starts_with("SKIPPED  dry run        no registry can be reached"), "{said}");
    assert!(release(folder.path(), "--update").1.contains("in step"));
}

#[test]
fn each_check_can_fail_and_says_what_to_do() {
    let folder = workspace();
    assert!(release(folder.path(), "--update").0.status.success());
    fs::create_dir(folder.path().join("a/junk")).unwrap();
    fs::write(folder.path().join("a/junk/x.rs"), "fn main() {}\n").unwrap();
    let breaks = [
        ("a/src/lib.rs", "fn b()", "fn b(_: u8)", "public items", "+ with features: pub fn a::b(u8)"),
        ("a/src/lib.rs", "//! A.", "//! [`Missing`]", "documentation", "cargo doc"),
        ("a/Cargo.toml", "description = \"d\"\n", "", "manifests", "no description"),
        ("a/Cargo.toml", "MIT OR Apache-2.0", "GPL-3.0-only", "dependencies", "GPL-3.0-only"),
        ("a/LICENSE-MIT", "text", "other", "licence files", "cp LICENSE-MIT a/"),
        ("CHANGELOG.md", "- `b`", "", "changelog", "[Unreleased]"),
        ("README.md", "1.89", "1.88", "oldest Rust", "says Rust 1.88"),
        ("README.md", "Rust", "[x](none.md) Rust", "links", "none.md"),
        (
            "a/Cargo.toml",
            "[features]",
            "[[bin]]\nname = \"x\"\npath = \"junk/x.rs\"\n[features]",
            "packages",
            "junk/x.rs",
        ),
    ];
    for (file, from, to, ..) in breaks {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    }
    let (output, said) = release(folder.path(), "--check");
    assert_eq!(output.status.code(), Some(1), "{said}");
    for (.., check, says) in breaks {
        // The lines of a check: its own, and what is indented below.
        let start = format!("FAILED   {check} ");
        let found =
            said.split("\nFAILED").any(|part| format!("FAILED{part}").starts_with(&start) && part.contains(says));
        assert!(found || said.starts_with(&start), "{check}: {says} is missing in\n{said}");
    }
}
