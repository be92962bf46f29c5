//! Pattern fills: any period, any phase, records of words, zeros and what is nearly zeros.

use arbitrary::{Result, Unstructured};
use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use crate::arena::{Arena, LEN, noise, piece};
use crate::backends::choose;

/// Longer than the buffer that short patterns are laid out in.
const LONGEST: usize = 2500;

/// A fill.
#[derive(Debug)]
enum Fill {
    /// Bytes, cut where the destination ends.
    Bytes { pattern: Vec<u8>, scope: bool },
    /// Whole records.
    Records { record: Vec<u64> },
    /// Whole records, of which a word grows.
    Stepped { record: Vec<u64>, word: usize, step: u64 },
}

/// Fills places in an arena with patterns.
pub fn pattern_fill(data: &[u8], first: usize) {
    let mut u = Unstructured::new(data);
    let mut arena = Arena::new();
    while !u.is_empty() && step(&mut u, &mut arena, first).is_ok() {}
}

fn step(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize) -> Result<()> {
    let (streamer, fill, place) = (choose(u, first)?, Fill::new(u)?, piece(u, LEN)?);
    fill.run(streamer, arena.memory(place.clone()));
    fill.model(arena.model(place.clone()));
    arena.check(&(streamer, place, fill));
    Ok(())
}

impl Fill {
    fn new(u: &mut Unstructured<'_>) -> Result<Fill> {
        let kind = u.int_in_range(0..=4)?;
        if kind < 3 {
            return Ok(Fill::Bytes { pattern: pattern(u)?, scope: kind == 0 });
        }
        let record: Vec<_> = (0..u.int_in_range(1..=16)?).map(|_| word(u)).collect::<Result<_>>()?;
        if kind == 3 {
            return Ok(Fill::Records { record });
        }
        let word = u.choose_index(record.len())?;
        Ok(Fill::Stepped { record, word, step: u.arbitrary()? })
    }

    fn model(&self, dst: &mut [u8]) {
        match self {
            Fill::Bytes { pattern, .. } => {
                dst.chunks_mut(pattern.len()).for_each(|chunk| chunk.copy_from_slice(&pattern[..chunk.len()]));
            }
            Fill::Records { record } => stepped(record, 0, 0, dst),
            Fill::Stepped { record, word, step } => stepped(record, *word, *step, dst),
        }
    }

    fn run(&self, streamer: Streamer, dst: &mut [u8]) {
        match self {
            Fill::Bytes { pattern, scope: true } => streamer.scope(|s| s.fill_pattern(dst, pattern)),
            Fill::Bytes { pattern, scope: false } => streamer.fill_pattern(dst, pattern),
            Fill::Records { record } => {
                let count = dst.len() / size_of_val(&record[..]);
                // SAFETY: as many records as fit; they are not looked at before the drain.
                unsafe { streamer.memset_pattern_streaming(dst.as_mut_ptr(), record, count) };
                memcpy_streaming_drain();
            }
            Fill::Stepped { record, word, step } => {
                let count = dst.len() / size_of_val(&record[..]);
                // SAFETY: as many records as fit; they are not looked at before the drain.
                unsafe { streamer.memset_pattern_stepped_streaming(dst.as_mut_ptr(), record, count, *word, *step) };
                memcpy_streaming_drain();
            }
        }
    }
}

/// The plain loop over records.
fn stepped(record: &[u64], word: usize, step: u64, dst: &mut [u8]) {
    let mut record = record.to_vec();
    for chunk in dst.chunks_exact_mut(8 * record.len()) {
        for (bytes, value) in chunk.chunks_exact_mut(8).zip(&record) {
            bytes.copy_from_slice(&value.to_ne_bytes());
        }
        record[word] = record[word].wrapping_add(step);
    }
}

/// Noise, or zeros of which one byte may be another: CPUs have instructions for zeros.
fn pattern(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let longest = *u.choose(&[8, 64, 200, LONGEST])?;
    let period = u.int_in_range(1..=longest)?;
    if u.arbitrary()? {
        let from = u.int_in_range(0..=1023)?;
        return Ok(noise()[from..][..period].to_vec());
    }
    let mut zeros = vec![0; period];
    zeros[u.choose_index(period)?] = u.arbitrary()?;
    Ok(zeros)
}

fn word(u: &mut Unstructured<'_>) -> Result<u64> {
    Ok(match u.arbitrary::<u8>()? {
        0..128 => 0,
        128..192 => u64::MAX,
        _ => u.arbitrary()?,
    })
}
