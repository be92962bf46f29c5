//! The manifests: one version, and what the registry and docs.rs want to know.

use cargo_metadata::semver::{Version, VersionReq};
use cargo_metadata::{DependencyKind, Package};

use super::Verdict;
use super::workspace::Workspace;

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
pub(super) fn versions(workspace: &Workspace) -> Verdict {
    let libraries = &workspace.libraries;
    let version = &libraries[0].version;
    let mut wrong = Vec::new();
    for library in libraries {
        let name = &library.name;
        if library.version != *version {
            wrong.push(format!(
                "{name} is at {}, {} at {version}: set both to `version.workspace = true`",
                library.version, libraries[0].name
            ));
        }
        // What only tests need is not published.
        let published = library.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
        for dependency in published {
            let (other, asked) = (&dependency.name, &dependency.req);
            let Some(found) = libraries.iter().find(|library| library.name == *other) else { continue };
            let right = requirement(other, &found.version);
            if *asked != right {
                wrong.push(format!("{name} asks for {other} {asked}: set it to {right} in [workspace.dependencies]"));
            }
        }
    }
    Verdict::of(wrong, || format!("{} crates at {version}, and they ask for each other in it", libraries.len()))
}

/// What is asked of a crate: the kernel crates promise nothing to other versions than their own.
fn requirement(other: &str, version: &Version) -> VersionReq {
    let kernels =
        ["x86", "arm", "riscv", "s390x"].iter().any(|kernels| other.strip_prefix("memcpy-streaming-") == Some(kernels));
    let text = format!("{}{version}", if kernels { '=' } else { '^' });
    text.parse().expect("a version with a sign is a requirement")
}

/// What a registry shows, and how docs.rs builds.
pub(super) fn fields(workspace: &Workspace) -> Verdict {
    let wrong = workspace.libraries.iter().flat_map(|library| {
        let name = library.name.clone();
        missing(library).into_iter().map(move |what| format!("{name}: {what}"))
    });
    let without = workspace.libraries.iter().filter(|library| library.repository.is_none());
    let repository = match without.count() {
        0 => "",
        _ => "; no `repository`: set it under [workspace.package] as soon as there is an address",
    };
    Verdict::of(wrong.collect(), || {
        format!("described, with keywords, categories, and settings for docs.rs{repository}")
    })
}

fn missing(library: &Package) -> Vec<String> {
    let Package { keywords, categories, .. } = library;
    let fields = [
        ("description", library.description.is_some()),
        ("documentation", library.documentation.is_some()),
        ("license", library.license.is_some()),
        ("readme", library.readme.is_some()),
        ("rust-version", library.rust_version.is_some()),
    ];
    let mut wrong: Vec<_> =
        fields.iter().filter(|(_, is_there)| !is_there).map(|(name, _)| format!("no {name}")).collect();
    for (field, words) in [("keywords", keywords), ("categories", categories)] {
        if !(1..=5).contains(&words.len()) {
            wrong.push(format!("{} {field}: have 1 to 5", words.len()));
        }
    }
    for word in keywords {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_+".contains(c);
        if word.len() > 20 || !word.starts_with(|c: char| c.is_ascii_alphanumeric()) || !word.chars().all(fits) {
            wrong.push(format!(
                "keyword `{word}`: at most 20 letters, digits, `-`, `_` and `+`, beginning with a letter or digit"
            ));
        }
    }
    for word in categories.iter().filter(|word| !CATEGORIES.contains(&word.as_str())) {
        wrong.push(format!(
            "category `{word}` is not among {}; add it to that list if the registry has it",
            CATEGORIES.join(", ")
        ));
    }
    if library.metadata["docs"]["rs"]["targets"].as_array().is_none_or(Vec::is_empty) {
        wrong.push("no targets in [package.metadata.docs.rs]: docs.rs builds for those".to_string());
    }
    wrong
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::{Value, json};

    use super::super::workspace::package;
    use super::*;

    fn workspace(libraries: Vec<Package>) -> Workspace {
        Workspace { root: PathBuf::new(), libraries, rust_version: Version::new(1, 89, 0) }
    }

    #[test]
    fn one_version_everywhere() {
        let asks = |version: &str, req: &str| {
            let asked = |name: &str, req: &str| json!({ "name": name, "req": req, "kind": null, "optional": false, "uses_default_features": true, "features": [] });
            package(json!({ "version": version, "dependencies": [asked("b", req), asked("cfg-if", "^1")] }))
        };
        let verdict = |a: &str, b: &str, req: &str| {
            versions(&workspace(vec![asks(a, req), package(json!({ "name": "b", "version": b }))]))
        };
        assert!(matches!(verdict("0.1.0", "0.1.0", "^0.1.0"), Verdict::Good(_)));
        let Verdict::Wrong(wrong) = verdict("0.2.0", "0.1.0", "^0.1.0") else { panic!("two versions") };
        assert!(wrong[0].contains("b is at 0.1.0, a at 0.2.0"), "{wrong:?}");
        let Verdict::Wrong(wrong) = verdict("0.2.0", "0.2.0", "^0.1.0") else { panic!("an old requirement") };
        assert!(wrong[0].contains("a asks for b ^0.1.0: set it to ^0.2.0"), "{wrong:?}");
        assert_eq!(requirement("memcpy-streaming-x86", &Version::new(0, 2, 0)).to_string(), "=0.2.0");
    }

    #[test]
    fn a_manifest_says_what_the_registries_want() {
        let good = json!({
            "description": "d", "documentation": "d", "license": "MIT", "readme": "README.md", "rust_version": "1.89",
            "keywords": ["no-std"], "categories": ["no-std::no-alloc"],
            "metadata": { "docs": { "rs": { "targets": ["x86_64-unknown-linux-gnu"] } } },
        });
        assert!(missing(&package(good.clone())).is_empty());
        for (field, value, says) in [
            ("description", Value::Null, "no description"),
            ("readme", Value::Null, "no readme"),
            ("keywords", json!(["a", "b", "c", "d", "e", "f"]), "6 keywords"),
            ("keywords", json!(["two words"]), "`two words`"),
            ("keywords", json!(["longer-than-twenty-letters"]), "longer-than"),
            ("categories", json!([]), "0 categories"),
            ("categories", json!(["memory"]), "`memory`"),
            ("metadata", Value::Null, "docs.rs"),
        ] {
            let mut bad = good.clone();
            bad[field] = value;
            let wrong = missing(&package(bad));
            assert!(wrong.len() == 1 && wrong[0].contains(says), "{field}: {wrong:?}");
        }
    }
}
