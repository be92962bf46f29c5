//! Output files that appear whole or not at all, and folders for them that do not stay behind when nothing comes into them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, OFlags, fallocate, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use tempfile::{Builder, TempPath};

use crate::failure::Failure;

/// A file being written: a temporary beside the target that replaces it at the end. Dropping it unfinished removes it.
///
/// What is no regular file (a pipe, a device) is written directly: it cannot be replaced, and must not be.
pub(crate) struct Output {
    shown: PathBuf,
    file: File,
    /// The temporary, and what it replaces.
    replaces: Option<(TempPath, PathBuf)>,
}

impl Output {
    /// Opens the output, so that an unwritable one is found before the work and not after it.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let shown = path.to_path_buf();
        match open(path) {
            Ok((file, replaces)) => Ok(Self { shown, file, replaces }),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::ClosedPipe),
            Err(error) => Err(Failure::input(format_args!(
                "cannot write `{}`: {error}; name a file in a folder you can write to",
                shown.display()
            ))),
        }
    }

    /// Sets `bytes` of disk space aside, where the file system can: a disk that is too small is then found out at once.
    pub(crate) fn reserve(&self, bytes: u64) -> Result<(), Failure> {
        if self.replaces.is_none() {
            return Ok(());
        }
        let why = match fallocate(&self.file, FallocateFlags::empty(), 0, bytes) {
            // Ctrl-C comes in between: whoever asks next whether it came stops.
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INTR) => return Ok(()),
            Err(Errno::FBIG) => {
                "no file may be as large here; raise `ulimit -f`, or name a file on another disk".to_string()
            }
            Err(error) => format!("{}; free some space, or name a file on a larger disk", io::Error::from(error)),
        };
        Err(Failure::input(format_args!("cannot set {bytes} bytes aside for `{}`: {why}", self.shown.display())))
    }

    pub(crate) fn write_all(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(|error| self.failed(&error))
    }

    /// Has the file on the disk, so that nothing can be in its way any more: some file systems say only here that there is no room.
    pub(crate) fn complete(&mut self) -> Result<(), Failure> {
        match self.replaces {
            Some(_) => self.file.sync_all().map_err(|error| self.failed(&error)),
            None => Ok(()),
        }
    }

    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.complete()?;
        match self.replaces.take() {
            Some((temporary, target)) => temporary.persist(target).map_err(|error| self.failed(&error.error)),
            None => Ok(()),
        }
    }

    /// Writes all of it.
    pub(crate) fn finish_with(mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_all(bytes)?;
        self.finish()
    }

    fn failed(&self, error: &io::Error) -> Failure {
        let left = match self.replaces {
            Some(_) => "; nothing was left behind",
            // `--out /dev/stdout | head`: as where standard output is written.
            None if error.kind() == ErrorKind::BrokenPipe => return Failure::ClosedPipe,
            None => "",
        };
        Failure::run(format_args!("writing `{}` failed: {error}{left}", self.shown.display()))
    }
}

fn open(path: &Path) -> io::Result<(File, Option<(TempPath, PathBuf)>)> {
    // /dev/stdout redirected into a file: replacing that file would pull it from under the shell.
    let is_stream = path.starts_with("/dev") || path.starts_with("/proc");
    // A link is followed: its target is what gets replaced.
    let (target, mode) = match fs::metadata(path) {
        // `a/` names a folder, though Path forgets the slash.
        _ if path.as_os_str().as_encoded_bytes().ends_with(b"/") => return Err(ErrorKind::IsADirectory.into()),
        Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
        Ok(found) if !found.is_file() || is_stream => return Ok((open_directly(path, is_stream)?, None)),
        Ok(found) => {
            // A rename would replace even a file that may not be written.
            OpenOptions::new().write(true).open(path)?;
            (fs::canonicalize(path)?, found.permissions().mode() & 0o777)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => (path.to_path_buf(), 0o666),
        Err(error) => return Err(error),
    };
    target.file_name().ok_or_else(|| io::Error::other("it does not name a file"))?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The umask applies, as to any new file.
    let permissions = fs::Permissions::from_mode(mode);
    let file = Builder::new().permissions(permissions).tempfile_in(folder).map_err(|error| {
        // What the system said, without the temporary's name that tempfile adds.
        match error.to_string().split_once(" at path ") {
            Some((said, _)) => io::Error::new(error.kind(), said),
            None => error,
        }
    })?;
    let (file, temporary) = file.into_parts();
    Ok((file, Some((temporary, target))))
}

/// What is not replaced. Without a reader, opening a named pipe would wait for one, deaf to Ctrl-C.
fn open_directly(path: &Path, is_stream: bool) -> io::Result<File> {
    let file = OpenOptions::new().append(true).custom_flags(OFlags::NONBLOCK.bits() as i32).open(path);
    let file = file.map_err(|error| match Errno::from_io_error(&error) {
        // /dev/stdout, and its reader is gone already.
        Some(Errno::NXIO) if is_stream => ErrorKind::BrokenPipe.into(),
        Some(Errno::NXIO) => io::Error::other("nobody reads this pipe; start its reader first"),
        _ => error,
    })?;
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    Ok(file)
}

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
    fn the_old_file_stays_until_the_new_one_is_whole_and_of_folders_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let [real, link, inner] = ["real", "link", "a/b"].map(|name| folder.path().join(name));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        for (name, text) in [(&real, "new"), (&link, "newer")] {
            let old = fs::read(&real).unwrap();
            let mut output = Output::create(name).unwrap();
            output.write_all(text.as_bytes()).unwrap();
            assert_eq!(fs::read(&real).unwrap(), old);
            output.finish().unwrap();
            assert_eq!(fs::read(&real).unwrap(), text.as_bytes());
            assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        }
        drop(Folder::create(&inner).unwrap());
        assert!(Folder::create(&real.join("inner")).is_err());
        assert!(link.is_symlink() && fs::read_dir(folder.path()).unwrap().count() == 2);
        fs::create_dir(folder.path().join("a")).unwrap();
        drop(Folder::create(&inner).unwrap());
        assert!(folder.path().join("a").exists() && !inner.exists());
    }
}
