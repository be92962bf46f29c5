//! What is public in the libraries, by rustdoc's JSON: the committed listings, compared and renewed.

use std::collections::BTreeSet;
use std::fs;
use std::slice;

use cargo_metadata::Package;

use super::{Verdict, about};
use crate::cargo::{cargo, target_dir, workspace};
use crate::failure::{Failure, make_folder};
use crate::output::Output;
use crate::process::{self};

/// Lines that are shown of a difference.
const SHOWN: usize = 20;

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

/// Compares the listings with the source; or, to update them, writes those that are not in step.
pub(super) fn check(libraries: &[Package], update: bool) -> Result<Verdict, Failure> {
    let (mut wrong, mut count, mut written) = (Vec::new(), 0, Vec::new());
    for library in libraries {
        let file = format!("api/{}.txt", library.name);
        let path = workspace().join(&file);
        let now = match listing(library) {
            // The format has a number, which goes up with every other Rust.
            Err(Failure::Input(why)) => {
                let fix = "`cargo +1.95 xtask release --check`, or renew public-api in xtask/Cargo.toml";
                return Ok(Verdict::impossible(why, fix));
            }
            now => now?,
        };
        count += now.lines().count();
        // A library that is new has none yet.
        let mut lines = difference(&fs::read_to_string(&path).unwrap_or_default(), &now);
        if update && !lines.is_empty() {
            make_folder(&workspace().join("api"))?;
            Output::create(&path)?.finish_with(now.as_bytes())?;
            written.push(format!("wrote {}", path.display()));
        } else if !lines.is_empty() {
            let more = lines.len().saturating_sub(SHOWN);
            lines.truncate(SHOWN);
            lines.extend((more > 0).then(|| format!("and {more} more lines")));
            let why = "if the change is meant, or another Rust only spells it otherwise";
            let lines = lines.join("\n    ");
            wrong.push(format!("{file} is not in step; {why}, `cargo xtask release --update`\n    {lines}"));
        }
    }
    let in_step = || format!("{count} lines, in step with the source");
    Verdict::of(wrong, if written.is_empty() { in_step() } else { written.join("\n") })
}

/// The listing of a crate: what there is with all features, a line each; what there is not without them is marked. An error of input says
/// that rustdoc has another format.
fn listing(library: &Package) -> Result<String, Failure> {
    let name = &library.name;
    let mut text = format!("# The public items of {name}. `cargo xtask release --update` writes this file.\n");
    for (name, needs) in &library.features {
        text += &format!("feature {name} = [{}]\n", needs.join(", "));
    }
    let list = |features: Option<&str>| {
        let folder = target_dir()?.join("api");
        let mut rustdoc = about(slice::from_ref(library), cargo(), &["rustdoc", "--quiet", "--lib"]);
        rustdoc.args(features).arg("--target-dir").arg(&folder);
        rustdoc.args(["--", "-Zunstable-options", "--output-format=json", "--cap-lints=allow"]);
        if let Some((_, cfgs)) = KERNELS.iter().find(|(kernels, _)| name == kernels) {
            rustdoc.args(cfgs.iter().flat_map(|cfg| ["--cfg", cfg]));
        }
        // An unstable option, of a compiler that may be a stable one.
        rustdoc.env("RUSTC_BOOTSTRAP", "1").env_remove("CARGO_BUILD_TARGET");
        process::quiet(&mut rustdoc)?;
        let file = folder.join("doc").join(name.replace('-', "_")).with_extension("json");
        let api = public_api::Builder::from_rustdoc_json(&file).omit_blanket_impls(true).build();
        let unreadable =
            |error| Failure::input(format_args!("what this Rust's rustdoc writes cannot be read here ({error})"));
        Ok(told(api.map_err(unreadable)?.items().map(|item| settled(&item.to_string()))))
    };
    let (all, bare) = (list(Some("--all-features"))?, list(None)?);
    if let Some(lost) = bare.iter().find(|line| !all.contains(line)) {
        return Err(Failure::run(format_args!(
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

/// Where the standard library keeps an item differs from Rust to Rust (`std::io::error::Error`, `core::io::error::Error`). It is
/// `std`, the outermost module and the name here, which stay.
fn settled(line: &str) -> String {
    let is_path = |c: char| c.is_alphanumeric() || "_:".contains(c);
    let words = line.split_inclusive(|c| !is_path(c)).map(|word| {
        let path = word.trim_end_matches(|c| !is_path(c));
        match path.split("::").collect::<Vec<_>>()[..] {
            ["core" | "alloc" | "std", module, .., name] => format!("std::{module}::{name}{}", &word[path.len()..]),
            _ => word.to_string(),
        }
    });
    words.collect()
}

/// The lines that tell something: not the methods of traits, which their impls promise, and not what nearly all types have.
fn told(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut methods_of: Option<String> = None;
    let tells = |line: &String| {
        if methods_of.as_ref().is_some_and(|of| line.contains(of) && line.contains("fn ")) {
            return false;
        }
        let implemented = line.strip_prefix("impl").and_then(|rest| rest.split_once(" for "));
        methods_of = implemented.map(|(_, of)| format!("{}::", of.split(" where ").next().unwrap_or(of)));
        implemented.is_none_or(|(r#trait, of)| {
            let name = r#trait.rsplit("::").next().unwrap_or_default();
            let is_plain = !r#trait.contains('!') && !of.contains(" where ");
            !(UNSTABLE.contains(&name) || ALL_HAVE.contains(&name) && is_plain)
        })
    };
    lines.filter(tells).collect()
}

/// The lines that are in one listing only: `-` for those that are gone, `+` for new ones. Rusts that name items otherwise have them in
/// another order.
fn difference(old: &str, new: &str) -> Vec<String> {
    let [old, new] = [old, new].map(|text| text.lines().collect::<BTreeSet<_>>());
    let gone = old.difference(&new).map(|line| format!("- {line}"));
    gone.chain(new.difference(&old).map(|line| format!("+ {line}"))).collect()
}

#[test]
fn items_of_the_standard_library_have_one_name() {
    for error in ["core::io::error::Error", "std::io::Error"] {
        let found = settled(&format!("impl core::convert::From<a::E<{error}>> for &'a [core::option::Option<u8>]"));
        assert_eq!(found, "impl std::convert::From<a::E<std::io::Error>> for &'a [std::option::Option<u8>]");
    }
}

#[test]
fn methods_of_traits_and_what_all_types_have_are_left_out() {
    let lines = [
        ("impl<T> a::S<T>", true),
        ("pub fn a::S<T>::get(&self)", true),
        ("impl<T> core::fmt::Debug for a::S<T>", true),
        ("pub fn a::S<T>::fmt(&self)", false),
        ("impl core::str::FromStr for a::S<u8>", true),
        ("pub type a::S<u8>::Err = ()", true),
        ("impl<T> core::marker::Send for a::S<T> where T: core::marker::Send", true),
        ("impl<T> !core::marker::Sync for a::S<T>", true),
        ("impl<T> core::marker::Unpin for a::S<T>", false),
        ("impl<T> core::marker::Freeze for a::S<T> where T: core::marker::Freeze", false),
        ("pub fn a::free()", true),
    ];
    let left: Vec<_> = lines.iter().filter(|(_, tells)| *tells).map(|(line, _)| *line).collect();
    assert_eq!(told(lines.iter().map(|(line, _)| line.to_string())), left);
    assert_eq!(difference("a\nb\n", "b\nc\n"), ["- a", "+ c"]);
}
