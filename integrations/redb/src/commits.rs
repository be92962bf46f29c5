//! Commits that can be told from each other: what a process makes that is killed, and what must be there afterwards.

use std::io::Write;

use memcpy_streaming::Backend;
use redb::{Database, ReadableTable, ReadableTableMetadata, TableDefinition};
use side_by_side::{Failure, noise};

const VALUES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("values");
const COUNT: TableDefinition<'_, (), u64> = TableDefinition::new("commits");

const KEYS: u64 = 1000;
/// Keys that a commit writes.
const WRITES: usize = 50;

/// The keys that a commit writes, which follow from its number.
fn keys(commit: u64) -> impl Iterator<Item = u64> {
    let mut random = fastrand::Rng::with_seed(commit);
    (0..WRITES).map(move |_| random.u64(..KEYS))
}

/// What a commit writes to a key: some bytes, or some pages.
fn value(commit: u64, key: u64) -> Vec<u8> {
    let seed = commit * KEYS + key;
    noise(seed, 1 + fastrand::Rng::with_seed(seed).usize(..12_000))
}

/// Commits after those that are there, until there are `last`, and says of each that it is done.
pub(crate) fn make(database: &Database, last: u64) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    writeln!(out, "backend {}", Backend::active())?;
    for commit in check(database)? + 1..=last {
        let transaction = database.begin_write()?;
        {
            let mut values = transaction.open_table(VALUES)?;
            for key in keys(commit) {
                values.insert(key, value(commit, key).as_slice())?;
            }
            transaction.open_table(COUNT)?.insert((), commit)?;
        }
        transaction.commit()?;
        writeln!(out, "{commit}")?;
        out.flush()?;
    }
    Ok(())
}

/// How many commits a database has, if it holds what exactly these have written.
pub(crate) fn check(database: &Database) -> Result<u64, Failure> {
    let transaction = database.begin_write()?;
    let (values, count) = (transaction.open_table(VALUES)?, transaction.open_table(COUNT)?);
    let commits = count.get(())?.map_or(0, |count| count.value());
    let mut last = [0; KEYS as usize];
    for commit in 1..=commits {
        keys(commit).for_each(|key| last[key as usize] = commit);
    }
    for (key, &commit) in (0..).zip(&last).filter(|&(_, &commit)| commit > 0) {
        let found = values.get(key)?;
        if found.is_none_or(|found| found.value() != value(commit, key)) {
            return Err(Failure::run(format_args!(
                "of commit {commit} of {commits} the value of key {key} is not there"
            )));
        }
    }
    let expected = last.iter().filter(|&&commit| commit > 0).count() as u64;
    if values.len()? != expected {
        return Err(Failure::run(format_args!("{} keys instead of {expected}", values.len()?)));
    }
    Ok(commits)
}
