//! What is public in a library, by rustdoc's JSON.

use std::path::Path;

use cargo_metadata::Package;

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::process::{self, LIMIT};

/// The crates of kernels have nothing in them on other CPUs. What rustdoc writes does not depend on what a body says, so that it need
/// not be run for that target, which would take its standard library.
const KERNELS: [(&str, &[&str]); 4] = [
    ("memcpy-streaming-x86", &[r#"target_arch="x86_64""#, r#"target_feature="sse2""#]),
    ("memcpy-streaming-arm", &[r#"target_arch="aarch64""#, r#"target_feature="neon""#]),
    ("memcpy-streaming-riscv", &[r#"target_arch="riscv64""#]),
    ("memcpy-streaming-s390x", &[r#"target_arch="s390x""#]),
];

/// Traits of the compiler's own, and those that nearly everything has: the lines that say that something has not are kept, and those
/// with a condition.
const ALL_HAVE: [&str; 5] = ["Send", "Sync", "Unpin", "UnwindSafe", "RefUnwindSafe"];
const UNSTABLE: [&str; 3] = ["Freeze", "StructuralPartialEq", "UnsafeUnpin"];

/// Why there is no listing.
pub(super) enum Missing {
    /// Because something is wrong with the crate.
    Wrong(String),
    /// Because this Rust writes what cannot be read here.
    Unreadable {
        why: String,
        fix: String,
    },
    Failure(Failure),
}

impl From<Failure> for Missing {
    fn from(failure: Failure) -> Missing {
        Missing::Failure(failure)
    }
}

/// The listing of a crate: what there is with all features, a line each; what there is not without them is marked.
pub(super) fn listing(
    library: &Package,
    workspace: &Path,
    target_dir: &Path,
    interrupt: &Interrupt,
) -> Result<String, Missing> {
    let mut text =
        format!("# The public items of {}. `cargo xtask release --update` writes this file.\n", library.name);
    for (name, needs) in &library.features {
        text += &format!("feature {name} = [{}]\n", needs.join(", "));
    }
    let list = |features: &[&str]| items(library, features, workspace, target_dir, interrupt);
    let all = list(&["--all-features"])?;
    let bare = if library.features.is_empty() { all.clone() } else { list(&[])? };
    if let Some(lost) = bare.iter().find(|line| !all.contains(line)) {
        let name = &library.name;
        return Err(Missing::Wrong(format!(
            "{name}: features may only add items, and with all of them there is no `{lost}`"
        )));
    }
    for line in &all {
        text += if bare.contains(line) { "" } else { "with features: " };
        text += line;
        text.push('\n');
    }
    Ok(text)
}

/// The public items with some features.
fn items(
    library: &Package,
    features: &[&str],
    workspace: &Path,
    target_dir: &Path,
    interrupt: &Interrupt,
) -> Result<Vec<String>, Missing> {
    let folder = target_dir.join("api");
    let mut rustdoc = cargo();
    rustdoc.current_dir(workspace).args([
        "rustdoc",
        "--locked",
        "--quiet",
        "--lib",
        "--package",
        library.name.as_str(),
    ]);
    rustdoc.args(features).arg("--target-dir").arg(&folder);
    rustdoc.args(["--", "-Zunstable-options", "--output-format=json", "--cap-lints=allow"]);
    if let Some((_, cfgs)) = KERNELS.iter().find(|(name, _)| library.name == *name) {
        rustdoc.args(cfgs.iter().flat_map(|cfg| ["--cfg", cfg]));
    }
    // An unstable option, of a compiler that may be a stable one.
    rustdoc.env("RUSTC_BOOTSTRAP", "1").env_remove("CARGO_BUILD_TARGET");
    match process::quiet(&mut rustdoc, LIMIT, interrupt) {
        Err(Failure::Run(said)) => return Err(Missing::Wrong(said)),
        other => other?,
    }
    let file = folder.join("doc").join(library.name.replace('-', "_")).with_extension("json");
    match public_api::Builder::from_rustdoc_json(&file).omit_blanket_impls(true).build() {
        Ok(api) => Ok(told(api.items().map(ToString::to_string))),
        // The format has a number, which goes up with every other Rust.
        Err(error) => Err(Missing::Unreadable {
            why: format!("what this Rust's rustdoc writes cannot be read here ({error})"),
            fix: "`cargo +1.95 xtask release --check`, or renew public-api in xtask/Cargo.toml".to_string(),
        }),
    }
}

/// The lines that tell something: not the methods of traits, which their impls promise, and not what nearly all types have.
fn told(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let mut methods_of = None;
    for line in lines {
        if methods_of.as_ref().is_some_and(|of: &String| line.contains(of) && line.contains("fn ")) {
            continue;
        }
        let implemented = line.strip_prefix("impl").and_then(|rest| rest.split_once(" for "));
        methods_of = implemented.map(|(_, of)| format!("{}::", of.split(" where ").next().unwrap_or(of)));
        let is_untold = implemented.is_some_and(|(r#trait, of)| {
            let name = r#trait.rsplit("::").next().unwrap_or_default();
            let is_plain = !r#trait.contains('!') && !of.contains(" where ");
            UNSTABLE.contains(&name) || (ALL_HAVE.contains(&name) && is_plain)
        });
        if !is_untold {
            told.push(line);
        }
    }
    told
}

/// The lines that are in one listing only: `-` for those that are gone, `+` for new ones.
pub(super) fn difference(old: &str, new: &str) -> Vec<String> {
    let only = |mark: char, some: &str, others: &str| -> Vec<String> {
        let others: std::collections::HashSet<_> = others.lines().collect();
        some.lines().filter(|line| !others.contains(line)).map(|line| format!("{mark} {line}")).collect()
    };
    [only('-', old, new), only('+', new, old)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_of_traits_and_what_all_types_have_are_left_out() {
        let lines = [
            "pub struct a::S<T>",
            "impl<T> a::S<T>",
            "pub fn a::S<T>::get(&self)",
            "impl<T> core::fmt::Debug for a::S<T>",
            "pub fn a::S<T>::fmt(&self)",
            "impl core::str::FromStr for a::S<u8>",
            "pub type a::S<u8>::Err = ()",
            "impl<T> core::marker::Send for a::S<T> where T: core::marker::Send",
            "impl<T> !core::marker::Sync for a::S<T>",
            "impl<T> core::marker::Unpin for a::S<T>",
            "impl<T> core::marker::Freeze for a::S<T> where T: core::marker::Freeze",
            "pub fn a::free()",
        ];
        let left: Vec<_> = [0, 1, 2, 3, 5, 6, 7, 8, 11].iter().map(|&i: &usize| lines[i].to_string()).collect();
        assert_eq!(told(lines.iter().map(ToString::to_string)), left);
        assert_eq!(difference("a\nb\n", "b\nc\n"), ["- a", "+ c"]);
    }
}
