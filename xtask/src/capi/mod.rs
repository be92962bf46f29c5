//! `cargo xtask capi`: the library for C, built and installed.

mod build;

use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Args, Command, FromArgMatches};
use tempfile::Builder;

use crate::cargo::workspace;
use crate::failure::{Failure, cannot, read};
use crate::interrupt;
use crate::output::{Folder, Output};
pub(crate) use build::{API, LIBC, cargo, defined, undefined};

const LONG_ABOUT: &str = "Builds memcpy-streaming-capi, the library for C, and installs it below a folder:\n\n  \
    include/memcpy_streaming.h\n  \
    lib/libmemcpy_streaming.a, and lib/libmemcpy_streaming.so with its versions\n  \
    lib/pkgconfig/memcpy_streaming.pc, which finds the others wherever the folder is moved to\n\n\
    It needs the C compiler that Rust links with, and its binutils. cargo-c's `cargo cinstall -p memcpy-streaming-capi` does the same; \
    use that for other systems than Linux, other targets than this machine, and packages (--destdir).";

const EXAMPLES: &str = "Examples:\n  cargo xtask capi --prefix ~/.local\n  cargo xtask capi --prefix /usr/local";

const VERSION: &str = env!("CARGO_PKG_VERSION");
const SHARED: &str = "libmemcpy_streaming.so";
const PKG_CONFIG: &str = concat!(
    "prefix=${pcfiledir}/../..\nlibdir=${prefix}/lib\nincludedir=${prefix}/include\n\n",
    "Name: memcpy_streaming\nDescription: Copies and fills of memory past the cache\nVersion: ",
    env!("CARGO_PKG_VERSION"),
    "\nLibs: -L${libdir} -lmemcpy_streaming\nCflags: -I${includedir}\n",
);

#[derive(Args)]
struct Options {
    /// Where to: its lib, include, and lib/pkgconfig; made if they are not there
    #[arg(long, value_name = "DIR")]
    prefix: PathBuf,
}

pub(crate) fn command() -> Command {
    let command = Command::new("capi").about("Builds and installs the library for C");
    Options::augment_args(command.long_about(LONG_ABOUT).after_help(EXAMPLES))
}

/// Builds, installs, and says what a compiler needs to be told.
pub(crate) fn run(matches: ArgMatches) -> Result<(), Failure> {
    let Options { prefix } = Options::from_arg_matches(&matches).expect("clap has checked it");
    let installed = install(&prefix)?;
    let prefix = prefix.canonicalize().unwrap_or(prefix);
    let prefix = prefix.display();
    let text = format!(
        "installed in {prefix}:\n{installed}\n\
         to compile and run with the shared library:\n  \
         cc program.c -I{prefix}/include -L{prefix}/lib -lmemcpy_streaming -Wl,-rpath,{prefix}/lib\n\
         with the static one, which needs nothing at run time:\n  \
         cc program.c -I{prefix}/include {prefix}/lib/libmemcpy_streaming.a\n\
         for pkg-config:\n  \
         export PKG_CONFIG_PATH={prefix}/lib/pkgconfig; \
         cc program.c $(pkg-config --cflags --libs memcpy_streaming) -Wl,-rpath,{prefix}/lib\n"
    );
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error))
}

/// Builds and installs; answers what is where, a line each.
pub(crate) fn install(prefix: &Path) -> Result<String, Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::input("this makes ELF libraries for Linux; elsewhere use cargo-c's `cargo cinstall`"));
    }
    let (files, _folders) = open(prefix)?;
    // Bound after the folders, so that they go before these where something fails.
    let [header, statically, shared, pkg_config] = files;
    let [shared_bytes, static_bytes] = &build::build()?;
    interrupt::check()?;
    let text = read(&workspace().join("memcpy-streaming-capi/include/memcpy_streaming.h"))?;
    let (soname, library) = (soname(), prefix.join("lib"));
    shared.finish_with(shared_bytes)?;
    link(&library, &format!("{SHARED}.{VERSION}"), &soname)?;
    link(&library, &soname, SHARED)?;
    statically.finish_with(static_bytes)?;
    header.finish_with(text.as_bytes())?;
    pkg_config.finish_with(PKG_CONFIG.as_bytes())?;
    let [shared, statically] = [shared_bytes, static_bytes].map(|bytes| bytes.len().div_ceil(1024));
    Ok(format!(
        "  include/memcpy_streaming.h\n  lib/libmemcpy_streaming.a, {statically} KiB\n  \
         lib/{SHARED}.{VERSION}, {shared} KiB; and {soname}, {SHARED}\n  lib/pkgconfig/memcpy_streaming.pc"
    ))
}

/// The version of the ABI: what programs that were linked ask for. Before 1.0 each minor version may break it, afterwards each
/// major one, as cargo-c has it.
pub(crate) fn soname() -> String {
    let mut numbers = VERSION.split('.');
    match (numbers.next(), numbers.next()) {
        (Some("0"), Some(minor)) => format!("{SHARED}.0.{minor}"),
        (major, _) => format!("{SHARED}.{}", major.unwrap_or_default()),
    }
}

/// Opens all files, so that a folder that cannot be written to is found before the work. They are not there until they are
/// whole, and folders that stay empty go.
fn open(prefix: &Path) -> Result<([Output; 4], [Folder; 2]), Failure> {
    let (include, library) = (prefix.join("include"), prefix.join("lib"));
    let folder = |path: &Path| {
        Folder::create(path).map_err(|error| {
            let (prefix, path) = (prefix.display(), path.display());
            let hint = "name a folder that you can write to";
            Failure::input(format_args!("--prefix {prefix}: cannot make `{path}`: {error}; {hint}"))
        })
    };
    // The one that may have made the prefix goes last.
    let made = folder(&include)?;
    let folders = [folder(&library.join("pkgconfig"))?, made];
    let files = [
        Output::create(&include.join("memcpy_streaming.h"))?,
        Output::create(&library.join("libmemcpy_streaming.a"))?,
        Output::create(&library.join(format!("{SHARED}.{VERSION}")))?,
        Output::create(&library.join("pkgconfig/memcpy_streaming.pc"))?,
    ];
    Ok((files, folders))
}

/// Makes a link, in the place of an old one if there is one.
fn link(folder: &Path, to: &str, name: &str) -> Result<(), Failure> {
    let path = folder.join(name);
    let made = Builder::new().prefix(".memcpy_streaming.").make_in(folder, |link| symlink(to, link));
    made.and_then(|link| Ok(link.persist(&path)?)).map_err(cannot("make the link", &path))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_not_written_leaves_nothing_and_an_old_link_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(&folder.path().join("new/prefix")).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        link(folder.path(), "one", "name").unwrap();
        link(folder.path(), "two", "name").unwrap();
        assert_eq!(fs::read_link(folder.path().join("name")).unwrap(), Path::new("two"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
