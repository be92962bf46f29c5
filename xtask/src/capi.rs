//! `cargo xtask capi`: the library for C, built as cargo-c does it (the crate itself, with other crate types than in its manifest), and
//! installed.

use std::collections::BTreeSet;
use std::fs;
use std::iter::zip;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process;

use cargo_metadata::Message;
use clap::{ArgMatches, Command, CommandFactory};
use tempfile::Builder;

use crate::args::{self, say};
use crate::cargo::workspace;
use crate::failure::{Failure, cannot, read};
use crate::interrupt;
use crate::output::{Folder, Output};
use crate::process::{lines, quiet};

const LONG_ABOUT: &str = "Builds memcpy-streaming-capi, the library for C, and installs it below a folder:\n\n  \
    include/memcpy_streaming.h\n  \
    lib/libmemcpy_streaming.a, and lib/libmemcpy_streaming.so with its versions\n  \
    lib/pkgconfig/memcpy_streaming.pc, which finds the others wherever the folder is moved to\n\n\
    It needs the C compiler that Rust links with, and its binutils. cargo-c's `cargo cinstall -p memcpy-streaming-capi` does the same; \
    use that for other systems than Linux, other targets than this machine, and packages (--destdir).";

const EXAMPLES: &str = "Examples:\n  cargo xtask capi --prefix ~/.local\n  cargo xtask capi --prefix /usr/local";

/// What may be needed of others: what LLVM takes for granted, and strlen. No `abort`: no panic is reachable.
pub(crate) const LIBC: [&str; 6] = ["bcmp", "memcmp", "memcpy", "memmove", "memset", "strlen"];

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
    let [shared, statically] = build()?;
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

/// What builds them.
pub(crate) fn cargo() -> process::Command {
    let mut cargo = crate::cargo::cargo();
    cargo.current_dir(workspace()).args(["rustc", "--locked", "--quiet", "--profile=capi"]);
    cargo.args(["-p", "memcpy-streaming-capi", "--lib", "--crate-type=cdylib,staticlib"]);
    cargo
}

/// The shared library and the static one.
fn build() -> Result<[Vec<u8>; 2], Failure> {
    let mut cargo = cargo();
    // What rustc compiles for elsewhere (`build.target`) is not what this machine's C compiler can use.
    cargo.env_remove("CARGO_BUILD_TARGET");
    cargo.args(["--message-format=json-render-diagnostics", "--", "--cfg=cargo_c"]);
    cargo.arg(format!("-Clink-arg=-Wl,-soname,{}", soname()));
    // No start-up code of the C compiler's; and memcpy from libc, which Rust takes for granted.
    cargo.args(["-Clink-arg=-nostartfiles", "-Clink-arg=-lc"]);
    let mut built: Vec<PathBuf> = Vec::new();
    for line in lines(&mut cargo)? {
        if let Ok(Message::CompilerArtifact(artifact)) = serde_json::from_str(&line)
            && artifact.target.name == "memcpy_streaming_capi"
        {
            built.extend(artifact.filenames.into_iter().map(PathBuf::from));
        }
    }
    let find = |extension: &str| {
        let found = built.iter().find(|path| path.extension().is_some_and(|it| it == extension));
        found.ok_or_else(|| Failure::run(format_args!("cargo has built no library with the extension {extension}")))
    };
    let read = |path: &Path| fs::read(path).map_err(cannot("read", path));
    Ok([read(find("so")?)?, read(&slim(find("a")?)?)?])
}

/// The static library without what rustc adds to every one: 300 objects of arithmetic that some CPUs lack. Nothing here calls
/// them, and what they hold for linker plugins makes `nm` and others complain where LLVM is of another version.
fn slim(library: &Path) -> Result<PathBuf, Failure> {
    let slim = library.with_extension("slim.a");
    fs::copy(library, &slim).map_err(cannot("write", &slim))?;
    let members = lines(process::Command::new("ar").arg("t").arg(&slim))?;
    let others = members.iter().filter(|name| !name.starts_with("memcpy_streaming"));
    quiet(process::Command::new("ar").arg("dD").arg(&slim).args(others))?;
    // The check of what was said above: nothing is missing but functions of libc.
    let is_whole = names(&slim, "--undefined-only")?.iter().all(|name| LIBC.contains(&&**name));
    Ok(if is_whole { slim } else { library.to_path_buf() })
}

/// The names that a library defines for others (`--defined-only`), or needs of others (`--undefined-only`), sorted.
pub(crate) fn names(library: &Path, which: &str) -> Result<Vec<String>, Failure> {
    let mut nm = process::Command::new("nm");
    nm.args(["--extern-only", "--format=posix", which]).arg(library);
    if library.extension().is_none_or(|extension| extension != "a") {
        nm.arg("--dynamic");
    }
    // `memcpy@GLIBC_2.14 U`; a line with one word is the title of an archive's member.
    let name = |line: &String| Some(line.split_once([' ', '@']).filter(|_| line.contains(' '))?.0.to_string());
    let names: BTreeSet<_> = lines(&mut nm)?.iter().filter_map(name).collect();
    Ok(names.into_iter().collect())
}

#[test]
fn what_is_not_written_leaves_nothing_and_an_old_link_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let entries = || fs::read_dir(folder.path()).unwrap().count();
    drop(open(&folder.path().join("new/prefix")).unwrap());
    assert_eq!(entries(), 0);
    for to in ["one", "two"] {
        link(folder.path(), to, "name").unwrap();
    }
    assert_eq!((fs::read_link(folder.path().join("name")).unwrap(), entries()), ("two".into(), 1));
}
