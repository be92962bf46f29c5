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
        if LIBRARIES.iter().any(|library| name.starts_with(format!("{}/src", library.name))) {
            // Types of functions (`unsafe fn(`) stay, and take the others.
            fs::write(copy, fs::read_to_string(&file)?.replace("unsafe fn ", "fn "))?;
        } else {
            fs::copy(&file, copy)?;
        }
    }
    Ok(())
}

/// The files below a folder, sorted; what is left out is not looked into.
pub(crate) fn files(folder: &Path, leave_out: &dyn Fn(&Path) -> bool) -> io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            _ if leave_out(&path) => {}
            true => all.extend(files(&path, leave_out)?),
            false => all.push(path),
        }
    }
    all.sort();
    Ok(all)
}

#[test]
fn a_copy_is_whole_but_for_what_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let (from, tree) = (folder.path().join("from"), folder.path().join("from/build/tree"));
    let text = "unsafe fn h(g: unsafe fn(u8)) { unsafe { g(1) } }";
    for name in ["memmap-template/src/b/c.rs", "other/src/d.rs", "build/x.rs", "other/.git/e"] {
        fs::create_dir_all(from.join(name).parent().unwrap()).unwrap();
        fs::write(from.join(name), text).unwrap();
    }
    make(&from, &from.join("build"), &tree).unwrap();
    let copies = files(&tree, &|_| false).unwrap().into_iter().map(|file| (fs::read_to_string(&file).unwrap(), file));
    let [ours, other] = ["memmap-template/src/b/c.rs", "other/src/d.rs"].map(|name| tree.join(name));
    let expected = [(text["unsafe ".len()..].to_string(), ours), (text.to_string(), other)];
    assert_eq!(copies.collect::<Vec<_>>(), expected);
}
