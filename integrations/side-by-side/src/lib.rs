//! What the integrations share: rivals that take turns, ratios with their interval, arguments, files, results.

mod failure;
mod files;
mod options;
mod race;
mod report;
// The statistics of the library's own examples.
#[path = "../../../memcpy-streaming/examples/common/stats.rs"]
mod stats;
mod victim;

pub use failure::Failure;
pub use files::set_aside;
pub use options::{Options, main};
pub use race::{Metric, Rival, race};
pub use report::{Report, Row};
pub use victim::Victim;

/// `count` bytes of noise that is the same each time.
pub fn noise(seed: u64, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    fastrand::Rng::with_seed(seed).fill(&mut bytes);
    bytes
}
