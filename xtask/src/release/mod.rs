//! `cargo xtask release`: what must hold before the libraries are published.

mod changelog;
mod licences;
mod links;
mod listings;
mod manifests;
mod packages;

use std::path::PathBuf;
use std::process;

use cargo_metadata::Package;
use clap::{ArgMatches, Command, CommandFactory};

use crate::args;
use crate::cargo::{metadata, workspace};
use crate::failure::Failure;
use crate::install;
use crate::interrupt;
use crate::needs::Need;
use crate::process::relay;
use crate::verdict::Verdict;

const EXAMPLES: &str = "Examples:\n  \
    cargo xtask release --check      all of it, half a minute\n  \
    cargo xtask release --update     after a change of the API that is meant";

/// Checks that the libraries can be published as they are
///
/// One version; manifests as the registry and docs.rs want them; a changelog in the form of Keep a Changelog; licences, ours and those of all dependencies,
/// by the list in deny.toml; lock files; the oldest Rust, the same wherever it is written; links in Markdown files and in the documentation; what is in the packages;
/// and a dry run of publishing them.
///
/// What is public in each library is listed in api/, by rustdoc, for all features. A change of it fails until --update has renewed the listing, so that
/// it is seen in a diff; CONTRIBUTING.md says which change needs which version.
///
/// Nothing is published. A line for each check, and exit code 1 if one failed. The dry run and a first look at the dependencies need a network; without
/// one they are skipped.
#[derive(clap::Parser)]
#[command(name = "release", after_help = EXAMPLES)]
struct Options {
    /// Check, write nothing, publish nothing
    #[arg(long, required_unless_present = "update")]
    check: bool,
    /// Renew the listings of public items in api/
    #[arg(long, conflicts_with = "check")]
    update: bool,
}

pub(crate) fn command() -> Command {
    Options::command()
}

/// The checks at the end of the list that take long, and need the network or another Rust.
const SLOW: usize = 2;

impl Verdict {
    /// Of a check that comes to its end.
    fn of(wrong: Vec<String>, good: String) -> Result<Verdict, Failure> {
        Ok(if wrong.is_empty() { Verdict::Good(good) } else { Verdict::Wrong(wrong) })
    }

    /// A failure of cargo, by what it said at the end: no check at all where there is no network.
    fn unless_offline(said: String) -> Verdict {
        let curl =
            ["resolve host", "connect to", "Connection refused", "Timeout was reached", "unreachable", "--offline"];
        // A lock file that is out of step is none: cargo then says what --offline would do.
        if said.contains("the --locked flag") || !curl.iter().any(|part| said.contains(part)) {
            return Verdict::Wrong(vec![said]);
        }
        Verdict::impossible(format!("no registry can be reached ({said})"), "run it with a network")
    }
}

/// Runs what was asked for.
pub(crate) fn run(matches: ArgMatches) -> Result<(), Failure> {
    if !args::options::<Options>(&matches).check {
        return match listings::check(&published()?, true)? {
            Verdict::Good(said) => relay(&said),
            Verdict::Wrong(wrong) => Err(Failure::run(wrong.join("; "))),
            Verdict::Skipped(needs) => Err(Failure::run(install::told(&needs))),
        };
    }
    match check(true)? {
        Verdict::Wrong(failed) => Err(Failure::run(format_args!("failed: {}; see above", failed.join(", ")))),
        _ => Ok(()),
    }
}

/// What is missing for the checks, of what can be installed.
pub(crate) fn missing() -> Vec<Need> {
    published().ok().and_then(|libraries| packages::missing_rust(&libraries)).into_iter().collect()
}

/// Runs all checks and prints a line or more for each. What they found together: the names of those that failed, or else whatever was
/// skipped. What is slow, and wants the network or another Rust, is left out unless the whole is asked for.
pub(crate) fn check(whole: bool) -> Result<Verdict, Failure> {
    let libraries = &published()?;
    type Check = fn(&[Package]) -> Result<Verdict, Failure>;
    let checks: [(&str, Check); 13] = [
        ("versions", manifests::versions),
        ("manifests", manifests::fields),
        ("changelog", changelog::check),
        ("licence files", licences::files),
        ("dependencies", licences::dependencies),
        ("lock files", manifests::locked),
        ("oldest Rust", manifests::oldest_rust),
        ("public items", |libraries| listings::check(libraries, false)),
        ("links", links::check),
        ("documentation", packages::documentation),
        ("packages", packages::contents),
        ("built by it", packages::built_by_oldest),
        ("dry run", packages::dry_run),
    ];
    let checks = if whole { &checks[..] } else { &checks[..checks.len() - SLOW] };
    let (mut failed, mut skipped) = (Vec::new(), None);
    for (name, check) in checks {
        interrupt::check()?;
        let verdict = check(libraries).or_else(|failure| match failure {
            Failure::Run(said) => Ok(Verdict::Wrong(vec![said])),
            other => Err(other),
        })?;
        let line = |mark: &str, what: &str| relay(&format!("{mark:8} {name:13}  {what}"));
        match &verdict {
            Verdict::Good(what) => line("ok", what)?,
            Verdict::Wrong(wrong) => {
                wrong.iter().try_for_each(|what| line("FAILED", what))?;
                failed.push(name.to_string());
            }
            Verdict::Skipped(needs) => {
                line("SKIPPED", &install::told(needs))?;
                skipped = Some(verdict);
            }
        }
    }
    if !failed.is_empty() {
        return Ok(Verdict::Wrong(failed));
    }
    Ok(skipped.unwrap_or(Verdict::Good(format!("{} checks", checks.len()))))
}

/// The libraries: the crates of the workspace that are published.
fn published() -> Result<Vec<Package>, Failure> {
    let mut libraries = metadata(&["--no-deps"]).map_err(Failure::run)?.packages;
    libraries.retain(|package| package.publish.is_none());
    if libraries.is_empty() {
        return Err(Failure::run("no crate of the workspace is published: all of them have `publish = false`"));
    }
    Ok(libraries)
}

/// The version of Rust that they ask for, as it is written for people: `1.89`.
fn oldest_rust(libraries: &[Package]) -> String {
    let version = libraries[0].rust_version.as_ref();
    version.map_or("0.0".to_string(), |version| format!("{}.{}", version.major, version.minor))
}

/// Makes a cargo command be about all of them.
fn about(libraries: &[Package], mut cargo: process::Command, args: &[&str]) -> process::Command {
    cargo.args(args).arg("--locked").current_dir(workspace());
    cargo.args(libraries.iter().flat_map(|library| ["--package", library.name.as_str()]));
    cargo
}

/// A file in the folder of a crate.
fn file(library: &Package, name: &str) -> PathBuf {
    library.manifest_path.with_file_name(name).into()
}
