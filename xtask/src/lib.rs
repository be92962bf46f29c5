//! `cargo xtask`: what a person runs in this workspace.
//!
//! It is a library with a program of one line, because what reads people's input is fuzzed, and fuzz targets are programs
//! of their own.

mod arch;
mod args;
mod asm;
mod backend;
mod bench;
mod capi;
mod cargo;
mod cli;
mod compile;
mod completions;
mod dump;
mod emulator;
mod failure;
pub mod fuzz;
mod golden;
mod guest;
mod inspect;
mod install;
mod integrations;
mod interrupt;
mod kernel_module;
mod lane;
mod machine;
mod man;
mod memory;
mod mutants;
mod needs;
mod number;
mod output;
mod process;
mod progress;
mod readme_tables;
mod rebind;
mod release;
mod stats;
mod targets;
mod test;
mod toolchain;
mod tune;
mod verdict;

use std::process::ExitCode;

use cli::Request;
use failure::Failure;

/// The program.
pub fn main() -> ExitCode {
    run().map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS)
}

fn run() -> Result<(), Failure> {
    // Without room for that, whatever it does later would abort it.
    memory::require(0, "this program itself")?;
    let (run, arguments) = match cli::parse(std::env::args_os())? {
        Request::Print(text) => return args::say(&text),
        Request::Run(run, arguments) => (run, arguments),
    };
    interrupt::install().map_err(|error| Failure::run(format_args!("cannot handle signals: {error}")))?;
    run(arguments)
}
