//! From which sizes on it pays to stream.

use bench_runner::work::{Deed, Work};
use memcpy_streaming::Tuning;

use super::contest::Judge;
use super::knobs::{Knobs, NEVER};
use crate::failure::Failure;

/// A question: from which of the sizes on is an operation, streamed, as fast as by ordinary stores?
struct Question {
    op: Deed,
    sizes: &'static [usize],
    aligned: &'static [bool],
    /// How fast it has to be where blocks are anywhere, and where they follow each other.
    at_least: [f64; 2],
    /// Sets the answer.
    set: fn(&mut Knobs, usize),
}

/// Blocks that follow each other are the best case of ordinary stores: drained calls may lose a tenth there. Raw calls may lose a fifth where each
/// is drained, because they may as well have one drain for many.
const QUESTIONS: [Question; 4] = [
    Question {
        op: Deed::Copy,
        sizes: &[1024, 2048, 4096, 8192],
        aligned: &[true, false],
        at_least: [0.98, 0.9],
        set: |knobs, size| knobs.drained_copy = size,
    },
    Question {
        op: Deed::Fill,
        sizes: &[1024, 2048, 4096, 8192, 16_384, 32_768, 65_536],
        aligned: &[true, false],
        at_least: [0.98, 0.9],
        set: |knobs, size| knobs.drained_fill = size,
    },
    Question {
        op: Deed::Batch,
        sizes: &[256, 512, 1024, 2048],
        aligned: &[false],
        at_least: [0.98, 0.98],
        set: |knobs, size| knobs.bypass = size,
    },
    Question {
        op: Deed::Raw,
        sizes: &[192, 256, 512, 1024],
        aligned: &[true],
        at_least: [0.8, 0.0],
        set: |knobs, size| knobs.raw_lines = size,
    },
];

/// The answers: a size for each question.
pub(super) struct From([usize; QUESTIONS.len()]);

/// How many contests they take.
pub(super) fn contests() -> u64 {
    QUESTIONS.iter().map(|question| question.sizes.len() * question.aligned.len() * 2).sum::<usize>() as u64
}

/// Asks all questions.
pub(super) fn find(judge: &mut Judge) -> Result<From, Failure> {
    let own = Knobs::of(Tuning::of_this_cpu());
    let never = Knobs { bypass: NEVER, raw_lines: NEVER, drained_copy: NEVER, drained_fill: NEVER, ..own };
    let always = Knobs { bypass: 256, raw_lines: 64, drained_copy: 1024, drained_fill: 1024, ..own };
    let tunings = [never.tuning(), always.tuning()];
    let mut answers = [0; QUESTIONS.len()];
    for (answer, Question { op, sizes, aligned, at_least, .. }) in answers.iter_mut().zip(&QUESTIONS) {
        let mut pays = Vec::new();
        for &size in *sizes {
            let mut all = true;
            for &aligned in *aligned {
                for (random, at_least) in [true, false].into_iter().zip(at_least) {
                    let speed = judge.contest(Work { op: *op, size, aligned, random }, &tunings)?[0].median;
                    all &= speed >= *at_least;
                }
            }
            pays.push(all);
        }
        *answer = first_of_the_end(sizes, &pays);
    }
    Ok(From(answers))
}

/// The first size from which on all pay; twice the last one if that does not.
fn first_of_the_end(sizes: &[usize], pays: &[bool]) -> usize {
    let paying = pays.iter().rev().take_while(|pays| **pays).count();
    sizes[sizes.len() - paying..].first().copied().unwrap_or(2 * sizes[sizes.len() - 1])
}

impl From {
    /// The loops with these thresholds.
    pub(super) fn in_knobs(&self, mut knobs: Knobs) -> Knobs {
        for (question, size) in QUESTIONS.iter().zip(self.0) {
            (question.set)(&mut knobs, size);
        }
        knobs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_from_its_size_on() {
        let sizes = [1, 2, 4];
        assert_eq!(first_of_the_end(&sizes, &[true, true, true]), 1);
        assert_eq!(first_of_the_end(&sizes, &[true, false, true]), 4);
        assert_eq!(first_of_the_end(&sizes, &[true, true, false]), 8);
    }
}
