//! `cargo xtask test` and `fuzz` where something is missing.

use std::env;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use crate::person::command;

/// A row whose emulator is not on the search path: nothing but the compiler is.
fn without_emulator() -> Output {
    let folder = tempfile::tempdir().unwrap();
    let cargo = env::var_os("CARGO").expect("cargo runs the tests");
    let compiler = Path::new(&cargo).parent().expect("it is in a folder");
    command(folder.path(), &["test", "--cpu", "rv64"]).env("PATH", compiler).output().expect("the binary runs")
}

#[test]
fn a_missing_emulator_is_a_skip_that_says_what_would_help() {
    let output = without_emulator();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}");
    let skip = stdout.lines().find(|line| line.starts_with("SKIPPED: ")).expect("it was skipped");
    for part in ["riscv64gc-unknown-linux-gnu on rv64", "no qemu-riscv64", "to run all of it: ", "qemu-user"] {
        assert!(skip.contains(part), "{part} is missing in {skip}");
    }
}

#[test]
fn what_is_missing_is_installed_only_if_that_is_asked_for() {
    let is_debian =
        std::fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"));
    let may = is_debian && rustix::process::geteuid().is_root();
    for (option, installs) in [(None, false), (Some("--install"), may)] {
        let folder = tempfile::tempdir().unwrap();
        // Nothing is found on this search path but what only notes that it was called.
        for name in ["apt-get", "dpkg"] {
            let file = folder.path().join(name);
            std::fs::write(&file, "#!/bin/sh\necho \"$0 $*\" >>called\n").unwrap();
            std::fs::set_permissions(file, PermissionsExt::from_mode(0o755)).unwrap();
        }
        let args: Vec<_> = ["test", "--cpu", "rv64"].into_iter().chain(option).collect();
        let output = command(folder.path(), &args).env("PATH", folder.path()).output().expect("the binary runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        let called = std::fs::read_to_string(folder.path().join("called")).unwrap_or_default();
        assert_eq!(called.contains("apt-get install -y --no-install-recommends "), installs, "{called}");
        assert_eq!(stderr.contains("=== installing: "), installs, "{stderr}");
    }
}

#[test]
fn without_cargo_fuzz_nothing_is_fuzzed() {
    let folder = tempfile::tempdir().unwrap();
    // A cargo that knows no command at all.
    let output = command(folder.path(), &["fuzz"]).env("CARGO", "false").output().expect("the binary runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr, "error: no cargo-fuzz here; get it by `cargo install cargo-fuzz`\n");
}
