//! The libraries that are broken, and the tests that must notice.

use std::process::Command;

use crate::targets::{TARGETS, Target};
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

pub(super) const LIBRARIES: [Library; 4] = [
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
    Library { name: "memmap-template", tests: &["memmap-template"], triple: None, is_assembly: false, also: &[] },
];

/// Where a library's tests run.
pub(super) enum Machine {
    This,
    /// Emulated: the target, and what builds for it.
    Emulated(&'static Target, Toolchain),
}

impl Library {
    /// Where its tests run, or why they cannot, and what would help.
    pub(super) fn machine(&self) -> Result<Machine, String> {
        let Some(triple) = self.triple.filter(|triple| !triple.starts_with(std::env::consts::ARCH)) else {
            return Ok(Machine::This);
        };
        let target = TARGETS.iter().find(|target| target.triple == triple).expect("it is one of the targets");
        let emulators = target.emulated().map(|(_, program)| needs::Need::program(program, "qemu-user"));
        let linker = target.linker.iter().map(|linker| needs::Need::program(linker.program, linker.package));
        let missing: Vec<_> = emulators.take(1).chain(linker).filter(|need| !need.is_met()).collect();
        match Toolchain::find(target) {
            Ok(toolchain) if missing.is_empty() => Ok(Machine::Emulated(target, toolchain)),
            _ => Err(format!("`cargo xtask test --target {triple} --install` brings what is missing")),
        }
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
            Machine::Emulated(target, toolchain) => {
                let (model, program) = target.emulated().last().expect("it is emulated");
                let variable = |name| format!("CARGO_TARGET_{}_{name}", target.triple.to_uppercase().replace('-', "_"));
                let linker = target.linker.as_ref().expect("its programs are linked").program;
                let runner = format!("{program} -cpu {}", model.name);
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
            Machine::Emulated(..) => "120",
        }
    }

    /// The backends that are there, by their names. None where there is nobody to ask.
    pub(super) fn backends(&self) -> Option<String> {
        match self {
            Machine::This => this_machine::expected_backends(),
            Machine::Emulated(target, _) => target.emulated().last().map(|(model, _)| targets::names(model.backends)),
        }
    }
}
