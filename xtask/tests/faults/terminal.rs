//! The terminal after Ctrl-C: as it was before.

use crate::programs::search_path;
use crate::trial::{Ended, Trial};

#[test]
fn a_terminal_is_left_as_it_was() {
    let programs = [("script", "bsdutils"), ("stty", "coreutils"), ("timeout", "coreutils")];
    let Some(path) = search_path("a_terminal_is_left_as_it_was", &programs) else { return };
    let trial = Trial::with(&path);
    let ctrl_c = "stty -g >before; timeout --foreground --preserve-status -s INT 1 \"$XTASK\" rebind --size=1G --rebinds=1000000; \
        echo $? >code; stty -g >after";
    // A terminal of its own, whose output is ours.
    let script = "XTASK=\"$0\" exec script -q -e -c \"$CTRL_C\" /dev/null";
    let mut command = trial.command(&["sh", "-c", script], "");
    let ended = Ended::of(command.envs([("CTRL_C", ctrl_c), ("TERM", "xterm"), ("SHELL", "/bin/sh")]));
    let shown = &ended.stdout;
    assert_eq!(trial.read("code"), "130\n", "{shown}");
    assert_eq!(trial.read("before"), trial.read("after"));
    // It had a bar, with the time left, and what it was drawn with was taken back.
    let [hidden, shown_again] = ["\x1b[?25l", "\x1b[?25h"].map(|cursor| shown.matches(cursor).count());
    assert!(shown.contains(" left") && hidden == shown_again, "the cursor is hidden: {shown:?}");
    assert!(shown.trim_end().ends_with("interrupted: nothing was left behind"), "{shown:?}");
}
