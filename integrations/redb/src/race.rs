//! What each store costs: a bulk load, random updates with commits, and a checkpoint beside a reader whose working set fits the cache.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

use redb::{Database, Durability, ReadableDatabase, TableDefinition};
use side_by_side::{Failure, Metric, Options, Report, Rival, noise, race};

use crate::store::Store;

const ROWS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("rows");

/// Bytes of a row.
const ROW: usize = 1000;
/// Rows that the reader asks for, over and over: 256 KiB.
const HOT: u64 = 256;

const METRICS: [Metric; 4] = [
    Metric { what: "bulk load in one commit", unit: "ms" },
    Metric { what: "commit of 100 random updates", unit: "ms" },
    Metric { what: "checkpoint of random updates", unit: "ms" },
    Metric { what: "lookup by a reader meanwhile", unit: "us" },
];

struct Work {
    rows: u64,
    commits: u64,
    noise: Vec<u8>,
}

pub(crate) fn run(options: &Options) -> Result<Report, Failure> {
    let rows = options.sized(50_000, 5_000);
    // Both the space that redb takes for so many rows and its copies of those that are updated.
    drop(side_by_side::set_aside(&options.dir, rows * ROW as u64 * 4)?);
    let work = Work { rows, commits: 20, noise: noise(1, ROW + rows as usize) };
    let mut rivals = Store::ALL.map(|store| {
        let work = &work;
        let name = match store {
            Store::File => "redb's file backend",
            Store::Mapped => "mapped, copy_from_slice",
            Store::Streaming => "mapped, streaming",
        };
        Rival::new(name, move || work.run(&store.database(tempfile::tempfile_in(&options.dir)?)?))
    });
    let rows = race(&METRICS, &mut rivals, options.sized(16, 12))?;
    Ok(Report { integration: "redb", crates: &["redb"], rows, skipped: None })
}

impl Work {
    /// What a row holds after so many updates.
    fn row(&self, key: u64, updates: u64) -> &[u8] {
        &self.noise[((key + updates * 7919) % self.rows) as usize..][..ROW]
    }

    fn run(&self, database: &Database) -> Result<Vec<f64>, Failure> {
        let load = seconds(|| self.update(database, 0, 0..self.rows))?;
        let mut random = fastrand::Rng::with_seed(2);
        let updates = seconds(|| {
            (1..=self.commits)
                .try_for_each(|at| self.update(database, at, (0..100).map(|_| random.u64(HOT..self.rows))))
        })?;
        // A fifth of the rows, spread over all pages but those that the reader asks for.
        let checkpoint = (HOT..self.rows).step_by(5);
        let done = AtomicBool::new(false);
        let (checkpoint, lookup) = thread::scope(|scope| {
            let reader = scope.spawn(|| self.lookups(database, &done));
            let checkpoint = seconds(|| self.update(database, self.commits + 1, checkpoint));
            done.store(true, Relaxed);
            (checkpoint, reader.join().expect("the reader does not panic"))
        });
        self.verify(database)?;
        Ok(vec![load * 1e3, updates * 1e3 / self.commits as f64, checkpoint? * 1e3, lookup? * 1e6])
    }

    /// One commit, which is on the disk when it returns.
    fn update(&self, database: &Database, updates: u64, keys: impl Iterator<Item = u64>) -> Result<(), Failure> {
        let mut transaction = database.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        {
            let mut table = transaction.open_table(ROWS)?;
            for key in keys {
                table.insert(key, self.row(key, updates))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Seconds of a lookup, until `done`.
    fn lookups(&self, database: &Database, done: &AtomicBool) -> Result<f64, Failure> {
        let table = database.begin_read()?.open_table(ROWS)?;
        let (start, mut count) = (Instant::now(), 0);
        while count == 0 || !done.load(Relaxed) {
            for key in 0..HOT {
                let row = table.get(key)?;
                if row.is_none_or(|row| row.value() != self.row(key, 0)) {
                    return Err(Failure::run(format_args!("the reader found another row {key}")));
                }
            }
            count += HOT;
        }
        Ok(start.elapsed().as_secs_f64() / count as f64)
    }

    /// The rows of the checkpoint are those that were written last.
    fn verify(&self, database: &Database) -> Result<(), Failure> {
        let table = database.begin_read()?.open_table(ROWS)?;
        for key in (HOT..self.rows).step_by(5) {
            if table.get(key)?.is_none_or(|row| row.value() != self.row(key, self.commits + 1)) {
                return Err(Failure::run(format_args!("row {key} is not what was written last")));
            }
        }
        Ok(())
    }
}

fn seconds(work: impl FnOnce() -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64())
}
