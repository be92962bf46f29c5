//! Whose distribution kernel: the architecture and the size of its pages.

use clap::{Arg, ArgMatches};
use memmap_template::{PageSize, Preset};

use crate::failure::Failure;

/// An architecture whose kernels' memmaps are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arch {
    X86_64,
    Arm64,
}

impl Arch {
    pub(crate) const ALL: [Arch; 2] = [Arch::X86_64, Arch::Arm64];

    /// As it is written on the command line: the kernel's name for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64",
            Arch::Arm64 => "arm64",
        }
    }

    /// Its distribution kernel with pages of this size.
    pub(crate) fn preset(self, page_size: PageSize) -> Result<Preset, Failure> {
        match (self, page_size) {
            (Arch::X86_64, PageSize::Size4K) => Ok(Preset::X86_64_DISTRO),
            (Arch::Arm64, PageSize::Size4K) => Ok(Preset::ARM64_4K),
            (Arch::Arm64, PageSize::Size16K) => Ok(Preset::ARM64_16K),
            (Arch::Arm64, PageSize::Size64K) => Ok(Preset::ARM64_64K),
            (Arch::X86_64, page_size) => Err(Failure::input(format_args!(
                "--page-size {page_size}: x86_64 has pages of 4K only; leave --page-size out or use --arch arm64"
            ))),
            (Arch::Arm64, page_size) => {
                Err(Failure::input(format_args!("--page-size {page_size}: arm64 has pages of 4K, 16K or 64K")))
            }
        }
    }
}

impl std::fmt::Display for Arch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Arch {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Arch::ALL.into_iter().find(|arch| arch.name() == name).ok_or("known are x86_64, arm64")
    }
}

/// `--arch`, without a default.
pub(crate) fn arch_arg() -> Arg {
    Arg::new("arch").long("arch").value_name("ARCH").value_parser(str::parse::<Arch>)
}

/// `--page-size`, without a default.
pub(crate) fn page_size_arg() -> Arg {
    Arg::new("page-size").long("page-size").value_name("SIZE").value_parser(str::parse::<PageSize>)
}

/// Both, x86_64 with pages of 4 KiB if they are left out.
pub(crate) fn default_args() -> [Arg; 2] {
    [
        arch_arg().default_value("x86_64").help("Whose distribution kernel: x86_64 or arm64"),
        page_size_arg().default_value("4K").help("Size of a page: 4K or, on arm64, 16K or 64K"),
    ]
}

/// What both say: the architecture and its kernel.
pub(crate) fn preset(matches: &mut ArgMatches) -> Result<(Arch, Preset), Failure> {
    let arch: Arch = crate::args::take(matches, "arch");
    Ok((arch, arch.preset(crate::args::take(matches, "page-size"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_architecture_has_its_pages() {
        for arch in Arch::ALL {
            assert_eq!(arch.name().parse(), Ok(arch));
            for &page_size in PageSize::ALL {
                match arch.preset(page_size) {
                    Ok(preset) => assert_eq!(preset.kconfig.page_size, page_size),
                    Err(Failure::Input(line)) => {
                        assert!(arch == Arch::X86_64 && page_size != PageSize::Size4K, "{line}");
                        assert!(line.contains("--page-size") && line.contains("--arch arm64"), "{line}");
                    }
                    Err(other) => panic!("{other:?}"),
                }
            }
        }
        assert!("aarch64".parse::<Arch>().is_err());
    }
}
