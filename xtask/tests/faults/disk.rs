//! A full disk, and a limit on the size of files.

use std::ffi::OsStr;
use std::process::Command;

use crate::trial::{Ended, Trial, search_path, skip};
use crate::{BENCH, DUMP, REBIND, run_in_shell};

#[test]
fn standard_output_is_full_and_a_file_may_not_grow_as_large() {
    let full = "exec \"$0\" \"$@\" >/dev/full";
    // One block of 512 or 1024 bytes: less than either writes. Without a core dump, should it come to that.
    let small = "ulimit -c 0; ulimit -f 1; exec \"$0\" \"$@\"";
    for (line, args, code, mentioned) in [
        (full, REBIND, 1, ["standard output", "No space left"]),
        (full, "--help", 1, ["standard output", "No space left"]),
        (full, "bench-matrix --list", 1, ["standard output", "No space left"]),
        (small, REBIND, 1, ["`out`", "File too large"]),
        (small, DUMP, 2, ["`out`", "ulimit -f"]),
    ] {
        let trial = Trial::new();
        run_in_shell(&trial, line, args).assert(code, &mentioned);
        trial.assert_left(&[], args);
    }
}

/// Runs `$@` in a folder `small` on a disk of 8 KiB that nobody else sees, and says what is left there.
const SMALL_DISK: &str = "mkdir small && mount -t tmpfs -o size=8k none small && cd small && { \"$0\" \"$@\"; code=$?; \
    ls -A >../left; cd .. && umount small && rmdir small; exit $code; }";

/// What gives a shell a mount namespace; None where we may not have one.
fn namespace(path: &OsStr) -> Option<Vec<&'static str>> {
    let ways = [vec!["unshare", "--mount"], vec!["unshare", "--user", "--map-root-user", "--mount"]];
    ways.into_iter().find(|way| {
        let mut probe = Command::new(way[0]);
        let probe = probe.args(&way[1..]).args(["mount", "-t", "tmpfs", "none", "/mnt"]).env("PATH", path).output();
        probe.is_ok_and(|output| output.status.success())
    })
}

#[test]
fn the_disk_is_full() {
    let programs = [("unshare", "util-linux"), ("mount", "mount"), ("mkdir", "coreutils")];
    let Some(path) = search_path("the_disk_is_full", &programs) else { return };
    let Some(namespace) = namespace(&path) else {
        return skip("the_disk_is_full: mounting a small disk needs root, or user namespaces");
    };
    let under = [&namespace[..], &["sh", "-c", SMALL_DISK]].concat();
    let rebind = "rebind --size 64M --rebinds 1 --threads 1,2,3,4,5 --json out";
    for (args, code, mentioned, said) in [
        (DUMP, 2, "larger disk", ""),
        // What took a while to measure is not lost.
        (rebind, 1, "nothing was left behind", "write limit: "),
        (&*format!("{BENCH} --json"), 1, "nothing was left behind", "\"rows\""),
    ] {
        let trial = Trial::with(&path);
        let ended = Ended::of(&mut trial.command(&under, args));
        ended.assert(code, &["No space left on device", "out", mentioned]).assert_printed(&[said]);
        assert_eq!(trial.read("left"), "", "{args}");
        trial.assert_left(&["left"], args);
    }
}
