//! Copies, fills, patterns, records, rows and values: ours by every backend, the peers', and the machine's limit.

use std::hint::black_box;
use std::num::NonZero;
use std::{slice, thread};

use bench_runner::fills::FILL;
use bench_runner::places::Places;
use bench_runner::protocol::Entrant;
use bench_runner::{Cache, Op, Reread};
use memcpy_streaming::{Backend, Streamer, memcpy_streaming_drain, persist, persist_range};

use super::blocks::{Each, is_all, per_lap};
use super::{Start, calls, other, ours, streamer};
use crate::peers::Peer;

/// A struct page, more or less: what patterns and records are made of.
const RECORD: [u64; 8] =
    [0x0027_ffff_c000_2000, 0xff11_0000_05ec_5180, 1, 2, 3, 4, 0xffff_ffff_0000_0001, 0x5a5a_0000_0000_0005];

impl Start<'_> {
    pub(super) fn entries(&mut self) -> Result<(), String> {
        let (point, space) = (self.point, self.arena.part_len(self.point.threads));
        if (point.size as usize).checked_add(256).is_none_or(|block| block > space) {
            return Err(format!("blocks of {} do not fit into {space} bytes", point.size));
        }
        if matches!(point.op, Op::Records | Op::Rows | Op::Produce | Op::Convert) && !point.is_in_lines() {
            return Err("records, rows and values are blocks of whole lines".to_string());
        }
        if point.op == Op::Batch && (point.reread == Reread::Yes || point.cache == Cache::Hot) {
            return Err("what a batch has written may be read, or written again, only after it".to_string());
        }
        // The places of a mix are as long for every entrant.
        let mut places = Places::new(&point, self.arena.part(0, point.threads), self.arena.l2, 0);
        let bytes: usize = (0..per_lap(&point)).map(|_| places.next().len).sum();
        self.race.bytes = (bytes * point.threads) as u64;
        if point.op.is_extent() {
            // A lap of an extent takes as long as hundreds of others, so that one of them has to do: the one that the process uses.
            let one = self.backends.iter().position(|backend| *backend == Backend::active()).unwrap_or(0);
            self.backends = self.backends.get(one..=one).unwrap_or_default();
        }
        if point.op != Op::Limits && (point.op != Op::Persist || persists()) {
            self.backends.iter().try_for_each(|&backend| self.ours(streamer(backend)?))?;
        }
        self.peers.iter().try_for_each(|peer| self.peer(peer))?;
        // One thread is no limit of several.
        let is_cold = matches!(point.cache, Cache::ColdSequential | Cache::ColdRandom);
        let is_limit = point.op != Op::Threads && self.limit && is_cold && point.reread == Reread::No;
        if is_limit { self.limits() } else { Ok(()) }
    }

    /// Lets an entrant in that does each block as the point's operation does.
    fn each(&mut self, entrant: Entrant, each: impl Each) -> Result<(), String> {
        let op = self.point.op;
        self.enter(entrant, each, || {}, |dst, src| is_done(op, dst, src))
    }

    fn ours(&mut self, streamer: Streamer) -> Result<(), String> {
        let (point, size, tuning) = (self.point, self.point.size as usize, streamer.tuning());
        let (pitch, width, rows) = columns(size);
        let streams = match point.op {
            Op::Copy | Op::Mix | Op::ExtentCopy | Op::Convert => size >= tuning.drained_copy(),
            Op::Rows => size / 2 >= tuning.drained_copy() && width >= tuning.bypass(),
            Op::Batch if point.is_in_lines() => size <= 128 || size >= tuning.raw_lines(),
            Op::Persist if point.is_in_lines() => true,
            Op::Batch | Op::Persist => size >= tuning.bypass(),
            Op::Threads | Op::Records => true,
            _ => size >= tuning.drained_fill(),
        };
        let entrant = ours(streamer, streams);
        match point.op {
            Op::Copy | Op::Mix | Op::ExtentCopy => self.each(entrant, move |dst, src| streamer.copy(dst, src)),
            Op::Batch => {
                let each = move |dst: &mut [u8], src: &[u8]| {
                    // SAFETY: a block; blocks of a lap are not the same, none is read, and the lap ends with a drain.
                    unsafe { streamer.memcpy_streaming(dst.as_mut_ptr(), src.as_ptr(), dst.len()) };
                };
                self.enter(entrant, each, memcpy_streaming_drain, |dst, src| dst == src)
            }
            Op::Threads => {
                // One for each CPU that this process may run on.
                let threads = thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
                self.each(entrant, move |dst, src| streamer.copy_parallel(dst, src, threads))
            }
            Op::Persist => self.each(entrant, move |dst, src| streamer.copy_persist(dst, src).expect("it persists")),
            Op::Fill | Op::ExtentFill => self.each(entrant, move |dst, _| streamer.fill(dst, FILL)),
            Op::ExtentZeros => self.each(entrant, move |dst, _| streamer.fill(dst, 0)),
            Op::Pattern => {
                let record = record();
                self.each(entrant, move |dst, _| streamer.fill_pattern(dst, &record))
            }
            Op::Rows => self.each(entrant, move |dst, src| {
                for at in [0, width] {
                    streamer.copy_rows(&mut dst[at..], pitch, &src[at..], pitch, width, rows);
                }
            }),
            // SAFETY: the block is in lines, here and below.
            Op::Produce => self.each(entrant, move |dst, _| streamer.fill_with(unsafe { to::<u64>(dst) }, value)),
            Op::Convert => self.each(entrant, move |dst, src| {
                let half = &src[..dst.len() / 2];
                // SAFETY: the block is in lines.
                streamer.map(unsafe { to::<u16>(dst) }, half, u16::from);
            }),
            _ => self.each(entrant, move |dst, _| {
                for at in (0..dst.len()).step_by(64) {
                    // SAFETY: record `at` of a block in lines; drained below.
                    unsafe { streamer.memcpy_streaming_fixed::<64>(dst.as_mut_ptr().add(at), RECORD.as_ptr().cast()) };
                }
                memcpy_streaming_drain();
            }),
        }
    }

    fn peer(&mut self, one: &Peer) -> Result<(), String> {
        let entrant = other(&one.name, if one.streams { "yes" } else { "" });
        let (copy, fill) = (one.copy, one.fill);
        // What the compiler makes of plain code is the same for every peer: it runs once, in the place of libc.
        let is_libc = one.name == "libc";
        match self.point.op {
            Op::Copy | Op::Mix | Op::Batch | Op::ExtentCopy => self.each(entrant, calls(copy)),
            Op::Persist => match one.persist {
                Some(persist) => self.each(entrant, calls(persist)),
                None if is_libc && persists() => self.each(other("libc-written-back", "no"), move |dst, src| {
                    // SAFETY: a block, which may be read once it is copied.
                    unsafe {
                        copy(dst.as_mut_ptr(), src.as_ptr(), dst.len());
                        persist_range(dst.as_ptr(), dst.len()).expect("it persists");
                    }
                }),
                None => Ok(()),
            },
            Op::Fill | Op::ExtentFill | Op::ExtentZeros => {
                let byte = if self.point.op == Op::ExtentZeros { 0 } else { FILL };
                // SAFETY: a block.
                self.each(entrant, move |dst, _| unsafe { fill(dst.as_mut_ptr(), byte, dst.len()) })
            }
            Op::Pattern => {
                let (Some(pattern), record) = (one.pattern, record()) else { return Ok(()) };
                // SAFETY: a block, and 64 bytes.
                self.each(entrant, move |dst, _| unsafe { pattern(dst.as_mut_ptr(), record.as_ptr(), dst.len()) })
            }
            Op::Rows => {
                let (pitch, width, rows) = columns(self.point.size as usize);
                self.each(entrant, move |dst, src| {
                    for column in [0, width] {
                        for row in 0..rows {
                            let at = column + pitch * row;
                            // SAFETY: a row of a block.
                            unsafe { copy(dst.as_mut_ptr().add(at), src.as_ptr().add(at), width) };
                        }
                    }
                })
            }
            // What several threads are compared with.
            Op::Threads if is_libc => {
                let streamer = Streamer::new();
                self.each(other("one-thread", "yes"), move |dst, src| streamer.copy(dst, src))
            }
            Op::Produce if is_libc => self.each(other("loop", "no"), |dst, _| {
                // SAFETY: the block is in lines.
                unsafe { to(dst) }.iter_mut().enumerate().for_each(|(i, to)| *to = value(i));
            }),
            Op::Convert if is_libc => self.each(other("loop", "no"), |dst, src| {
                // SAFETY: the block is in lines.
                unsafe { to(dst) }.iter_mut().zip(src).for_each(|(to, from)| *to = u16::from(*from));
            }),
            Op::Records if is_libc => self.each(other("assignment", "no"), |dst, _| {
                for at in (0..dst.len()).step_by(64) {
                    // SAFETY: record `at` of a block in lines.
                    unsafe { dst.as_mut_ptr().add(at).cast::<[u64; 8]>().write_unaligned(black_box(RECORD)) };
                }
            }),
            _ => Ok(()),
        }
    }
}

/// Whether a block holds what an operation writes there.
fn is_done(op: Op, dst: &[u8], src: &[u8]) -> bool {
    match op {
        Op::Fill | Op::ExtentFill => is_all(dst, FILL),
        Op::ExtentZeros => is_all(dst, 0),
        Op::Pattern | Op::Records => dst.chunks(64).all(|chunk| *chunk == record()[..chunk.len()]),
        Op::Produce => dst.as_chunks().0.iter().enumerate().all(|(i, bytes)| *bytes == value(i).to_ne_bytes()),
        Op::Convert => {
            dst.as_chunks().0.iter().zip(src).all(|(wide, narrow)| *wide == u16::from(*narrow).to_ne_bytes())
        }
        _ => dst == src,
    }
}

/// Whether lines can be written back here.
fn persists() -> bool {
    persist::<u8>(&[]).is_ok()
}

/// A block of whole lines as two columns of rows, one after the other: bytes from one row to the next, bytes of a row of each column, rows.
fn columns(len: usize) -> (usize, usize, usize) {
    let pitch = (2 << 10).min(1 << len.trailing_zeros());
    (pitch, pitch / 2, len / pitch)
}

fn record() -> [u8; 64] {
    std::array::from_fn(|at| RECORD[at / 8].to_ne_bytes()[at % 8])
}

/// What word `i` is: cheap, and nothing that a fill could do.
#[inline(always)]
fn value(i: usize) -> u64 {
    (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A block as the elements of a type.
///
/// # Safety
/// It begins at a line, and is as many whole ones. Any bytes are a `T`, which divides a line.
#[inline(always)]
unsafe fn to<T>(block: &mut [u8]) -> &mut [T] {
    // SAFETY: the caller's; the same memory, borrowed as long.
    unsafe { slice::from_raw_parts_mut(block.as_mut_ptr().cast(), block.len() / size_of::<T>()) }
}
