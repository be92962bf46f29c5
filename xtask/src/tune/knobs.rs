//! A tuning whose values can be changed one by one.

use memcpy_streaming::{Prefetch, Tuning};

/// How long copies go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CopyLoop {
    pub(super) prefetch: Prefetch,
    pub(super) ahead: usize,
    pub(super) prefetch_from: usize,
    pub(super) pages: usize,
    pub(super) pages_from: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Knobs {
    pub(super) copy: CopyLoop,
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
            copy: CopyLoop {
                prefetch: tuning.prefetch(),
                ahead: tuning.ahead(),
                prefetch_from: tuning.prefetch_from(),
                pages: tuning.pages(),
                pages_from: tuning.pages_from(),
            },
            bypass: tuning.bypass(),
            raw_lines: tuning.raw_lines(),
            drained_copy: tuning.drained_copy(),
            drained_fill: tuning.drained_fill(),
        }
    }

    /// As the library reads it.
    pub(super) fn text(self) -> String {
        let Knobs { copy, bypass, raw_lines, drained_copy, drained_fill } = self;
        let CopyLoop { prefetch, ahead, prefetch_from, pages, pages_from } = copy;
        format!(
            "prefetch={prefetch} ahead={ahead} prefetch-from={prefetch_from} pages={pages} pages-from={pages_from} \
             bypass={bypass} raw-lines={raw_lines} drained-copy={drained_copy} drained-fill={drained_fill}"
        )
    }

    /// For the rest of the process: a few hundred of them are made.
    pub(super) fn tuning(self) -> &'static Tuning {
        Box::leak(Box::new(self.text().parse().expect("values of the right ranges")))
    }
}
