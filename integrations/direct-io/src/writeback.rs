//! Dirty pages, and the ways to the disk.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use memmap2::MmapMut;
use rustix::time::{ClockId, clock_gettime};
use side_by_side::{Failure, noise};

pub(crate) const PAGE: usize = 8 << 10;
/// Pages that are written by one call: a MiB, which is aligned enough for any device.
pub(crate) const BATCH: usize = (1 << 20) / PAGE;

/// Pages somewhere in memory, in the order in which they go to the file.
pub(crate) struct Pages {
    memory: Vec<u8>,
    order: Vec<usize>,
}

impl Pages {
    /// A whole number of batches.
    pub(crate) fn new(count: usize) -> Pages {
        let count = count.next_multiple_of(BATCH);
        let mut order: Vec<_> = (0..count).collect();
        fastrand::Rng::with_seed(4).shuffle(&mut order);
        Pages { memory: noise(3, count * PAGE), order }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.memory.len() as u64
    }

    /// The pages of each batch, and where in the file it goes.
    pub(crate) fn batches(&self) -> impl DoubleEndedIterator<Item = (u64, impl Iterator<Item = &[u8]>)> {
        let at = |&page: &usize| &self.memory[page * PAGE..][..PAGE];
        let batches = self.order.chunks(BATCH).enumerate().collect::<Vec<_>>().into_iter();
        batches.map(move |(i, batch)| ((i * BATCH * PAGE) as u64, batch.iter().map(at)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Page by page, and the kernel copies.
    PageCache,
    /// Staged by ordinary stores.
    Memcpy,
    /// Staged by streaming stores, with one drain for each write.
    Streaming,
}

/// Seconds; the victim's are those of each time that it read its working set.
pub(crate) struct Took {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
    pub(crate) victim: f64,
}

pub(crate) struct Writeback {
    way: Way,
    /// Aligned to pages, as devices want it.
    staging: MmapMut,
}

impl Writeback {
    pub(crate) fn new(way: Way) -> io::Result<Writeback> {
        Ok(Writeback { way, staging: MmapMut::map_anon(BATCH * PAGE)? })
    }

    /// Writes all pages, with somebody else's work after each batch, which does not count.
    pub(crate) fn run(&mut self, file: &File, pages: &Pages, mut victim: impl FnMut() -> f64) -> Result<Took, Failure> {
        let mut took = Took { cpu: 0.0, wall: 0.0, victim: 0.0 };
        victim();
        let mut timed = |work: &mut dyn FnMut() -> io::Result<()>| {
            let (cpu, wall) = (cpu(), Instant::now());
            work()?;
            took.cpu += (self::cpu() - cpu).as_secs_f64();
            took.wall += wall.elapsed().as_secs_f64();
            Ok::<_, Failure>(())
        };
        let (mut victims, mut batches) = (0.0, 0);
        for (offset, mut batch) in pages.batches() {
            timed(&mut || self.write(file, offset, &mut batch))?;
            victims += victim();
            batches += 1;
        }
        timed(&mut || file.sync_data())?;
        Ok(Took { victim: victims / f64::from(batches), ..took })
    }

    fn write(&mut self, file: &File, offset: u64, batch: &mut dyn Iterator<Item = &[u8]>) -> io::Result<()> {
        let staging = self.staging.chunks_exact_mut(PAGE).zip(batch);
        match self.way {
            Way::PageCache => {
                return staging
                    .enumerate()
                    .try_for_each(|(i, (_, page))| file.write_all_at(page, offset + (i * PAGE) as u64));
            }
            Way::Memcpy => staging.for_each(|(to, page)| to.copy_from_slice(page)),
            Way::Streaming => memcpy_streaming::scope(|s| staging.for_each(|(to, page)| s.copy(to, page))),
        }
        file.write_all_at(&self.staging, offset)
    }

    /// Reads the last batch back, and compares.
    pub(crate) fn verify_end(&mut self, file: &File, pages: &Pages) -> Result<(), Failure> {
        pages.batches().next_back().map_or(Ok(()), |(offset, batch)| self.verify(file, offset, batch))
    }

    pub(crate) fn verify<'a>(
        &mut self,
        file: &File,
        offset: u64,
        mut batch: impl Iterator<Item = &'a [u8]>,
    ) -> Result<(), Failure> {
        self.staging.fill(0);
        file.read_exact_at(&mut self.staging, offset)?;
        let same = self.staging.chunks_exact(PAGE).all(|found| batch.next() == Some(found));
        if same { Ok(()) } else { Err(Failure::run(format_args!("another MiB was read at {offset}"))) }
    }
}

/// What this thread has used.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
