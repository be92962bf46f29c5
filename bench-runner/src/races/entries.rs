//! Copies, fills, patterns, records, rows and values: ours by every backend, the peers', and the machine's limit.

use bench_runner::places::Places;
use bench_runner::{Cache, Op, Point, Reread};
use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use super::check::{BYTE, dst, is_all, is_all_of, is_copy, src};
use super::rows::Columns;
use super::start::Start;
use super::values::{are_values, half, is_wider, to, value};
use super::{Field, Race, blocks, ours, peer, plain, streamer};
use crate::arena::Arena;
use crate::peers::Peer;

/// A struct page, more or less: what patterns and records are made of.
const RECORD: [u64; 8] =
    [0x0027_ffff_c000_2000, 0xff11_0000_05ec_5180, 1, 2, 3, 4, 0xffff_ffff_0000_0001, 0x5a5a_0000_0000_0005];

/// The bytes of [`RECORD`].
fn record() -> [u8; 64] {
    std::array::from_fn(|at| RECORD[at / 8].to_ne_bytes()[at % 8])
}

/// The race of a point.
pub(super) fn race(point: &Point, field: &Field<'_>, arena: &mut Arena) -> Result<Race, String> {
    let space = arena.part_len(point.threads);
    if (point.size as usize).checked_add(256).is_none_or(|block| block > space) {
        return Err(format!("blocks of {} do not fit into {space} bytes", point.size));
    }
    if point.op == Op::Records && (!point.size.is_multiple_of(64) || point.ends.offsets() != (0, 0)) {
        return Err("records are 64 bytes at borders of lines".to_string());
    }
    let in_lines = matches!(point.op, Op::Rows | Op::Produce | Op::Convert);
    if in_lines && (!point.size.is_multiple_of(64) || point.ends.offsets() != (0, 0)) {
        return Err("rows and values are blocks of whole lines".to_string());
    }
    if point.op == Op::Batch && (point.reread == Reread::Yes || point.cache == Cache::Hot) {
        return Err("what a batch has written may be read, or written again, only after it".to_string());
    }
    let bytes = match point.op {
        Op::Mix => mixed_bytes(point, arena),
        _ => blocks::per_lap(point) * point.size as usize,
    };
    let mut start = Start::new(point, arena, bytes);
    for &backend in field.of(point.op) {
        start.ours(streamer(backend)?)?;
    }
    for one in field.peers {
        start.peer(one)?;
    }
    // One thread is no limit of several.
    if point.op != Op::Threads
        && field.limit
        && matches!(point.cache, Cache::ColdSequential | Cache::ColdRandom)
        && point.reread == Reread::No
    {
        start.limits()?;
    }
    Ok(start.race)
}

/// Bytes of a lap of blocks that vary: they are the same for every entrant.
fn mixed_bytes(point: &Point, arena: &mut Arena) -> usize {
    let mut places = Places::new(point, arena.part(0, point.threads), 0);
    (0..blocks::per_lap(point)).map(|_| places.next().len).sum()
}

impl Start<'_> {
    fn ours(&mut self, streamer: Streamer) -> Result<(), String> {
        let size = self.point.size as usize;
        let tuning = streamer.tuning();
        let from = match self.point.op {
            Op::Copy | Op::Mix | Op::ExtentCopy | Op::Rows | Op::Convert => tuning.drained_copy(),
            _ => tuning.drained_fill(),
        };
        let drained = ours(streamer, size >= from);
        match self.point.op {
            Op::Copy | Op::Mix | Op::ExtentCopy => self.enter(
                drained,
                // SAFETY: a block of the arena, of which no other reference exists, and a source that is never written.
                move |block| unsafe { streamer.copy(dst(block), src(block)) },
                || {},
                is_copy,
            ),
            Op::Batch => {
                let whole_lines = size.is_multiple_of(64) && self.point.ends.offsets() == (0, 0);
                let is_record = whole_lines && size <= 128;
                let from = if whole_lines { tuning.raw_lines() } else { tuning.bypass() };
                let entrant = ours(streamer, is_record || size >= from);
                self.enter(
                    entrant,
                    // SAFETY: a block of the arena; blocks of a lap are not the same, none is read, and the lap ends with a
                    // drain.
                    move |block| unsafe { streamer.memcpy_streaming(block.dst, block.src, block.len) },
                    memcpy_streaming_drain,
                    is_copy,
                )
            }
            Op::Threads => self.ours_on_threads(streamer),
            Op::Persist => self.ours_past_the_caches(streamer),
            Op::Fill | Op::ExtentFill => {
                // SAFETY: as for copies.
                self.enter(drained, move |block| unsafe { streamer.fill(dst(block), BYTE) }, || {}, is_all(BYTE))
            }
            Op::ExtentZeros => {
                // SAFETY: as for copies.
                self.enter(drained, move |block| unsafe { streamer.fill(dst(block), 0) }, || {}, is_all(0))
            }
            Op::Pattern => {
                let record = record();
                self.enter(
                    drained,
                    // SAFETY: as for copies.
                    move |block| unsafe { streamer.fill_pattern(dst(block), &record) },
                    || {},
                    is_all_of(record),
                )
            }
            Op::Rows => {
                let columns = Columns::new(size);
                self.enter(
                    ours(streamer, size / 2 >= from && columns.width >= tuning.bypass()),
                    move |block| {
                        let Columns { pitch, width, rows } = columns;
                        for at in columns.begin() {
                            // SAFETY: as for copies.
                            let (dst, src) = unsafe { (dst(block), src(block)) };
                            streamer.copy_rows(&mut dst[at..], pitch, &src[at..], pitch, width, rows);
                        }
                    },
                    || {},
                    is_copy,
                )
            }
            Op::Produce => {
                // SAFETY: as for copies; the block is in lines.
                self.enter(
                    drained,
                    move |block| streamer.fill_with(unsafe { to::<u64>(block) }, value),
                    || {},
                    are_values,
                )
            }
            Op::Convert => self.enter(
                drained,
                // SAFETY: as for copies; the block is in lines.
                move |block| unsafe { streamer.map(to::<u16>(block), half(block), u16::from) },
                || {},
                is_wider,
            ),
            _ => self.enter(
                ours(streamer, true),
                move |block| {
                    for at in (0..block.len).step_by(64) {
                        // SAFETY: record `at` of a block of the arena; drained below.
                        unsafe { streamer.memcpy_streaming_fixed::<64>(block.dst.add(at), RECORD.as_ptr().cast()) };
                    }
                    memcpy_streaming_drain();
                },
                || {},
                is_all_of(record()),
            ),
        }
    }

    fn peer(&mut self, one: &Peer) -> Result<(), String> {
        match self.point.op {
            Op::Copy | Op::Mix | Op::Batch | Op::ExtentCopy => {
                let Some(copy) = one.copy else { return Ok(()) };
                // SAFETY: as for ours; who is listed is there.
                self.enter(peer(one), move |block| unsafe { copy(block.dst, block.src, block.len) }, || {}, is_copy)
            }
            Op::Threads => self.one_thread(one),
            Op::Persist => self.past_the_caches(one),
            Op::Fill | Op::ExtentFill => {
                let Some(fill) = one.fill else { return Ok(()) };
                // SAFETY: as above.
                self.enter(peer(one), move |block| unsafe { fill(block.dst, BYTE, block.len) }, || {}, is_all(BYTE))
            }
            Op::ExtentZeros => {
                let Some(fill) = one.fill else { return Ok(()) };
                // SAFETY: as above.
                self.enter(peer(one), move |block| unsafe { fill(block.dst, 0, block.len) }, || {}, is_all(0))
            }
            Op::Pattern => {
                let (Some(pattern), record) = (one.pattern, record()) else { return Ok(()) };
                self.enter(
                    peer(one),
                    // SAFETY: as above.
                    move |block| unsafe { pattern(block.dst, record.as_ptr(), block.len) },
                    || {},
                    is_all_of(record),
                )
            }
            Op::Rows => {
                let (Some(copy), columns) = (one.copy, Columns::new(self.point.size as usize)) else { return Ok(()) };
                // SAFETY: rows of the block, as above.
                let row = move |dst, src, len| unsafe { copy(dst, src, len) };
                self.enter(peer(one), move |block| columns.each(block, row), || {}, is_copy)
            }
            // What the compiler makes of a loop; the same for every peer, so it runs once.
            Op::Produce if one.name == "libc" => self.enter(
                plain("loop", "no"),
                // SAFETY: as for ours.
                |block| unsafe { to(block) }.iter_mut().enumerate().for_each(|(i, to)| *to = value(i)),
                || {},
                are_values,
            ),
            Op::Convert if one.name == "libc" => self.enter(
                plain("loop", "no"),
                |block| {
                    // SAFETY: as for ours.
                    let (dst, src) = unsafe { (to(block), half(block)) };
                    dst.iter_mut().zip(src).for_each(|(to, from)| *to = u16::from(*from));
                },
                || {},
                is_wider,
            ),
            Op::Produce | Op::Convert => Ok(()),
            // What the compiler makes of an assignment; the same for every peer, so it runs once.
            _ if one.name == "libc" => self.enter(
                plain("assignment", "no"),
                |block| {
                    for at in (0..block.len).step_by(64) {
                        let record = std::hint::black_box(RECORD);
                        // SAFETY: record `at` of a block of the arena.
                        unsafe { block.dst.add(at).cast::<[u64; 8]>().write_unaligned(record) };
                    }
                },
                || {},
                is_all_of(record()),
            ),
            _ => Ok(()),
        }
    }
}
