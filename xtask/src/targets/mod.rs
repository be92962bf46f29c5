//! The targets: which CPU models the kernels are executed on, and the backends that each must have (`table.rs`); what is compiled into
//! the libraries for each (`compiled.rs`). Tests, assembly, measurements, README.md and HARDWARE.md have them from here.

pub(crate) mod compiled;
mod table;

use std::path::Path;

use memcpy_streaming::Backend;

use crate::emulator::Emulator;
pub(crate) use compiled::block;
pub(crate) use table::TARGETS;

/// A target of the compiler, and what builds and runs its tests.
pub(crate) struct Target {
    pub(crate) triple: &'static str,
    /// What links its tests. None: they cannot be had; what executes there is bare-test, which needs no C library.
    pub(crate) linker: Option<Linker>,
    pub(crate) models: &'static [Model],
    /// Which tests of the memmap are built for it, as cargo is told. What a memmap must be depends on the width and the order of a word: all of
    /// them run on one target of each kind, and where something streams those that write whole memmaps.
    pub(crate) memmap: &'static [&'static str],
}

impl Target {
    pub(crate) fn emulated(&self) -> impl Iterator<Item = (&'static Model, Emulator)> {
        self.models.iter().filter_map(|model| match model.machine {
            Machine::Qemu(emulator) => Some((model, emulator)),
            Machine::Bochs { .. } | Machine::Wine => None,
        })
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
pub(crate) struct Linker {
    pub(crate) program: &'static str,
    pub(crate) package: &'static str,
    /// Where its static C library is from. None: it is a part of the system's libraries (Windows).
    pub(crate) libc_package: Option<&'static str>,
}

pub(crate) struct Model {
    pub(crate) name: &'static str,
    pub(crate) machine: Machine,
    /// What must be available on it, best first: no more, no fewer, in this order, and the first that is not there on request only must be
    /// the active one.
    /// Under Wine: what this machine's CPU has, and so is not here.
    pub(crate) backends: &'static [Backend],
    /// The test programs that run on it, by their names. None is named: all of them.
    tests: &'static [&'static str],
}

impl Model {
    /// Whether a test program runs on it, by its name as cargo builds it: `backends-0123456789abcdef`.
    pub(crate) fn runs(&self, program: &Path) -> bool {
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        let name = name.rsplit_once('-').map_or(&*name, |(name, _)| name);
        self.tests.is_empty() || self.tests.contains(&name)
    }
}

/// What stands in for the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    /// qemu's emulation of one process.
    Qemu(Emulator),
    /// Bochs, which emulates a whole PC; what is added to the CPU.
    Bochs { features: &'static str },
    /// Wine, which runs Windows programs on this machine's CPU.
    Wine,
}

pub(crate) const ALL_TESTS: &[&str] = &["--lib", "--tests"];

pub(crate) const MINGW: &str = "x86_64-w64-mingw32-gcc";

/// What stands for the CPU where it is this machine's, under Wine.
pub(crate) const WINE_NAME: &str = "wine64";

/// A row of the table: one target on one CPU model.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) target: &'static Target,
    pub(crate) model: &'static Model,
}

impl Row {
    /// The CPU model and what stands in for it.
    pub(crate) fn name(self) -> String {
        let name = self.model.name;
        match self.model.machine {
            Machine::Qemu(Emulator::Any(program)) => format!("{name} ({program})"),
            Machine::Qemu(Emulator::New(program)) => format!("{name} ({program} 10)"),
            Machine::Bochs { .. } => format!("{name} (Bochs)"),
            Machine::Wine => name.to_string(),
        }
    }
}

pub(crate) fn rows() -> impl Iterator<Item = Row> {
    TARGETS.iter().flat_map(|target| target.models.iter().map(move |model| Row { target, model }))
}

/// The backends' names as the tests read and print them.
pub(crate) fn names(backends: &[Backend]) -> String {
    backends.iter().map(|backend| backend.name()).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_backend_runs_somewhere_and_what_runs_is_compiled() {
    use compiled::{Expected, TABLE};
    let is_in = |expected, name: &Backend| matches!(expected, Expected::Builds(names) if names.contains(name));
    for backend in Backend::ALL {
        assert!(rows().any(|row| row.model.backends.contains(backend)), "{backend}");
        assert!(TABLE.iter().any(|(_, expected)| is_in(*expected, backend)), "{backend}");
    }
    let crates =
        ["memcpy-streaming", "memmap-template", "fuzz-bodies"].map(|name| crate::cargo::workspace().join(name));
    let is_program = |name: &str| {
        let files = [format!("tests/{name}.rs"), format!("tests/{name}/main.rs")];
        name == "memcpy_streaming" || files.iter().any(|file| crates.iter().any(|of| of.join(file).is_file()))
    };
    for Row { target, model } in rows() {
        assert!(TABLE.iter().any(|(triple, _)| *triple == target.triple), "{}", target.triple);
        assert!(model.tests.iter().all(|name| is_program(name)), "{}", model.name);
        assert!(model.tests.iter().all(|name| model.runs(Path::new(&format!("deps/{name}-0123456789abcdef")))));
        assert_eq!(model.runs(Path::new("deps/invariants-0123456789abcdef")), model.tests.is_empty());
    }
}
