//! Files that leave nothing behind.

use std::fs::File;
use std::path::Path;

use rustix::fs::{FallocateFlags, fallocate};

use crate::Failure;

/// A file of `len` zeros in `dir`, without a name: even a killed process leaves nothing.
///
/// Its space is set aside: a full disk is an error here, where it would be a SIGBUS at a store into a mapping.
pub fn set_aside(dir: &Path, len: u64) -> Result<File, Failure> {
    let file = tempfile::tempfile_in(dir)
        .map_err(|error| Failure::of_file(format_args!("cannot make a file in {}", dir.display()), &error))?;
    fallocate(&file, FallocateFlags::empty(), 0, len).map_err(|error| {
        let what = format!("no {} MiB in {} (--dir takes another folder)", len.div_ceil(1 << 20), dir.display());
        Failure::of_file(what, &error.into())
    })?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_had_is_one_line_that_says_why() {
        let refused = |dir: &str, len| match set_aside(Path::new(dir), len) {
            Err(Failure::Input(line)) => line,
            other => panic!("{other:?}"),
        };
        assert!(refused("/no/such/folder", 1).contains("/no/such/folder"));
        let line = refused(&std::env::temp_dir().display().to_string(), 1 << 60);
        assert!(line.contains("MiB in") && !line.contains('\n'), "{line}");
    }
}
