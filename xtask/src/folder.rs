//! A folder for output that does not stay behind when nothing comes into it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders that we have made, the innermost first: each goes when this is dropped, if it is empty then.
pub(crate) struct Folder(Vec<PathBuf>);

impl Folder {
    /// Makes a folder and all it is in, where they are not there yet.
    pub(crate) fn create(path: &Path) -> io::Result<Folder> {
        let missing = path.ancestors().filter(|folder| !folder.as_os_str().is_empty()).take_while(|it| !it.exists());
        let folder = Folder(missing.map(Path::to_path_buf).collect());
        fs::create_dir_all(path)?;
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        for folder in &self.0 {
            // Fails if there is something in it.
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_stays() {
        let root = tempfile::tempdir().unwrap();
        let [outer, inner, file] = ["a", "a/b/c", "a/file"].map(|path| root.path().join(path));
        fs::create_dir(&outer).unwrap();
        drop(Folder::create(&inner).unwrap());
        assert!(outer.exists() && !outer.join("b").exists());
        fs::write(&file, "").unwrap();
        assert!(Folder::create(&file.join("inner")).is_err() && file.exists());
    }
}
