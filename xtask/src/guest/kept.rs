//! A folder that is kept between runs, and is one run's at a time.
//!
//! What is to stay in it is made in a folder for work first, and gets its name once it is whole.

use std::fs::{self, File, TryLockError};
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::failure::{Failure, cannot, make_folder};
use crate::interrupt;

/// What the names of folders for work start with.
const WORK: &str = ".work-";

pub(crate) struct Kept {
    pub(crate) path: PathBuf,
    _lock: File,
}

impl Kept {
    /// Makes the folder, waits until nobody else uses it, and removes what killed runs have left.
    pub(crate) fn open(path: PathBuf) -> Result<Kept, Failure> {
        make_folder(&path)?;
        let lock = File::create(path.join(".lock")).map_err(cannot("lock", &path))?;
        while let Err(error) = lock.try_lock() {
            if let TryLockError::Error(error) = error {
                return Err(cannot("lock", &path)(error));
            }
            interrupt::check()?;
            std::thread::sleep(Duration::from_millis(100));
        }
        for entry in fs::read_dir(&path).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(WORK) {
                // What cannot be removed is in nobody's way.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        Ok(Kept { path, _lock: lock })
    }

    /// A folder that goes with its handle.
    pub(crate) fn work(&self) -> Result<TempDir, Failure> {
        tempfile::Builder::new().prefix(WORK).tempdir_in(&self.path).map_err(cannot("write to", &self.path))
    }
}

#[test]
fn one_run_at_a_time_sweeps_what_killed_ones_left() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Kept::open(folder.path().to_path_buf()).unwrap();
    let held = open();
    let left = held.work().unwrap().keep();
    fs::write(held.path.join("vmlinuz"), "whole").unwrap();
    let lock = File::open(held.path.join(".lock")).unwrap();
    assert!(matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
    drop(held);
    assert!(open().path.join("vmlinuz").exists() && !left.exists());
    let nowhere = Kept::open("/dev/null/tools".into());
    assert!(matches!(nowhere, Err(Failure::Run(line)) if line.contains("`/dev/null/tools`: ")));
}
