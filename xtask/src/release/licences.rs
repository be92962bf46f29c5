//! Licences: our own files, and those of everything that the workspace is built with.

use std::fs;
use std::path::Path;

use spdx::{Expression, ParseMode};

use super::Verdict;
use super::workspace::{Workspace, folder};
use crate::cargo::metadata;

const FILES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
const OURS: &str = "MIT OR Apache-2.0";

/// The list of licences that are accepted, in the format of cargo-deny.
const LIST: &str = "deny.toml";

/// Each crate has its licence files, the same ones as the workspace.
pub(super) fn files(workspace: &Workspace) -> Verdict {
    let mut wrong = Vec::new();
    for library in &workspace.libraries {
        let stated = library.license.as_deref().unwrap_or_default();
        if stated != OURS {
            wrong.push(format!("{}: the licence is `{stated}`, not `{OURS}`", library.name));
        }
        for file in FILES {
            let read = |folder: &Path| fs::read(folder.join(file)).ok();
            if read(folder(library)).is_none_or(|found| Some(found) != read(&workspace.root)) {
                wrong.push(format!("{0}: `cp {file} {0}/` makes its {file} that of the workspace", library.name));
            }
        }
    }
    Verdict::of(wrong, || format!("{OURS}, and the files that say so"))
}

/// All that Cargo.lock names, for whatever target or feature, has a licence of the list, or one that the list excepts it for.
pub(super) fn dependencies(workspace: &Workspace) -> Verdict {
    let list = fs::read_to_string(workspace.root.join(LIST)).map_err(|error| error.to_string());
    let accepted = match list.and_then(|list| Accepted::read(&list)) {
        Ok(accepted) => accepted,
        Err(error) => return Verdict::Wrong(vec![format!("cannot read {LIST}: {error}")]),
    };
    let metadata = match metadata(&workspace.root, &["--all-features"]) {
        Ok(metadata) => metadata,
        Err(said) => return Verdict::unless_offline(said),
    };
    let wrong = metadata.packages.iter().filter_map(|package| {
        let licence = package.license.as_deref().unwrap_or_default();
        let shown = format!("{} {}", package.name, package.version);
        match is_allowed(licence, &accepted.for_crate(&package.name)) {
            Ok(true) => None,
            Ok(false) => Some(format!("{shown} is under `{licence}`: do without it, or add the licence to {LIST}")),
            Err(error) => Some(format!("{shown}: {error}")),
        }
    });
    Verdict::of(wrong.collect(), || format!("{} packages, all under licences of {LIST}", metadata.packages.len()))
}

/// Whether one may use what is under `expression` if one accepts these licences. A slash is how OR was written once.
fn is_allowed(expression: &str, accepted: &[String]) -> Result<bool, String> {
    let parsed =
        Expression::parse_mode(expression, ParseMode { allow_slash_as_or_operator: true, ..ParseMode::STRICT });
    let parsed = parsed.map_err(|error| format!("`{expression}` is no licence expression: {}", error.reason))?;
    Ok(parsed.evaluate(|licence| accepted.contains(&licence.to_string())))
}

/// The section `[licenses]` of the list.
struct Accepted {
    /// `allow`
    all: Vec<String>,
    /// `exceptions`: a crate, and what is accepted for it besides.
    exceptions: Vec<(String, Vec<String>)>,
}

impl Accepted {
    fn read(list: &str) -> Result<Accepted, String> {
        let list: toml::Table = toml::from_str(list).map_err(|error| error.message().to_string())?;
        let licenses = list.get("licenses").ok_or("it has no section [licenses]")?;
        let strings = |of: &toml::Value| -> Vec<String> {
            let values = of.get("allow").and_then(toml::Value::as_array).into_iter().flatten();
            values.filter_map(toml::Value::as_str).map(str::to_string).collect()
        };
        let exceptions = licenses.get("exceptions").and_then(toml::Value::as_array).into_iter().flatten();
        let named = |exception: &toml::Value| {
            let name = exception.get("crate").and_then(toml::Value::as_str).ok_or("an exception names no `crate`")?;
            Ok((name.to_string(), strings(exception)))
        };
        Ok(Accepted { all: strings(licenses), exceptions: exceptions.map(named).collect::<Result<_, String>>()? })
    }

    fn for_crate(&self, name: &str) -> Vec<String> {
        let besides = self.exceptions.iter().filter(|(excepted, _)| excepted == name).flat_map(|(_, allow)| allow);
        self.all.iter().chain(besides).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read() {
        let list = "[bans]\nallow = [\"not this\"]\n[licenses]\n# allow = [\"nor this\"]\nallow = [\n  \"MIT\", # why\n  \"ISC\",\n]\n\
                    exceptions = [{ allow = [\"MPL-2.0\"], crate = \"tool\" }]\n";
        let accepted = Accepted::read(list).unwrap();
        assert_eq!(accepted.for_crate("other"), ["MIT", "ISC"]);
        assert_eq!(accepted.for_crate("tool"), ["MIT", "ISC", "MPL-2.0"]);
        assert!(Accepted::read("").is_err() && Accepted::read("[licenses]\nexceptions = [{}]").is_err());
        // The one that is committed.
        let committed = Accepted::read(include_str!("../../../deny.toml")).unwrap();
        assert!(committed.for_crate("memchr").contains(&"MIT".to_string()));
    }

    #[test]
    fn expressions_are_read_as_spdx_has_them() {
        let accepted = ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_string);
        for (expression, expected) in [
            ("MIT OR Apache-2.0", true),
            ("Apache-2.0/MIT", true),
            ("MIT AND Apache-2.0", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
        ] {
            assert_eq!(is_allowed(expression, &accepted), Ok(expected), "{expression}");
        }
        for none in ["", "MIT OR", "(MIT", "MIT, Apache-2.0", "no-such-licence"] {
            assert!(is_allowed(none, &accepted).is_err(), "{none}");
        }
    }
}
