//! The manifests: one version, one oldest Rust, and what the registry and docs.rs want to know.

use cargo_metadata::semver::{Version, VersionReq};
use cargo_metadata::{DependencyKind, Package};

use super::Verdict;
use super::libraries::{self, folder};
use crate::cargo::workspace;
use crate::failure::{Failure, read};

/// Those of the registry's categories that fit what is here: cargo takes any word, the registry only its own.
const CATEGORIES: [&str; 7] = [
    "memory-management",
    "hardware-support",
    "no-std",
    "no-std::no-alloc",
    "simulation",
    "os::linux-apis",
    "external-ffi-bindings",
];

/// All crates have one version, and ask for each other in it.
pub(super) fn versions(libraries: &[Package]) -> Verdict {
    let (first, version) = (&libraries[0].name, &libraries[0].version);
    let mut wrong = Vec::new();
    for Package { name, version: own, dependencies, .. } in libraries {
        if own != version {
            wrong.push(format!("{name} is at {own}, {first} at {version}: set both to `version.workspace = true`"));
        }
        // What only tests need is not published.
        for dependency in dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development) {
            let (other, asked) = (&dependency.name, &dependency.req);
            let found = libraries.iter().find(|library| library.name == *other);
            if let Some(right) = found.map(|found| requirement(other, &found.version)).filter(|right| asked != right) {
                wrong.push(format!("{name} asks for {other} {asked}: set it to {right} in [workspace.dependencies]"));
            }
        }
    }
    Verdict::of(wrong, format!("{} crates at {version}, and they ask for each other in it", libraries.len()))
}

/// What is asked of a crate: the kernel crates promise nothing to other versions than their own.
fn requirement(other: &str, version: &Version) -> VersionReq {
    let is_kernels = ["-x86", "-arm", "-riscv", "-s390x"].iter().any(|kernels| other.ends_with(kernels));
    let text = format!("{}{version}", if is_kernels { '=' } else { '^' });
    text.parse().expect("a version with a sign is a requirement")
}

/// What a registry shows, and how docs.rs builds.
pub(super) fn fields(libraries: &[Package]) -> Verdict {
    let mut wrong = Vec::new();
    for library in libraries {
        let mut say = |what: String| wrong.push(format!("{}: {what}", library.name));
        for (field, is_there) in [
            ("description", library.description.is_some()),
            ("documentation", library.documentation.is_some()),
            ("license", library.license.is_some()),
            ("readme", library.readme.is_some()),
            ("rust-version", library.rust_version.is_some()),
        ] {
            if !is_there {
                say(format!("no {field}"));
            }
        }
        for (field, words) in [("keywords", &library.keywords), ("categories", &library.categories)] {
            if !(1..=5).contains(&words.len()) {
                say(format!("{} {field}: have 1 to 5", words.len()));
            }
        }
        for word in library.keywords.iter().filter(|word| !is_keyword(word)) {
            let form = "at most 20 letters, digits, `-`, `_` and `+`, beginning with a letter or digit";
            say(format!("keyword `{word}`: {form}"));
        }
        for word in library.categories.iter().filter(|word| !CATEGORIES.contains(&word.as_str())) {
            let known = CATEGORIES.join(", ");
            say(format!("category `{word}` is not among {known}; add it to that list if the registry has it"));
        }
        if library.metadata["docs"]["rs"]["targets"].as_array().is_none_or(Vec::is_empty) {
            say("no targets in [package.metadata.docs.rs]: docs.rs builds for those".to_string());
        }
    }
    let repository = match libraries.iter().any(|library| library.repository.is_none()) {
        true => "; no `repository`: set it under [workspace.package] as soon as there is an address",
        false => "",
    };
    Verdict::of(wrong, format!("described, with keywords, categories, and settings for docs.rs{repository}"))
}

fn is_keyword(word: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_+".contains(c);
    word.len() <= 20 && word.starts_with(|c: char| c.is_ascii_alphanumeric()) && word.chars().all(fits)
}

/// The oldest Rust that will do is one number: in the manifests, and where it is written for people.
pub(super) fn oldest_rust(libraries: &[Package]) -> Result<Verdict, Failure> {
    let (ours, libraries) = (libraries::rust(libraries), libraries);
    let other = libraries.iter().filter(|library| library.rust_version != libraries[0].rust_version);
    let other = other.map(|library| format!("{} has another rust-version than {ours}", library.name));
    let mut wrong: Vec<_> = other.map(|what| format!("{what}: `rust-version.workspace = true`")).collect();
    let readmes = libraries.iter().map(|library| folder(library).join("README.md"));
    for file in readmes.chain(["README.md", "CONTRIBUTING.md"].map(|name| workspace().join(name))) {
        let shown = file.strip_prefix(workspace()).unwrap_or(&file).display();
        let text = read(&file)?;
        // In `Rust 1.89 or later` and `Rust version (now 1.89)`.
        let behind = ["Rust 1.", "Rust version (now 1."].iter().flat_map(|before| text.split(before).skip(1));
        let minor = behind.filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
        let stated: Vec<_> = minor.map(|minor| format!("1.{minor}")).collect();
        if stated.is_empty() {
            wrong.push(format!("{shown} does not say `Rust {ours} or later`"));
        }
        let other = stated.iter().find(|stated| **stated != ours);
        wrong.extend(other.map(|other| format!("{shown} says Rust {other}, the manifest {ours}")));
    }
    Ok(Verdict::of(wrong, format!("Rust {ours} is stated everywhere")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn one_version_everywhere() {
        for (name, a, b, asked, says) in [
            ("b", "0.1.0", "0.1.0", "^0.1.0", ""),
            ("b", "0.2.0", "0.1.0", "^0.1.0", "b is at 0.1.0, a at 0.2.0"),
            ("b", "0.2.0", "0.2.0", "^0.1.0", "a asks for b ^0.1.0: set it to ^0.2.0"),
            ("b-x86", "0.2.0", "0.2.0", "^0.2.0", "a asks for b-x86 ^0.2.0: set it to =0.2.0"),
        ] {
            let package = |name: &str, version: &str, dependencies: Value| {
                let fields = json!({
                    "name": name, "version": version, "id": name, "dependencies": dependencies, "targets": [], "features": {},
                    "manifest_path": "/a/Cargo.toml",
                });
                serde_json::from_value(fields).unwrap()
            };
            let asks = json!({ "name": name, "req": asked, "kind": null, "optional": false, "uses_default_features": true, "features": [] });
            let libraries = vec![package("a", a, json!([asks])), package(name, b, json!([]))];
            let wrong = match versions(&libraries) {
                Verdict::Wrong(wrong) => wrong.join("\n"),
                _ => String::new(),
            };
            assert!(wrong.starts_with(says) && wrong.is_empty() == says.is_empty(), "{wrong}");
        }
    }
}
