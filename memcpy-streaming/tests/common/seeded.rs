//! Random cases that can be had again.
//!
//! quickcheck makes the cases; the seed of each is ours. A case that fails prints the line that runs it again, first.
#![allow(dead_code, unused_macros, unused_imports)] // Each test file uses its part.

use quickcheck::{Gen, QuickCheck, Testable};
use std::hash::{BuildHasher, RandomState};

/// The seed of the first case; those of the others follow it. Without it, each run has other cases.
const VARIABLE: &str = "MEMCPY_STREAMING_SEED";

/// quickcheck's own default: the longest vector.
const SIZE: usize = 100;

/// What steps through a series are long: under Miri, which takes a thousand times as long, `step`; elsewhere nothing is left out.
pub(crate) const fn every(step: usize) -> usize {
    if cfg!(miri) { step } else { 1 }
}

/// How many cases a property of [`properties!`] is tried on.
pub(crate) const CASES: u64 = 100;

/// Tries `property` on `cases` random cases. `test` is the name of the test, for the line that runs it again.
pub(crate) fn check(test: &str, cases: u64, property: impl Testable + Copy) {
    let first = first_seed();
    // Under Miri a case takes seconds.
    let cases = if cfg!(miri) { cases.min(2) } else { cases };
    for i in 0..cases {
        let seed = first.wrapping_add(i);
        let _rerun = RerunOnPanic { test, seed };
        QuickCheck::new().tests(1).max_tests(1).rng(Gen::from_size_and_seed(SIZE, seed)).quickcheck(property);
    }
}

fn first_seed() -> u64 {
    match std::env::var(VARIABLE) {
        Ok(seed) => seed.parse().unwrap_or_else(|_| panic!("{VARIABLE} is `{seed}`, which is not a number below 2^64")),
        // Hashers are seeded by the system.
        Err(_) => RandomState::new().hash_one(0),
    }
}

struct RerunOnPanic<'a> {
    test: &'a str,
    seed: u64,
}

impl Drop for RerunOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (package, target) = (env!("CARGO_PKG_NAME"), env!("CARGO_CRATE_NAME"));
            let features = if cfg!(feature = "std") { " --features std" } else { "" };
            let command = format!("cargo test -p {package}{features} --test {target} {}", self.test);
            eprintln!("rerun: {VARIABLE}={} {command}", self.seed);
        }
    }
}

/// Tests, each a property of random arguments: quickcheck's macro of the name `quickcheck`, with seeds.
macro_rules! properties {
    ($($(#[$attribute:meta])* fn $name:ident($($argument:ident: $type:ty),*) -> bool $body:block)*) => {$(
        $(#[$attribute])*
        #[test]
        fn $name() {
            fn property($($argument: $type),*) -> bool $body
            $crate::common::seeded::check(
                stringify!($name),
                $crate::common::seeded::CASES,
                property as fn($($type),*) -> bool,
            );
        }
    )*};
}
pub(crate) use properties;
