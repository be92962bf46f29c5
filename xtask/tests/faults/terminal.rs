//! The terminal after Ctrl-C: as it was before.

use std::fs;

use crate::commands::Trial;
use crate::programs::search_path;

#[test]
fn a_terminal_is_left_as_it_was() {
    let programs = [("script", "bsdutils"), ("stty", "coreutils"), ("timeout", "coreutils")];
    let Some(path) = search_path("a_terminal_is_left_as_it_was", &programs) else { return };
    let trial = Trial::new();
    let ctrl_c =
        "stty -g >before; timeout --foreground --preserve-status -s INT 1 \"$0\" \"$@\"; echo $? >code; stty -g >after";
    // A terminal of its own, whose output is ours.
    let words = ["sh", "-c", ctrl_c, env!("CARGO_BIN_EXE_xtask"), "rebind", "--size=1G", "--rebinds=1000000"];
    let quoted: Vec<_> = words.iter().map(|word| format!("'{}'", word.replace('\'', r"'\''"))).collect();
    let mut command = std::process::Command::new("script");
    command
        .args(["-q", "-e", "-c", &quoted.join(" "), "/dev/null"])
        .env("TERM", "xterm")
        .env("PATH", path)
        .current_dir(trial.folder.path());
    let output = command.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    let read = |file: &str| fs::read_to_string(trial.folder.path().join(file)).unwrap();
    assert_eq!(read("code"), "130\n", "{shown}");
    assert_eq!(read("before"), read("after"));
    // It had a bar, with the time left, and what it was drawn with was taken back.
    assert!(shown.contains(" left"), "{shown}");
    assert_eq!(
        shown.matches("\x1b[?25l").count(),
        shown.matches("\x1b[?25h").count(),
        "the cursor is hidden: {shown:?}"
    );
    assert!(shown.trim_end().ends_with("interrupted: nothing was left behind"), "{shown:?}");
}
