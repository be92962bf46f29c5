//! Guest memory of vm-memory: a kernel is loaded, a snapshot restored, pages of a balloon zeroed, past the cache; beside what vm-memory has for
//! it, and while a guest works elsewhere in its memory.

mod past_the_cache;

use std::cell::Cell;
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use memcpy_streaming::Streamer;
use memmap2::Mmap;
use side_by_side::{Failure, Metric, Options, Report, Rival, noise, race, set_aside};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

const WORDS: &str = "[IMAGE]";
const MIB: usize = 1 << 20;
const PAGE: usize = 4096;
/// What the guest works with, behind all that the monitor writes.
const GUESTS: usize = MIB / 2;

fn main() -> ExitCode {
    let about =
        "Guest memory of vm-memory, loaded, restored and zeroed: measures. IMAGE is the kernel, else there is noise.";
    side_by_side::main(about, WORDS, |options| run(options).map(Some))
}

fn run(options: &Options) -> Result<Report, Failure> {
    let size = options.sized(1024, 64) * MIB;
    let image = match &options.words[..] {
        [] => from_noise(options, options.sized(48, 4) * MIB)?,
        [path] => from_file(Path::new(path), size)?,
        _ => return Err(Failure::input(format_args!("known is {WORDS}"))),
    };
    let snapshot = from_noise(options, size)?;
    let guest = Guest::new(size)?;
    let image =
        guest.race(["a kernel image", "the guest's 512 KiB, beside an image"], &image, options.sized(30, 12))?;
    let restored = guest.race(["a snapshot, over memory", "the guest's 512 KiB, beside a snapshot"], &snapshot, 12)?;
    let fresh = fresh(&snapshot, 12)?;
    let balloon = guest.balloon(size / 4, options.sized(20, 12))?;
    let rows = [image, restored, fresh, balloon].concat();
    Ok(Report { integration: "vm-memory", crates: &["vm-memory"], rows, skipped: None })
}

/// A file, as a monitor has it that reads it and as one has it that maps it.
struct Source {
    file: File,
    map: Mmap,
}

impl Source {
    fn new(file: File) -> Result<Source, Failure> {
        // SAFETY: who changes or truncates a kernel image while it is loaded breaks any monitor; other files here have no name.
        let map = unsafe { Mmap::map(&file)? };
        Ok(Source { file, map })
    }
}

fn from_noise(options: &Options, len: usize) -> Result<Source, Failure> {
    let file = set_aside(&options.dir, len as u64)?;
    for (i, offset) in (0..len).step_by(MIB).enumerate() {
        std::os::unix::fs::FileExt::write_all_at(&file, &noise(i as u64, MIB.min(len - offset)), offset as u64)?;
    }
    Source::new(file)
}

fn from_file(path: &Path, most: usize) -> Result<Source, Failure> {
    let open = || File::open(path).and_then(|file| Ok((file.metadata()?, file)));
    let (facts, file) = open().map_err(|error| Failure::of_file(path.display(), &error))?;
    if !facts.is_file() || !(1..=most as u64).contains(&facts.len()) {
        let most = most / MIB;
        return Err(Failure::input(format_args!("{}: an image is a file of 1 byte to {most} MiB", path.display())));
    }
    Source::new(file)
}

/// How bytes get into guest memory.
#[derive(Clone, Copy)]
enum Way {
    /// vm-memory reads the file into it.
    Read,
    /// vm-memory copies from a mapping.
    Copy,
    /// Ours, from a mapping.
    Streaming,
}

impl Way {
    const ALL: [Way; 3] = [Way::Read, Way::Copy, Way::Streaming];

    fn name(self) -> &'static str {
        match self {
            Way::Read => "read_exact_volatile_from a file",
            Way::Copy => "write_slice from a mapping",
            Way::Streaming => "past the cache, from a mapping",
        }
    }

    /// Seconds.
    fn load(self, memory: &GuestMemoryMmap, source: &Source) -> Result<f64, Failure> {
        let start = Instant::now();
        match self {
            Way::Read => {
                std::io::Seek::rewind(&mut &source.file)?;
                memory.read_exact_volatile_from(GuestAddress(0), &mut &source.file, source.map.len())?;
            }
            Way::Copy => memory.write_slice(&source.map, GuestAddress(0))?,
            // SAFETY: the guest's thread works in memory behind all that is loaded, and there is no other.
            Way::Streaming => unsafe { past_the_cache::load(Streamer::new(), memory, GuestAddress(0), &source.map)? },
        }
        Ok(start.elapsed().as_secs_f64())
    }
}

/// Looks at a page of 61.
fn verify(memory: &GuestMemoryMmap, source: &Source) -> Result<(), Failure> {
    let mut found = [0; PAGE];
    for (i, expected) in source.map.chunks(PAGE).enumerate().step_by(61) {
        let found = &mut found[..expected.len()];
        memory.read_slice(found, GuestAddress((i * PAGE) as u64))?;
        if found != expected {
            return Err(Failure::run(format_args!("the guest has another page {i}")));
        }
    }
    Ok(())
}

/// Restoring into a guest that has just been made, whose pages the kernel zeroes first.
fn fresh(snapshot: &Source, rounds: usize) -> Result<Vec<side_by_side::Row>, Failure> {
    let mut rivals = Way::ALL.map(|way| {
        Rival::new(way.name(), move || {
            let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(0), snapshot.map.len())])?;
            let seconds = way.load(&memory, snapshot)?;
            verify(&memory, snapshot)?;
            Ok(vec![seconds * 1e3])
        })
    });
    race(&[Metric { what: "a snapshot, into fresh memory", unit: "ms" }], &mut rivals, rounds)
}

/// A guest that runs.
struct Guest {
    memory: GuestMemoryMmap,
    /// Where its own memory begins.
    own: usize,
}

impl Guest {
    fn new(size: usize) -> Result<Guest, Failure> {
        let half = size / 2;
        let ranges = [(GuestAddress(0), half), (GuestAddress(half as u64), size - half + GUESTS)];
        Ok(Guest { memory: GuestMemoryMmap::from_ranges(&ranges)?, own: size })
    }

    /// Runs the guest beside some work, and answers the seconds that it took to go through its memory.
    fn beside<T>(&self, work: impl FnOnce() -> T) -> (T, f64) {
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let guest = scope.spawn(|| {
                let (start, mut passes) = (Instant::now(), 0);
                while passes == 0 || !stop.load(Ordering::Relaxed) {
                    passes += 1;
                    for at in (0..GUESTS).step_by(64) {
                        let at = GuestAddress((self.own + at) as u64);
                        let word: u64 = self.memory.load(at, Ordering::Relaxed).expect("its own memory");
                        self.memory.store(word + 1, at, Ordering::Relaxed).expect("its own memory");
                    }
                }
                start.elapsed().as_secs_f64() / f64::from(passes)
            });
            let done = work();
            stop.store(true, Ordering::Relaxed);
            (done, guest.join().expect("a guest does not panic"))
        })
    }

    fn race(
        &self,
        [what, meanwhile]: [&'static str; 2],
        source: &Source,
        rounds: usize,
    ) -> Result<Vec<side_by_side::Row>, Failure> {
        let mut rivals = Way::ALL.map(|way| {
            Rival::new(way.name(), move || {
                let (seconds, guests) = self.beside(|| way.load(&self.memory, source));
                verify(&self.memory, source)?;
                Ok(vec![seconds? * 1e3, guests * 1e6])
            })
        });
        let metrics = [Metric { what, unit: "ms" }, Metric { what: meanwhile, unit: "us" }];
        race(&metrics, &mut rivals, rounds)
    }

    /// Zeroes pages that are spread over the memory, in no order.
    fn balloon(&self, bytes: usize, rounds: usize) -> Result<Vec<side_by_side::Row>, Failure> {
        let step = self.own / bytes;
        let mut pages: Vec<_> = (0..bytes / PAGE).map(|page| GuestAddress((page * step * PAGE) as u64)).collect();
        fastrand::Rng::with_seed(6).shuffle(&mut pages);
        let dirt = Cell::new(0_u8);
        let run = |streaming: bool| {
            dirt.set(dirt.get() % 255 + 1);
            for &page in &pages {
                self.memory.write_obj(dirt.get(), page)?;
            }
            let zeros = [0; PAGE];
            let start = Instant::now();
            if streaming {
                // SAFETY: each page once; the guest's thread does not run now.
                unsafe { past_the_cache::zero(Streamer::new(), &self.memory, &pages, PAGE)? };
            } else {
                pages.iter().try_for_each(|&page| self.memory.write_slice(&zeros, page))?;
            }
            let seconds = start.elapsed().as_secs_f64();
            let mut found = zeros;
            for &page in &pages {
                self.memory.read_slice(&mut found, page)?;
                if found != zeros {
                    return Err(Failure::run(format_args!("the page at {} is not zero", page.0)));
                }
            }
            Ok(vec![seconds * 1e3])
        };
        let mut rivals =
            [Rival::new("write_slice of zeros", || run(false)), Rival::new("past the cache", || run(true))];
        race(&[Metric { what: "pages of a balloon", unit: "ms" }], &mut rivals, rounds)
    }
}
