//! A folder for output that does not stay behind when nothing comes into it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders that we have made: each goes when this is dropped, if it is empty then.
pub(crate) struct Folder {
    /// The innermost first.
    made: Vec<PathBuf>,
}

impl Folder {
    /// Makes a folder and all it is in, where they are not there yet.
    pub(crate) fn create(path: &Path) -> io::Result<Folder> {
        let missing = path.ancestors().filter(|folder| !folder.as_os_str().is_empty()).take_while(|it| !it.exists());
        let folder = Folder { made: missing.map(Path::to_path_buf).collect() };
        fs::create_dir_all(path)?;
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        for folder in &self.made {
            // Fails if there is something in it.
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_and_is_empty_goes() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("a/b/c");
        drop(Folder::create(&inner).unwrap());
        assert!(root.path().exists() && !root.path().join("a").exists());
        fs::create_dir(root.path().join("a")).unwrap();
        let folder = Folder::create(&inner).unwrap();
        fs::write(root.path().join("a/b/file"), "kept").unwrap();
        drop(folder);
        assert!(root.path().join("a/b/file").exists() && !inner.exists());
    }

    #[test]
    fn what_was_there_stays() {
        let root = tempfile::tempdir().unwrap();
        drop(Folder::create(root.path()).unwrap());
        assert!(root.path().exists());
        fs::write(root.path().join("file"), "").unwrap();
        assert!(Folder::create(&root.path().join("file/inner")).is_err());
    }
}
