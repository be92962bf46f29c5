//! The libraries that are broken, and the tests that must notice.

use std::process::Command;

use crate::emulator::Qemu;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::targets::{Model, TARGETS, Target};
use crate::test::this_machine::{self, EXPECT, GRID};
use crate::toolchain::Toolchain;
use crate::{needs, targets};

/// A library crate.
#[derive(Debug)]
pub(super) struct Library {
    /// Of the crate, and of its folder.
    pub(super) name: &'static str,
    /// The crates whose tests are its tests: a backend is tested through what calls it.
    pub(super) tests: &'static [&'static str],
    /// The target that it has code for, if that is another one than this machine's may be.
    triple: Option<&'static str>,
    /// Whether its functions are assembly.
    pub(super) is_assembly: bool,
    /// Files of other libraries that are compiled for its target, and not for x86.
    pub(super) also: &'static [&'static str],
}

pub(super) const LIBRARIES: [Library; 6] = [
    Library { name: "memcpy-streaming", tests: &["memcpy-streaming"], triple: None, is_assembly: false, also: &[] },
    Library {
        name: "memcpy-streaming-x86",
        tests: &["memcpy-streaming-x86", "memcpy-streaming"],
        triple: Some("x86_64-unknown-linux-gnu"),
        is_assembly: true,
        also: &[],
    },
    Library {
        name: "memcpy-streaming-arm",
        tests: &["memcpy-streaming-arm", "memcpy-streaming"],
        triple: Some("aarch64-unknown-linux-gnu"),
        is_assembly: true,
        also: &["memcpy-streaming/src/arch/by_copies.rs"],
    },
    Library {
        name: "memcpy-streaming-riscv",
        tests: &["memcpy-streaming-riscv", "memcpy-streaming"],
        triple: Some("riscv64gc-unknown-linux-gnu"),
        is_assembly: true,
        also: &[],
    },
    Library {
        name: "memcpy-streaming-s390x",
        tests: &["memcpy-streaming-s390x", "memcpy-streaming"],
        triple: Some("s390x-unknown-linux-gnu"),
        is_assembly: true,
        also: &[],
    },
    Library { name: "memmap-template", tests: &["memmap-template"], triple: None, is_assembly: false, also: &[] },
];

/// Where a library's tests run.
pub(super) enum Machine {
    This,
    /// Emulated: the target, what builds for it, the CPU model with the most backends, and what emulates that.
    Emulated {
        target: &'static Target,
        toolchain: Toolchain,
        model: &'static Model,
        qemu: Qemu,
    },
}

impl Library {
    /// Where its tests run, or why they cannot, and what would help.
    ///
    /// # Errors
    /// Inside, what is missing; outside, what went wrong with fetching an emulator.
    pub(super) fn machine(&self, interrupt: &Interrupt) -> Result<Result<Machine, String>, Failure> {
        let Some(triple) = self.triple.filter(|triple| !triple.starts_with(std::env::consts::ARCH)) else {
            return Ok(Ok(Machine::This));
        };
        let target = TARGETS.iter().find(|target| target.triple == triple).expect("it is one of the targets");
        let (model, emulator) =
            target.emulated().max_by_key(|(model, _)| model.backends.len()).expect("it is emulated");
        let linker = target.linker.iter().map(|linker| needs::Need::program(linker.program, linker.package));
        let missing: Vec<_> = [emulator.need()].into_iter().chain(linker).filter(|need| !need.is_met()).collect();
        Ok(match Toolchain::find(target) {
            Ok(toolchain) if missing.is_empty() => {
                Ok(Machine::Emulated { target, toolchain, model, qemu: emulator.find(interrupt)? })
            }
            _ => Err(format!("`cargo xtask test --target {triple} --install` brings what is missing")),
        })
    }
}

impl Machine {
    /// Makes cargo build for it, and run tests on it; every one asserts which backends it finds.
    pub(super) fn prepare(&self, cargo: &mut Command) {
        cargo.env(GRID, "thin").env_remove("MEMCPY_STREAMING_BACKEND");
        match self {
            Machine::This => {
                cargo.envs(this_machine::expected_backends().map(|expected| (EXPECT, expected)));
            }
            Machine::Emulated { target, toolchain, model, qemu } => {
                let variable = |name| format!("CARGO_TARGET_{}_{name}", target.triple.to_uppercase().replace('-', "_"));
                let linker = target.linker.as_ref().expect("its programs are linked").program;
                let runner = qemu.runner(model.name);
                qemu.apply(cargo);
                cargo.env("CARGO_BUILD_TARGET", target.triple).env(variable("LINKER"), linker);
                cargo.env("MEMCPY_STREAMING_RUNNER", &runner).env(variable("RUNNER"), runner);
                // Static: nothing of the target's file system is needed. What benchmarks need is left out where this cfg is.
                cargo.env("RUSTFLAGS", "-Ctarget-feature=+crt-static --cfg=emulated");
                cargo.env(EXPECT, targets::names(model.backends));
                toolchain.apply(target, false, cargo);
            }
        }
    }

    /// For one run of a library's tests, in seconds: they take a fifth of it or less.
    pub(super) fn seconds(&self) -> &'static str {
        match self {
            Machine::This => "60",
            Machine::Emulated { .. } => "120",
        }
    }

    /// The backends that are there, by their names. None where there is nobody to ask.
    pub(super) fn backends(&self) -> Option<String> {
        match self {
            Machine::This => this_machine::expected_backends(),
            Machine::Emulated { model, .. } => Some(targets::names(model.backends)),
        }
    }
}
