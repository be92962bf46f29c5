//! The fuzz targets.

/// One of the programs in `fuzz/fuzz_targets`.
pub(super) struct Target {
    pub(super) name: &'static str,
    /// What watches memory unless something else is asked for.
    pub(super) sanitizer: Sanitizer,
}

/// What watches memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sanitizer {
    /// Nothing: the library then has its real backends, and the targets guard bytes around what may be written.
    None,
    /// AddressSanitizer: under it, the library has nothing but the portable backend.
    Address,
}

impl Sanitizer {
    /// As cargo-fuzz knows it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Sanitizer::None => "none",
            Sanitizer::Address => "address",
        }
    }
}

impl std::str::FromStr for Sanitizer {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "none" => Ok(Sanitizer::None),
            "address" => Ok(Sanitizer::Address),
            _ => Err("known are none, address"),
        }
    }
}

/// All of them. Where the point is what backends do, they are the real ones.
pub(super) const TARGETS: [Target; 6] = [
    Target { name: "copy_family", sanitizer: Sanitizer::None },
    Target { name: "writer", sanitizer: Sanitizer::None },
    Target { name: "pattern_fill", sanitizer: Sanitizer::None },
    Target { name: "page_layouts", sanitizer: Sanitizer::Address },
    Target { name: "memmap_inspect", sanitizer: Sanitizer::Address },
    Target { name: "parsers", sanitizer: Sanitizer::Address },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_program_and_a_corpus() {
        let fuzz = crate::cargo::workspace().join("fuzz");
        for Target { name, .. } in TARGETS {
            assert!(fuzz.join(format!("fuzz_targets/{name}.rs")).is_file(), "{name}");
            assert!(fuzz.join(format!("corpus/{name}")).is_dir(), "{name}");
        }
        assert_eq!(fuzz.join("fuzz_targets").read_dir().unwrap().count(), TARGETS.len());
    }
}
