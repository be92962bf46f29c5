//! `cargo xtask capi`: the library for C, built and installed.

mod build;

use std::iter::zip;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command, CommandFactory};
use tempfile::Builder;

use crate::args::{self, say};
use crate::cargo::workspace;
use crate::failure::{Failure, cannot, read};
use crate::interrupt;
use crate::output::{Folder, Output};
pub(crate) use build::{LIBC, cargo, names};

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

/// Builds and installs the library for C
#[derive(clap::Parser)]
#[command(name = "capi", long_about = LONG_ABOUT, after_help = EXAMPLES)]
struct Options {
    /// Where to: its lib, include, and lib/pkgconfig; made if they are not there
    #[arg(long, value_name = "DIR")]
    prefix: PathBuf,
}

pub(crate) fn command() -> Command {
    Options::command()
}

/// Builds, installs, and says what a compiler needs to be told.
pub(crate) fn run(matches: ArgMatches) -> Result<(), Failure> {
    let Options { prefix } = args::options(&matches);
    let installed = install(&prefix)?;
    let prefix = prefix.canonicalize().unwrap_or(prefix);
    let prefix = prefix.display();
    say(&format!(
        "installed in {prefix}:\n{installed}\n\
         to compile and run with the shared library:\n  \
         cc program.c -I{prefix}/include -L{prefix}/lib -lmemcpy_streaming -Wl,-rpath,{prefix}/lib\n\
         with the static one, which needs nothing at run time:\n  \
         cc program.c -I{prefix}/include {prefix}/lib/libmemcpy_streaming.a\n\
         for pkg-config:\n  \
         export PKG_CONFIG_PATH={prefix}/lib/pkgconfig; \
         cc program.c $(pkg-config --cflags --libs memcpy_streaming) -Wl,-rpath,{prefix}/lib\n"
    ))
}

/// Builds and installs; answers what is where, a line each.
pub(crate) fn install(prefix: &Path) -> Result<String, Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::input("this makes ELF libraries for Linux; elsewhere use cargo-c's `cargo cinstall`"));
    }
    // Where something fails, the files go before their folders.
    let opened = open(prefix)?;
    let [shared, statically] = build::build()?;
    interrupt::check()?;
    let [shared_kib, static_kib] = [&shared, &statically].map(|bytes| bytes.len().div_ceil(1024));
    for (file, bytes) in zip(opened.0, [shared, statically, header()?.into(), PKG_CONFIG.into()]) {
        file.finish_with(&bytes)?;
    }
    let (soname, library) = (soname(), prefix.join("lib"));
    link(&library, &format!("{SHARED}.{VERSION}"), &soname)?;
    link(&library, &soname, SHARED)?;
    Ok(format!(
        "  include/memcpy_streaming.h\n  lib/libmemcpy_streaming.a, {static_kib} KiB\n  \
         lib/{SHARED}.{VERSION}, {shared_kib} KiB; and {soname}, {SHARED}\n  lib/pkgconfig/memcpy_streaming.pc"
    ))
}

pub(crate) fn header() -> Result<String, Failure> {
    read(&workspace().join("memcpy-streaming-capi/include/memcpy_streaming.h"))
}

/// The version of the ABI: what programs that were linked ask for. Before 1.0 each minor version may break it, afterwards each
/// major one, as cargo-c has it.
pub(crate) fn soname() -> String {
    match (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR")) {
        ("0", minor) => format!("{SHARED}.0.{minor}"),
        (major, _) => format!("{SHARED}.{major}"),
    }
}

/// Opens all files, so that a folder that cannot be written to is found before the work. They are not there until they are
/// whole, and folders that stay empty go.
fn open(prefix: &Path) -> Result<(Vec<Output>, [Folder; 2]), Failure> {
    let folder = |name: &str| {
        let path = prefix.join(name);
        Folder::create(&path).map_err(|error| {
            let (prefix, path) = (prefix.display(), path.display());
            let hint = "name a folder that you can write to";
            Failure::input(format_args!("--prefix {prefix}: cannot make `{path}`: {error}; {hint}"))
        })
    };
    // The one that may have made the prefix goes last.
    let include = folder("include")?;
    let folders = [folder("lib/pkgconfig")?, include];
    let shared = format!("lib/{SHARED}.{VERSION}");
    let names =
        [&*shared, "lib/libmemcpy_streaming.a", "include/memcpy_streaming.h", "lib/pkgconfig/memcpy_streaming.pc"];
    let files: Result<_, _> = names.iter().map(|name| Output::create(&prefix.join(name))).collect();
    Ok((files?, folders))
}

/// Makes a link, in the place of an old one if there is one.
fn link(folder: &Path, to: &str, name: &str) -> Result<(), Failure> {
    let path = folder.join(name);
    let made = Builder::new().prefix(".memcpy_streaming.").make_in(folder, |link| symlink(to, link));
    made.and_then(|link| Ok(link.persist(&path)?)).map_err(cannot("make the link", &path))
}

#[test]
fn what_is_not_written_leaves_nothing_and_an_old_link_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let entries = || std::fs::read_dir(folder.path()).unwrap().count();
    drop(open(&folder.path().join("new/prefix")).unwrap());
    assert_eq!(entries(), 0);
    for to in ["one", "two"] {
        link(folder.path(), to, "name").unwrap();
    }
    assert_eq!((std::fs::read_link(folder.path().join("name")).unwrap(), entries()), ("two".into(), 1));
}
