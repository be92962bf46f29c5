//! `cargo xtask completions`: what a shell needs to complete the others.

use std::io::{self, Write};

use clap::{Arg, ArgMatches, Command};
use clap_complete::Shell;

use crate::args;
use crate::failure::Failure;

const LONG_ABOUT: &str = "Prints what a shell needs to complete the commands, their options, and the values of those that have a list of them.\n\n\
    bash, zsh and fish then complete `cargo xtask`, and go on completing other cargo commands as they did before. All five complete `xtask`, which is no \
    command unless you make it one: a function that calls `cargo xtask`.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask completions bash    as a line of ~/.bashrc: source <(cargo xtask completions bash)\n  \
    cargo xtask completions zsh     the same in ~/.zshrc, after compinit\n  \
    cargo xtask completions fish    in ~/.config/fish/config.fish: cargo xtask completions fish | source\n\n\
    The commands are those of this workspace: run it in the workspace, or keep what it prints in a file.";

pub(crate) fn command() -> Command {
    let shells = ["bash", "elvish", "fish", "powershell", "zsh"];
    Command::new("completions")
        .about("Prints what a shell needs to complete these commands")
        .long_about(LONG_ABOUT)
        .after_help(EXAMPLES)
        .arg(Arg::new("shell").value_name("SHELL").required(true).value_parser(shells).help("Which shell"))
}

/// Runs it; `whole` is the definition of all commands.
pub(crate) fn run(mut whole: Command, mut matches: ArgMatches) -> Result<(), Failure> {
    let name: String = args::take(&mut matches, "shell");
    let shell: Shell = name.parse().map_err(Failure::input)?;
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
