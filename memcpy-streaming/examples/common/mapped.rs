//! A mapped file that leaves nothing behind.

use memmap2::MmapMut;
use std::fs::File;
use std::io::{self, Write};
use tempfile::NamedTempFile;

/// A file in the directory for temporary files ([`std::env::temp_dir`]), mapped for writing.
pub(crate) struct MappedFile {
    /// All of the file.
    pub(crate) map: MmapMut,
    /// The same file, opened a second time, to read back what the mapping wrote.
    pub(crate) reader: File,
}

impl MappedFile {
    /// Makes a file of `len` zeros.
    ///
    /// They are written, not left as a hole: a full disk is an error here, where it would be a SIGBUS at a store into the
    /// mapping. The name goes at once, so that even a killed process leaves no file.
    pub(crate) fn zeroed(len: usize) -> io::Result<MappedFile> {
        static ZEROS: [u8; 1 << 16] = [0; 1 << 16];
        let mut file = NamedTempFile::new()?;
        let mut left = len;
        while left > 0 {
            let now = left.min(ZEROS.len());
            file.write_all(&ZEROS[..now])?;
            left -= now;
        }
        let reader = file.reopen()?;
        let writer = file.into_file();
        // SAFETY: the file has no name any more, and both openings of it are ours: nobody changes or truncates it behind
        // the mapping's back. `reader` is for reading, between writes to the mapping.
        let map = unsafe { MmapMut::map_mut(&writer)? };
        Ok(MappedFile { map, reader })
    }
}
