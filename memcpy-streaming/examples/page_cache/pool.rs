//! The buffer pool, and the file that it checkpoints into.

use crate::mapped::MappedFile;
use crate::random::Random;
use std::io::{self, BufReader, Read};
use std::ops::Range;

/// Bytes in a page, as in PostgreSQL.
pub(crate) const PAGE: usize = 8192;

/// How pages get into the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copies {
    /// Not at all.
    None,
    /// By the platform's memcpy.
    Libc,
    /// By [`memcpy_streaming::copy`].
    Streaming,
}

impl Copies {
    #[inline]
    fn copy(self, frame: &mut [u8], page: &[u8]) {
        match self {
            Copies::None => {}
            Copies::Libc => frame.copy_from_slice(page),
            Copies::Streaming => memcpy_streaming::copy(frame, page),
        }
    }
}

/// Pages in memory, a file with a frame for each, and a random order that visits every page before it repeats: when a
/// page's turn comes, neither it nor its frame has been in the cache for long.
pub(crate) struct Pool {
    pages: Vec<u8>,
    file: MappedFile,
    order: Vec<usize>,
    turn: usize,
}

/// The bytes of page or frame `number`.
fn at(number: usize) -> Range<usize> {
    PAGE * number..PAGE * (number + 1)
}

impl Pool {
    pub(crate) fn new(bytes: usize, random: &mut Random) -> io::Result<Pool> {
        let mut order: Vec<usize> = (0..bytes / PAGE).collect();
        random.shuffle(&mut order);
        let mut pool = Pool { pages: vec![0; bytes], file: MappedFile::zeroed(bytes)?, order, turn: 0 };
        pool.dirty(0..bytes / PAGE, random);
        // Faults the whole mapping in, so that nobody is timed doing it.
        pool.checkpoint(pool.pages.len() / PAGE, Copies::Libc);
        Ok(pool)
    }

    /// Overwrites pages.
    pub(crate) fn dirty(&mut self, pages: Range<usize>, random: &mut Random) {
        for word in self.pages[PAGE * pages.start..PAGE * pages.end].as_chunks_mut().0 {
            *word = random.next().to_le_bytes();
        }
    }

    /// Copies the next `count` pages into their frames.
    #[inline]
    pub(crate) fn checkpoint(&mut self, count: usize, how: Copies) {
        for _ in 0..count {
            let number = self.take_turn();
            how.copy(&mut self.file.map[at(number)], &self.pages[at(number)]);
        }
    }

    /// Copies the first `count` pages, which were used a moment ago, into the next frames in turn.
    pub(crate) fn checkpoint_hot(&mut self, count: usize, how: Copies) {
        for page in 0..count {
            let frame = self.take_turn();
            how.copy(&mut self.file.map[at(frame)], &self.pages[at(page)]);
        }
    }

    /// Whether the last `count` frames written are the first `count` pages.
    pub(crate) fn hot_frames_are_right(&self, count: usize) -> bool {
        let frames = (0..count).map(|i| self.order[(self.turn + self.order.len() - count + i) % self.order.len()]);
        frames.enumerate().all(|(page, frame)| self.file.map[at(frame)] == self.pages[at(page)])
    }

    /// Asks the kernel to bring the file to the disk, and waits.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.map.flush()
    }

    /// Reads the file, and counts the frames that differ from their pages.
    pub(crate) fn wrong_frames(&self) -> io::Result<usize> {
        let mut file = BufReader::with_capacity(1 << 20, &self.file.reader);
        let mut frame = [0_u8; PAGE];
        let mut wrong = 0;
        for page in self.pages.as_chunks().0 {
            file.read_exact(&mut frame)?;
            wrong += usize::from(frame != *page);
        }
        Ok(wrong)
    }

    #[inline]
    fn take_turn(&mut self) -> usize {
        let number = self.order[self.turn];
        self.turn = if self.turn + 1 == self.order.len() { 0 } else { self.turn + 1 };
        number
    }
}
