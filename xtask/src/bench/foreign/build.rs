//! Building the program that measures for another target, as `cargo xtask test` builds tests.

use std::path::{Path, PathBuf};

use super::super::runner;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::test::compile::{self, Place};
use crate::test::matrix::Target;
use crate::test::needs::{Need, Thing};
use crate::test::toolchain::Toolchain;

/// Where.
pub(super) struct Build<'a> {
    pub(super) workspace: &'a Path,
    pub(super) target_dir: &'a Path,
}

impl Build<'_> {
    /// The program, or what is missing to build it.
    pub(super) fn program(
        &self,
        target: &Target,
        interrupt: &Interrupt,
    ) -> Result<Result<PathBuf, Vec<Need>>, Failure> {
        let toolchain = Toolchain::find(target);
        let mut missing: Vec<_> = toolchain.as_ref().err().cloned().into_iter().collect();
        if let Some(linker) = &target.linker {
            let (program, package, libc_package) = match compile::is_host(target) {
                true => ("cc", "gcc", "libc6-dev"),
                false => (linker.program, linker.package, linker.libc_package),
            };
            missing.push(Need::program(program, package));
            missing.push(Need { thing: Thing::StaticLibc(program), packages: vec![libc_package] });
        }
        missing.retain(|need| !need.is_met());
        let toolchain = match toolchain {
            Ok(toolchain) if missing.is_empty() => toolchain,
            _ => return Ok(Err(missing)),
        };
        let place = Place { workspace: self.workspace, target_dir: self.target_dir };
        let mut cargo = compile::command("build", &place, target, toolchain);
        cargo.args(["--quiet", "-p", "bench-runner"]);
        runner::build(&mut cargo, interrupt).map(Ok)
    }
}
