//! redb over a mapped file, into which pages are copied by streaming stores, beside `copy_from_slice` and redb's own file backend.

mod commits;
mod mapped;
mod race;
mod store;

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::process::ExitCode;

use redb::DatabaseError;
use side_by_side::Failure;
use store::Store;

const WORDS: &str = "[check FILE [STORE]] [commit FILE [STORE]]";

fn main() -> ExitCode {
    side_by_side::main("redb over a mapped file: measures, or checks a database of `commit`.", WORDS, |options| {
        let Some((command, rest)) = options.words.split_first() else {
            return race::run(options).map(Some);
        };
        let (path, store) = match rest {
            [path] => (Path::new(path), Store::Streaming),
            [path, store] => (Path::new(path), Store::named(store)?),
            _ => return Err(Failure::input(format_args!("a file and a store are needed; known is {WORDS}"))),
        };
        match command.to_str() {
            Some("check") => {
                let database = open(path, store, OpenOptions::new().read(true).write(true))?;
                println!("{} commits, all there", commits::check(&database)?);
            }
            Some("commit") => {
                let database = open(path, store, OpenOptions::new().read(true).write(true).create(true))?;
                commits::make(&database, options.sized(u64::MAX, 10))?;
            }
            _ => return Err(Failure::input(format_args!("`{}` is no command; known is {WORDS}", command.display()))),
        }
        Ok(None)
    })
}

/// Opens a database that has a name.
fn open(path: &Path, store: Store, how: &OpenOptions) -> Result<redb::Database, Failure> {
    let file: File = how.open(path).map_err(|error| Failure::of_file(path.display(), &error))?;
    store.database(file).map_err(|error| match error {
        DatabaseError::UpgradeRequired(version) => Failure::input(format_args!(
            "{}: a database of file format {version}; redb {} upgrades it",
            path.display(),
            if version < 3 { "2.6" } else { "of that time" }
        )),
        other => Failure::input(format_args!("{}: {other}; a database that `commit` made is right", path.display())),
    })
}
