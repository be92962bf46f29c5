//! Completions in a shell, and manual pages.

use crate::trial::{Ended, Trial, search_path};
use crate::write;

/// Asks for what a line ($1) is completed to, as bash calls the function that `complete` has for the first word.
const ASK: &str = r#"
    source ./script; read -ra COMP_WORDS <<<"$1"; [[ $1 == *' ' ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE=$1; COMP_POINT=${#1}
    function=$(complete -p "${COMP_WORDS[0]}" | sed 's/.*-F \([^ ]*\).*/\1/')
    "$function" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\n' "${COMPREPLY[@]}""#;

#[test]
fn bash_completes_cargo_xtask_and_goes_on_completing_cargo() {
    let programs = [("bash", "bash"), ("sed", "sed")];
    let test = "bash_completes_cargo_xtask_and_goes_on_completing_cargo";
    let Some(path) = search_path(test, &programs) else { return };
    let trial = Trial::with(&path);
    write(&trial, "script", trial.run("completions bash").stdout);
    let ours = "before() { COMPREPLY=(build \"$2-before\"); }; complete -F before cargo";
    for (before, line, is_all, words) in [
        ("", "cargo xtask reb", true, &["rebind"][..]),
        ("", "xtask reb", true, &["rebind"]),
        ("", "cargo xtask rebind --stra", true, &["--strategy"]),
        ("", "cargo xtask memmap ins", true, &["inspect"]),
        ("", "cargo xtask test --target s390", true, &["s390x-unknown-linux-gnu"]),
        ("", "cargo xtask completions ", false, &["fish"]),
        ("", "cargo xtask ", false, &["rebind", "release", "man"]),
        ("", "cargo x", true, &["xtask"]),
        (ours, "cargo bu", true, &["build", "bu-before"]),
        (ours, "cargo xtask reb", true, &["rebind"]),
    ] {
        let mut bash = trial.command(&["bash", "--norc", "-c", &format!("{before}\n{ASK}")], "");
        let Ended { stdout, stderr, .. } = Ended::of(bash.arg(line));
        let found: Vec<_> = stdout.split_whitespace().collect();
        let is_right = if is_all { found == words } else { words.iter().all(|word| found.contains(word)) };
        assert!(is_right && stderr.is_empty(), "{line}: {found:?}{stderr}");
    }
}

#[test]
fn a_manual_page_for_each_command() {
    let trial = Trial::new();
    trial.run("man --out new/man1").assert(0, &[]);
    for name in ["cargo-xtask", "cargo-xtask-memmap-inspect", "cargo-xtask-man"] {
        assert!(trial.path(&format!("new/man1/{name}.1")).is_file(), "{name}");
    }
    let rebind = trial.read("new/man1/cargo-xtask-rebind.1");
    for part in [".TH CARGO-XTASK-REBIND 1", ".SH EXAMPLES", "\\fBcargo xtask rebind\\fR", "hugepages"] {
        assert!(rebind.contains(part), "{part} is missing");
    }
    let whole = trial.run("man");
    whole.assert_printed(&["cargo\\-xtask\\-rebind(1)"]);
    assert_eq!(whole.stdout, trial.read("new/man1/cargo-xtask.1"));
}
