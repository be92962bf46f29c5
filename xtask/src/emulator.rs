//! qemu's programs that emulate one process: those on the search path, or Debian 13's, where older ones lack what a row is about.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arch::Arch;
use crate::failure::Failure;
use crate::guest::{self, Apt};
use crate::interrupt::Interrupt;
use crate::needs::{self, Need, Thing};

/// Debian's package of all of them.
const PACKAGE: &str = "qemu-user";

/// What a new one is: with FEAT_MOPS (8.2), and with `riscv_hwprobe` that knows Zihintntl.
const NEW: (u32, u32) = (10, 0);

/// Which of the programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Emulator {
    pub(crate) program: &'static str,
    /// Whether only a new one will do.
    pub(crate) is_new: bool,
}

pub(crate) const fn old(program: &'static str) -> Emulator {
    Emulator { program, is_new: false }
}

pub(crate) const fn new(program: &'static str) -> Emulator {
    Emulator { program, is_new: true }
}

/// One that is there.
pub(crate) struct Qemu {
    program: &'static str,
    /// Where it is, if it is not on the search path.
    folder: Option<PathBuf>,
}

impl Emulator {
    /// What it takes. A new one is fetched by apt when it is to run, into a folder of our own.
    pub(crate) fn need(self) -> Need {
        if !self.is_new {
            return Need::program(self.program, PACKAGE);
        }
        let has = |program: &&str| needs::on_path(program).is_some();
        let can_be_fetched = needs::is_debian() && arch().is_some() && ["apt-get", "apt-cache", "dpkg"].iter().all(has);
        let found = can_be_fetched || is_new(self.program);
        Need { thing: Thing::NewQemu { program: self.program, found }, packages: vec![PACKAGE] }
    }

    /// Finds it, or fetches it. Nothing is installed.
    pub(crate) fn find(self, interrupt: &Interrupt) -> Result<Qemu, Failure> {
        let program = self.program;
        if !self.is_new || is_new(program) {
            return Ok(Qemu { program, folder: None });
        }
        let fetched = fetch(interrupt).map_err(|failure| match failure {
            Failure::Input(why) | Failure::Run(why) => {
                Failure::run(format_args!("cannot fetch Debian 13's {PACKAGE}: {why}"))
            }
            other => other,
        })?;
        let folder = fetched.join("usr/bin");
        if folder.join(program).is_file() {
            return Ok(Qemu { program, folder: Some(folder) });
        }
        Err(Failure::run(format_args!("Debian 13's {PACKAGE} holds no {program}")))
    }
}

/// The folder that it is unpacked in.
fn fetch(interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let arch = arch().ok_or_else(|| Failure::run("there is none for this machine"))?;
    let apt = Apt::open(&guest::folder(interrupt)?.join("qemu"), arch, guest::DEBIAN_13, interrupt)?;
    // It is linked statically.
    apt.unpack(PACKAGE, |_| false, interrupt)
}

/// This machine's.
fn arch() -> Option<Arch> {
    match env::consts::ARCH {
        "x86_64" => Some(Arch::X86_64),
        "aarch64" => Some(Arch::Arm64),
        _ => None,
    }
}

fn is_new(program: &str) -> bool {
    needs::has_version(program, " version ", NEW)
}

impl Qemu {
    /// A program on a CPU model. Tests that start themselves again find it by its name.
    pub(crate) fn command(&self, cpu: &str, program: &Path) -> Command {
        let mut command = Command::new(self.program);
        command.arg("-cpu").arg(cpu).arg(program).env("MEMCPY_STREAMING_RUNNER", self.runner(cpu));
        self.apply(&mut command);
        command
    }

    /// What stands before a program that is to run on a CPU model, where [`apply`](Qemu::apply) has been at work.
    pub(crate) fn runner(&self, cpu: &str) -> String {
        format!("{} -cpu {cpu}", self.program)
    }

    /// Puts it on the search path of a command.
    pub(crate) fn apply(&self, command: &mut Command) {
        if let Some(folder) = &self.folder {
            let path = env::var_os("PATH").unwrap_or_default();
            let path = [folder.clone()].into_iter().chain(env::split_paths(&path));
            // A folder with a colon in its name cannot be on a search path: then the command says that it has no such program.
            command.envs(env::join_paths(path).ok().map(|path| ("PATH", path)));
        }
    }
}
