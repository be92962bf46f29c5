//! The search path that the tests run with: what README asks for and nothing else, so that no test comes to need more.
//!
//! A test that starts another program must look for it by `tests/programs`, which says `SKIPPED:` where it is not installed; it
//! gets the person's whole search path for that by a variable.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use crate::failure::Failure;
use crate::needs::on_path;
use crate::toolchain;

/// Rust's programs, which are all in one folder.
const RUST: [&str; 4] = ["cargo", "rustc", "rustdoc", "rustfmt"];

/// A C compiler and the binutils that it comes with; rustup itself; and the shell, without which there is no Unix.
const OTHERS: [&str; 16] = [
    "addr2line",
    "ar",
    "as",
    "cc",
    "clang",
    "cpp",
    "gcc",
    "ld",
    "nm",
    "objcopy",
    "objdump",
    "ranlib",
    "readelf",
    "rustup",
    "sh",
    "strip",
];

/// What `tests/programs` searches, too.
const WHOLE: &str = "MEMCPY_STREAMING_PROGRAMS";

/// A folder of links to these programs.
pub(crate) struct SearchPath {
    folder: PathBuf,
    whole: OsString,
}

impl SearchPath {
    /// Makes the folder anew, below cargo's target directory.
    pub(crate) fn make(target_dir: &Path) -> Result<SearchPath, Failure> {
        let folder = target_dir.join("search-path");
        let whole = env::var_os("PATH").unwrap_or_default();
        let failed = |error: io::Error| Failure::run(format_args!("cannot make `{}`: {error}", folder.display()));
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => fs::create_dir_all(&folder).map_err(failed)?,
        }
        // Not rustup's stand-ins, which put their own folder in front of the search path of whatever they run.
        let rust = toolchain::programs();
        for name in RUST {
            let found = rust.as_ref().map(|rust| rust.join(name)).filter(|file| file.is_file());
            link(found.or_else(|| on_path(name)), &folder.join(name)).map_err(failed)?;
        }
        for name in OTHERS {
            link(on_path(name), &folder.join(name)).map_err(failed)?;
        }
        Ok(SearchPath { folder, whole })
    }

    /// Gives a command this search path.
    pub(crate) fn apply(&self, command: &mut Command) {
        command.env("PATH", &self.folder).env(WHOLE, &self.whole);
    }
}

fn link(program: Option<PathBuf>, name: &Path) -> io::Result<()> {
    program.map_or(Ok(()), |program| std::os::unix::fs::symlink(program, name))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::interrupt::Interrupt;
    use crate::process;

    #[test]
    fn a_rust_and_a_c_compiler_are_on_it_and_other_programs_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = SearchPath::make(folder.path()).unwrap();
        let sh = |script: &str| {
            let mut sh = Command::new("sh");
            path.apply(sh.args(["-c", script]));
            process::quiet(&mut sh, Duration::from_secs(60), &Interrupt::never())
        };
        sh("cargo --version && rustc --version && cc --version").unwrap();
        // Each of them is on every Debian.
        for name in ["sleep", "apt-get", "script", "sed"] {
            assert!(sh(name).is_err(), "{name}");
        }
        // What a run before has left does not stay.
        fs::write(path.folder.join("curl"), "").unwrap();
        SearchPath::make(folder.path()).unwrap();
        assert!(!path.folder.join("curl").exists());
    }
}
