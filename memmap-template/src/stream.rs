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
        let (page, image) = (page.cast::<u8>(), (&raw const *image).cast::<u8>());
        // SAFETY: image and destination are `L`'s, and so as long as is copied. The destination is valid for writes, and not accessed
        // before a drain, by the contract of this function; it does not overlap the image, which is borrowed.
        unsafe {
            match size_of::<L>() {
                56 => self.0.memcpy_streaming_fixed::<56>(page, image),
                64 => self.0.memcpy_streaming_fixed::<64>(page, image),
                72 => self.0.memcpy_streaming_fixed::<72>(page, image),
                80 => self.0.memcpy_streaming_fixed::<80>(page, image),
                88 => self.0.memcpy_streaming_fixed::<88>(page, image),
                96 => self.0.memcpy_streaming_fixed::<96>(page, image),
                // No configuration has others.
                len => self.0.memcpy_streaming(page, image, len),
            }
        }
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
        let (page, count, first) = (page.cast::<u8>(), (pfns.end - pfns.start) as usize, pfns.start);
        let source = |i: usize| {
            fields.refresh::<L>(template, first + i as u64);
            (&raw const *template).cast::<u8>()
        };
        // SAFETY: the `count` pages from `page` on are valid for writes, and not accessed before a drain, by the contract of this function;
        // the template is borrowed, and so elsewhere, and one page of `L`, whose size is the one that is copied.
        unsafe {
            match size_of::<L>() {
                56 => self.0.memcpy_streaming_records::<56>(page, count, source),
                64 => self.0.memcpy_streaming_records::<64>(page, count, source),
                72 => self.0.memcpy_streaming_records::<72>(page, count, source),
                80 => self.0.memcpy_streaming_records::<80>(page, count, source),
                88 => self.0.memcpy_streaming_records::<88>(page, count, source),
                // No configuration has others.
                _ => self.0.memcpy_streaming_records::<96>(page, count, source),
            }
        }
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
