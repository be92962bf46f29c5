//! Random cases that can be had again.
//!
//! quickcheck makes the cases; the seed of each is ours. A case that fails prints the line that runs it again, first.

use quickcheck::{Gen, QuickCheck, Testable};
use std::hash::{BuildHasher, RandomState};

/// The seed of the first case; those of the others follow it. Without it, each run has other cases.
const VARIABLE: &str = "MEMCPY_STREAMING_SEED";

/// quickcheck's own default: the longest vector.
const SIZE: usize = 100;

/// What steps through a series are long: under Miri, which takes a thousand times as long, `step`; elsewhere nothing is left out.
pub const fn every(step: usize) -> usize {
    if cfg!(miri) { step } else { 1 }
}

/// How many cases a property of [`properties!`] is tried on.
pub const CASES: u64 = 100;

/// A test, for the line that runs it again.
#[derive(Clone, Copy, Debug)]
pub struct Test {
    /// The crate.
    pub package: &'static str,
    /// The file.
    pub target: &'static str,
    /// Whether the crate has its feature `std`.
    pub std: bool,
    /// The function.
    pub name: &'static str,
}

/// Tries a property on so many random cases: [`check!`] fills in which test it is.
pub fn check(test: Test, cases: u64, property: impl Testable + Copy) {
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

struct RerunOnPanic {
    test: Test,
    seed: u64,
}

impl Drop for RerunOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Test { package, target, std, name } = self.test;
            let features = if std { " --features std" } else { "" };
            eprintln!("rerun: {VARIABLE}={} cargo test -p {package}{features} --test {target} {name}", self.seed);
        }
    }
}

/// Tries a property on so many random cases, by the name of the test that it is called in.
#[macro_export]
macro_rules! check {
    ($name:expr, $cases:expr, $property:expr) => {{
        let (package, target) = (env!("CARGO_PKG_NAME"), env!("CARGO_CRATE_NAME"));
        let test = $crate::seeded::Test { package, target, std: cfg!(feature = "std"), name: $name };
        $crate::seeded::check(test, $cases, $property)
    }};
}

/// Tests, each a property of random arguments: quickcheck's macro of the name `quickcheck`, with seeds.
#[macro_export]
macro_rules! properties {
    ($($(#[$attribute:meta])* fn $name:ident($($argument:ident: $type:ty),*) -> bool $body:block)*) => {$(
        $(#[$attribute])*
        #[test]
        fn $name() {
            fn property($($argument: $type),*) -> bool $body
            $crate::check!(stringify!($name), $crate::seeded::CASES, property as fn($($type),*) -> bool);
        }
    )*};
}

pub use crate::{check, properties};
