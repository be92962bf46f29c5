//! Licences: our own files, and those of everything that the workspace is built with.

use std::fs;

use super::workspace::{Workspace, array, is_offline, metadata, text};
use super::{Verdict, spdx};

const FILES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
const OURS: &str = "MIT OR Apache-2.0";

/// The list of licences that are accepted, in the format of cargo-deny.
const LIST: &str = "deny.toml";

/// Each crate has its licence files, the same ones as the workspace.
pub(super) fn files(workspace: &Workspace) -> Verdict {
    let mut wrong = Vec::new();
    for library in &workspace.libraries {
        let stated = text(&library.manifest["license"]);
        if stated != OURS {
            wrong.push(format!("{}: the licence is `{stated}`, not `{OURS}`", library.name));
        }
        for file in FILES {
            let read = |folder: &std::path::Path| fs::read(folder.join(file)).ok();
            if read(&library.folder).is_none_or(|found| Some(found) != read(&workspace.root)) {
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
    let metadata = match metadata(&[]) {
        Ok(metadata) => metadata,
        Err(said) => return Verdict::unless_offline(said),
    };
    let packages: Vec<_> = array(&metadata["packages"]).collect();
    let wrong = packages.iter().filter_map(|package| {
        let name = text(&package["name"]);
        let shown = format!("{name} {}", text(&package["version"]));
        let licence = text(&package["license"]);
        match spdx::is_allowed(&licence, &accepted.for_crate(&name)) {
            Ok(true) => None,
            Ok(false) => Some(format!("{shown} is under `{licence}`: do without it, or add the licence to {LIST}")),
            Err(error) => Some(format!("{shown}: {error}")),
        }
    });
    Verdict::of(wrong.collect(), || format!("{} packages, all under licences of {LIST}", packages.len()))
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

impl Verdict {
    /// A failure of cargo: no check at all where there is no network.
    pub(super) fn unless_offline(said: String) -> Verdict {
        if is_offline(&said) {
            Verdict::Skipped {
                why: format!("no registry can be reached ({said})"),
                fix: "run it with a network".to_string(),
            }
        } else {
            Verdict::Wrong(vec![said])
        }
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
    fn no_network_is_a_skip_and_anything_else_is_not() {
        let offline = Verdict::unless_offline("[6] Could not resolve host: index.example".to_string());
        assert!(matches!(offline, Verdict::Skipped { .. }));
        assert!(matches!(Verdict::unless_offline("error: no".to_string()), Verdict::Wrong(_)));
    }
}
