//! What a library defines and what it needs, as `nm` says it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::process;

/// All that is visible from outside, sorted.
pub(crate) const API: [&str; 13] = [
    "memcpy_mmio",
    "memcpy_persist",
    "memcpy_rows_streaming",
    "memcpy_streaming",
    "memcpy_streaming_backend",
    "memcpy_streaming_drain",
    "memcpy_streaming_load",
    "memcpy_streaming_set_backend",
    "memset_mmio",
    "memset_pattern_streaming",
    "memset_persist",
    "memset_streaming",
    "persist_range",
];

/// What may be needed of others: what LLVM takes for granted, and strlen. No `abort`: no panic is reachable.
pub(crate) const LIBC: [&str; 6] = ["bcmp", "memcmp", "memcpy", "memmove", "memset", "strlen"];

/// The names that a library defines for others, sorted.
pub(crate) fn defined(library: &Path, interrupt: &Interrupt) -> Result<Vec<String>, Failure> {
    names(library, "--defined-only", interrupt)
}

/// The names that it needs of others, sorted.
pub(crate) fn undefined(library: &Path, interrupt: &Interrupt) -> Result<Vec<String>, Failure> {
    names(library, "--undefined-only", interrupt)
}

fn names(library: &Path, which: &str, interrupt: &Interrupt) -> Result<Vec<String>, Failure> {
    let mut nm = Command::new("nm");
    nm.args(["--extern-only", "--format=posix", which]);
    if library.extension().is_none_or(|extension| extension != "a") {
        nm.arg("--dynamic");
    }
    nm.arg(library);
    let mut names = Vec::new();
    let status = process::run(&mut nm, Duration::from_secs(60), interrupt, |line| {
        names.extend(name(line).map(str::to_string));
        Ok(())
    })?;
    if !status.success() {
        return Err(Failure::run(format_args!("{status} of `{}`", process::show(&nm))));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// The name in a line like `memcpy@GLIBC_2.14 U`; a line with one word is the title of an archive's member.
fn name(line: &str) -> Option<&str> {
    let (name, kind) = line.split_once(' ')?;
    (!kind.is_empty()).then(|| name.split_once('@').map_or(name, |(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_without_versions_and_titles_are_none() {
        assert_eq!(name("memcpy@GLIBC_2.14 U "), Some("memcpy"));
        assert_eq!(name("memcpy_streaming T 36e0 65"), Some("memcpy_streaming"));
        assert_eq!(name("libx.a[member.o]:"), None);
        assert_eq!(name(""), None);
    }
}
