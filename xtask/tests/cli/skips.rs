//! `cargo xtask test` and `fuzz` where something is missing.

use std::env;
use std::path::Path;
use std::process::Output;

use crate::person::command;

/// A row whose emulator is not on the search path: nothing but the compiler is.
fn without_emulator(args: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let cargo = env::var_os("CARGO").expect("cargo runs the tests");
    let compiler = Path::new(&cargo).parent().expect("it is in a folder");
    let args = [&["test", "--cpu", "rv64", "--no-install"], args].concat();
    command(folder.path(), &args).env("PATH", compiler).env_remove("CI").output().expect("the binary runs")
}

#[test]
fn a_missing_emulator_is_a_skip_that_says_what_would_help() {
    let output = without_emulator(&[]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}");
    let skip = stdout.lines().find(|line| line.starts_with("SKIPPED: ")).expect("it was skipped");
    for part in ["riscv64gc-unknown-linux-gnu on rv64", "no qemu-riscv64", "to run it: ", "qemu-user"] {
        assert!(skip.contains(part), "{part} is missing in {skip}");
    }
}

#[test]
fn where_all_is_required_a_skip_is_a_failure() {
    let output = without_emulator(&["--require-all"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("error: failed: ") && stderr.contains("skipped: "), "{stderr}");
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
