//! Whose distribution kernel: the architecture, the size of its pages, and struct pages other than its own.

use clap::ValueEnum;
use memmap_template::namespace::Align;
use memmap_template::{Kernel, PageSize, Preset};

use crate::args;
use crate::failure::Failure;

/// An architecture whose kernels' memmaps are known, by the kernel's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Arch {
    #[value(name = "x86_64")]
    X86_64,
    Arm64,
}

impl Arch {
    pub(crate) const ALL: [Arch; 2] = [Arch::X86_64, Arch::Arm64];

    /// Its distribution kernel with pages of this size.
    pub(crate) fn preset(self, page_size: PageSize) -> Result<Preset, Failure> {
        let known = match (self, page_size) {
            (Arch::X86_64, PageSize::Size4K) => return Ok(Preset::X86_64_DISTRO),
            (Arch::Arm64, PageSize::Size4K) => return Ok(Preset::ARM64_4K),
            (Arch::Arm64, PageSize::Size16K) => return Ok(Preset::ARM64_16K),
            (Arch::Arm64, PageSize::Size64K) => return Ok(Preset::ARM64_64K),
            (Arch::X86_64, _) => "x86_64 has pages of 4K only; leave --page-size out or use --arch arm64",
            (Arch::Arm64, _) => "arm64 has pages of 4K, 16K or 64K",
        };
        Err(Failure::input(format_args!("--page-size {page_size}: {known}")))
    }
}

impl std::fmt::Display for Arch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.to_possible_value().expect("none is hidden").get_name())
    }
}

/// A field of a struct page that depends on the pfn.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
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

impl StructPages {
    /// A distribution kernel with struct pages of this size and with these fields.
    pub(crate) fn preset(&self, arch: Arch, page_size: PageSize) -> Result<Preset, Failure> {
        let (size, mut preset) = (self.struct_page, arch.preset(page_size)?);
        preset.kconfig.page_virtual = self.with.contains(&Knob::Virtual);
        if self.with.contains(&Knob::Sections) {
            // `SECTIONS_SHIFT` of x86_64 with four-level paging. What then no longer fits the flag word has to leave it.
            preset.flags.section_width = 19;
            (preset.flags.last_cpupid_width, preset.flags.lru_gen_width) = (8, 3);
        }
        preset
            .with_struct_page_size(size)
            .map_err(|error| Failure::input(format_args!("--struct-page {size}: {error}")))
    }
}

/// A distribution kernel, and how namespaces are aligned in it.
#[derive(clap::Args)]
pub(crate) struct Distro {
    /// Whose distribution kernel
    #[arg(long, default_value = "x86_64")]
    pub(crate) arch: Arch,
    /// Size of a page: 4K or, on arm64, 16K or 64K
    #[arg(long, value_name = "SIZE", default_value = "4K")]
    pub(crate) page_size: PageSize,
    /// Whose memmap; the words of 7.1 are also right for 7.2 and 7.3
    #[arg(long, value_name = "VERSION", default_value = "7.1", value_parser = args::kernels())]
    pub(crate) kernel: Kernel,
    #[arg(long, value_name = "SIZE", help = args::ALIGN)]
    pub(crate) align: Option<Align>,
}

#[test]
fn fields_that_are_asked_for_are_there() {
    for (with, there) in [(vec![], false), (vec![Knob::Virtual, Knob::Sections], true)] {
        let preset = StructPages { struct_page: 80, with }.preset(Arch::X86_64, PageSize::Size4K).unwrap();
        assert_eq!((preset.kconfig.page_virtual, preset.flags.section_width > 0), (there, there));
    }
}
