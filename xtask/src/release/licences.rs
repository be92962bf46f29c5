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

/// All that Cargo.lock names, for whatever target or feature, has a licence of the list.
pub(super) fn dependencies(workspace: &Workspace) -> Verdict {
    let allowed = match fs::read_to_string(workspace.root.join(LIST)) {
        Ok(list) => allowed(&list),
        Err(error) => return Verdict::Wrong(vec![format!("cannot read {LIST}: {error}")]),
    };
    let metadata = match metadata(&[]) {
        Ok(metadata) => metadata,
        Err(said) => return Verdict::unless_offline(said),
    };
    let packages: Vec<_> = array(&metadata["packages"]).collect();
    let wrong = packages.iter().filter_map(|package| {
        let name = format!("{} {}", text(&package["name"]), text(&package["version"]));
        let licence = text(&package["license"]);
        match spdx::is_allowed(&licence, &allowed) {
            Ok(true) => None,
            Ok(false) => Some(format!("{name} is under `{licence}`: do without it, or add the licence to {LIST}")),
            Err(error) => Some(format!("{name}: {error}")),
        }
    });
    Verdict::of(wrong.collect(), || format!("{} packages, all under licences of {LIST}", packages.len()))
}

/// The strings of `allow` in the section `[licenses]`.
fn allowed(list: &str) -> Vec<String> {
    let uncommented: String =
        list.lines().map(|line| line.split('#').next().unwrap_or_default().to_string() + "\n").collect();
    let section =
        uncommented.split_once("[licenses]").map_or("", |(_, rest)| rest.split("\n[").next().unwrap_or_default());
    let array = section.split_once("allow = [").map_or("", |(_, rest)| rest.split(']').next().unwrap_or_default());
    array.split('"').skip(1).step_by(2).map(str::to_string).collect()
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
        let list = "[bans]\nallow = [\"not this\"]\n\n[licenses]\n# allow = [\"nor this\"]\nallow = [\n  \"MIT\", # why\n  \"ISC\",\n]\n\n[x]\n";
        assert_eq!(allowed(list), ["MIT", "ISC"]);
        assert!(allowed("").is_empty());
        // The one that is committed.
        assert!(allowed(include_str!("../../../deny.toml")).contains(&"MIT".to_string()));
    }

    #[test]
    fn no_network_is_a_skip_and_anything_else_is_not() {
        let offline = Verdict::unless_offline("[6] Could not resolve host: index.crates.io".to_string());
        assert!(matches!(offline, Verdict::Skipped { .. }));
        assert!(matches!(Verdict::unless_offline("error: no".to_string()), Verdict::Wrong(_)));
    }
}
