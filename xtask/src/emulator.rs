//! qemu's programs that emulate one process: those on the search path, or Debian 13's, where older ones lack what a row is about.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arch::Arch;
use crate::failure::Failure;
use crate::guest::{self, Apt};
use crate::needs::{self, Need};

const PACKAGE: &str = "qemu-user";

/// What a new one is: with FEAT_MOPS (8.2), and with `riscv_hwprobe` that knows Zihintntl.
const NEW: (u32, u32) = (10, 0);
pub(crate) const BY_HAND: &str = "put a qemu-user of version 10.0 or later on the search path";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Emulator {
    Any(&'static str),
    /// Only a new one will do.
    New(&'static str),
}

pub(crate) struct Qemu {
    program: &'static str,
    /// Where it is, if it is not on the search path.
    folder: Option<PathBuf>,
}

impl Emulator {
    pub(crate) fn missing(self) -> Vec<Need> {
        match self {
            Emulator::Any(program) => needs::missing(&[(program, PACKAGE)]),
            // It is fetched by apt when it is to run, into a folder of our own.
            Emulator::New(program) if !can_fetch() && !is_new(program) => {
                vec![Need::by_hand(format!("no {program} of version 10.0 or later"), BY_HAND)]
            }
            Emulator::New(_) => Vec::new(),
        }
    }

    /// Finds it, or fetches it. Nothing is installed.
    pub(crate) fn find(self) -> Result<Qemu, Failure> {
        let program = match self {
            Emulator::New(program) if !is_new(program) => program,
            Emulator::Any(program) | Emulator::New(program) => return Ok(Qemu { program, folder: None }),
        };
        match fetch() {
            Ok(folder) => Ok(Qemu { program, folder: Some(folder) }),
            Err(Failure::Input(why) | Failure::Run(why)) => {
                Err(Failure::run(format_args!("cannot fetch Debian 13's {PACKAGE}: {why}")))
            }
            Err(other) => Err(other),
        }
    }
}

fn can_fetch() -> bool {
    let has = |program: &str| needs::on_path(program).is_some();
    needs::is_debian() && arch().is_some() && ["apt-get", "apt-cache", "dpkg"].into_iter().all(has)
}

fn fetch() -> Result<PathBuf, Failure> {
    let arch = arch().ok_or_else(|| Failure::run("there is none for this machine"))?;
    let apt = Apt::open(&guest::folder()?.join("qemu"), arch, guest::DEBIAN_13)?;
    // It is linked statically.
    Ok(apt.unpack(PACKAGE, |_| false)?.join("usr/bin"))
}

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

    pub(crate) fn apply(&self, command: &mut Command) {
        if let Some(folder) = &self.folder {
            let path = env::var_os("PATH").unwrap_or_default();
            let path = [folder.clone()].into_iter().chain(env::split_paths(&path));
            // A folder with a colon in its name cannot be on a search path: then the command says that it has no such program.
            command.envs(env::join_paths(path).ok().map(|path| ("PATH", path)));
        }
    }
}
