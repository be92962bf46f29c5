//! The command line that all programs have, and how they end.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::Arg;
use memcpy_streaming::Backend;

use crate::{Failure, Report};

const OPTIONS: &str = "[--quick] [--dir DIR] [--json FILE]";

/// What the person asked for.
#[derive(Debug)]
pub struct Options {
    /// Small sizes: whether it runs, not how fast.
    pub quick: bool,
    /// Where files are made, and gone at the end.
    pub dir: PathBuf,
    /// Words that are no options.
    pub words: Vec<OsString>,
    json: Option<PathBuf>,
}

impl Options {
    fn read(args: impl IntoIterator<Item = OsString>) -> Result<Option<Options>, lexopt::Error> {
        let mut options = Options { quick: false, dir: env::temp_dir(), words: Vec::new(), json: None };
        let mut parser = lexopt::Parser::from_args(args);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("quick") => options.quick = true,
                Arg::Long("dir") => options.dir = parser.value()?.into(),
                Arg::Long("json") => options.json = Some(parser.value()?.into()),
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Value(word) => options.words.push(word),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }

    /// `full`, or `quick` where the person asked for that.
    pub fn sized<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

/// Runs a program: `about` is a line on it, and `words` what it takes besides options. A report, if there is one, is printed and written.
pub fn main(about: &str, words: &str, body: impl FnOnce(&Options) -> Result<Option<Report>, Failure>) -> ExitCode {
    let failure = match Options::read(env::args_os().skip(1)) {
        Ok(None) => {
            println!("{about}\n\nusage: {} {OPTIONS}", [env!("CARGO_PKG_NAME"), words].join(" "));
            return ExitCode::SUCCESS;
        }
        Err(error) => Failure::input(format_args!("{error}; known are {OPTIONS} {words}")),
        Ok(Some(options)) => match run(&options, words, body) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(failure) => failure,
        },
    };
    let (line, code) = match failure {
        Failure::Input(line) => (line, 2),
        Failure::Run(line) => (format!("failed: {line}"), 1),
    };
    eprintln!("{}", line.replace('\n', " "));
    ExitCode::from(code)
}

fn run(
    options: &Options,
    words: &str,
    body: impl FnOnce(&Options) -> Result<Option<Report>, Failure>,
) -> Result<(), Failure> {
    Backend::from_env().map_err(Failure::input)?.make_active()?;
    if let (Some(word), true) = (options.words.first(), words.is_empty()) {
        return Err(Failure::input(format_args!("`{}` is one word too many; known are {OPTIONS}", word.display())));
    }
    if !options.dir.is_dir() {
        return Err(Failure::input(format_args!("--dir {} is no folder; name one that exists", options.dir.display())));
    }
    // The file is opened before hours of measuring, and has its name only when it is whole.
    let json = options.json.as_ref().map(|path| crate::report::open(path).map(|file| (file, path))).transpose()?;
    if cfg!(debug_assertions) {
        eprintln!("built without --release: times mean nothing");
    }
    if let Some(report) = body(options)? {
        print!("{}", report.table());
        if let Some((file, path)) = json {
            report.write(file, path, options.quick)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &str) -> Result<Option<Options>, lexopt::Error> {
        Options::read(args.split_whitespace().map(Into::into))
    }

    #[test]
    fn options_are_read_and_refused() {
        let options = read("--quick --dir /tmp check file").unwrap().unwrap();
        assert!(options.quick && options.words == ["check", "file"] && options.sized(2, 1) == 1);
        assert!(read("--help").unwrap().is_none());
        assert!(read("--fast").unwrap_err().to_string().contains("--fast"));
        assert!(read("--json").unwrap_err().to_string().contains("--json"));
    }
}
