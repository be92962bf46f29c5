//! The targets: which CPU models the kernels are executed on, and the backends that each must have (`table.rs`); what is compiled into
//! the libraries for each (`compiled.rs`). Tests, assembly, measurements, README.md and HARDWARE.md have them from here.

pub(crate) mod compiled;
mod readme;
mod table;

use std::path::Path;

use memcpy_streaming::Backend;

use crate::emulator::Emulator;
pub(crate) use readme::block;
pub(crate) use table::TARGETS;

/// A target of the compiler, and what builds and runs its tests.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) triple: &'static str,
    /// What links its tests. None: they cannot be had; what executes there is bare-test, which needs no C library.
    pub(crate) linker: Option<Linker>,
    pub(crate) models: &'static [Model],
    /// Which tests of the memmap are built for it, as cargo is told. What a memmap must be depends on the width and the order of a word: all of
    /// them run on one target of each kind, and where something streams those that write whole memmaps.
    pub(crate) memmap: &'static [&'static str],
    /// Debian's package of its standard library. None: it is built from source.
    pub(crate) debian_std: Option<&'static str>,
}

impl Target {
    /// The CPU models that qemu runs single programs on, and which one.
    pub(crate) fn emulated(&self) -> impl Iterator<Item = (&'static Model, Emulator)> {
        self.models.iter().filter_map(|model| match model.machine {
            Machine::Qemu(emulator) => Some((model, emulator)),
            Machine::Bochs { .. } | Machine::Wine => None,
        })
    }

    /// Whether its programs do without a C library.
    pub(crate) fn is_bare(&self) -> bool {
        self.linker.is_none() && !self.models.is_empty()
    }

    /// What its programs have as `std::env::consts::ARCH`.
    pub(crate) fn arch(&self) -> &'static str {
        match self.triple.split_once('-').map_or(self.triple, |(arch, _)| arch) {
            "i686" => "x86",
            "riscv64gc" => "riscv64",
            "armv7" => "arm",
            arch => arch,
        }
    }
}

/// A cross compiler of C, used as a linker.
#[derive(Debug)]
pub(crate) struct Linker {
    pub(crate) program: &'static str,
    pub(crate) package: &'static str,
    /// Where its static C library is from. None: it is a part of the system's libraries (Windows).
    pub(crate) libc_package: Option<&'static str>,
}

/// A CPU.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) name: &'static str,
    pub(crate) machine: Machine,
    /// What must be available on it, best first: no more, no fewer, in this order, and the first that is not there on request only must be
    /// the active one.
    /// Under Wine: what this machine's CPU has, and so is not here.
    pub(crate) backends: &'static [Backend],
    /// How much of the tests runs on it.
    pub(crate) tests: Tests,
}

/// Which test programs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tests {
    All,
    /// Those that show what is detected, and that it executes: the kernels are those of another model.
    Detection,
    /// Those that show that lines are whole, and that others say the same of the CPU.
    Lines,
    /// Those of the kernels, and one of the memmap: an emulator of a whole PC takes a hundred times as long.
    Kernels,
}

impl Tests {
    /// Whether a test program is one of them, by its name as cargo builds it: `backends-0123456789abcdef`.
    pub(crate) fn include(self, program: &Path) -> bool {
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        let name = name.rsplit_once('-').map_or(&*name, |(name, _)| name);
        match self {
            Tests::All => true,
            Tests::Detection => ["backends", "safe", "first_use"].contains(&name),
            Tests::Lines => ["memcpy_streaming", "backends", "copy", "pattern"].contains(&name),
            Tests::Kernels => {
                ["backends", "safe", "copy", "first_use", "grids", "pattern", "panics", "writer", "golden", "corpora"]
                    .contains(&name)
            }
        }
    }
}

/// What stands in for the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    /// qemu's emulation of one process.
    Qemu(Emulator),
    /// Bochs, which emulates a whole PC; its name for the CPU, and what is added to it.
    Bochs { cpu: &'static str, features: &'static str },
    /// Wine, which runs Windows programs on this machine's CPU.
    Wine,
}

const fn qemu(program: &'static str, name: &'static str, backends: &'static [Backend]) -> Model {
    let emulator = Emulator { program, is_new: false };
    Model { name, machine: Machine::Qemu(emulator), backends, tests: Tests::All }
}

/// A CPU, or a hypervisor's idea of one, on which the wrong question gets a wrong answer.
const fn detection(program: &'static str, name: &'static str, backends: &'static [Backend]) -> Model {
    Model { tests: Tests::Detection, ..qemu(program, name, backends) }
}

/// A CPU on which the kernels do something else than on the one before it.
const fn kernels(program: &'static str, name: &'static str, backends: &'static [Backend]) -> Model {
    Model { tests: Tests::Kernels, ..qemu(program, name, backends) }
}

/// One whose registers, or blocks of zeros, have another length, or that has none.
const fn lines(program: &'static str, name: &'static str, backends: &'static [Backend]) -> Model {
    Model { tests: Tests::Lines, ..qemu(program, name, backends) }
}

/// One of a new qemu's.
const fn new(model: Model) -> Model {
    match model.machine {
        Machine::Qemu(emulator) => Model { machine: Machine::Qemu(Emulator { is_new: true, ..emulator }), ..model },
        Machine::Bochs { .. } | Machine::Wine => model,
    }
}

const fn bochs(name: &'static str, features: &'static str, backends: &'static [Backend], tests: Tests) -> Model {
    Model { name, machine: Machine::Bochs { cpu: name, features }, backends, tests }
}

/// All tests of a crate.
pub(crate) const ALL_TESTS: &[&str] = &["--lib", "--tests"];

/// Those of the memmap that write whole ones, by every strategy.
const WHOLE_MEMMAPS: &[&str] = &["--test", "golden", "--test", "strategies", "--test", "corpora"];

/// The C compiler for Windows.
pub(crate) const MINGW: &str = "x86_64-w64-mingw32-gcc";

/// What stands for the CPU where it is this machine's, under Wine.
pub(crate) const WINE_NAME: &str = "wine64";

const WINE: Model = Model { name: WINE_NAME, machine: Machine::Wine, backends: &[], tests: Tests::All };

/// A row of the table: one target on one CPU model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) target: &'static Target,
    pub(crate) model: &'static Model,
}

impl Row {
    /// The CPU model and what stands in for it.
    pub(crate) fn name(self) -> String {
        let name = self.model.name;
        match self.model.machine {
            Machine::Qemu(Emulator { program, is_new: false }) => format!("{name} ({program})"),
            Machine::Qemu(Emulator { program, is_new: true }) => format!("{name} ({program} 10)"),
            Machine::Bochs { .. } => format!("{name} (Bochs)"),
            Machine::Wine => name.to_string(),
        }
    }
}

/// Every row.
pub(crate) fn rows() -> impl Iterator<Item = Row> {
    TARGETS.iter().flat_map(|target| target.models.iter().map(move |model| Row { target, model }))
}

/// The backends' names as the tests read and print them.
pub(crate) fn names(backends: &[Backend]) -> String {
    backends.iter().map(|backend| backend.name()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use memcpy_streaming::Backend::Portable;

    use super::*;

    #[test]
    fn every_backend_runs_somewhere() {
        for backend in Backend::ALL {
            assert!(rows().any(|row| row.model.backends.contains(backend)), "{backend}");
        }
    }

    #[test]
    fn programs_are_known_by_their_names() {
        let program = |name: &str| Path::new("deps").join(name).with_extension(std::env::consts::EXE_EXTENSION);
        assert!(Tests::All.include(&program("grids-0123456789abcdef")));
        assert!(Tests::Detection.include(&program("backends-0123456789abcdef")));
        assert!(!Tests::Detection.include(&program("grids-0123456789abcdef")));
        assert!(Tests::Kernels.include(&program("grids-0123456789abcdef")));
        assert!(!Tests::Kernels.include(&program("invariants-0123456789abcdef")));
    }

    #[test]
    fn every_executing_row_expects_backends() {
        for row in rows().filter(|row| row.model.machine != Machine::Wine) {
            assert_eq!(row.model.backends.last(), Some(&Portable), "{row:?}");
        }
    }
}
