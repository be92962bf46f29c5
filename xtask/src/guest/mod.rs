//! A stock Debian kernel in an emulated machine (qemu's TCG: neither KVM nor root) with an emulated NVDIMM.
//!
//! What `golden`, `kernel-module` and the PC of `test` have in common: folders that are kept (`kept`), packages (`apt`), what is in those of
//! a kernel (`kernel`), the boot (`boot`, and `init`, the guest's first process), and what the guest says (`console`).

mod apt;
mod boot;
mod console;
mod kept;
mod kernel;

pub(crate) use apt::{Apt, DEBIAN_12, DEBIAN_13, KERNELS, repositories};
pub(crate) use boot::{Guest, NVDIMM, TYPES, boot, initramfs};
pub(crate) use console::{Console, attend};
pub(crate) use kept::Kept;
pub(crate) use kernel::KernelPackage;

use std::path::PathBuf;

use crate::arch::Arch;
use crate::cargo::target_dir;
use crate::failure::Failure;
use crate::install;
use crate::needs::{self, Need};

/// The firmware that arm64's machine starts with: without it there is no ACPI, and so no NVDIMM.
const ARM64_FIRMWARE: &str = "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd";

pub(crate) fn needs(arch: Arch) -> Vec<Need> {
    let programs = [("apt-get", "apt"), ("apt-cache", "apt"), ("dpkg", "dpkg"), ("xz", "xz-utils")];
    let of_arch = match arch {
        Arch::X86_64 => &[("qemu-system-x86_64", "qemu-system-x86")][..],
        Arch::Arm64 => &[("qemu-system-aarch64", "qemu-system-arm"), (ARM64_FIRMWARE, "qemu-efi-aarch64")],
    };
    needs::missing(&[&programs, of_arch].concat())
}

/// Installs what is missing, where that can be done here; fails in one line if something still is.
pub(crate) fn require(missing: impl Fn() -> Vec<Need>) -> Result<(), Failure> {
    install::install(&missing)?;
    match missing() {
        none if none.is_empty() => Ok(()),
        missing => Err(Failure::run(install::told(&missing))),
    }
}

/// Where packages are kept between runs: below cargo's target directory.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    Ok(target_dir()?.join("guest"))
}
