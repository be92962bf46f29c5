//! `cargo xtask man`: manual pages, from the definitions that the help is made of.

use std::fs;
use std::path::PathBuf;

use clap::{ArgMatches, Command, CommandFactory};
use clap_mangen::Man;

use crate::args;
use crate::failure::Failure;
use crate::output::Output;
use crate::process::relay;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask man | man -l -                          read it at once\n  \
    cargo xtask man --out ~/.local/share/man/man1       then: man cargo-xtask-rebind";

/// Prints the manual page, or writes one for each command
///
/// The page of all commands says what each is for. With --out it writes that page and one for each command into a folder: cargo-xtask.1,
/// cargo-xtask-rebind.1 and so on.
#[derive(clap::Parser)]
#[command(name = "man", after_help = EXAMPLES)]
struct Options {
    /// The folder for the pages; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn command() -> Command {
    Options::command()
}

/// `whole` is the definition of all commands.
pub(crate) fn run(whole: Command, matches: ArgMatches) -> Result<(), Failure> {
    let mut pages = Vec::new();
    add(whole, "cargo-xtask", "cargo xtask", &mut pages)?;
    let Some(folder) = args::options::<Options>(&matches).out else {
        return args::say(&pages[0].1);
    };
    let shown = folder.display();
    fs::create_dir_all(&folder).map_err(|error| {
        Failure::input(format_args!("cannot make the folder `{shown}`: {error}; name one that you can write to"))
    })?;
    for (name, page) in &pages {
        Output::create(&folder.join(name))?.finish_with(page.as_bytes())?;
    }
    relay(&format!("wrote {} pages into {shown}", pages.len()))
}

/// Adds the page of a command, with its file name, and those of its subcommands.
fn add(command: Command, name: &str, typed: &str, pages: &mut Vec<(String, String)>) -> Result<(), Failure> {
    let inner: Vec<_> = command.get_subcommands().cloned().collect();
    let command = command.display_name(name.to_string()).bin_name(typed.to_string());
    let man = Man::new(command).title(name.to_uppercase()).source("memcpy-streaming").manual("cargo xtask");
    let mut page = Vec::new();
    man.render(&mut page).map_err(Failure::run)?;
    // The part after the options is called EXTRA, whatever it is.
    let page = String::from_utf8_lossy(&page).replace(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n");
    pages.push((man.get_filename(), page));
    for command in inner {
        let (name, typed) = (format!("{name}-{}", command.get_name()), format!("{typed} {}", command.get_name()));
        add(command, &name, &typed, pages)?;
    }
    Ok(())
}
