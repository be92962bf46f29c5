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
mod folder;
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

use std::io::{self, Write};
use std::process::ExitCode;

use cli::Request;
use failure::Failure;
use interrupt::Interrupt;

/// The program.
pub fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run() -> Result<(), Failure> {
    // Without room for that, whatever it does later would abort it.
    memory::require(0, "this program itself")?;
    let (name, arguments) = match cli::parse(std::env::args_os())? {
        Request::Print(text) => return write!(io::stdout(), "{text}").map_err(|error| Failure::stdout(&error)),
        Request::Run(name, arguments) => (name, arguments),
    };
    let interrupt =
        Interrupt::install().map_err(|error| Failure::run(format_args!("cannot handle signals: {error}")))?;
    match name.as_str() {
        "rebind" => rebind::run(&arguments, &interrupt),
        "memmap" => inspect::run(&arguments, &interrupt),
        "memmap-dump" => dump::run(&arguments, &interrupt),
        "asm" => asm::run(arguments, &interrupt),
        "bench-matrix" => bench::run(&bench::options::Options::new(arguments)?, &interrupt),
        "capi" => capi::run(arguments, &interrupt),
        "completions" => completions::run(cli::command(), arguments),
        "golden" => golden::run(&golden::options::Options::new(arguments)?, &interrupt),
        "fuzz" => fuzz::run(arguments, &interrupt),
        "integrations" => integrations::run(arguments, &interrupt),
        "kernel-module" => kernel_module::run(&kernel_module::options::Options::new(arguments)?, &interrupt),
        "man" => man::run(cli::command(), arguments),
        "mutants" => mutants::run(arguments, &interrupt),
        "readme-tables" => readme_tables::run(&arguments),
        "release" => release::run(arguments, &interrupt),
        "tune" => tune::run(&arguments, &interrupt),
        "test" => test::run(&test::options::Options::new(arguments)?, &interrupt),
        _ => unreachable!("clap knows no other command"),
    }
}
