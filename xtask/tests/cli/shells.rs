//! Completions in a shell, and manual pages.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::person::{command, files, xtask};
use crate::programs::search_path;

/// The search path with what completes a line, unless that is missing.
fn bash(test: &str) -> Option<OsString> {
    search_path(test, &[("bash", "bash"), ("sed", "sed")])
}

/// What bash completes a line to, the last word of which is not finished.
fn completed(path: &OsStr, line: &str, before: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    fs::write(&script, xtask(folder.path(), &["completions", "bash"]).stdout).unwrap();
    // As bash calls the function that `complete` has for the first word.
    let ask = r#"
        source "$1"; read -ra COMP_WORDS <<<"$2"; [[ $2 == *' ' ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE=$2; COMP_POINT=${#2}
        function=$(complete -p "${COMP_WORDS[0]}" | sed 's/.*-F \([^ ]*\).*/\1/')
        "$function" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}""#;
    let ask = format!("{before}\n{ask}");
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", &ask, "bash"]).arg(script).arg(line).env("PATH", path);
    let output = bash.output().unwrap();
    assert!(output.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().split_whitespace().map(str::to_string).collect()
}

#[test]
fn bash_completes_cargo_xtask() {
    let Some(path) = bash("bash_completes_cargo_xtask") else { return };
    let completed = |line, before| completed(&path, line, before);
    assert_eq!(completed("cargo xtask reb", ""), ["rebind"]);
    assert_eq!(completed("xtask reb", ""), ["rebind"]);
    assert_eq!(completed("cargo xtask rebind --stra", ""), ["--strategy"]);
    assert_eq!(completed("cargo xtask memmap ins", ""), ["inspect"]);
    assert_eq!(completed("cargo xtask test --target s390", ""), ["s390x-unknown-linux-gnu"]);
    let shells = completed("cargo xtask completions ", "");
    assert!(shells.contains(&"fish".to_string()), "{shells:?}");
    let commands = completed("cargo xtask ", "");
    assert!(["rebind", "release", "man"].iter().all(|name| commands.contains(&name.to_string())), "{commands:?}");
}

#[test]
fn bash_goes_on_completing_cargo() {
    let Some(path) = bash("bash_goes_on_completing_cargo") else { return };
    let completed = |line, before| completed(&path, line, before);
    let before = "before() { COMPREPLY=(build \"$2-before\"); }; complete -F before cargo";
    assert_eq!(completed("cargo bu", before), ["build", "bu-before"]);
    assert_eq!(completed("cargo xtask reb", before), ["rebind"]);
    assert_eq!(completed("cargo x", ""), ["xtask"]);
}

#[test]
fn every_shell_gets_a_script_and_nobody_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = xtask(folder.path(), &["completions", shell]);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains("rebind") && script.contains("hugepages"), "{shell}");
    }
    for args in [&["completions", "zsh"][..], &["man"]] {
        // A pipe whose reader is gone before anything is written.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = command(folder.path(), args).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.len()), (Some(141), 0), "{args:?}");
    }
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_manual_page_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/man1");
    let output = xtask(folder.path(), &["man", "--out", out.to_str().unwrap()]);
    assert!(output.status.success());
    let names = files(&out);
    for name in ["cargo-xtask.1", "cargo-xtask-rebind.1", "cargo-xtask-memmap-inspect.1", "cargo-xtask-man.1"] {
        assert!(names.contains(&name.to_string()), "{name} is not in {names:?}");
    }
    let rebind = fs::read_to_string(out.join("cargo-xtask-rebind.1")).unwrap();
    for part in [".TH CARGO-XTASK-REBIND 1", ".SH EXAMPLES", "\\fBcargo xtask rebind\\fR", "hugepages"] {
        assert!(rebind.contains(part), "{part} is missing");
    }
    let whole = xtask(folder.path(), &["man"]).stdout;
    assert_eq!(whole, fs::read(out.join("cargo-xtask.1")).unwrap());
    assert!(String::from_utf8(whole).unwrap().contains("cargo\\-xtask\\-rebind(1)"));
}

#[test]
fn pages_that_cannot_be_written_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for out in ["file", "file/man1", "/proc/man1"] {
        let output = xtask(folder.path(), &["man", "--out", out]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), stderr.lines().count()), (Some(2), 1), "{out}: {stderr}");
        assert!(stderr.contains(out), "{stderr}");
    }
    assert_eq!(files(folder.path()), ["file"]);
    assert!(!Path::new("/proc/man1").exists());
}
