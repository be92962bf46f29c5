//! Licences: our own files, and those of everything that the workspace is built with.
use std::fs;

use cargo_metadata::Package;
use serde::Deserialize;
use spdx::{Expression, ParseMode};

use super::{Verdict, file};
use crate::cargo::{metadata, workspace};
use crate::failure::{Failure, read};

const FILES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
const OURS: &str = "MIT OR Apache-2.0";

/// The list of licences that are accepted, in the format of cargo-deny.
const LIST: &str = "deny.toml";

#[derive(Deserialize)]
struct List {
    licenses: Licences,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

/// Each crate has its licence files, the same ones as the workspace.
pub(super) fn files(libraries: &[Package]) -> Result<Verdict, Failure> {
    let mut wrong = Vec::new();
    for library in libraries {
        let stated = library.license.as_deref().unwrap_or_default();
        if stated != OURS {
            wrong.push(format!("{}: the licence is `{stated}`, not `{OURS}`", library.name));
        }
        for name in FILES {
            let [theirs, ours] = [file(library, name), workspace().join(name)].map(|path| fs::read(path).ok());
            if theirs.is_none() || theirs != ours {
                wrong.push(format!("{0}: `cp {name} {0}/` makes its {name} that of the workspace", library.name));
            }
        }
    }
    Verdict::of(wrong, format!("{OURS}, and the files that say so"))
}

/// All that Cargo.lock names, for whatever target or feature, has a licence of the list. A slash is how OR was written once.
pub(super) fn dependencies(_: &[Package]) -> Result<Verdict, Failure> {
    let list: List = basic_toml::from_str(&read(&workspace().join(LIST))?)
        .map_err(|error| Failure::run(format_args!("cannot read the list `allow` in [licenses] of {LIST}: {error}")))?;
    let packages = match metadata(&["--all-features"]) {
        Ok(metadata) => metadata.packages,
        Err(said) => return Ok(Verdict::unless_offline(said)),
    };
    let mode = ParseMode { allow_slash_as_or_operator: true, ..ParseMode::STRICT };
    let wrong = packages.iter().filter_map(|Package { name, version, license, .. }| {
        let licence = license.as_deref().unwrap_or_default();
        let is_listed = |one: &spdx::LicenseReq| list.licenses.allow.contains(&one.to_string());
        let what = match Expression::parse_mode(licence, mode) {
            Ok(expression) if expression.evaluate(is_listed) => return None,
            Ok(_) => format!("is under `{licence}`: do without it, or add the licence to {LIST}"),
            Err(error) => format!("has no licence expression, but `{licence}`: {}", error.reason),
        };
        Some(format!("{name} {version} {what}"))
    });
    Verdict::of(wrong.collect(), format!("{} packages, all under licences of {LIST}", packages.len()))
}
