//! The files below the prefix.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::Builder;

use super::build::Libraries;
use super::names::{HEADER, SHARED, STATIC, VERSION, soname};
use crate::failure::{Failure, read};
use crate::folder::Folder;
use crate::output::Output;

fn pkg_config() -> String {
    format!(
        "prefix=${{pcfiledir}}/../..\n\
         libdir=${{prefix}}/lib\n\
         includedir=${{prefix}}/include\n\n\
         Name: memcpy_streaming\n\
         Description: Copies and fills of memory past the cache\n\
         Version: {VERSION}\n\
         Libs: -L${{libdir}} -lmemcpy_streaming\n\
         Cflags: -I${{includedir}}\n"
    )
}

/// Files that are not there until they are whole.
pub(super) struct Files {
    library_folder: PathBuf,
    header: Output,
    statically: Output,
    shared: Output,
    pkg_config: Output,
    /// The last field: they go after what is in them.
    _folders: [Folder; 2],
}

impl Files {
    /// Opens them all, so that a folder that cannot be written to is found before the work.
    pub(super) fn create(prefix: &Path) -> Result<Files, Failure> {
        let (include, library) = (prefix.join("include"), prefix.join("lib"));
        let pkg_config = library.join("pkgconfig");
        let folder = |path: &Path| {
            Folder::create(path).map_err(|error| {
                Failure::input(format_args!(
                    "--prefix {}: cannot make `{}`: {error}; name a folder that you can write to",
                    prefix.display(),
                    path.display()
                ))
            })
        };
        // The one that may have made the prefix goes last.
        let made = folder(&include)?;
        let folders = [folder(&pkg_config)?, made];
        Ok(Files {
            header: Output::create(&include.join(HEADER))?,
            statically: Output::create(&library.join(STATIC))?,
            shared: Output::create(&library.join(format!("{SHARED}.{VERSION}")))?,
            pkg_config: Output::create(&pkg_config.join("memcpy_streaming.pc"))?,
            library_folder: library,
            _folders: folders,
        })
    }

    /// Writes them, and says what they are, a line each.
    pub(super) fn write(self, workspace: &Path, libraries: &Libraries) -> Result<String, Failure> {
        let header = read(&workspace.join("memcpy-streaming-capi/include").join(HEADER))?;
        let write = |mut output: Output, bytes: &[u8]| {
            output.write_all(bytes)?;
            output.finish()
        };
        write(self.shared, &libraries.shared)?;
        let file = format!("{SHARED}.{VERSION}");
        link(&self.library_folder, &file, &soname())?;
        link(&self.library_folder, &soname(), SHARED)?;
        write(self.statically, &libraries.statically)?;
        write(self.header, header.as_bytes())?;
        write(self.pkg_config, pkg_config().as_bytes())?;
        let kib = |bytes: &[u8]| bytes.len().div_ceil(1024);
        Ok(format!(
            "  include/{HEADER}\n  lib/{STATIC}, {} KiB\n  lib/{file}, {} KiB; and {}, {SHARED}\n  \
             lib/pkgconfig/memcpy_streaming.pc",
            kib(&libraries.statically),
            kib(&libraries.shared),
            soname()
        ))
    }
}

/// Makes a link, in the place of an old one if there is one.
fn link(folder: &Path, to: &str, name: &str) -> Result<(), Failure> {
    let path = folder.join(name);
    let made = Builder::new().prefix(".memcpy_streaming.").make_in(folder, |link| symlink(to, link));
    made.and_then(|link| link.persist(&path).map_err(|error| error.error))
        .map(drop)
        .map_err(|error| Failure::run(format_args!("cannot make the link `{}`: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_not_written_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(Files::create(&folder.path().join("new/prefix")).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_old_link_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        link(folder.path(), "one", "name").unwrap();
        link(folder.path(), "two", "name").unwrap();
        assert_eq!(fs::read_link(folder.path().join("name")).unwrap(), Path::new("two"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
