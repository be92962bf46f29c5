//! `cargo xtask release`: what must hold before the libraries are published.

mod changelog;
mod docs;
mod licences;
mod links;
mod listings;
mod manifests;
mod msrv;
mod packages;
mod public;
mod workspace;

use std::fs;
use std::io::{self, Write};

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::args;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::needs::Need;
use workspace::{Workspace, is_offline};

const LONG_ABOUT: &str = "Checks that the library crates can be published as they are: one version; manifests as the registry and docs.rs want them; a changelog in the form of Keep a \
    Changelog; licences, ours and those of all dependencies, by the list in deny.toml; the oldest Rust, the same wherever it is written; links in Markdown files and \
    in the documentation; what is in the packages; and a dry run of publishing them.\n\n\
    What is public in each library is listed in api/, by rustdoc, for all features. A change of it fails until --update has renewed the listing, so that \
    it is seen in a diff; CONTRIBUTING.md says which change needs which version.\n\n\
    Nothing is published. A line for each check, and exit code 1 if one failed. The dry run and a first look at the dependencies need a network; without one they are skipped.";

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask release --check      all of it, half a minute\n  \
    cargo xtask release --update     after a change of the API that is meant";

/// The definition for the command line.
pub(crate) fn command() -> Command {
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Command::new("release")
        .about("Checks that the libraries can be published as they are")
        .long_about(LONG_ABOUT)
        .after_help(EXAMPLES)
        .args([
            flag("check").required_unless_present("update").help("Check, write nothing, publish nothing"),
            flag("update").conflicts_with("check").help("Renew the listings of public items in api/"),
        ])
}

/// The checks at the end of the list that take long, and need the network or another Rust.
const SLOW: usize = 2;

/// What a check found.
pub(crate) enum Verdict {
    /// All is well: what was looked at.
    Good(String),
    /// What is wrong, and what to do about it.
    Wrong(Vec<String>),
    /// Not done here.
    Skipped { why: String, fix: String },
}

impl Verdict {
    fn of(wrong: Vec<String>, good: impl FnOnce() -> String) -> Verdict {
        if wrong.is_empty() { Verdict::Good(good()) } else { Verdict::Wrong(wrong) }
    }

    /// A failure of cargo: no check at all where there is no network.
    fn unless_offline(said: String) -> Verdict {
        if !is_offline(&said) {
            return Verdict::Wrong(vec![said]);
        }
        let why = format!("no registry can be reached ({said})");
        Verdict::Skipped { why, fix: "run it with a network".to_string() }
    }
}

/// Runs what was asked for.
pub(crate) fn run(mut matches: ArgMatches, interrupt: &Interrupt) -> Result<(), Failure> {
    if args::take(&mut matches, "update") {
        let changed = listings::update(&Workspace::read()?, interrupt)?;
        let said = match &changed[..] {
            [] => "the listings were in step\n".to_string(),
            files => files.iter().map(|file| format!("wrote {}\n", file.display())).collect(),
        };
        return io::stdout().write_all(said.as_bytes()).map_err(|error| Failure::stdout(&error));
    }
    match check(true, interrupt)? {
        Verdict::Wrong(failed) => Err(Failure::run(format_args!("failed: {}; see above", failed.join(", ")))),
        _ => Ok(()),
    }
}

/// What is missing for the checks, of what can be installed.
pub(crate) fn missing() -> Vec<Need> {
    Workspace::read().ok().and_then(|workspace| msrv::missing(&workspace)).into_iter().collect()
}

/// Runs all checks and prints a line or more for each. What they found together: the names of those that failed, or else whatever was
/// skipped. What is slow, and wants the network or another Rust, is left out unless the whole is asked for.
pub(crate) fn check(whole: bool, interrupt: &Interrupt) -> Result<Verdict, Failure> {
    let workspace = Workspace::read()?;
    let changelog = || match fs::read_to_string(workspace.root.join("CHANGELOG.md")) {
        Ok(text) => {
            let wrong = changelog::check(&text, &workspace.libraries[0].version).into_iter();
            Verdict::of(wrong.map(|what| format!("CHANGELOG.md: {what}")).collect(), || {
                "in form, and says what changes".to_string()
            })
        }
        Err(error) => Verdict::Wrong(vec![format!("cannot read CHANGELOG.md: {error}")]),
    };
    type Check<'a> = (&'static str, &'a dyn Fn() -> Result<Verdict, Failure>);
    let checks: [Check<'_>; 12] = [
        ("versions", &|| Ok(manifests::versions(&workspace))),
        ("manifests", &|| Ok(manifests::fields(&workspace))),
        ("changelog", &|| Ok(changelog())),
        ("licence files", &|| Ok(licences::files(&workspace))),
        ("dependencies", &|| Ok(licences::dependencies(&workspace))),
        ("oldest Rust", &|| Ok(msrv::stated_everywhere(&workspace))),
        ("public items", &|| listings::check(&workspace, interrupt)),
        ("links", &|| Ok(links::check(&workspace))),
        ("documentation", &|| docs::check(&workspace, interrupt)),
        ("packages", &|| packages::contents(&workspace, interrupt)),
        ("built by it", &|| msrv::compiles(&workspace, interrupt)),
        ("dry run", &|| packages::dry_run(&workspace, interrupt)),
    ];
    let checks = if whole { &checks[..] } else { &checks[..checks.len() - SLOW] };
    let (mut failed, mut skipped) = (Vec::new(), None);
    for &(name, check) in checks {
        interrupt.check()?;
        let verdict = check()?;
        let said = match &verdict {
            Verdict::Good(what) => format!("ok       {name:13}  {what}\n"),
            Verdict::Wrong(wrong) => wrong.iter().map(|what| format!("FAILED   {name:13}  {what}\n")).collect(),
            Verdict::Skipped { why, fix } => format!("SKIPPED  {name:13}  {why}; to run it: {fix}\n"),
        };
        io::stdout().write_all(said.as_bytes()).map_err(|error| Failure::stdout(&error))?;
        match verdict {
            Verdict::Good(_) => {}
            Verdict::Wrong(_) => failed.push(name.to_string()),
            Verdict::Skipped { .. } => skipped = Some(verdict),
        }
    }
    Ok(match (failed.is_empty(), skipped) {
        (false, _) => Verdict::Wrong(failed),
        (true, Some(skip)) => skip,
        (true, None) => Verdict::Good(format!("{} checks", checks.len())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_network_is_a_skip_and_anything_else_is_not() {
        let offline = Verdict::unless_offline("[6] Could not resolve host: index.example".to_string());
        assert!(matches!(offline, Verdict::Skipped { .. }));
        assert!(matches!(Verdict::unless_offline("error: no".to_string()), Verdict::Wrong(_)));
    }
}
