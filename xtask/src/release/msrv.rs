//! The oldest Rust that will do: one number, wherever it is written, and true of what the libraries depend on.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Verdict;
use super::workspace::{Workspace, array, metadata, text};

/// Where it is written for people: these must have it.
const STATED: [&str; 2] = ["README.md", "CONTRIBUTING.md"];
/// Where clippy looks for one, if it is not the manifest's.
const CLIPPY: [&str; 2] = ["clippy.toml", ".clippy.toml"];

pub(super) fn check(workspace: &Workspace) -> Verdict {
    let ours = &workspace.rust_version;
    let mut wrong = Vec::new();
    for library in &workspace.libraries {
        let own = text(&library.manifest["rust_version"]);
        if own != *ours {
            wrong.push(format!("{} has rust-version {own}, not {ours}: `rust-version.workspace = true`", library.name));
        }
        wrong.extend(statement(&library.folder.join("README.md"), ours, &library.name));
    }
    wrong.extend(STATED.iter().filter_map(|file| statement(&workspace.root.join(file), ours, "the workspace")));
    for file in CLIPPY {
        let path = workspace.root.join(file);
        let text = fs::read_to_string(path).unwrap_or_default();
        if text.lines().any(|line| line.starts_with("msrv") && !line.contains(&format!("\"{ours}\""))) {
            wrong.push(format!("{file} has another msrv than {ours}"));
        }
    }
    let metadata = match metadata(&[]) {
        Ok(metadata) => metadata,
        Err(said) if wrong.is_empty() => return Verdict::unless_offline(said),
        Err(said) => {
            wrong.push(said);
            return Verdict::Wrong(wrong);
        }
    };
    let names: Vec<_> = workspace.libraries.iter().map(|library| library.name.as_str()).collect();
    let needed = dependencies(&metadata, &names);
    for package in &needed {
        let rust = text(&package["rust_version"]);
        if numbers(&rust) > numbers(ours) {
            let (name, version) = (text(&package["name"]), text(&package["version"]));
            wrong.push(format!(
                "{name} {version} needs Rust {rust}: use an older one, or raise rust-version from {ours}"
            ));
        }
    }
    Verdict::of(wrong, || {
        format!("Rust {ours} is stated everywhere; what the libraries are built with needs no newer one")
    })
}

/// What is wrong with how a file states the version.
fn statement(path: &Path, ours: &str, whose: &str) -> Option<String> {
    let name = path.file_name().unwrap_or_default().display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return Some(format!("cannot read {name} of {whose}: {error}")),
    };
    let stated = stated(&text);
    if stated.is_empty() {
        return Some(format!("{name} of {whose} does not say `Rust {ours} or later`"));
    }
    let other = stated.into_iter().find(|stated| stated != ours)?;
    Some(format!("{name} of {whose} says Rust {other}, the manifest {ours}"))
}

/// The versions in `Rust 1.89` and `Rust version (now 1.89)`.
fn stated(text: &str) -> Vec<String> {
    let versions = ["Rust 1.", "Rust version (now 1."].iter().flat_map(|before| {
        text.split(before).skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            format!("1.{}", &rest[..end])
        })
    });
    versions.collect()
}

/// What the packages called `names` are built with: all of it, for any target, but not what their tests need.
fn dependencies<'a>(metadata: &'a Value, names: &[&str]) -> Vec<&'a Value> {
    let packages: HashMap<_, _> = array(&metadata["packages"]).map(|package| (text(&package["id"]), package)).collect();
    let nodes: HashMap<_, _> = array(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), node)).collect();
    let is_ours = |package: &&Value| names.contains(&text(&package["name"]).as_str()) && package["source"].is_null();
    let mut left: Vec<_> =
        packages.values().copied().filter(|package| is_ours(package)).map(|package| text(&package["id"])).collect();
    let mut seen: HashSet<_> = left.iter().cloned().collect();
    while let Some(id) = left.pop() {
        for dependency in nodes.get(&id).into_iter().flat_map(|node| array(&node["deps"])) {
            let is_built = array(&dependency["dep_kinds"]).any(|kind| kind["kind"] != "dev");
            let id = text(&dependency["pkg"]);
            if is_built && seen.insert(id.clone()) {
                left.push(id);
            }
        }
    }
    let mut found: Vec<_> = seen.iter().filter_map(|id| packages.get(id).copied()).collect();
    found.sort_by_key(|package| text(&package["id"]));
    found
}

/// `1.89` and `1.89.0` as numbers; nothing is older than all.
fn numbers(version: &str) -> Vec<u64> {
    let mut numbers: Vec<_> = version.split('.').filter_map(|number| number.parse().ok()).collect();
    numbers.resize(3, 0);
    numbers
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn statements_are_found() {
        let text = "Rust 1.89 or later. See Rust 1.2.\nraising the Rust version (now 1.90) is; Rust is good.";
        assert_eq!(stated(text), ["1.89", "1.2", "1.90"]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("README.md");
        let check = |text: &str| {
            fs::write(&file, text).unwrap();
            statement(&file, "1.89", "x")
        };
        assert_eq!(check("Rust 1.89 or later."), None);
        assert!(check("Rust 1.88 or later.").unwrap().contains("says Rust 1.88"));
        assert!(check("No word of it.").unwrap().contains("does not say"));
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(numbers("1.100") > numbers("1.89"));
        assert!(numbers("1.89.1") > numbers("1.89"));
        assert_eq!(numbers("1.89.0"), numbers("1.89"));
        assert!(numbers("") < numbers("1.0"));
    }

    #[test]
    fn what_tests_need_does_not_count() {
        let package = |name: &str| json!({ "id": name, "name": name, "source": null });
        let deps = json!([
            { "pkg": "built", "dep_kinds": [{ "kind": "dev" }, { "kind": null }] },
            { "pkg": "tests", "dep_kinds": [{ "kind": "dev" }] },
        ]);
        let deeper = json!([{ "pkg": "script", "dep_kinds": [{ "kind": "build" }] }]);
        let metadata = json!({
            "packages": [package("ours"), package("built"), package("tests"), package("script"), package("other")],
            "resolve": { "nodes": [{ "id": "ours", "deps": deps }, { "id": "built", "deps": deeper }] },
        });
        let found: Vec<_> =
            dependencies(&metadata, &["ours"]).into_iter().map(|package| text(&package["name"])).collect();
        assert_eq!(found, ["built", "ours", "script"]);
    }
}
