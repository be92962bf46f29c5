//! What is in a kernel's packages: its image, its configuration, its modules.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::apt::Apt;
use crate::failure::{Failure, cannot};

#[derive(Default)]
pub(crate) struct KernelPackage {
    /// As the kernel calls itself, `uname -r`.
    pub(crate) release: String,
    pub(crate) image: PathBuf,
    modules: PathBuf,
    /// What it was configured with: its lines.
    config: String,
}

pub(crate) type Files = Vec<(String, Vec<u8>)>;

impl KernelPackage {
    /// Fetches the packages of a kernel. Since 7.0 or so there are three of them, of which the one that people name has nothing in it.
    pub(crate) fn fetch(apt: &Apt, name: &str) -> Result<KernelPackage, Failure> {
        // `linux-base` itself has none of the kernel's files.
        let is_numbered = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        let kinds = ["linux-image-", "linux-binary-", "linux-modules-", "linux-base-"];
        let is_part = |name: &str| kinds.iter().any(|kind| name.strip_prefix(kind).is_some_and(is_numbered));
        let why = "holds no kernel with its modules; name one such as linux-image-VERSION";
        let found = KernelPackage::read(&apt.unpack(name, is_part)?);
        found.ok_or_else(|| Failure::input(format_args!("package `{name}` {why}")))
    }

    fn read(folder: &Path) -> Option<KernelPackage> {
        // Newer packages have all of it among the modules.
        let modules = ["lib/modules", "usr/lib/modules"].map(|inner| fs::read_dir(folder.join(inner)));
        let mut modules = modules.into_iter().flatten().flatten().flatten().map(|entry| entry.path());
        let modules = modules.find(|path| path.join("kernel").is_dir())?;
        let release = modules.file_name()?.to_string_lossy().into_owned();
        let file = |name: &str| {
            let places = [modules.join(name), folder.join("boot").join(format!("{name}-{release}"))];
            places.into_iter().find(|file| file.is_file())
        };
        let config = fs::read_to_string(file("config")?).ok()?;
        Some(KernelPackage { image: file("vmlinuz")?, config, release, modules })
    }

    /// A kernel of which only this is known: `config` has words such as `NUMA=y`.
    #[cfg(test)]
    pub(crate) fn described(release: &str, config: &str) -> KernelPackage {
        let config = config.split(' ').map(|word| format!("CONFIG_{word}\n")).collect();
        KernelPackage { release: release.to_string(), config, ..KernelPackage::default() }
    }

    /// What it was configured with as `CONFIG_...`.
    pub(crate) fn config(&self, option: &str) -> Option<&str> {
        self.config.lines().find_map(|line| line.strip_prefix("CONFIG_")?.strip_prefix(option)?.strip_prefix('='))
    }

    pub(crate) fn has(&self, option: &str) -> bool {
        self.config(option).is_some_and(|value| value == "y" || value == "m")
    }

    /// Adds these modules (names with commas between them, as modules have them) and what they need, in the order in which they can be loaded.
    pub(super) fn load(&self, names: &str, loaded: &mut Files) -> Result<(), Failure> {
        for name in names.split(',').filter(|name| !name.is_empty()) {
            let name = name.replace('-', "_") + ".ko";
            let listed = |list: &str| {
                let text = fs::read_to_string(self.modules.join(list)).ok()?;
                let is_it = |path: &&str| path.rsplit('/').next().is_some_and(|file| file.replace('-', "_") == name);
                text.lines().find(is_it).map(str::to_string)
            };
            if loaded.iter().any(|(known, _)| *known == name) || listed("modules.builtin").is_some() {
                continue;
            }
            let why = "which a pmem namespace takes; name another one";
            let missing = || Failure::input(format_args!("kernel {} has no {name}, {why}", self.release));
            let module = unpacked(&self.modules.join(listed("modules.order").ok_or_else(missing)?))?;
            self.load(&depends(&module), loaded)?;
            loaded.push((name, module));
        }
        Ok(())
    }
}

/// Modules are plain or packed by xz.
fn unpacked(file: &Path) -> Result<Vec<u8>, Failure> {
    if file.is_file() {
        return fs::read(file).map_err(cannot("read", file));
    }
    let packed = file.with_extension("ko.xz");
    let xz = Command::new("xz").arg("-dc").arg(&packed).output().map_err(cannot("unpack", &packed))?;
    let why = String::from_utf8_lossy(&xz.stderr);
    let failed = || Failure::run(format_args!("cannot unpack `{}`: {}", packed.display(), why.trim()));
    xz.status.success().then_some(xz.stdout).ok_or_else(failed)
}

/// The modules that a module says it needs, in its section `.modinfo`.
fn depends(module: &[u8]) -> Cow<'_, str> {
    let key = b"\0depends=";
    let value =
        memchr::memmem::find(module, key).and_then(|at| module[at + key.len()..].split(|&byte| byte == 0).next());
    String::from_utf8_lossy(value.unwrap_or_default())
}
