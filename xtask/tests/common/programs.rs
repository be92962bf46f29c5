//! Programs that a test needs beside cargo and the C compiler: looked for, and if they are missing the test is skipped.

use std::env;
use std::ffi::OsString;

/// What `cargo xtask test` hands over the person's whole search path in: the tests' own holds nothing but what README asks for.
const WHOLE: &str = "MEMCPY_STREAMING_PROGRAMS";

/// The search path on which all of `programs` are; each is named with Debian's package that it comes with. Without one of them
/// `test` says that it is skipped, and what would help.
pub(crate) fn search_path(test: &str, programs: &[(&str, &str)]) -> Option<OsString> {
    let path = env::var_os(WHOLE).or_else(|| env::var_os("PATH")).unwrap_or_default();
    let is_missing = |name: &str| !env::split_paths(&path).any(|folder| folder.join(name).is_file());
    let missing: Vec<_> = programs.iter().filter(|(name, _)| is_missing(name)).collect();
    let Some((name, _)) = missing.first() else { return Some(path) };
    let mut packages: Vec<_> = missing.iter().map(|(_, package)| *package).collect();
    packages.dedup();
    skip(&format!("{test}: no {name}; to run it: `apt-get install {}`", packages.join(" ")));
    None
}

/// Says that a test did not test, and why.
pub(crate) fn skip(why: &str) {
    // Past the test harness, which hides what a test that passes has printed.
    let _ = std::io::Write::write_all(&mut std::io::stdout(), format!("\nSKIPPED: {why}\n").as_bytes());
}
