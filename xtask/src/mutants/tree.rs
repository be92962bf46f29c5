//! The copy of the workspace that is broken.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Copies the workspace to `tree`, which is made anew; what cargo has built, and git's folder, are left out. The functions of
/// `libraries` are no longer marked as unsafe there: nothing else about them changes, and cargo-mutants looks into them.
pub(super) fn make<'a>(
    workspace: &Path,
    target_dir: &Path,
    tree: &Path,
    libraries: impl IntoIterator<Item = &'a str>,
) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::run(format_args!("cannot copy to `{}`: {error}", tree.display()));
    if tree.exists() {
        fs::remove_dir_all(tree).map_err(failed)?;
    }
    let leave_out =
        |path: &Path| path == target_dir || path.file_name().is_some_and(|name| name == ".git" || name == "target");
    copy(workspace, tree, &leave_out).map_err(failed)?;
    for library in libraries {
        for file in sources(&tree.join(library).join("src")).map_err(failed)? {
            let text = fs::read_to_string(&file).map_err(failed)?;
            fs::write(&file, without_unsafe_functions(&text)).map_err(failed)?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path, leave_out: &impl Fn(&Path) -> bool) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        let to = to.join(name);
        if leave_out(&path) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to, leave_out)?;
        } else {
            fs::copy(&path, &to)?;
        }
    }
    Ok(())
}

/// The source files below a folder, sorted.
pub(super) fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// `unsafe fn name` becomes `fn name`; types of functions (`unsafe fn(`) stay, and take the others.
fn without_unsafe_functions(text: &str) -> String {
    text.replace("unsafe fn ", "fn ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_become_safe_and_their_types_stay() {
        let text = "pub unsafe fn f(g: unsafe fn(u8)) {}\nunsafe fn h() { unsafe { f(i) } }";
        assert_eq!(without_unsafe_functions(text), "pub fn f(g: unsafe fn(u8)) {}\nfn h() { unsafe { f(i) } }");
    }

    #[test]
    fn a_copy_is_whole_but_for_what_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("from/build/tree"));
        for (file, text) in
            [("a/src/b/c.rs", "unsafe fn c() {}"), ("a/src/a.rs", ""), ("build/x.rs", ""), ("d/.git/e", "")]
        {
            fs::create_dir_all(from.join(file).parent().unwrap()).unwrap();
            fs::write(from.join(file), text).unwrap();
        }
        make(&from, &from.join("build"), &to, ["a"]).unwrap();
        assert_eq!(sources(&to).unwrap(), [to.join("a/src/a.rs"), to.join("a/src/b/c.rs")]);
        assert_eq!(fs::read_to_string(to.join("a/src/b/c.rs")).unwrap(), "fn c() {}");
        assert!(!to.join("d/.git").exists() && to.join("d").is_dir());
    }
}
