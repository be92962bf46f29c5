//! The fuzz targets.

/// One of the programs in `fuzz/fuzz_targets`.
pub(super) struct Target {
    pub(super) name: &'static str,
    /// What watches memory unless something else is asked for, as cargo-fuzz knows it.
    pub(super) sanitizer: &'static str,
}

/// Nothing: the library then has its real backends, and the targets guard bytes around what may be written.
pub(super) const NONE: &str = "none";
/// AddressSanitizer: under it, the library has nothing but the portable backend.
pub(super) const ADDRESS: &str = "address";

/// All of them. Where the point is what backends do, they are the real ones.
pub(super) const TARGETS: [Target; 6] = [
    Target { name: "copy_family", sanitizer: NONE },
    Target { name: "writer", sanitizer: NONE },
    Target { name: "pattern_fill", sanitizer: NONE },
    Target { name: "page_layouts", sanitizer: ADDRESS },
    Target { name: "memmap_inspect", sanitizer: ADDRESS },
    Target { name: "parsers", sanitizer: ADDRESS },
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
