//! Struct pages other than a distribution kernel's.

use memmap_template::Preset;

use crate::failure::Failure;

/// A field that depends on the pfn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Knob {
    /// `virtual`.
    Virtual,
    /// The section number in the flag word.
    Sections,
}

impl std::str::FromStr for Knob {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "virtual" => Ok(Knob::Virtual),
            "sections" => Ok(Knob::Sections),
            _ => Err("known are virtual, sections"),
        }
    }
}

/// A distribution kernel with struct pages of `size` bytes and these fields.
pub(crate) fn preset(mut preset: Preset, size: u64, knobs: &[Knob]) -> Result<Preset, Failure> {
    preset.kconfig.page_virtual = knobs.contains(&Knob::Virtual);
    if knobs.contains(&Knob::Sections) {
        // `SECTIONS_SHIFT` of x86_64 with four-level paging. What then no longer fits the flag word has to leave it.
        preset.flags.section_width = 19;
        (preset.flags.last_cpupid_width, preset.flags.lru_gen_width) = (8, 3);
    }
    preset.with_struct_page_size(size).map_err(|error| Failure::input(format_args!("--struct-page {size}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_fields_go_together() {
        for size in [64, 72, 80, 88, 96] {
            for knobs in [&[][..], &[Knob::Virtual], &[Knob::Sections], &[Knob::Virtual, Knob::Sections]] {
                let preset = preset(Preset::X86_64_DISTRO, size, knobs).unwrap();
                assert_eq!(preset.kconfig.struct_page_size(), size);
                assert_eq!(preset.kconfig.page_virtual, knobs.contains(&Knob::Virtual));
                assert_eq!(preset.flags.section_width > 0, knobs.contains(&Knob::Sections));
            }
        }
        for base in [Preset::X86_64_DISTRO, Preset::ARM64_16K] {
            assert!(preset(base, 56, &[]).is_ok() && preset(base, 56, &[Knob::Virtual]).is_err());
            assert!(preset(base, 65, &[]).is_err());
        }
    }
}
