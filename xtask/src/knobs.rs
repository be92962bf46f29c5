//! Struct pages other than a distribution kernel's.

use memmap_template::Preset;

use crate::failure::Failure;

/// A field that depends on the pfn.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Knob {
    /// the page's linear address
    Virtual,
    /// the section number in the flag word
    Sections,
}

#[derive(clap::Args)]
pub(crate) struct StructPages {
    /// Size of a struct page: 56, 64, 72, 80, 88 or 96, by the options that a debugging kernel has
    #[arg(long, value_name = "BYTES", default_value_t = 64)]
    pub(crate) struct_page: u64,
    /// Fields that depend on the pfn
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    pub(crate) with: Vec<Knob>,
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
    fn fields_that_are_asked_for_are_there() {
        for (knobs, there) in [(&[][..], false), (&[Knob::Virtual, Knob::Sections], true)] {
            let preset = preset(Preset::X86_64_DISTRO, 80, knobs).unwrap();
            assert_eq!((preset.kconfig.page_virtual, preset.flags.section_width > 0), (there, there));
        }
    }
}
