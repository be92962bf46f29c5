//! Runs a command of cargo's; if it runs tests, all that it builds must run, with nothing on the search path but what README asks for.

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::{env, fs};

use super::libtest::Tally;
use super::outcome::Outcome;
use super::steps::Step;
use super::this_machine::{EXPECT, GRID, THIS_MACHINE, expected_backends};
use crate::cargo::{cargo, target_dir, workspace};
use crate::failure::{Failure, cannot, make_folder};
use crate::needs::{self, Need, on_path};
use crate::process::{self, LIMIT};
use crate::{compile, toolchain};

/// What tests of xtask look for beside README's programs, and skip themselves without (`xtask/tests/common/trial.rs`).
pub(crate) fn missing() -> Vec<Need> {
    let emulator = if cfg!(target_arch = "aarch64") { "qemu-aarch64" } else { "qemu-x86_64" };
    let programs = [("bash", "bash"), ("env", "coreutils"), ("mount", "mount"), ("script", "bsdutils"), ("sed", "sed")];
    let missing = needs::missing(&[&programs[..], &[("taskset", "util-linux"), (emulator, "qemu-user")]].concat());
    missing.into_iter().chain(needs::static_libc("cc", "libc6-dev")).filter(|_| cfg!(target_os = "linux")).collect()
}

/// The first Rust whose lints the code has not been brought up to: what only a later one objects to fails nothing.
const UNKNOWN_LINTS: (u32, u32) = (1, 100);

/// Runs a step on this machine that is one command of cargo; its tests at full length, if they are to be exhaustive.
pub(super) fn step(step: Step, exhaustive: bool) -> Result<Outcome, Failure> {
    let (mut name, mut args) = step.cargo().expect("the others are no commands of cargo");
    if needs::has_version(toolchain::own(), "rustc ", UNKNOWN_LINTS) {
        // They are shown.
        args = args.replace(" -- -D warnings", "");
    }
    let (mut cargo, mut variable) = (cargo(), None);
    // What the person's shell asks for would hide which backend this machine chooses, and how much was tested.
    cargo.env_remove("MEMCPY_STREAMING_BACKEND").env_remove(GRID);
    if step == Step::Docs {
        variable = Some(("RUSTDOCFLAGS", "-D warnings"));
    }
    if step == Step::Optimised && exhaustive {
        (name, variable) = ("tests, exhaustive", Some((GRID, "full")));
    }
    cargo.args(args.split(' ')).envs(variable).current_dir(workspace());
    let shown = variable.map(|(name, value)| format!("{name}=\"{value}\" ")).unwrap_or_default() + "cargo " + &args;
    if !runs_tests(&cargo) {
        return Ok(Outcome { cpu: String::new(), ..run(name, &shown, &mut cargo, &[], None)? });
    }
    if step != Step::XtaskTests {
        without_benchmarks(&mut cargo);
    }
    restrict_search_path(&mut cargo, target_dir()?)?;
    let expected = (step != Step::XtaskTests).then(expected_backends);
    run(name, &shown, &mut cargo, &[], expected.as_deref())
}

/// Leaves out what only benchmarks need, which takes as long to compile as all the rest. With a target: what runs during the build is then
/// that of the other steps.
pub(super) fn without_benchmarks(cargo: &mut Command) {
    if let Some(host) = toolchain::host() {
        cargo.arg("--config").arg(format!(r#"target.{host}.rustflags=["--cfg=emulated"]"#)).args(["--target", &host]);
    }
}

/// Rust's programs, which are all in one folder; a C compiler and the binutils that it comes with; rustup itself; and the shell,
/// without which there is no Unix.
const PROGRAMS: &str =
    "cargo rustc rustdoc rustfmt addr2line ar as cc clang cpp gcc ld nm objcopy objdump ranlib readelf rustup sh strip";

/// Gives a command a folder of links to these programs as its search path, so that no test comes to need more than README asks for. A test
/// that starts another program must look for it by `search_path`, which says `SKIPPED:` where it is not installed; it gets the person's
/// whole search path for that by a variable.
fn restrict_search_path(command: &mut Command, target_dir: &Path) -> Result<(), Failure> {
    let folder = target_dir.join("search-path");
    make_folder(&folder)?;
    fs::remove_dir_all(&folder).and_then(|()| fs::create_dir(&folder)).map_err(cannot("empty", &folder))?;
    // Not rustup's stand-ins, which put their own folder in front of the search path of whatever they run.
    let rust = toolchain::sysroot(&toolchain::own()).unwrap_or_default().join("bin");
    for name in PROGRAMS.split(' ') {
        let found = Some(rust.join(name)).filter(|file| file.is_file()).or_else(|| on_path(name));
        if let Some(program) = found {
            std::os::unix::fs::symlink(program, folder.join(name)).map_err(cannot("fill", &folder))?;
        }
    }
    // What their `search_path` searches, too.
    command.env("MEMCPY_STREAMING_PROGRAMS", env::var_os("PATH").unwrap_or_default()).env("PATH", &folder);
    Ok(())
}

fn runs_tests(cargo: &Command) -> bool {
    cargo.get_args().any(|arg| arg == "test")
}

/// Runs a command of cargo's, shown as `shown`, whose tests, if it runs any, must find these backends; and tells test programs `test_args`.
pub(super) fn run(
    name: &str,
    shown: &str,
    cargo: &mut Command,
    test_args: &[&str],
    expected: Option<&str>,
) -> Result<Outcome, Failure> {
    cargo.envs(expected.map(|expected| (EXPECT, expected)));
    Outcome::of(name, THIS_MACHINE, &format!("{name}: {shown}"), |tally| {
        let status = match runs_tests(cargo) {
            true => listen(cargo, test_args, tally)?,
            false => process::run(cargo, LIMIT, process::relay)?,
        };
        if status.success() { Ok(tally.judge(expected)) } else { Err(Failure::run(format_args!("`{shown}`"))) }
    })
}

/// Runs tests, and counts what they say.
fn listen(cargo: &mut Command, test_args: &[&str], tally: &mut Tally) -> Result<ExitStatus, Failure> {
    cargo.arg("--message-format=json-render-diagnostics").arg("--").args(test_args);
    // On its standard error cargo names each program that it starts, and says where the doc tests begin.
    cargo.env("CARGO_TERM_COLOR", "never").env("CARGO_TERM_QUIET", "false");
    let mut programs = 0;
    let status = process::run_whole(cargo, LIMIT, |line| {
        // All programs are built, and counted, before the first one runs.
        if line.starts_with("{\"reason\":") {
            programs += u64::from(compile::program(line).is_some());
            return Ok(());
        }
        tally.relay(line)
    })?;
    tally.programs = Some(programs);
    Ok(status)
}

#[test]
fn other_programs_are_not_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut sh = Command::new("sh");
    // Each of them is on every Debian.
    let script = "cc --version >/dev/null && ! { command -v sleep || command -v apt-get || command -v script; }";
    restrict_search_path(sh.args(["-c", script]), folder.path()).unwrap();
    assert!(sh.status().unwrap().success());
}
