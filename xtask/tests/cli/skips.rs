//! `cargo xtask test` where something is missing.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::trial::{Ended, Trial};
use crate::write;

#[test]
fn what_is_missing_is_told_and_installed_only_if_that_is_asked_for() {
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let may = system.lines().any(|line| line == "ID=debian") && rustix::process::geteuid().is_root();
    for (option, installs) in [("", false), ("--install", may)] {
        let trial = Trial::new();
        // Nothing is found on this search path but what only notes that it was called.
        for name in ["apt-get", "dpkg"] {
            write(&trial, name, "#!/bin/sh\necho \"$0 $*\" >>called\n");
            fs::set_permissions(trial.path(name), Permissions::from_mode(0o755)).unwrap();
        }
        let mut command = trial.command(&[], &format!("test --cpu rv64 {option}"));
        let Ended { output, stdout, stderr, .. } = Ended::of(command.env("PATH", trial.path("")));
        assert!(output.status.success(), "{stderr}");
        let skip = stdout.lines().find(|line| line.starts_with("SKIPPED: ")).expect("it was skipped");
        for part in ["riscv64gc-unknown-linux-gnu on rv64", "no qemu-riscv64", "to run all of it: ", "qemu-user"] {
            assert!(skip.contains(part), "{part} is missing in {skip}");
        }
        let called = fs::read_to_string(trial.path("called")).unwrap_or_default();
        assert_eq!(called.contains("apt-get install -y --no-install-recommends "), installs, "{called}");
        assert_eq!(stderr.contains("=== installing: "), installs, "{stderr}");
    }
}
