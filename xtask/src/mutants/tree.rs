//! The copy of the workspace that is broken.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::libraries::LIBRARIES;

/// Copies the workspace to `tree`, which is made anew; what cargo has built, and git's folder, are left out. The functions of
/// the libraries are no longer marked as unsafe there: nothing else about them changes, and cargo-mutants looks into them.
pub(super) fn make(workspace: &Path, target_dir: &Path, tree: &Path) -> io::Result<()> {
    if tree.exists() {
        fs::remove_dir_all(tree)?;
    }
    let leave_out = |path: &Path| path == target_dir || path.ends_with(".git") || path.ends_with("target");
    for file in files(workspace, &leave_out)? {
        let name = file.strip_prefix(workspace).unwrap_or(&file);
        let copy = tree.join(name);
        fs::create_dir_all(copy.parent().unwrap_or(tree))?;
        if is_rust(&file) && LIBRARIES.iter().any(|library| name.starts_with(format!("{}/src", library.name))) {
            // Types of functions (`unsafe fn(`) stay, and take the others.
            fs::write(copy, fs::read_to_string(&file)?.replace("unsafe fn ", "fn "))?;
        } else {
            fs::copy(&file, copy)?;
        }
    }
    Ok(())
}

/// The source files below a folder, sorted.
pub(super) fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    files(folder, &|path| path.is_file() && !is_rust(path))
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

fn files(folder: &Path, leave_out: &dyn Fn(&Path) -> bool) -> io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if leave_out(&path) {
            continue;
        }
        if path.is_dir() {
            all.extend(files(&path, leave_out)?);
        } else {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_whole_but_for_what_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let (from, tree) = (folder.path().join("from"), folder.path().join("from/build/tree"));
        let kept = "unsafe fn h(g: unsafe fn(u8)) { unsafe { g(1) } }";
        let names = ["memmap-template/src/b/c.rs", "memmap-template/src/a.rs", "other/src/d.rs"];
        for name in names.into_iter().chain(["build/x.rs", "other/.git/e"]) {
            fs::create_dir_all(from.join(name).parent().unwrap()).unwrap();
            fs::write(from.join(name), kept).unwrap();
        }
        make(&from, &from.join("build"), &tree).unwrap();
        assert_eq!(sources(&tree).unwrap(), [names[1], names[0], names[2]].map(|name| tree.join(name)));
        let safe = "fn h(g: unsafe fn(u8)) { unsafe { g(1) } }";
        assert_eq!(fs::read_to_string(tree.join(names[0])).unwrap(), safe);
        assert_eq!(fs::read_to_string(tree.join(names[2])).unwrap(), kept);
        assert!(!tree.join("other/.git").exists());
    }
}
