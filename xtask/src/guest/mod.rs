//! A stock Debian kernel in an emulated machine (qemu's TCG: neither KVM nor root) with an emulated NVDIMM.
//!
//! What `golden` and `kernel-module` have in common: the kernel's packages (`apt`), what is in them (`kernel`), the initramfs
//! (`initramfs`, and `init`, the guest's first process), and the boot.

mod apt;
mod boot;
mod initramfs;
mod kernel;
mod sources;

pub(crate) use apt::{Apt, cannot, make};
pub(crate) use boot::{Console, Guest, NVDIMM, Nvdimm, boot};
pub(crate) use kernel::KernelPackage;
pub(crate) use sources::{DEBIAN_13, KERNELS};

use std::path::PathBuf;

use crate::arch::Arch;
use crate::failure::Failure;
use crate::install;
use crate::interrupt::Interrupt;
use crate::needs::{self, Need};

/// The firmware that arm64's machine starts with: without it there is no ACPI, and so no NVDIMM.
const ARM64_FIRMWARE: &str = "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd";

/// What a boot takes of this machine.
pub(crate) fn needs(arch: Arch) -> Vec<Need> {
    let mut needs = vec![
        Need::program("apt-get", "apt"),
        Need::program("apt-cache", "apt"),
        Need::program("dpkg", "dpkg"),
        Need::program("xz", "xz-utils"),
    ];
    match arch {
        Arch::X86_64 => needs.push(Need::program("qemu-system-x86_64", "qemu-system-x86")),
        Arch::Arm64 => {
            needs.push(Need::program("qemu-system-aarch64", "qemu-system-arm"));
            needs.push(Need::file(ARM64_FIRMWARE, "qemu-efi-aarch64"));
        }
    }
    needs
}

/// Installs what is missing of it, where that can be done here; fails in one line if something still is.
pub(crate) fn require(needs: &[Need], interrupt: &Interrupt) -> Result<(), Failure> {
    install::install(|| needs::missing(needs.iter().cloned()), interrupt)?;
    let missing = needs::missing(needs.iter().cloned());
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::run(format_args!("{}; {}", needs::describe(&missing), install::fix(&missing))))
}

/// Where packages are kept between runs: below cargo's target directory.
pub(crate) fn folder(interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let workspace = crate::cargo::workspace();
    Ok(crate::cargo::target_dir(&workspace, interrupt)?.join("guest"))
}
