//! A page cache writes its dirty pages back: staged into a buffer that goes to the disk by `O_DIRECT`, so that the CPU never reads it again.

mod writeback;

use std::io;
use std::process::ExitCode;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use side_by_side::{Failure, Metric, Options, Report, Rival, Victim, race, set_aside};
use writeback::{PAGE, Pages, Way, Writeback};

fn main() -> ExitCode {
    side_by_side::main("Dirty pages staged for O_DIRECT: measures.", "", |options| run(options).map(Some))
}

const METRICS: [Metric; 3] = [
    Metric { what: "CPU time for a GB", unit: "ms" },
    Metric { what: "time for a GB, on the disk", unit: "ms" },
    Metric { what: "working set of 512 KiB after each MiB", unit: "us" },
];

fn run(options: &Options) -> Result<Report, Failure> {
    let pages = Pages::new(options.sized(128 << 20, 16 << 20) / PAGE);
    let (direct, buffered) = (set_aside(&options.dir, pages.bytes())?, set_aside(&options.dir, pages.bytes())?);
    let report = |rows, skipped| Report { integration: "direct-io", crates: &["rustix"], rows, skipped };
    if let Err(error) = ask_for_direct(&direct) {
        let why =
            format!("the file system of {} has no O_DIRECT ({error}); --dir takes another", options.dir.display());
        return Ok(report(Vec::new(), Some(why)));
    }
    let victim = Victim::new(512 << 10);
    let rival = |name, way: Way| {
        let (pages, victim) = (&pages, &victim);
        let file = if way == Way::PageCache { &buffered } else { &direct };
        let mut writeback = Writeback::new(way)?;
        Ok::<_, io::Error>(Rival::new(name, move || {
            let took = writeback.run(file, pages, || victim.read())?;
            writeback.verify_end(file, pages)?;
            let gb = pages.bytes() as f64 / 1e9;
            Ok(vec![took.cpu * 1e3 / gb, took.wall * 1e3 / gb, took.victim * 1e6])
        }))
    };
    let mut rivals = [
        rival("the kernel's page cache, fdatasync", Way::PageCache)?,
        rival("O_DIRECT, staged by memcpy", Way::Memcpy)?,
        rival("O_DIRECT, staged past the cache", Way::Streaming)?,
    ];
    Ok(report(race(&METRICS, &mut rivals, options.sized(60, 12))?, None))
}

/// From here on, writes to the file go past the kernel's page cache.
fn ask_for_direct(file: &std::fs::File) -> io::Result<()> {
    Ok(fcntl_setfl(file, fcntl_getfl(file)? | OFlags::DIRECT)?)
}

#[cfg(test)]
mod tests;
