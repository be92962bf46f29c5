//! Large copies and fills by several threads.

use crate::Streamer;
use core::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::{mem, thread};

/// [`copy_parallel`] and [`fill_parallel`] have no more threads than there are blocks of this many bytes: below two of them the caller's alone
/// writes everything.
///
/// To start a thread takes about as long as to write a megabyte. On Emerald Rapids two threads are 1.1 times as fast as one for a
/// copy of 2 MiB, and no faster for a fill; for 4 MiB it is 1.4 and 1.2 times.
pub const PARALLEL_LEN: usize = 2 << 20;

/// Where the work is cut: bytes of a page.
const PAGE: usize = 4096;

/// The least that a thread takes at a time, until the end of the work.
const PART_LEN: usize = 512 << 10;

impl Streamer {
    /// [`copy_parallel`](crate::copy_parallel) with this backend.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut frame = vec![0; 3 << 20];
    /// streamer.copy_parallel(&mut frame, &vec![7_u8; 3 << 20], const { std::num::NonZero::new(2).unwrap() });
    /// assert!(frame.iter().all(|&byte| byte == 7));
    /// ```
    #[track_caller]
    pub fn copy_parallel<T: Copy + Send + Sync>(self, dst: &mut [T], src: &[T], threads: NonZeroUsize) {
        crate::safe::check_len(dst.len(), src.len());
        on_threads(dst, threads, |part, first| self.copy(part, &src[first..][..part.len()]));
    }

    /// [`fill_parallel`](crate::fill_parallel) with this backend.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut frame = vec![0; 3 << 20];
    /// streamer.fill_parallel(&mut frame, 7_u8, const { std::num::NonZero::new(2).unwrap() });
    /// assert!(frame.iter().all(|&byte| byte == 7));
    /// ```
    pub fn fill_parallel<T: Copy + Send + Sync>(self, dst: &mut [T], value: T, threads: NonZeroUsize) {
        on_threads(dst, threads, |part, _| self.fill(part, value));
    }
}

/// Copies `src` to `dst` as [`copy`](crate::copy) does, on up to `threads` threads, of which the caller's is one.
///
/// One core does not reach the limit of most machines' memory. The work is cut at page borders of the destination, each thread drains
/// what it streamed, and all have ended when this returns: complete and ordered, for whoever comes next. Threads are started for each
/// call, so there are fewer of them for fewer bytes ([`PARALLEL_LEN`]). If one cannot be started the others do its part.
///
/// # Panics
/// If the slices differ in length. In a thread there is nothing that panics.
///
/// ```
/// let page = vec![7_u64; 1 << 20];
/// let mut frame = vec![0; 1 << 20];
/// let threads = std::thread::available_parallelism().unwrap_or(std::num::NonZero::<usize>::MIN);
/// memcpy_streaming::copy_parallel(&mut frame, &page, threads);
/// assert_eq!(frame, page);
/// ```
#[track_caller]
pub fn copy_parallel<T: Copy + Send + Sync>(dst: &mut [T], src: &[T], threads: NonZeroUsize) {
    Streamer::new().copy_parallel(dst, src, threads);
}

/// Fills `dst` with `value` as [`fill`](crate::fill) does, on up to `threads` threads, as [`copy_parallel`] copies.
///
/// ```
/// let mut column = vec![0.0; 1 << 20];
/// memcpy_streaming::fill_parallel(&mut column, 1.5, const { std::num::NonZero::new(2).unwrap() });
/// assert!(column.iter().all(|x| *x == 1.5));
/// ```
pub fn fill_parallel<T: Copy + Send + Sync>(dst: &mut [T], value: T, threads: NonZeroUsize) {
    Streamer::new().fill_parallel(dst, value, threads);
}

/// Has each part of `dst` written by `work`, which is told at which element the part begins.
fn on_threads<T: Send>(dst: &mut [T], threads: NonZeroUsize, work: impl Fn(&mut [T], usize) + Sync) {
    let threads = threads.get().min(size_of_val(dst) / PARALLEL_LEN);
    if threads < 2 {
        return work(dst, 0);
    }
    let parts = Mutex::new(Parts { rest: dst, first: 0, shares: 2 * threads });
    // Whoever is done takes another one: so a thread that was not started, or starts late, leaves its part to the others.
    let take_parts = || {
        let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
        while let Some((part, first)) = next() {
            work(part, first);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // An error is no more than a thread less.
            drop(thread::Builder::new().spawn_scoped(scope, take_parts));
        }
        take_parts();
    });
}

/// A slice cut into parts at page borders: long ones first, and shorter ones to the end, so that all threads are done at about the same time.
struct Parts<'a, T> {
    rest: &'a mut [T],
    /// Where the rest begins.
    first: usize,
    /// Of how many shares of the rest the next part is one.
    shares: usize,
}

impl<'a, T> Iterator for Parts<'a, T> {
    type Item = (&'a mut [T], usize);

    fn next(&mut self) -> Option<(&'a mut [T], usize)> {
        let rest = mem::take(&mut self.rest);
        if rest.is_empty() {
            return None;
        }
        let (part, rest) = rest.split_at_mut(part_len(rest, self.shares));
        let first = self.first;
        (self.rest, self.first) = (rest, first + part.len());
        Some((part, first))
    }
}

/// How many elements are one of so many shares: up to the first element at or behind a page border.
fn part_len<T>(slice: &[T], shares: usize) -> usize {
    let (start, len) = (slice.as_ptr().addr(), size_of_val(slice));
    let share = (len / shares).max(PART_LEN);
    if share >= len {
        return slice.len();
    }
    ((start + share) / PAGE * PAGE - start).div_ceil(size_of::<T>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    /// All elements, each once, in order; cut at the first one behind a border; none longer than the one before.
    fn check<T: Copy>(all: &mut [T], shares: usize) {
        let (start, count) = (all.as_ptr().addr(), all.len());
        let (mut done, mut longest) = (0, (size_of_val(all) / shares).max(PART_LEN) + size_of::<T>());
        for (part, first) in (Parts { rest: all, first: 0, shares }) {
            assert!(first == done && !part.is_empty(), "{} from {first} on, behind {done}", part.len());
            done += part.len();
            let end = start + size_of::<T>() * done;
            assert!(done == count || end % PAGE < size_of::<T>(), "a part of {} ends at {end:#x}", part.len());
            assert!(size_of_val(part) <= longest, "a part of {} behind a shorter one", part.len());
            longest = size_of_val(part) + PAGE + size_of::<T>();
        }
        assert_eq!(done, count);
    }

    #[test]
    fn parts_are_cut_at_page_borders() {
        let mut bytes = vec![0_u8; 20 * PART_LEN];
        for at in [0, 1, 64, 4095].into_iter().step_by(if cfg!(miri) { 3 } else { 1 }) {
            for shares in [4, 6, 14, 100].into_iter().step_by(if cfg!(miri) { 2 } else { 1 }) {
                check(&mut bytes[at..], shares);
                check(&mut bytes[at..at + 16 * PAGE], shares);
                check(bytes[at..].as_chunks_mut::<24>().0, shares);
                check(bytes[at..].as_chunks_mut::<64>().0, shares);
                check(bytes[at..].as_chunks_mut::<5000>().0, shares);
                check(bytes[at..].as_chunks_mut::<{ PART_LEN + 1 }>().0, shares);
            }
        }
        check(&mut bytes[..0], 3);
    }
}
