//! `cargo xtask capi`: the library for C, built and installed.

mod build;
mod files;
mod names;
mod symbols;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::args;
use crate::cargo::workspace;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
pub(crate) use names::soname;
pub(crate) use symbols::{API, LIBC, defined, undefined};

const LONG_ABOUT: &str = "Builds memcpy-streaming-capi, the library for C, and installs it below a folder:\n\n  \
    include/memcpy_streaming.h\n  \
    lib/libmemcpy_streaming.a, and lib/libmemcpy_streaming.so with its versions\n  \
    lib/pkgconfig/memcpy_streaming.pc, which finds the others wherever the folder is moved to\n\n\
    It needs the C compiler that Rust links with, and its binutils. cargo-c's `cargo cinstall -p memcpy-streaming-capi` does the same; \
    use that for other systems than Linux, other targets than this machine, and packages (--destdir).";

const EXAMPLES: &str = "Examples:\n  cargo xtask capi --prefix ~/.local\n  cargo xtask capi --prefix /usr/local";

/// The definition for the command line.
pub(crate) fn command() -> Command {
    Command::new("capi").about("Builds and installs the library for C").long_about(LONG_ABOUT).after_help(EXAMPLES).arg(
        Arg::new("prefix")
            .long("prefix")
            .value_name("DIR")
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .help("Where to: its lib, include, and lib/pkgconfig; made if they are not there"),
    )
}

/// Builds, installs, and says what a compiler needs to be told.
pub(crate) fn run(mut matches: ArgMatches, interrupt: &Interrupt) -> Result<(), Failure> {
    let prefix: PathBuf = args::take(&mut matches, "prefix");
    let installed = install(&prefix, interrupt)?;
    let prefix = prefix.canonicalize().unwrap_or(prefix);
    let prefix = prefix.display();
    let text = format!(
        "installed in {prefix}:\n{installed}\n\
         to compile and run with the shared library:\n  \
         cc program.c -I{prefix}/include -L{prefix}/lib -lmemcpy_streaming -Wl,-rpath,{prefix}/lib\n\
         with the static one, which needs nothing at run time:\n  \
         cc program.c -I{prefix}/include {prefix}/lib/{static_library}\n\
         for pkg-config:\n  \
         export PKG_CONFIG_PATH={prefix}/lib/pkgconfig; \
         cc program.c $(pkg-config --cflags --libs memcpy_streaming) -Wl,-rpath,{prefix}/lib\n",
        static_library = names::STATIC,
    );
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error))
}

/// Builds and installs; answers what is where, a line each.
pub(crate) fn install(prefix: &Path, interrupt: &Interrupt) -> Result<String, Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::input("this makes ELF libraries for Linux; elsewhere use cargo-c's `cargo cinstall`"));
    }
    let workspace = workspace();
    let files = files::Files::create(prefix)?;
    let libraries = build::build(&workspace, interrupt)?;
    interrupt.check()?;
    files.write(&workspace, &libraries)
}
