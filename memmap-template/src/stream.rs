//! Streaming stores of struct pages, counted as they are made.
//!
//! The counts are the caller's local variables, so that they stay in registers: an ordinary store between streaming ones costs as
//! much as a line does (on Zen 4, 82 against 102 % of the write limit where a count in memory went up with each page).

use core::ops::Range;

use memcpy_streaming::{Streamer, memcpy_streaming_drain};

use crate::page::Layout;
use crate::pfn_fields::PfnFields;
use crate::report::Counts;

/// A streamer of struct pages.
#[derive(Clone, Copy)]
pub(crate) struct Stream(pub(crate) Streamer);

impl Stream {
    /// Copies one page by words: parts of `image` may have been stored just now.
    ///
    /// # Safety
    ///
    /// `page` is valid for writes, and nobody accesses it, unless by another copy from here, before the next [`drain`](Self::drain).
    #[inline(always)]
    pub(crate) unsafe fn copy<L: Layout>(self, page: *mut L, image: &L, counts: &mut Counts) {
        // SAFETY: the contract of this function is that of `stream`.
        unsafe { L::stream(self.0, page, image) };
        counts.streamed_copies += 1;
    }

    /// Copies `template` to the pages of `pfns`, the first of which is at `page`, and gives it the fields of each pfn before.
    ///
    /// A function of its own: nothing of what calls it takes registers from the loop.
    ///
    /// # Safety
    ///
    /// As [`copy`](Self::copy), for all pages that are written.
    #[inline(never)]
    pub(crate) unsafe fn copy_run<L: Layout>(
        self,
        fields: PfnFields,
        template: &mut L,
        page: *mut L,
        pfns: Range<u64>,
    ) {
        let (count, first) = ((pfns.end - pfns.start) as usize, pfns.start);
        let source = |i: usize| {
            fields.refresh::<L>(template, first + i as u64);
            &raw const *template
        };
        // SAFETY: the contract of this function is that of `stream_records` for the `count` pages; the template is borrowed, and so elsewhere.
        unsafe { L::stream_records(self.0, page, count, source) };
    }

    /// Writes `image` `count` times one after another.
    ///
    /// # Safety
    ///
    /// As [`copy`](Self::copy), for all pages that are written, from `memmap` on.
    #[inline(always)]
    pub(crate) unsafe fn repeat<L: Layout>(self, memmap: *mut L, image: &L, count: usize, counts: &mut Counts) {
        // SAFETY: the `count` pages from `memmap` on are valid for writes, and not accessed before a drain, by the contract of this function;
        // the pattern, which is borrowed and so elsewhere, is one page of `L`.
        unsafe { self.0.memset_pattern_streaming(memmap.cast(), image.as_ref(), count) };
        counts.streamed_copies += count as u64;
    }

    /// Orders the streaming stores so far before whatever follows.
    #[inline(always)]
    pub(crate) fn drain(self, counts: &mut Counts) {
        memcpy_streaming_drain();
        counts.drains += 1;
    }
}
