//! A tuning whose values can be changed one by one.

use memcpy_streaming::{Prefetch, Tuning};

/// The values of a [`Tuning`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Knobs {
    pub(super) prefetch: Prefetch,
    pub(super) ahead: usize,
    pub(super) prefetch_from: usize,
    pub(super) pages: usize,
    pub(super) pages_from: usize,
    pub(super) bypass: usize,
    pub(super) raw_lines: usize,
    pub(super) drained_copy: usize,
    pub(super) drained_fill: usize,
}

/// The largest value: nothing that is measured is as long.
pub(super) const NEVER: usize = 1 << 30;

impl Knobs {
    pub(super) fn of(tuning: &Tuning) -> Knobs {
        Knobs {
            prefetch: tuning.prefetch(),
            ahead: tuning.ahead(),
            prefetch_from: tuning.prefetch_from(),
            pages: tuning.pages(),
            pages_from: tuning.pages_from(),
            bypass: tuning.bypass(),
            raw_lines: tuning.raw_lines(),
            drained_copy: tuning.drained_copy(),
            drained_fill: tuning.drained_fill(),
        }
    }

    /// As the library reads it.
    pub(super) fn text(self) -> String {
        format!(
            "prefetch={} ahead={} prefetch-from={} pages={} pages-from={} bypass={} raw-lines={} drained-copy={} drained-fill={}",
            self.prefetch,
            self.ahead,
            self.prefetch_from,
            self.pages,
            self.pages_from,
            self.bypass,
            self.raw_lines,
            self.drained_copy,
            self.drained_fill,
        )
    }

    /// For the rest of the process: a few hundred of them are made.
    pub(super) fn tuning(self) -> &'static Tuning {
        let tuning = self.text().parse().expect("values of the right ranges");
        Box::leak(Box::new(tuning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_reads_what_is_written() {
        let own = Knobs::of(Tuning::of_this_cpu());
        assert_eq!(Knobs::of(own.tuning()), own);
        let other = Knobs { prefetch: Prefetch::L2, ahead: 64, prefetch_from: 128, drained_fill: NEVER, ..own };
        assert_eq!(Knobs::of(other.tuning()), other);
    }
}
