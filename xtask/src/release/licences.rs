//! Licences: our own files, and those of everything that the workspace is built with.
use std::fs;
use std::path::Path;

use cargo_metadata::Package;
use serde::Deserialize;
use spdx::{Expression, ParseMode};

use super::Verdict;
use super::libraries::folder;
use crate::cargo::{metadata, workspace};
use crate::failure::{Failure, read};

const FILES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
const OURS: &str = "MIT OR Apache-2.0";

/// The list of licences that are accepted, in the format of cargo-deny.
const LIST: &str = "deny.toml";

#[derive(Deserialize)]
struct List {
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

/// Each crate has its licence files, the same ones as the workspace.
pub(super) fn files(libraries: &[Package]) -> Verdict {
    let mut wrong = Vec::new();
    for library in libraries {
        let stated = library.license.as_deref().unwrap_or_default();
        if stated != OURS {
            wrong.push(format!("{}: the licence is `{stated}`, not `{OURS}`", library.name));
        }
        for file in FILES {
            let read = |folder: &Path| fs::read(folder.join(file)).ok();
            if read(folder(library)).is_none_or(|found| Some(found) != read(workspace())) {
                wrong.push(format!("{0}: `cp {file} {0}/` makes its {file} that of the workspace", library.name));
            }
        }
    }
    Verdict::of(wrong, format!("{OURS}, and the files that say so"))
}

/// All that Cargo.lock names, for whatever target or feature, has a licence of the list.
pub(super) fn dependencies() -> Result<Verdict, Failure> {
    let list: List = toml::from_str(&read(&workspace().join(LIST))?)
        .map_err(|error| Failure::run(format_args!("cannot read {LIST}: {}", error.message())))?;
    let packages = match metadata(&["--all-features"]) {
        Ok(metadata) => metadata.packages,
        Err(said) => return Ok(Verdict::unless_offline(said)),
    };
    let wrong = packages.iter().filter_map(|package| {
        let licence = package.license.as_deref().unwrap_or_default();
        let what = match is_allowed(licence, &list.licenses.allow) {
            Ok(true) => return None,
            Ok(false) => format!("is under `{licence}`: do without it, or add the licence to {LIST}"),
            Err(error) => format!("has no licence expression, but `{licence}`: {error}"),
        };
        Some(format!("{} {} {what}", package.name, package.version))
    });
    Ok(Verdict::of(wrong.collect(), format!("{} packages, all under licences of {LIST}", packages.len())))
}

/// Whether one may use what is under `expression` if one accepts these licences. A slash is how OR was written once.
fn is_allowed(expression: &str, accepted: &[String]) -> Result<bool, String> {
    let mode = ParseMode { allow_slash_as_or_operator: true, ..ParseMode::STRICT };
    let parsed = Expression::parse_mode(expression, mode).map_err(|error| error.reason.to_string())?;
    Ok(parsed.evaluate(|licence| accepted.contains(&licence.to_string())))
}
