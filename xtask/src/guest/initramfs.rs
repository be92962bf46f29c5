//! The guest's files: an archive that the kernel unpacks (cpio, "newc"), and the kernel's modules in it, in the order in which they load.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cpio::newc;

use super::kernel::KernelPackage;
use crate::failure::Failure;

/// The guest's first process, a script for busybox.
const INIT: &str = include_str!("init");

/// An archive in the making.
#[derive(Default)]
pub(super) struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

impl Archive {
    pub(super) fn folder(&mut self, name: &str) {
        self.entry(name, 0o040_755, &[]);
    }

    pub(super) fn file(&mut self, name: &str, contents: &[u8]) {
        self.entry(name, 0o100_755, contents);
    }

    fn entry(&mut self, name: &str, mode: u32, contents: &[u8]) {
        self.entries += 1;
        let entry = newc::Builder::new(name).ino(self.entries).mode(mode);
        let mut entry = entry.write(&mut self.bytes, contents.len() as u32);
        entry.write_all(contents).and_then(|()| entry.finish()).expect("memory takes all of it");
    }

    /// The whole archive.
    pub(super) fn finish(self) -> Vec<u8> {
        newc::trailer(self.bytes).expect("memory takes all of it")
    }
}

/// Everything that the guest needs but `extra`: names and contents of files for its folder /extra.
pub(super) fn build(
    kernel: &KernelPackage,
    busybox: &[u8],
    modules: &[&str],
    extra: &[(String, Vec<u8>)],
) -> Result<Vec<u8>, Failure> {
    let mut archive = Archive::default();
    for folder in ["bin", "modules", "extra"] {
        archive.folder(folder);
    }
    archive.file("bin/busybox", busybox);
    archive.file("init", INIT.as_bytes());
    let mut loaded = Modules::of(kernel);
    for module in modules {
        loaded.add(module)?;
    }
    for (name, contents) in &loaded.contents {
        archive.file(&format!("modules/{name}"), contents);
    }
    archive.file(
        "modules/list",
        loaded.contents.iter().map(|(name, _)| format!("{name}\n")).collect::<String>().as_bytes(),
    );
    for (name, contents) in extra {
        archive.file(&format!("extra/{name}"), contents);
    }
    Ok(archive.finish())
}

/// Modules with what they need.
struct Modules<'a> {
    kernel: &'a KernelPackage,
    files: HashMap<String, PathBuf>,
    builtin: HashSet<String>,
    done: HashSet<String>,
    /// In the order in which they can be loaded.
    contents: Vec<(String, Vec<u8>)>,
}

impl<'a> Modules<'a> {
    fn of(kernel: &'a KernelPackage) -> Modules<'a> {
        let mut files = HashMap::new();
        collect(&kernel.modules.join("kernel"), &mut files);
        let builtin = fs::read_to_string(kernel.modules.join("modules.builtin")).unwrap_or_default();
        let builtin = builtin.lines().filter_map(|line| module_name(Path::new(line))).collect();
        Modules { kernel, files, builtin, done: HashSet::new(), contents: Vec::new() }
    }

    fn add(&mut self, name: &str) -> Result<(), Failure> {
        let name = name.replace('-', "_");
        if !self.done.insert(name.clone()) {
            return Ok(());
        }
        let Some(file) = self.files.get(&name).cloned() else {
            if self.builtin.contains(&name) {
                return Ok(());
            }
            let release = &self.kernel.release;
            return Err(Failure::input(format_args!(
                "kernel {release} has no {name}, which a pmem namespace takes; name another one"
            )));
        };
        let module = unpacked(&file)?;
        for needed in depends(&module) {
            self.add(&needed)?;
        }
        self.contents.push((format!("{name}.ko"), module));
        Ok(())
    }
}

/// Modules by their names.
fn collect(folder: &Path, files: &mut HashMap<String, PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if let Some(name) = module_name(&path) {
            files.insert(name, path);
        }
    }
}

fn module_name(path: &Path) -> Option<String> {
    let (name, _) = path.file_name()?.to_str()?.split_once(".ko")?;
    Some(name.replace('-', "_"))
}

fn unpacked(file: &Path) -> Result<Vec<u8>, Failure> {
    let cannot = |error| Failure::run(format_args!("cannot read `{}`: {error}", file.display()));
    match file.extension().and_then(|end| end.to_str()) {
        Some("ko") => fs::read(file).map_err(cannot),
        Some("xz") => {
            let mut xz = Command::new("xz");
            let mut xz = xz.arg("-dc").arg(file).stdout(Stdio::piped()).spawn().map_err(cannot)?;
            let mut module = Vec::new();
            xz.stdout.take().expect("it is piped").read_to_end(&mut module).map_err(cannot)?;
            let status = xz.wait().map_err(cannot)?;
            if status.success() { Ok(module) } else { Err(cannot(std::io::Error::other(format!("{status} of xz")))) }
        }
        _ => Err(cannot(std::io::Error::other("modules are plain or packed by xz"))),
    }
}

/// The modules that a module says it needs (its section `.modinfo`).
fn depends(module: &[u8]) -> Vec<String> {
    let Some(at) = memchr::memmem::find(module, b"\0depends=") else { return Vec::new() };
    let value = &module[at + b"\0depends=".len()..];
    let value = &value[..value.iter().position(|&byte| byte == 0).unwrap_or(value.len())];
    String::from_utf8_lossy(value).split(',').filter(|name| !name.is_empty()).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_module_needs_is_read() {
        assert_eq!(depends(b"\x7fELF\0license=GPL\0depends=libnvdimm,nd-btt\0name=x\0"), ["libnvdimm", "nd-btt"]);
        assert!(depends(b"\0depends=\0name=x\0").is_empty() && depends(b"").is_empty());
        assert_eq!(module_name(Path::new("kernel/drivers/nvdimm/nd_pmem.ko.xz")).as_deref(), Some("nd_pmem"));
        assert_eq!(module_name(Path::new("dax-pmem.ko")).as_deref(), Some("dax_pmem"));
        assert_eq!(module_name(Path::new("modules.order")), None);
    }

    /// By a second opinion, where there is one.
    #[test]
    fn the_archive_is_one() {
        let mut archive = Archive::default();
        archive.folder("bin");
        archive.file("bin/odd", b"12345");
        archive.file("even", b"");
        let bytes = archive.finish();
        assert!(bytes.len().is_multiple_of(4) && bytes.starts_with(b"07070100000001000041ed"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("archive");
        fs::write(&file, &bytes).unwrap();
        let list = Command::new("cpio").args(["--list", "--quiet", "-F"]).arg(&file).output();
        if let Ok(list) = list {
            assert_eq!(String::from_utf8_lossy(&list.stdout), "bin\nbin/odd\neven\n");
        }
    }
}
