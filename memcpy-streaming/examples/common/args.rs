//! Arguments: numbers by place, each with a default.

use std::env;
use std::error::Error;
use std::io::{self, ErrorKind, Stdout};
use std::ops::RangeInclusive;
use std::process::ExitCode;

/// Runs `main` with the arguments of the process; says in one line what went wrong, if something did: exit code 2 for
/// arguments that make no sense, 1 for anything else.
pub(crate) fn run<C>(
    usage: &str,
    parse: impl FnOnce(&[String]) -> Result<C, String>,
    main: impl FnOnce(C, &mut Stdout) -> Result<(), Box<dyn Error>>,
) -> ExitCode {
    let args: Vec<String> = env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
    if args.iter().any(|arg| arg == "-h" || arg == "--help") {
        println!("usage: {usage}");
        return ExitCode::SUCCESS;
    }
    let config = match parse(&args) {
        Ok(config) => config,
        Err(why) => {
            eprintln!("{why}; usage: {usage}");
            return ExitCode::from(2);
        }
    };
    if cfg!(debug_assertions) {
        eprintln!("built without --release: the figures below mean nothing");
    }
    match main(config, &mut io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        // `| head` has seen enough.
        Err(why) if why.downcast_ref().is_some_and(|e: &io::Error| e.kind() == ErrorKind::BrokenPipe) => {
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("failed: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The argument at `place`, or the default if there are fewer.
pub(crate) fn number(
    args: &[String],
    place: usize,
    name: &str,
    range: RangeInclusive<usize>,
    default: usize,
) -> Result<usize, String> {
    let Some(arg) = args.get(place) else { return Ok(default) };
    match arg.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!("{name} must be a number from {} to {}, not `{arg}`", range.start(), range.end())),
    }
}

/// Refuses arguments after the first `count`.
pub(crate) fn at_most(args: &[String], count: usize) -> Result<(), String> {
    match args.get(count) {
        Some(extra) => Err(format!("`{extra}` is one argument too many")),
        None => Ok(()),
    }
}
