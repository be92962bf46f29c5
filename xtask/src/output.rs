//! An output file that appears whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::failure::Failure;

/// A file being written: a temporary beside the target that replaces it at the end. Dropping it unfinished removes it.
///
/// What is no regular file (a pipe, a device) is written directly: it cannot be replaced, and must not be.
pub(crate) struct Output {
    shown: PathBuf,
    sink: Sink,
}

enum Sink {
    Replace { file: NamedTempFile, target: PathBuf },
    Direct(File),
}

impl Output {
    /// Opens the output, so that an unwritable one is found before the work and not after it.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let sink = open(path).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => cannot_write(path, &error),
        })?;
        Ok(Self { shown: path.to_path_buf(), sink })
    }

    /// Sets `bytes` of disk space aside, where the file system can: a disk that is too small is then found out at once.
    pub(crate) fn reserve(&self, bytes: u64) -> Result<(), Failure> {
        use rustix::fs::{FallocateFlags, fallocate};
        use rustix::io::Errno;
        let Sink::Replace { file, .. } = &self.sink else {
            return Ok(());
        };
        match fallocate(file.as_file(), FallocateFlags::empty(), 0, bytes) {
            // Ctrl-C comes in between: whoever asks next whether it came stops.
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INTR) => Ok(()),
            Err(Errno::FBIG) => Err(Failure::input(format_args!(
                "cannot set {bytes} bytes aside for `{}`: no file may be as large here; raise `ulimit -f`, or name a file on another disk",
                self.shown.display()
            ))),
            Err(error) => Err(Failure::input(format_args!(
                "cannot set {bytes} bytes aside for `{}`: {}; free some space, or name a file on a larger disk",
                self.shown.display(),
                io::Error::from(error)
            ))),
        }
    }

    /// Appends `bytes`.
    pub(crate) fn write_all(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = match &mut self.sink {
            Sink::Replace { file, .. } => file.as_file_mut().write_all(bytes),
            Sink::Direct(file) => file.write_all(bytes),
        };
        written.map_err(|error| self.failed(&error))
    }

    /// Has the file on the disk, so that nothing can be in its way any more: some file systems say only here that there is no room.
    pub(crate) fn complete(&mut self) -> Result<(), Failure> {
        match &self.sink {
            Sink::Replace { file, .. } => file.as_file().sync_all().map_err(|error| self.failed(&error)),
            Sink::Direct(_) => Ok(()),
        }
    }

    /// Puts the finished file in its place.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.complete()?;
        match self.sink {
            Sink::Replace { file, target } => file.persist(target).map(drop).map_err(|error| {
                Failure::run(format_args!("writing `{}` failed: {}", self.shown.display(), error.error))
            }),
            Sink::Direct(_) => Ok(()),
        }
    }

    fn failed(&self, error: &io::Error) -> Failure {
        let shown = self.shown.display();
        match (&self.sink, error.kind()) {
            // `--out /dev/stdout | head`: as where standard output is written.
            (Sink::Direct(_), io::ErrorKind::BrokenPipe) => Failure::ClosedPipe,
            (Sink::Direct(_), _) => Failure::run(format_args!("writing `{shown}` failed: {error}")),
            (Sink::Replace { .. }, _) => {
                Failure::run(format_args!("writing `{shown}` failed: {error}; nothing was left behind"))
            }
        }
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::input(format_args!("cannot write `{}`: {error}; name a file in a folder you can write to", path.display()))
}

fn open(path: &Path) -> io::Result<Sink> {
    let is_folder = || io::Error::from(io::ErrorKind::IsADirectory);
    // `a/` names a folder, though Path forgets the slash.
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(is_folder());
    }
    // A link is followed: its target is what gets replaced.
    let (target, mode) = match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(is_folder()),
        Ok(found) if !found.is_file() => {
            if found.file_type().is_socket() {
                return Err(io::Error::other("it is a socket"));
            }
            return if found.file_type().is_fifo() {
                open_fifo(path)
            } else {
                OpenOptions::new().write(true).open(path)
            }
            .map(Sink::Direct);
        }
        // /dev/stdout redirected into a file: replacing that file would pull it from under the shell.
        Ok(_) if path.starts_with("/dev") || path.starts_with("/proc") => {
            return OpenOptions::new().append(true).open(path).map(Sink::Direct);
        }
        Ok(found) => {
            // A rename would replace even a file that may not be written.
            OpenOptions::new().write(true).open(path)?;
            (fs::canonicalize(path)?, found.permissions().mode() & 0o777)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_path_buf(), 0o666),
        Err(error) => return Err(error),
    };
    let name = target.file_name().ok_or_else(|| io::Error::other("it does not name a file"))?;
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // The umask applies, as to any new file. A long name is shortened to leave room for the random part.
    let hint: String = name.to_string_lossy().chars().take(40).collect();
    let file = Builder::new()
        .prefix(&format!(".{hint}."))
        .permissions(fs::Permissions::from_mode(mode))
        .tempfile_in(folder)
        .map_err(system_error)?;
    Ok(Sink::Replace { file, target })
}

/// A named pipe. Without a reader, opening it would wait for one, deaf to Ctrl-C.
fn open_fifo(path: &Path) -> io::Result<File> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    use rustix::io::Errno;
    let flags = OFlags::NONBLOCK.bits() as i32;
    let file = OpenOptions::new().write(true).custom_flags(flags).open(path).map_err(|error| {
        match error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) {
            // /dev/stdout, and its reader is gone already.
            true if path.starts_with("/dev") || path.starts_with("/proc") => io::ErrorKind::BrokenPipe.into(),
            true => io::Error::other("nobody reads this pipe; start its reader first"),
            false => error,
        }
    })?;
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    Ok(file)
}

/// What the system said, without the temporary's name that tempfile adds.
fn system_error(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((said, _)) => io::Error::new(error.kind(), said),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_old_file_stays_until_the_new_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        fs::write(&path, "old").unwrap();
        let mut output = Output::create(&path).unwrap();
        output.write_all(b"ne").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        output.write_all(b"w").unwrap();
        output.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[test]
    fn an_unfinished_file_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut output = Output::create(&folder.path().join("out")).unwrap();
        output.reserve(1 << 20).unwrap();
        output.write_all(b"half").unwrap();
        assert_eq!(names(folder.path()).len(), 1);
        drop(output);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_link_is_followed_and_the_mode_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        let link = folder.path().join("link");
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut output = Output::create(&link).unwrap();
        output.write_all(b"new").unwrap();
        output.finish().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn folders_and_missing_folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            folder.path().to_path_buf(),
            folder.path().join("new/"),
            folder.path().join("none/out"),
            folder.path().join(".."),
            PathBuf::new(),
        ] {
            let refused = Output::create(&path);
            let Err(Failure::Input(why)) = refused else { panic!("{} was taken", path.display()) };
            // The name of the temporary is nobody's business.
            assert!(!why.contains(" at path ") && !why.contains("/.out."), "{why}");
        }
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_device_is_written_and_stays_a_device() {
        let null = Path::new("/dev/null");
        let mut output = Output::create(null).unwrap();
        output.write_all(b"gone").unwrap();
        output.finish().unwrap();
        assert!(fs::metadata(null).unwrap().file_type().is_char_device());
        let mut full = Output::create(Path::new("/dev/full")).unwrap();
        assert!(matches!(full.write_all(b"x"), Err(Failure::Run(_))));
    }
}
