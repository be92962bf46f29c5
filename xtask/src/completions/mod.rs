//! `cargo xtask completions`: what a shell needs to complete the others.

use std::io::{self, Write};

use clap::{ArgMatches, Command, CommandFactory};
use clap_complete::Shell;

use crate::args;
use crate::failure::Failure;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask completions bash    as a line of ~/.bashrc: source <(cargo xtask completions bash)\n  \
    cargo xtask completions zsh     the same in ~/.zshrc, after compinit\n  \
    cargo xtask completions fish    in ~/.config/fish/config.fish: cargo xtask completions fish | source\n\n\
    The commands are those of this workspace: run it in the workspace, or keep what it prints in a file.";

/// Prints what a shell needs to complete these commands
///
/// That is the commands, their options, and the values of those that have a list of them.
///
/// bash, zsh and fish then complete `cargo xtask`, and go on completing other cargo commands as they did before. All five complete `xtask`, which is no
/// command unless you make it one: a function that calls `cargo xtask`.
#[derive(clap::Parser)]
#[command(name = "completions", after_help = EXAMPLES)]
struct Options {
    /// Which shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn command() -> Command {
    Options::command()
}

/// Runs it; `whole` is the definition of all commands.
pub(crate) fn run(mut whole: Command, matches: ArgMatches) -> Result<(), Failure> {
    let Options { shell } = args::options(&matches);
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut whole, "xtask", &mut script);
    // What makes `cargo xtask` out of `xtask` is another thing in each shell.
    script.extend_from_slice(match shell {
        Shell::Bash => include_bytes!("cargo.bash"),
        Shell::Fish => include_bytes!("cargo.fish"),
        Shell::Zsh => include_bytes!("cargo.zsh"),
        _ => &[][..],
    });
    io::stdout().write_all(&script).map_err(|error| Failure::stdout(&error))
}
