//! What is in a kernel's packages.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::apt::Apt;
use crate::failure::Failure;
use crate::interrupt::Interrupt;

/// A kernel that packages were unpacked of.
#[derive(Default)]
pub(crate) struct KernelPackage {
    /// As the kernel calls itself, `uname -r`.
    pub(crate) release: String,
    pub(crate) image: PathBuf,
    /// The folder of its modules.
    pub(super) modules: PathBuf,
    /// What it was configured with, without `CONFIG_`.
    pub(crate) config: HashMap<String, String>,
}

impl KernelPackage {
    /// Fetches the packages of a kernel. Since 7.0 or so there are three of them, of which the one that people name has nothing in it.
    pub(crate) fn fetch(apt: &Apt, name: &str, interrupt: &Interrupt) -> Result<KernelPackage, Failure> {
        // `linux-base` itself has none of the kernel's files.
        let is_numbered = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        let kinds = ["linux-image-", "linux-binary-", "linux-modules-", "linux-base-"];
        let is_part = |name: &str| kinds.iter().any(|kind| name.strip_prefix(kind).is_some_and(is_numbered));
        KernelPackage::read(&apt.unpack(name, is_part, interrupt)?).ok_or_else(|| {
            Failure::input(format_args!(
                "package `{name}` holds no kernel with its modules; name one such as linux-image-VERSION"
            ))
        })
    }

    fn read(folder: &Path) -> Option<KernelPackage> {
        let only_folder = |inner: &str| {
            let mut entries = fs::read_dir(folder.join(inner)).ok()?.flatten().map(|entry| entry.path());
            entries.find(|path| path.is_dir())
        };
        // Newer packages have all of it among the modules.
        let modules = ["lib/modules", "usr/lib/modules"].into_iter().find_map(only_folder)?;
        let release = modules.file_name()?.to_string_lossy().into_owned();
        let boot = folder.join("boot");
        let image = [modules.join("vmlinuz"), boot.join(format!("vmlinuz-{release}"))];
        let config = [modules.join("config"), boot.join(format!("config-{release}"))];
        let image = image.into_iter().find(|file| file.is_file())?;
        let config = config.iter().find_map(|file| fs::read_to_string(file).ok())?;
        let config = config.lines().filter_map(|line| line.strip_prefix("CONFIG_")?.split_once('='));
        let config = config.map(|(name, value)| (name.to_string(), value.to_string())).collect();
        modules.join("kernel").is_dir().then_some(KernelPackage { release, image, modules, config })
    }

    /// A kernel of which only this is known: `config` has words such as `NUMA=y`.
    #[cfg(test)]
    pub(crate) fn described(release: &str, config: &str) -> KernelPackage {
        let config = config.split_whitespace().filter_map(|word| word.split_once('='));
        let config = config.map(|(name, value)| (name.to_string(), value.to_string())).collect();
        KernelPackage { release: release.to_string(), config, ..KernelPackage::default() }
    }

    /// Whether an option is built in, or a module.
    pub(crate) fn has(&self, option: &str) -> bool {
        self.config.get(option).is_some_and(|value| value == "y" || value == "m")
    }

    /// The value of an option that is a number.
    pub(crate) fn number(&self, option: &str) -> Option<u64> {
        self.config.get(option)?.parse().ok()
    }

    /// The version, as two numbers.
    pub(crate) fn version(&self) -> Option<(u32, u32)> {
        let mut numbers = self.release.split(|c: char| !c.is_ascii_digit()).map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_old_and_new_are_read() {
        let old = ["lib/modules/6.1.0-56-amd64", "boot/vmlinuz-6.1.0-56-amd64", "boot/config-6.1.0-56-amd64"];
        let inner = "usr/lib/modules/7.2.13-arm64-16k";
        let new = [inner, &format!("{inner}/vmlinuz"), &format!("{inner}/config")];
        for ([modules, image, config], version) in [(old, (6, 1)), (new, (7, 2))] {
            let folder = tempfile::tempdir().unwrap();
            assert!(KernelPackage::read(folder.path()).is_none());
            fs::create_dir_all(folder.path().join(modules).join("kernel")).unwrap();
            fs::create_dir_all(folder.path().join("boot")).unwrap();
            fs::write(folder.path().join(image), "").unwrap();
            let text = "# a comment\nCONFIG_NR_CPUS=512\nCONFIG_ND_PFN=m\n# CONFIG_KMSAN is not set\n";
            fs::write(folder.path().join(config), text).unwrap();
            let kernel = KernelPackage::read(folder.path()).unwrap();
            assert_eq!(kernel.version(), Some(version));
            assert_eq!((kernel.number("NR_CPUS"), kernel.has("ND_PFN"), kernel.has("KMSAN")), (Some(512), true, false));
        }
    }
}
