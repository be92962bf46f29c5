//! The pool of the examples: its test, natively and where a program's addresses are not those that the kernel knows.

use std::process::Command;

use super::super::this_machine;
use super::programs::{C, Run};
use crate::failure::Failure;
use crate::needs::on_path;

const TEST: &str = "tests/c/pool.c";

/// What is compiled with it.
const OTHERS: [&str; 2] = ["examples/c/pool.c", "tests/c/pool_limits.c"];

impl Run<'_> {
    /// Compiles it with each compiler and library, and runs it; and in an emulator that gives it addresses of its own.
    pub(super) fn pool(&mut self) -> Result<(), Failure> {
        let best = this_machine::this_cpus_backends().and_then(|backends| backends.first().copied());
        let best = best.unwrap_or_else(memcpy_streaming::Backend::active).name();
        for compiler in C.iter().filter(|compiler| compiler.is_there()) {
            for statically in [false, true] {
                let program = self.compile(compiler, TEST, &self.with_pool(statically)?)?;
                self.execute(Command::new(program).arg(best))?;
            }
        }
        if !cfg!(target_arch = "x86_64") || on_path("qemu-x86_64").is_none() {
            return Ok(());
        }
        let program = self.compile(&C[0], TEST, &self.with_pool(true)?)?;
        let mut qemu = Command::new("qemu-x86_64");
        qemu.args(["-B", "0x10000000000", "-cpu", "qemu64"]).arg(program).args(["sse2", "emulated"]);
        self.execute(&mut qemu)
    }

    /// The flags that compile and link the test with the pool.
    fn with_pool(&self, statically: bool) -> Result<Vec<String>, Failure> {
        let mut all = vec![format!("-I{}", self.sources.join("examples/c").display())];
        // Before the library, which a linker searches for what the files before it need.
        all.extend(OTHERS.map(|source| self.sources.join(source).display().to_string()));
        all.extend(self.flags(statically)?);
        Ok(all)
    }
}
