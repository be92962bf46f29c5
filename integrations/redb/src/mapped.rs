//! A storage backend of redb that maps the file, and copies pages into the mapping.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::{RwLock, RwLockReadGuard};

use memmap2::MmapMut;
use redb::StorageBackend;
use rustix::fs::{FallocateFlags, fallocate};

/// Writes bytes to where they belong in the mapping; the two slices are of the same length.
pub(crate) type Copy = fn(&mut [u8], &[u8]);

/// A mapped file. Reads share it; a write has it for itself, so that nothing in here needs `unsafe` but the mapping.
#[derive(Debug)]
pub(crate) struct Mapped {
    file: File,
    map: RwLock<MmapMut>,
    copy: Copy,
}

impl Mapped {
    /// Maps a file, which it locks: an error if another process has it.
    pub(crate) fn new(file: File, copy: Copy) -> io::Result<Mapped> {
        file.try_lock()?;
        let map = RwLock::new(map(&file)?);
        Ok(Mapped { file, map, copy })
    }

    fn shared(&self) -> RwLockReadGuard<'_, MmapMut> {
        self.map.read().expect(UNPOISONED)
    }
}

const UNPOISONED: &str = "nothing panics while it holds this lock";

fn map(file: &File) -> io::Result<MmapMut> {
    // SAFETY: the file is locked, and whoever else writes to it or truncates it breaks redb's own rules; this process changes its length in
    // `set_len` only, which maps it anew. Its bytes are reached through the lock.
    unsafe { MmapMut::map_mut(file) }
}

/// The bytes that redb means, if the file has them.
fn range(map: &[u8], offset: u64, len: usize) -> io::Result<Range<usize>> {
    let start = usize::try_from(offset).ok();
    let range = start.and_then(|start| Some(start..start.checked_add(len)?));
    range.filter(|range| range.end <= map.len()).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

impl StorageBackend for Mapped {
    fn len(&self) -> io::Result<u64> {
        Ok(self.shared().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let map = self.shared();
        out.copy_from_slice(&map[range(&map, offset, out.len())?]);
        Ok(())
    }

    /// A longer file has its space set aside: a full disk is an error of redb here, where it would be a SIGBUS at a later store.
    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut mapping = self.map.write().expect(UNPOISONED);
        let now = mapping.len() as u64;
        if len > now {
            fallocate(&self.file, FallocateFlags::empty(), now, len - now)?;
        } else {
            // What was written must be in the file before the old mapping goes; the kernel sees to that, they share the pages.
            self.file.set_len(len)?;
        }
        *mapping = map(&self.file)?;
        Ok(())
    }

    /// `msync` of the whole mapping, which waits for the device: this is what makes a commit last. A copy has drained when it returned, so
    /// that the kernel finds all of its bytes.
    fn sync_data(&self) -> io::Result<()> {
        self.shared().flush()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut map = self.map.write().expect(UNPOISONED);
        let range = range(&map, offset, data.len())?;
        (self.copy)(&mut map[range], data);
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.file.unlock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::{Builder, Durability, TableDefinition};
    use std::io::ErrorKind;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    fn mapped() -> Mapped {
        Mapped::new(tempfile::tempfile().unwrap(), memcpy_streaming::copy).unwrap()
    }

    #[test]
    fn it_is_a_file_of_zeros_that_grows_and_shrinks() {
        let mapped = mapped();
        assert_eq!(mapped.len().unwrap(), 0);
        mapped.set_len(20_000).unwrap();
        let page = side_by_side::noise(1, 8192);
        mapped.write(9_000, &page).unwrap();
        mapped.set_len(40_000).unwrap();
        let mut all = vec![1; 40_000];
        mapped.read(0, &mut all).unwrap();
        assert_eq!(all[9_000..9_000 + 8192], page);
        assert!(all[..9_000].iter().chain(&all[9_000 + 8192..]).all(|&byte| byte == 0));
        mapped.set_len(10_000).unwrap();
        for (offset, len) in [(9_999, 2), (10_000, 1), (u64::MAX, 1), (u64::MAX - 1, usize::MAX >> 1)] {
            assert_eq!(range(&mapped.shared(), offset, len).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        }
        assert_eq!(mapped.write(9_999, &[1, 2]).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        assert!(mapped.set_len(1 << 60).is_err());
        assert_eq!(mapped.len().unwrap(), 10_000);
    }

    #[derive(Debug)]
    struct Counting(Mapped, Arc<AtomicUsize>);

    impl StorageBackend for Counting {
        fn len(&self) -> io::Result<u64> {
            self.0.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.0.read(offset, out)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            self.0.set_len(len)
        }

        fn sync_data(&self) -> io::Result<()> {
            self.1.fetch_add(1, Relaxed);
            self.0.sync_data()
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.0.write(offset, data)
        }
    }

    /// What the README says of `msync`.
    #[test]
    fn a_commit_is_synced_once_if_it_is_to_last() {
        let syncs = Arc::new(AtomicUsize::new(0));
        let database = Builder::new().create_with_backend(Counting(mapped(), syncs.clone())).unwrap();
        let commit = |durability, two_phases| {
            let mut transaction = database.begin_write().unwrap();
            transaction.set_durability(durability).unwrap();
            transaction.set_two_phase_commit(two_phases);
            transaction.open_table(TableDefinition::<u64, u64>::new("table")).unwrap().insert(1, 2).unwrap();
            let before = syncs.load(Relaxed);
            transaction.commit().unwrap();
            syncs.load(Relaxed) - before
        };
        assert_eq!(commit(Durability::None, false), 0);
        assert_eq!(commit(Durability::Immediate, false), 1);
        assert_eq!(commit(Durability::Immediate, true), 2);
    }
}
