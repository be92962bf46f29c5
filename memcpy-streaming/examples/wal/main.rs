//! A write-ahead log: records appended to a mapped file through a `Writer`, read back and checksummed.
//!
//! A log is written once and not read before a crash, so it has no business in the cache. The `Writer` gathers records
//! into whole lines and streams those. The baseline appends the same records with `copy_from_slice`; the two take turns.
//!
//! What makes records survive: the drain (in `Writer::finish` here) orders them for other CPUs and no more. The bytes are
//! then in the file as every process sees it, and survive this process; but they are in the kernel's page cache, and only
//! `msync` or `fsync` brings them to the disk. A commit is acknowledged after *that*.
//!
//! A crash may leave any part of what was not yet on the disk, and the rest as an earlier pass wrote it. Recovery must find
//! the whole records before the first that is not, and nothing else: `record.rs` says how, `torn.rs` tests it
//! (`cargo test -p memcpy-streaming --example wal`).
//!
//! Run it with `cargo run --release -p memcpy-streaming --example wal`.

#[path = "../common/args.rs"]
mod args;
#[path = "../common/mapped.rs"]
mod mapped;
#[path = "../common/random.rs"]
mod random;
mod record;
#[path = "../common/stats.rs"]
mod stats;
// There is nothing unsafe in what they test, and Miri would take hours.
#[cfg(all(test, not(miri)))]
mod torn;

use mapped::MappedFile;
use random::Random;
use record::{Records, Size, recover};
use stats::{MIN_ROUNDS, Summary};
use std::error::Error;
use std::io::{BufReader, Write};
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "wal [RECORD_BYTES|mix|all [LOG_MIB [ROUNDS]]]";
const MIB: usize = 1 << 20;

struct Config {
    sizes: Vec<Size>,
    log: usize,
    rounds: usize,
}

fn main() -> ExitCode {
    args::run(USAGE, parse, run)
}

fn parse(args: &[String]) -> Result<Config, String> {
    args::at_most(args, 3)?;
    let sizes = match args.first().map(String::as_str) {
        None | Some("all") => [32, 64, 128, 256, 512, 4096].map(Size::Fixed).into_iter().chain([Size::Mix]).collect(),
        Some(size) => vec![size.parse()?],
    };
    Ok(Config {
        sizes,
        log: args::number(args, 1, "LOG_MIB", 1..=2048, 128)? * MIB,
        rounds: args::number(args, 2, "ROUNDS", MIN_ROUNDS..=100_000, 20)?,
    })
}

fn run(config: Config, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    writeln!(out, "backend {}, mapped log of {} MiB", memcpy_streaming::Backend::active(), config.log / MIB)?;
    writeln!(
        out,
        "GB/s, median (quartiles) of {} rounds; ratio of the two in the same round, 99 % interval",
        config.rounds
    )?;
    writeln!(out, "{:<11}{:<23}{:<23}Writer / copy_from_slice", "records", "  copy_from_slice", "  Writer")?;
    let random = &mut Random::new(2);
    let mut file = MappedFile::zeroed(config.log)?;
    let mut log = Log { memory: &mut file.map, first_lsn: 0, appended: 0 };
    for size in config.sizes {
        let mut records = Records::new(size, random);
        compare(&mut log, size, &mut records, config.rounds, random, out)?;
    }
    let Log { first_lsn, appended, .. } = log;

    let start = Instant::now();
    file.map.flush()?;
    writeln!(
        out,
        "\nmsync took {:.0} ms: only now the log would survive a power cut",
        start.elapsed().as_secs_f64() * 1e3
    )?;
    drop(file.map);
    let found = recover(BufReader::with_capacity(MIB, file.reader), first_lsn)?;
    if found.bytes != appended {
        return Err(format!("of {appended} bytes of log only the first {} are records", found.bytes).into());
    }
    writeln!(
        out,
        "read back from the file: all {} records ({} MB) have their LSN and checksum",
        found.records,
        found.bytes / 1_000_000
    )?;
    Ok(())
}

/// How records get into the log.
#[derive(Clone, Copy)]
enum Append {
    CopyFromSlice,
    Writer,
}

/// A log file that is used again from its start in each pass.
///
/// Each pass has as many LSNs for itself as the file has bytes, not only as many as it writes. So no record that an earlier
/// pass left has an LSN of a later one, not even one that lies behind what a crash tore. After a crash, too, a new pass
/// must begin: a record appended behind the last whole one could make what the crash left after it valid again. (Which
/// LSN is the first a real log keeps in a file of its own.)
struct Log<'a> {
    memory: &'a mut [u8],
    /// Of the last pass.
    first_lsn: u64,
    /// Bytes that the last pass wrote.
    appended: usize,
}

impl Log<'_> {
    /// Fills the file with records: one pass.
    fn append(&mut self, records: &mut Records, how: Append) {
        self.first_lsn += self.memory.len() as u64;
        self.appended = match how {
            Append::CopyFromSlice => append_by_copy(self.memory, records, self.first_lsn),
            Append::Writer => append_by_writer(self.memory, records, self.first_lsn),
        };
    }

    fn verify(&self) -> Result<(), Box<dyn Error>> {
        let found = recover(&*self.memory, self.first_lsn)?;
        if found.bytes == self.appended {
            return Ok(());
        }
        Err(format!("of {} bytes appended only the first {} are records", self.appended, found.bytes).into())
    }
}

/// Appends until the log is full, and returns how many bytes that took.
fn append_by_copy(log: &mut [u8], records: &mut Records, first_lsn: u64) -> usize {
    let mut len = 0;
    loop {
        let record = records.next(first_lsn + len as u64);
        let Some(place) = log.get_mut(len..len + record.len()) else { return len };
        place.copy_from_slice(record);
        len += record.len();
    }
}

/// As [`append_by_copy`]. The Writer refuses the record that does not fit, and has not written any of it.
fn append_by_writer(log: &mut [u8], records: &mut Records, first_lsn: u64) -> usize {
    memcpy_streaming::scope(|s| {
        let mut writer = s.writer(log);
        while writer.append(records.next(first_lsn + writer.len() as u64)).is_ok() {}
        writer.finish().len()
    })
}

/// Measures both ways of appending, interleaved, checks what the last pass of each wrote, and prints a line.
fn compare(
    log: &mut Log<'_>,
    size: Size,
    records: &mut Records,
    rounds: usize,
    random: &mut Random,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut order = [Append::CopyFromSlice, Append::Writer];
    let mut rates = [const { Vec::new() }; 2];
    log.append(records, Append::CopyFromSlice); // Faults the mapping in.
    for round in 0..rounds {
        random.shuffle(&mut order);
        for how in order {
            let start = Instant::now();
            log.append(records, how);
            rates[how as usize].push(log.appended as f64 / start.elapsed().as_secs_f64() / 1e9);
            if round + 1 == rounds {
                log.verify()?;
            }
        }
    }
    let [copy, writer] = rates;
    let ratio = Summary::of(copy.iter().zip(&writer).map(|(c, w)| w / c));
    let (low, high) = ratio.interval;
    let verdict = ratio.verdict(1.0, "faster", "SLOWER");
    write!(out, "{:<11}{}{}", size.to_string(), Summary::of(copy).shown(2), Summary::of(writer).shown(2))?;
    writeln!(out, "{:.2}, {low:.2}..{high:.2}: {verdict}", ratio.median)?;
    Ok(())
}
