//! SQLite over an arena in C, whose large blocks move and are wiped past the cache: beside SQLite's own allocator, and beside the same arena
//! with ordinary stores.

mod arena;

use std::process::ExitCode;
use std::time::Instant;

use arena::Allocator;
use memcpy_streaming::Backend;
use rusqlite::{Connection, OpenFlags};
use side_by_side::{Failure, Metric, Options, Report, Rival, Victim, race};

fn main() -> ExitCode {
    side_by_side::main("SQLite over an arena of large blocks: measures.", "", |options| run(options).map(Some))
}

fn run(options: &Options) -> Result<Report, Failure> {
    let rows = options.sized(40_000, 10_000);
    let ours = Backend::active();
    let metrics = [
        Metric { what: "a database in memory grows and is closed", unit: "ms" },
        Metric { what: "working set of 512 KiB after that", unit: "us" },
        Metric { what: "a text is put together, four times", unit: "ms" },
    ];
    let victim = Victim::new(512 << 10);
    let rival = |name, allocator, backend: Backend| {
        let victim = &victim;
        Rival::new(name, move || {
            backend.make_active()?;
            allocator_of(allocator)?;
            victim.read();
            let start = Instant::now();
            grow(rows)?;
            let grown = start.elapsed().as_secs_f64();
            let read = victim.read();
            let start = Instant::now();
            concatenate(rows)?;
            let text = start.elapsed().as_secs_f64();
            Ok(vec![grown * 1e3, read * 1e6, text * 1e3])
        })
    };
    let mut rivals = [
        rival("SQLite's own (malloc), not wiped", Allocator::Own, ours),
        rival("the arena, ordinary stores", Allocator::Arena, Backend::Portable),
        rival("the arena, streaming", Allocator::Arena, ours),
    ];
    let rows = race(&metrics, &mut rivals, options.sized(16, 12))?;
    ours.make_active()?;
    Ok(Report { integration: "sqlite", crates: &["rusqlite", "libsqlite3-sys"], rows, skipped: None })
}

fn allocator_of(allocator: Allocator) -> Result<(), Failure> {
    // SAFETY: each part of the work closes the connection that it has opened, on this thread.
    unsafe { arena::configure(allocator) }
}

/// Opens a database that is one block of memory, which SQLite makes twice as large whenever it is full; fills it, checks it, and closes it.
fn grow(rows: u32) -> Result<(), Failure> {
    let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_URI;
    let mut database = Connection::open_with_flags("file:/grown?vfs=memdb", flags)?;
    database.execute_batch("PRAGMA journal_mode = OFF; CREATE TABLE t(id INTEGER PRIMARY KEY, text TEXT)")?;
    let transaction = database.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO t VALUES(?1, printf('%.*c', 400 + ?1 % 100, 'x'))")?;
        for id in 0..rows {
            insert.execute([id])?;
        }
    }
    transaction.commit()?;
    let found: (u32, i64) =
        database.query_row("SELECT count(*), sum(length(text)) FROM t", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let expected = (rows, (0..i64::from(rows)).map(|id| 400 + id % 100).sum());
    if found == expected { Ok(()) } else { Err(Failure::run(format_args!("{found:?} instead of {expected:?}"))) }
}

/// Puts a text together from so many pieces, in a block that grows.
fn concatenate(rows: u32) -> Result<(), Failure> {
    let database = Connection::open_in_memory()?;
    let query = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
                 SELECT length(text), substr(text, -7) FROM (SELECT group_concat(printf('%0400d', i), ',') AS text FROM n)";
    let mut query = database.prepare(query)?;
    for _ in 0..4 {
        let (length, end): (i64, String) = query.query_row([rows], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if (length, &end) != (i64::from(rows) * 401 - 1, &format!("{:07}", rows - 1)) {
            return Err(Failure::run(format_args!("a text of {length} bytes that ends with {end}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
