//! Completions in a shell, and manual pages.

use crate::programs::search_path;
use crate::trial::{Ended, Trial};
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
    for (before, line, all, some) in [
        ("", "cargo xtask reb", 1, &["rebind"][..]),
        ("", "xtask reb", 1, &["rebind"]),
        ("", "cargo xtask rebind --stra", 1, &["--strategy"]),
        ("", "cargo xtask memmap ins", 1, &["inspect"]),
        ("", "cargo xtask test --target s390", 1, &["s390x-unknown-linux-gnu"]),
        ("", "cargo xtask completions ", 5, &["fish"]),
        ("", "cargo xtask ", 17, &["rebind", "release", "man"]),
        ("", "cargo x", 1, &["xtask"]),
        (ours, "cargo bu", 2, &["build", "bu-before"]),
        (ours, "cargo xtask reb", 1, &["rebind"]),
    ] {
        let mut bash = trial.command(&["bash", "--norc", "-c", &format!("{before}\n{ASK}")], "");
        let ended = Ended::of(bash.arg(line));
        let words: Vec<_> = ended.stdout.split_whitespace().collect();
        assert!(ended.stderr.is_empty() && words.len() >= all, "{line}: {words:?}{}", ended.stderr);
        assert!(some.iter().all(|word| words.contains(word)), "{line}: {words:?}");
        assert!(some.len() < all || words.len() == all, "{line}: {words:?}");
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
