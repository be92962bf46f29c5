//! The guest's files: an archive that the kernel unpacks (cpio, "newc"), and the kernel's modules in it, in the order in which they load.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use cpio::newc;

use super::kernel::KernelPackage;
use crate::failure::{Failure, cannot};

/// The guest's first process, a script for busybox.
const INIT: &str = include_str!("init");

/// Everything that a guest needs: its modules, and files for its folder /extra, each by name.
pub(crate) fn build(
    busybox: &Path,
    modules: &[(String, Vec<u8>)],
    extra: &[(String, Vec<u8>)],
) -> Result<Vec<u8>, Failure> {
    let busybox = fs::read(busybox).map_err(cannot("read", busybox))?;
    let list: String = modules.iter().map(|(name, _)| format!("{name}\n")).collect();
    let mut archive = Vec::new();
    for folder in ["bin", "modules", "extra"] {
        entry(&mut archive, folder, 0o040_755, &[]);
    }
    let mut file = |name: &str, contents: &[u8]| entry(&mut archive, name, 0o100_755, contents);
    file("bin/busybox", &busybox);
    file("init", INIT.as_bytes());
    file("modules/list", list.as_bytes());
    for (folder, files) in [("modules", modules), ("extra", extra)] {
        files.iter().for_each(|(name, contents)| file(&format!("{folder}/{name}"), contents));
    }
    Ok(newc::trailer(archive).expect("memory takes all of it"))
}

fn entry(archive: &mut Vec<u8>, name: &str, mode: u32, contents: &[u8]) {
    // A number that no other entry has: those with the same are one file.
    let number = archive.len() as u32 + 1;
    let mut entry = newc::Builder::new(name).ino(number).mode(mode).write(archive, contents.len() as u32);
    entry.write_all(contents).and_then(|()| entry.finish()).expect("memory takes all of it");
}

/// These modules with what they need, in the order in which they can be loaded: names and contents.
pub(super) fn modules(kernel: &KernelPackage, names: &[&str]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let builtin = fs::read_to_string(kernel.modules.join("modules.builtin")).unwrap_or_default();
    let mut files = builtin.lines().filter_map(|line| Some((module_name(Path::new(line))?, None))).collect();
    collect(&kernel.modules.join("kernel"), &mut files);
    let mut loaded = Vec::new();
    for name in names {
        load(name, kernel, &files, &mut loaded)?;
    }
    Ok(loaded)
}

/// Modules by their names: the file, or none of those that are built in.
type Files = HashMap<String, Option<PathBuf>>;

fn collect(folder: &Path, files: &mut Files) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if let Some(name) = module_name(&path) {
            files.insert(name, Some(path));
        }
    }
}

fn load(name: &str, kernel: &KernelPackage, files: &Files, loaded: &mut Vec<(String, Vec<u8>)>) -> Result<(), Failure> {
    let name = name.replace('-', "_");
    let Some(file) = files.get(&name) else {
        return Err(Failure::input(format_args!(
            "kernel {} has no {name}, which a pmem namespace takes; name another one",
            kernel.release
        )));
    };
    let (Some(file), name) = (file, format!("{name}.ko")) else { return Ok(()) };
    if loaded.iter().any(|(known, _)| *known == name) {
        return Ok(());
    }
    let module = unpacked(file)?;
    for needed in depends(&module) {
        load(&needed, kernel, files, loaded)?;
    }
    loaded.push((name, module));
    Ok(())
}

fn module_name(path: &Path) -> Option<String> {
    let (name, _) = path.file_name()?.to_str()?.split_once(".ko")?;
    Some(name.replace('-', "_"))
}

/// Modules are plain or packed by xz, which refuses what is neither.
fn unpacked(file: &Path) -> Result<Vec<u8>, Failure> {
    if file.extension().is_some_and(|end| end == "ko") {
        return fs::read(file).map_err(cannot("read", file));
    }
    let xz = Command::new("xz").arg("-dc").arg(file).output().map_err(cannot("unpack", file))?;
    if xz.status.success() {
        return Ok(xz.stdout);
    }
    let why = String::from_utf8_lossy(&xz.stderr);
    Err(Failure::run(format_args!("cannot unpack `{}`: {}", file.display(), why.trim())))
}

/// The modules that a module says it needs (its section `.modinfo`).
fn depends(module: &[u8]) -> Vec<String> {
    let Some(at) = memchr::memmem::find(module, b"\0depends=") else { return Vec::new() };
    let value = module[at..].split(|&byte| byte == 0).nth(1).unwrap_or_default();
    let names = String::from_utf8_lossy(&value["depends=".len()..]).into_owned();
    names.split(',').filter(|name| !name.is_empty()).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The archive by a second opinion, where there is one.
    #[test]
    fn modules_load_after_what_they_need() {
        let folder = tempfile::tempdir().unwrap();
        let kernel = KernelPackage { modules: folder.path().to_path_buf(), ..KernelPackage::default() };
        fs::create_dir_all(folder.path().join("kernel/drivers")).unwrap();
        fs::write(folder.path().join("modules.builtin"), "kernel/lib/crc-a.ko\n").unwrap();
        for (name, needed) in [("nd_pmem.ko", "nd-btt,crc-a"), ("drivers/nd-btt.ko", "bus"), ("bus.ko", "")] {
            let module = format!("\x7fELF\0license=GPL\0depends={needed}\0name=x\0");
            fs::write(folder.path().join("kernel").join(name), module).unwrap();
        }
        fs::write(folder.path().join("kernel/bad.ko.xz"), "no xz").unwrap();
        let loaded = modules(&kernel, &["nd_pmem", "bus"]).unwrap();
        assert!(loaded.iter().map(|(name, _)| name).eq(["bus.ko", "nd_btt.ko", "nd_pmem.ko"]));
        assert!(matches!(modules(&kernel, &["modules.order"]), Err(Failure::Input(_))));
        assert!(matches!(modules(&kernel, &["bad"]), Err(Failure::Run(line)) if line.contains("bad.ko.xz")));

        let file = folder.path().join("archive");
        fs::write(&file, build(&folder.path().join("modules.builtin"), &loaded, &[]).unwrap()).unwrap();
        if let Ok(list) = Command::new("cpio").args(["--list", "--quiet", "-F"]).arg(&file).output() {
            let list = String::from_utf8(list.stdout).unwrap();
            let first = "bin modules extra bin/busybox init modules/list modules/bus.ko modules/nd_btt.ko";
            assert!(list.split_whitespace().eq(first.split(' ').chain(["modules/nd_pmem.ko"])), "{list}");
        }
    }
}
