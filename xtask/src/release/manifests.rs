//! The manifests: one version, one oldest Rust, and what the registry and docs.rs want to know.

use cargo_metadata::{DependencyKind, Package};
use serde_json::json;

use super::{Verdict, file};
use crate::cargo::{cargo, workspace};
use crate::failure::{Failure, read};
use crate::process;

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

/// The workspaces of their own.
const OTHER_WORKSPACES: [&str; 3] = ["fuzz", "integrations", "memcpy-streaming/examples/kernel-module"];

/// All crates have one version, and ask for each other in it.
pub(super) fn versions(libraries: &[Package]) -> Result<Verdict, Failure> {
    let (first, version) = (&libraries[0].name, &libraries[0].version);
    let mut wrong = Vec::new();
    for Package { name, version: own, dependencies, .. } in libraries {
        if own != version {
            wrong.push(format!("{name} is at {own}, {first} at {version}: set both to `version.workspace = true`"));
        }
        // What only tests need is not published.
        for asked in dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development) {
            let Some(other) = libraries.iter().find(|library| library.name == asked.name) else { continue };
            // The kernel crates promise nothing to other versions than their own.
            let is_kernels = ["-x86", "-arm", "-riscv", "-s390x"].iter().any(|end| other.name.ends_with(end));
            let right = format!("{}{}", if is_kernels { '=' } else { '^' }, other.version);
            if asked.req.to_string() != right {
                let fix = format!("set it to {right} in [workspace.dependencies]");
                wrong.push(format!("{name} asks for {} {}: {fix}", other.name, asked.req));
            }
        }
    }
    Verdict::of(wrong, format!("{} crates at {version}, and they ask for each other in it", libraries.len()))
}

/// What other workspaces here are locked to is what our crates ask for now.
pub(super) fn locked(_: &[Package]) -> Result<Verdict, Failure> {
    let mut wrong = Vec::new();
    for folder in OTHER_WORKSPACES {
        let fix = format!("update --workspace --manifest-path {folder}/Cargo.toml");
        let mut update = cargo();
        match process::quiet(update.current_dir(workspace()).args(fix.split(' ')).arg("--locked")) {
            Err(Failure::Run(said)) => match Verdict::unless_offline(said) {
                Verdict::Wrong(_) => wrong.push(format!("{folder}/Cargo.lock is out of step: `cargo {fix}`")),
                offline => return Ok(offline),
            },
            ended => ended?,
        }
    }
    Verdict::of(wrong, format!("of {} too", OTHER_WORKSPACES.join(", ")))
}

/// What a registry shows, and how docs.rs builds.
pub(super) fn fields(libraries: &[Package]) -> Result<Verdict, Failure> {
    let mut wrong = Vec::new();
    for library in libraries {
        let mut say = |what: String| wrong.push(format!("{}: {what}", library.name));
        let manifest = json!(library);
        for field in ["description", "documentation", "license", "readme", "rust_version"] {
            if manifest[field].is_null() {
                say(format!("no {}", field.replace('_', "-")));
            }
        }
        for (field, words) in [("keywords", &library.keywords), ("categories", &library.categories)] {
            if !(1..=5).contains(&words.len()) {
                say(format!("{} {field}: have 1 to 5", words.len()));
            }
        }
        for word in &library.keywords {
            let is_fit = |c: char| c.is_ascii_alphanumeric() || "-_+".contains(c);
            if word.len() > 20 || word.starts_with(['-', '_', '+']) || word.is_empty() || !word.chars().all(is_fit) {
                let form = "at most 20 letters, digits, `-`, `_` and `+`, beginning with a letter or digit";
                say(format!("keyword `{word}`: {form}"));
            }
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

/// The oldest Rust that will do is one number: in the manifests, and where it is written for people.
pub(super) fn oldest_rust(libraries: &[Package]) -> Result<Verdict, Failure> {
    let ours = super::oldest_rust(libraries);
    let other = libraries.iter().filter(|library| library.rust_version != libraries[0].rust_version);
    let fix = "`rust-version.workspace = true`";
    let other = other.map(|library| format!("{} has another rust-version than {ours}: {fix}", library.name));
    let mut wrong: Vec<_> = other.collect();
    let readmes = libraries.iter().map(|library| file(library, "README.md"));
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
    Verdict::of(wrong, format!("Rust {ours} is stated everywhere"))
}

#[test]
fn other_versions_are_noticed() {
    let own = env!("CARGO_PKG_VERSION");
    for (version, asked, sign, says) in [
        (own, "memcpy-streaming-x86", "^", "memcpy-streaming asks for memcpy-streaming-x86 ^"),
        (own, "memcpy-streaming", "=", "memmap-template asks for memcpy-streaming ="),
        ("9.9.9", "", "", " is at 9.9.9, "),
    ] {
        let mut libraries = super::published().unwrap();
        libraries.last_mut().unwrap().version = version.parse().unwrap();
        for asks in libraries.iter_mut().flat_map(|it| &mut it.dependencies).filter(|it| it.name == asked) {
            asks.req = format!("{sign}{own}").parse().unwrap();
        }
        let Verdict::Wrong(wrong) = versions(&libraries).unwrap() else { panic!("not noticed:{says}") };
        assert!(wrong.iter().any(|line| line.contains(says)), "{wrong:?}");
    }
}
