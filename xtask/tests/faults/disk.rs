//! A full disk, and a limit on the size of files.

use std::process::Command;

use crate::commands::{BENCH, DUMP, REBIND, Trial, skip};

#[test]
fn standard_output_is_full() {
    for args in [REBIND, "--help", "bench-matrix --list"] {
        let trial = Trial::new();
        trial
            .run(&["sh", "-c", "exec \"$0\" \"$@\" >/dev/full"], args)
            .assert(1, &["standard output", "No space left"]);
        trial.assert_nothing_left(args);
    }
}

#[test]
fn a_file_may_not_grow_as_large() {
    for (args, code, mentioned) in [(REBIND, 1, "File too large"), (DUMP, 2, "ulimit -f")] {
        let trial = Trial::new();
        // Less than either writes; without a core dump, should it come to that.
        trial.run(&["prlimit", "--fsize=1000", "--core=0"], args).assert(code, &["`out`", mentioned]);
        trial.assert_nothing_left(args);
    }
}

/// Runs `$@` in a folder `small` on a disk of 8 KiB that nobody else sees, and says what is left there.
const SMALL_DISK: &str = "mkdir small && mount -t tmpfs -o size=8k none small && cd small && { \"$0\" \"$@\"; code=$?; \
    ls -A >../left; cd .. && umount small && rmdir small; exit $code; }";

/// What gives a shell a mount namespace; None where we may not have one.
fn namespace() -> Option<Vec<&'static str>> {
    let ways = [vec!["unshare", "--mount"], vec!["unshare", "--user", "--map-root-user", "--mount"]];
    ways.into_iter().find(|way| {
        let probe = Command::new(way[0]).args(&way[1..]).args(["mount", "-t", "tmpfs", "none", "/mnt"]).output();
        probe.is_ok_and(|output| output.status.success())
    })
}

#[test]
fn the_disk_is_full() {
    let Some(namespace) = namespace() else {
        return skip("the_disk_is_full: mounting a small disk needs root, or user namespaces");
    };
    let under = [&namespace[..], &["sh", "-c", SMALL_DISK]].concat();
    let bench = format!("{BENCH} --json");
    let rebind = "rebind --size 64M --rebinds 1 --threads 1,2,3,4,5 --json out";
    for (args, code, mentioned, said) in [
        (DUMP, 2, "larger disk", ""),
        // What took a while to measure is not lost.
        (rebind, 1, "nothing was left behind", "write limit: "),
        (&*bench, 1, "nothing was left behind", "\"rows\""),
    ] {
        let trial = Trial::new();
        let ended = trial.run(&under, args);
        ended.assert(code, &["No space left on device", "out", mentioned]);
        let left = std::fs::read_to_string(trial.folder.path().join("left")).unwrap();
        assert_eq!(left, "", "{args}");
        let stdout = String::from_utf8_lossy(&ended.output.stdout);
        assert!(stdout.contains(said), "{args}: {stdout}");
        trial.assert_no_process_left(args);
    }
}
