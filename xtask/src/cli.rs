//! The command line: subcommands, and errors that fit one line.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Command};

use crate::failure::Failure;
use crate::{asm, bench, capi, completions, dump, fuzz, golden, inspect, integrations, kernel_module, man, mutants};
use crate::{readme_tables, rebind, release, test, tune};

type Run = fn(ArgMatches) -> Result<(), Failure>;

/// Each command's definition, and what runs it, in the order of the help.
const COMMANDS: [(fn() -> Command, Run); 17] = [
    (rebind::command, |asked| rebind::run(&asked)),
    (dump::command, |asked| dump::run(&asked)),
    (inspect::command, |asked| inspect::run(&asked)),
    (golden::command, |asked| golden::run(&asked)),
    (kernel_module::command, kernel_module::run),
    (asm::command, asm::run),
    (bench::options::command, |asked| bench::run(&bench::options::Options::new(asked)?)),
    (tune::command, |asked| tune::run(&asked)),
    (capi::command, capi::run),
    (readme_tables::command, |asked| readme_tables::run(&asked)),
    (release::command, release::run),
    (test::options::command, |asked| test::run(&test::options::plan(&asked)?)),
    (fuzz::command, fuzz::run),
    (integrations::command, integrations::run),
    (mutants::command, mutants::run),
    (completions::command, |asked| completions::run(command(), asked)),
    (man::command, |asked| man::run(command(), asked)),
];

const AFTER: &str = "Examples:\n  \
    cargo xtask rebind                  the experiment of the Linux patch, on this machine\n  \
    cargo xtask bench-matrix --quick    where streaming wins here, in three minutes\n  \
    cargo xtask test                    what must hold before a change lands, in five minutes\n  \
    cargo xtask rebind --help           options and examples of a command\n\n\
    Every command answers bad input with one line on standard error and exit code 2, a failed run with exit code 1, and Ctrl-C with exit code 130. \
    Output files appear whole or not at all.";

pub(crate) fn command() -> Command {
    Command::new("xtask")
        .bin_name("cargo xtask")
        .version(env!("CARGO_PKG_VERSION"))
        .about("What a person runs in this workspace")
        .after_help(AFTER)
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .subcommands(COMMANDS.map(|(definition, _)| definition()))
}

pub(crate) enum Request {
    /// The text of `--help` or `--version`.
    Print(String),
    Run(Run, ArgMatches),
}

pub(crate) fn parse(args: impl Iterator<Item = OsString>) -> Result<Request, Failure> {
    let args: Vec<_> = args.collect();
    match command().try_get_matches_from(&args) {
        Ok(mut matches) => {
            let (name, matches) = matches.remove_subcommand().expect("clap requires a subcommand");
            let known = COMMANDS.into_iter().find(|(definition, _)| definition().get_name() == name);
            Ok(Request::Run(known.expect("clap knows no other command").1, matches))
        }
        Err(error) if [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion].contains(&error.kind()) => {
            Ok(Request::Print(error.to_string()))
        }
        Err(error) => Err(Failure::Input(explain(&error, &args))),
    }
}

/// clap's error on one line, and what would be right.
fn explain(error: &clap::Error, args: &[OsString]) -> String {
    let whole = command();
    let (mut named, mut help) = (&whole, String::new());
    while let Some(next) = args.get(1 + help.split_whitespace().count()).and_then(|name| named.find_subcommand(name)) {
        help += &format!(" {}", next.get_name());
        named = next;
    }
    let known = match error.kind() {
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand if named.has_subcommands() => {
            let names: Vec<_> = named.get_subcommands().map(Command::get_name).collect();
            format!("; known commands are {}", names.join(", "))
        }
        ErrorKind::UnknownArgument => {
            let options = named.get_arguments().filter_map(|option| option.get_long());
            format!("; known are {}", options.map(|long| format!("--{long}")).collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    };
    let suggested = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let meant = suggested.iter().find_map(|kind| match error.get(*kind)? {
        ContextValue::String(name) => Some(name),
        ContextValue::Strings(names) => names.last(),
        _ => None,
    });
    let meant = meant.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    format!("{}{meant}{known}; try `cargo xtask{help} --help`", one_line(&error.to_string()))
}

/// Joins clap's lines, less its last paragraphs (usage, and "For more information, try '--help'.").
fn one_line(error: &str) -> String {
    let error = error.strip_prefix("error: ").unwrap_or(error);
    let end = ["\nUsage:", "\nFor more information"].iter().filter_map(|last| error.find(last)).min();
    let error = &error[..end.unwrap_or(error.len())];
    // What clap suggests is said by `explain`.
    let parts = error.lines().map(str::trim).filter(|part| !part.is_empty() && !part.starts_with("tip: "));
    let line = parts.collect::<Vec<_>>().join(" ").replace("> --", ">, --");
    line.chars().filter(|c| !c.is_control()).collect()
}

/// What is typed in a line of examples, less `cargo`: a remark is behind two spaces, a pipe is the shell's, words in quotes are one.
#[cfg(test)]
fn typed(line: &str) -> Vec<OsString> {
    let line = line.strip_prefix("cargo ").unwrap_or(line);
    let typed = line.split("  ").next().and_then(|typed| typed.split(" | ").next()).unwrap_or_default();
    let words = typed.split('\'').enumerate().flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(OsString::from).collect(),
        _ => vec![part.into()],
    });
    words.collect()
}

#[cfg(test)]
fn check(command: &Command, path: &str) {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let examples = help.strip_prefix("Examples:\n").unwrap_or_else(|| panic!("{path} has no examples"));
    let examples = examples.split("\n\n").next().unwrap_or_default().replace("\\\n      ", "");
    assert!(examples.lines().count() >= 2, "{path}: {examples}");
    for line in examples.lines().map(str::trim) {
        assert!(line.starts_with(path), "{path}: {line}");
        assert!(parse(typed(line).into_iter()).is_ok(), "{line}");
    }
    let help = parse(typed(&format!("{path} --help")).into_iter());
    assert!(matches!(help, Ok(Request::Print(text)) if text.contains("Usage")), "{path}");
    command.get_subcommands().for_each(|inner| check(inner, &format!("{path} {}", inner.get_name())));
}

#[test]
fn each_command_has_help_and_examples_that_can_be_typed() {
    command().debug_assert();
    check(&command(), "cargo xtask");
}
