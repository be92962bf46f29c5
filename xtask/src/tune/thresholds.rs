//! From which sizes on it pays to stream.

use bench_runner::work::{Deed, Work};
use memcpy_streaming::Tuning;

use super::contest::Judge;
use super::knobs::{Knobs, NEVER};
use crate::failure::Failure;

/// The size from which on an operation, streamed, is as fast as by ordinary stores.
pub(super) struct Threshold {
    pub(super) name: &'static str,
    pub(super) op: Deed,
    sizes: &'static [usize],
    pub(super) aligned: &'static [bool],
    /// How fast it has to be where blocks are anywhere (true), and where they follow each other.
    pub(super) at_least: &'static [(bool, f64)],
    pub(super) knob: fn(&mut Knobs) -> &mut usize,
}

/// Blocks that follow each other are the best case of ordinary stores: drained calls may lose a tenth there. Raw calls may lose a fifth where each
/// is drained, because they may as well have one drain for many.
pub(super) static THRESHOLDS: [Threshold; 4] = [
    Threshold {
        name: "drained copies",
        op: Deed::Copy,
        sizes: &[1024, 2048, 4096, 8192],
        aligned: &[true, false],
        at_least: &[(true, 0.98), (false, 0.9)],
        knob: |knobs| &mut knobs.drained_copy,
    },
    Threshold {
        name: "drained fills",
        op: Deed::Fill,
        sizes: &[1024, 2048, 4096, 8192, 16_384, 32_768, 65_536],
        aligned: &[true, false],
        at_least: &[(true, 0.98), (false, 0.9)],
        knob: |knobs| &mut knobs.drained_fill,
    },
    Threshold {
        name: "partial lines",
        op: Deed::Batch,
        sizes: &[256, 512, 1024, 2048],
        aligned: &[false],
        at_least: &[(true, 0.98), (false, 0.98)],
        knob: |knobs| &mut knobs.bypass,
    },
    Threshold {
        name: "raw copies",
        op: Deed::Raw,
        sizes: &[192, 256, 512, 1024],
        aligned: &[true],
        at_least: &[(true, 0.8)],
        knob: |knobs| &mut knobs.raw_lines,
    },
];

pub(super) fn contests() -> u64 {
    THRESHOLDS.iter().map(|of| of.sizes.len() * of.aligned.len() * of.at_least.len()).sum::<usize>() as u64
}

/// These values with the thresholds that are found.
pub(super) fn find(judge: &mut Judge, mut knobs: Knobs) -> Result<Knobs, Failure> {
    let own = Knobs::of(Tuning::of_this_cpu());
    let never = Knobs { bypass: NEVER, raw_lines: NEVER, drained_copy: NEVER, drained_fill: NEVER, ..own };
    let always = Knobs { bypass: 256, raw_lines: 64, drained_copy: 1024, drained_fill: 1024, ..own };
    let tunings = [never.tuning(), always.tuning()];
    for &Threshold { op, sizes, aligned, at_least, knob, .. } in &THRESHOLDS {
        let mut pays = vec![true; sizes.len()];
        for (&size, pays) in sizes.iter().zip(&mut pays) {
            for &aligned in aligned {
                for &(random, at_least) in at_least {
                    *pays &= judge.contest(Work { op, size, aligned, random }, &tunings)?[0].median >= at_least;
                }
            }
        }
        *knob(&mut knobs) = first_of_the_end(sizes, &pays);
    }
    Ok(knobs)
}

/// The first size from which on all pay; twice the last one if that does not.
fn first_of_the_end(sizes: &[usize], pays: &[bool]) -> usize {
    let paying = pays.iter().rev().take_while(|pays| **pays).count();
    sizes[sizes.len() - paying..].first().copied().unwrap_or(2 * sizes[sizes.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_from_its_size_on() {
        for (pays, first) in [([true, true, true], 1), ([true, false, true], 4), ([true, true, false], 8)] {
            assert_eq!(first_of_the_end(&[1, 2, 4], &pays), first);
        }
    }
}
