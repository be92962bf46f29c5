//! The search path that the tests run with: what README asks for and nothing else, so that no test comes to need more.
//!
//! A test that starts another program must look for it by `tests/programs`, which says `SKIPPED:` where it is not installed; it
//! gets the person's whole search path for that by a variable.

use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

use crate::failure::{Failure, cannot};
use crate::needs::on_path;
use crate::toolchain;

/// Rust's programs, which are all in one folder; a C compiler and the binutils that it comes with; rustup itself; and the shell,
/// without which there is no Unix.
const PROGRAMS: &str =
    "cargo rustc rustdoc rustfmt addr2line ar as cc clang cpp gcc ld nm objcopy objdump ranlib readelf rustup sh strip";

/// Gives a command a folder of links to these programs as its search path. The folder is made anew, below cargo's target directory.
pub(crate) fn restrict(command: &mut Command, target_dir: &Path) -> Result<(), Failure> {
    let folder = target_dir.join("search-path");
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(cannot("empty", &folder)(error)),
        _ => fs::create_dir_all(&folder).map_err(cannot("make", &folder))?,
    }
    // Not rustup's stand-ins, which put their own folder in front of the search path of whatever they run.
    let rust = toolchain::programs().unwrap_or_default();
    for name in PROGRAMS.split(' ') {
        let found = Some(rust.join(name)).filter(|file| file.is_file()).or_else(|| on_path(name));
        if let Some(program) = found {
            std::os::unix::fs::symlink(program, folder.join(name)).map_err(cannot("fill", &folder))?;
        }
    }
    // What `tests/programs` searches, too.
    command.env("MEMCPY_STREAMING_PROGRAMS", env::var_os("PATH").unwrap_or_default()).env("PATH", &folder);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_programs_are_not_on_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut sh = Command::new("sh");
        // Each of them is on every Debian.
        restrict(
            sh.args(["-c", "cc --version && ! { command -v sleep || command -v apt-get || command -v script; }"]),
            folder.path(),
        )
        .unwrap();
        assert!(sh.status().unwrap().success());
    }
}
