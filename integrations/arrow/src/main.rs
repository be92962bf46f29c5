//! Arrow IPC files, written into a mapped file by a `Writer`, a `Cursor` and, beside them, by `BufWriter<File>`.

mod rows;

use std::fs::File;
use std::io::{BufWriter, Cursor, Seek, Write};
use std::process::ExitCode;
use std::time::Instant;

use arrow_array::RecordBatch;
use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::FileWriter;
use memmap2::MmapMut;
use side_by_side::{Failure, Metric, Options, Report, Rival, Victim, race, set_aside};

fn main() -> ExitCode {
    side_by_side::main("Arrow IPC files through a Writer: measures.", "", |options| run(options).map(Some))
}

const METRICS: [Metric; 2] = [
    Metric { what: "write over a file", unit: "ms" },
    Metric { what: "working set of 512 KiB afterwards", unit: "us" },
];
const FRESH: [Metric; 1] = [Metric { what: "write a new file", unit: "ms" }];

fn run(options: &Options) -> Result<Report, Failure> {
    let batches = rows::batches(options.sized(10_000_000, 500_000));
    let mut counted = Counted(0);
    write(&batches, &mut counted)?;
    let len = counted.0;
    // That of the mapping, that of `BufWriter`, and a new one beside them.
    drop(set_aside(&options.dir, 3 * len)?);
    let (mapped, file) = (set_aside(&options.dir, len)?, set_aside(&options.dir, len)?);
    let victim = Victim::new(512 << 10);
    let rounds = options.sized(16, 12);

    let over = |kind: Kind| {
        let (batches, victim) = (&batches, &victim);
        let (mapped, file) = (&mapped, &file);
        let mut unchecked = true;
        Rival::new(kind.name(), move || {
            let mut target = kind.target(if kind == Kind::File { file } else { mapped })?;
            victim.read();
            let start = Instant::now();
            target.write(batches)?;
            let seconds = start.elapsed().as_secs_f64();
            let victims = victim.read();
            check_once(&mut unchecked, &mut target, batches, len)?;
            Ok(vec![seconds * 1e3, victims * 1e6])
        })
    };
    let mut rows = race(&METRICS, &mut Kind::ALL.map(over), rounds)?;

    let fresh = |kind: Kind| {
        let batches = &batches;
        let mut unchecked = true;
        Rival::new(kind.name(), move || {
            let start = Instant::now();
            let file = tempfile::tempfile_in(&options.dir)?;
            if kind != Kind::File {
                file.set_len(len)?;
            }
            let mut target = kind.target(&file)?;
            target.write(batches)?;
            let seconds = start.elapsed().as_secs_f64();
            check_once(&mut unchecked, &mut target, batches, len)?;
            Ok(vec![seconds * 1e3])
        })
    };
    rows.extend(race(&FRESH, &mut Kind::ALL.map(fresh), rounds)?);
    Ok(Report { integration: "arrow", crates: &["arrow-ipc", "arrow-array"], rows, skipped: None })
}

/// In the round that does not count: to read all of it back takes longer than to write it.
fn check_once(unchecked: &mut bool, target: &mut Target<'_>, batches: &[RecordBatch], len: u64) -> Result<(), Failure> {
    if std::mem::take(unchecked) { target.check(batches, len) } else { Ok(()) }
}

/// What rows are written through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Cursor,
    Writer,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::File, Kind::Cursor, Kind::Writer];

    fn name(self) -> &'static str {
        match self {
            Kind::File => "BufWriter<File>",
            Kind::Cursor => "Cursor over the mapping",
            Kind::Writer => "Writer over the mapping",
        }
    }

    fn target(self, file: &File) -> Result<Target<'_>, Failure> {
        // SAFETY: the file has no name, and this program has the only handles of it: nobody changes its length, or its bytes, while it is
        // mapped. A file that is written as one (`Kind::File`) is not mapped meanwhile.
        let map = || unsafe { MmapMut::map_mut(file) };
        Ok(match self {
            Kind::File => Target::File(file),
            Kind::Cursor => Target::Cursor(map()?),
            Kind::Writer => Target::Writer(map()?),
        })
    }
}

/// A file that is being written.
enum Target<'a> {
    File(&'a File),
    Cursor(MmapMut),
    Writer(MmapMut),
}

impl Target<'_> {
    fn write(&mut self, batches: &[RecordBatch]) -> Result<(), Failure> {
        match self {
            Target::File(file) => {
                file.rewind()?;
                write(batches, BufWriter::new(*file))
            }
            Target::Cursor(map) => write(batches, Cursor::new(&mut map[..])),
            // Drained at the end of the scope, before anyone reads.
            Target::Writer(map) => memcpy_streaming::scope(|s| write(batches, s.writer(map))),
        }
    }

    /// Reads back by arrow what was written, and compares.
    fn check(&mut self, batches: &[RecordBatch], len: u64) -> Result<(), Failure> {
        match self {
            Target::File(file) => {
                if file.metadata()?.len() != len {
                    return Err(Failure::run("the file has another length"));
                }
                file.rewind()?;
                compare(FileReader::try_new_buffered(*file, None)?, batches)
            }
            Target::Cursor(map) | Target::Writer(map) => {
                compare(FileReader::try_new(Cursor::new(&map[..len as usize]), None)?, batches)
            }
        }
    }
}

/// All of it is a call of arrow's writer: it does not know what it writes to.
fn write(batches: &[RecordBatch], out: impl Write) -> Result<(), Failure> {
    let mut writer = FileWriter::try_new(out, &batches[0].schema())?;
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()?;
    Ok(writer.into_inner()?.flush()?)
}

fn compare<R: std::io::Read + Seek>(reader: FileReader<R>, batches: &[RecordBatch]) -> Result<(), Failure> {
    let mut expected = batches.iter();
    for found in reader {
        if Some(&found?) != expected.next() {
            return Err(Failure::run("arrow read back another batch"));
        }
    }
    if expected.next().is_some() { Err(Failure::run("arrow read back fewer batches")) } else { Ok(()) }
}

/// How many bytes there will be.
struct Counted(u64);

impl Write for &mut Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
