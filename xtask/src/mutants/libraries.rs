//! The libraries that are broken, and where the tests run that must notice.

use std::env::consts::ARCH;
use std::process::Command;

use crate::compile;
use crate::emulator::Qemu;
use crate::failure::Failure;
use crate::targets::{self, Model, TARGETS, Target};
use crate::test::this_machine::{self, EXPECT, GRID};
use crate::toolchain::Toolchain;

pub(super) struct Library {
    pub(super) name: &'static str,
    /// The target that its functions are assembly for, if they are.
    pub(super) triple: Option<&'static str>,
}

pub(super) const LIBRARIES: [Library; 6] = [
    Library { name: "memcpy-streaming", triple: None },
    Library { name: "memcpy-streaming-x86", triple: Some("x86_64-unknown-linux-gnu") },
    Library { name: ARM, triple: Some("aarch64-unknown-linux-gnu") },
    Library { name: "memcpy-streaming-riscv", triple: Some("riscv64gc-unknown-linux-gnu") },
    Library { name: "memcpy-streaming-s390x", triple: Some("s390x-unknown-linux-gnu") },
    Library { name: "memmap-template", triple: None },
];

/// The library that is broken together with a file of another one, which is not compiled for x86.
pub(super) const ARM: &str = "memcpy-streaming-arm";
pub(super) const ALSO: &str = "memcpy-streaming/src/arch/by_copies.rs";

/// Where a library's tests run.
pub(super) struct Machine {
    /// The backends that are there, by their names.
    pub(super) backends: String,
    /// For one run of a library's tests: they take a fifth of it or less.
    pub(super) seconds: &'static str,
    /// The target, what builds for it, the CPU model with the most backends, and what emulates that.
    emulated: Option<(&'static Target, Toolchain, &'static Model, Qemu)>,
}

impl Library {
    /// The crates whose tests are its tests: a backend is tested through what calls it.
    pub(super) fn tests(&self) -> impl Iterator<Item = &'static str> {
        [self.name].into_iter().chain(self.triple.map(|_| "memcpy-streaming"))
    }

    /// Where its tests run; an error of input says that something is missing, and what would help.
    pub(super) fn machine(&self) -> Result<Machine, Failure> {
        let Some(triple) = self.triple.filter(|triple| !triple.starts_with(ARCH)) else {
            return Ok(Machine { backends: this_machine::expected_backends(), seconds: "60", emulated: None });
        };
        let target = TARGETS.iter().find(|target| target.triple == triple).expect("it is one of the targets");
        let models = target.emulated();
        let (model, emulator) = { models }.max_by_key(|(model, _)| model.backends.len()).expect("it is emulated");
        let is_there = emulator.missing().is_empty() && compile::linker_needs(target).is_empty();
        let Some(toolchain) = Toolchain::find(target).ok().filter(|_| is_there) else {
            let fix = format_args!("`cargo xtask test --target {triple} --install` brings what is missing");
            return Err(Failure::input(fix));
        };
        let emulated = Some((target, toolchain, model, emulator.find()?));
        Ok(Machine { backends: targets::names(model.backends), seconds: "120", emulated })
    }
}

impl Machine {
    /// Makes cargo build for it, and run tests on it; every one asserts which backends it finds.
    pub(super) fn prepare(&self, cargo: &mut Command) {
        cargo.env(GRID, "thin").env(EXPECT, &self.backends).env_remove("MEMCPY_STREAMING_BACKEND");
        if let Some((target, toolchain, model, qemu)) = &self.emulated {
            let variable = |name| format!("CARGO_TARGET_{}_{name}", target.triple.to_uppercase().replace('-', "_"));
            let linker = target.linker.as_ref().expect("its programs are linked").program;
            let runner = qemu.runner(model.name);
            qemu.apply(cargo);
            cargo.env("CARGO_BUILD_TARGET", target.triple).env(variable("LINKER"), linker);
            cargo.env("MEMCPY_STREAMING_RUNNER", &runner).env(variable("RUNNER"), runner);
            // Static: nothing of the target's file system is needed. What benchmarks need is left out where this cfg is.
            cargo.env("RUSTFLAGS", "-Ctarget-feature=+crt-static --cfg=emulated");
            toolchain.apply(target, cargo);
        }
    }
}
