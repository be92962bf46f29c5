//! `Strategy::Streaming`: how the kernel patch copies a template.

use core::ops::Range;

use memcpy_streaming::{Streamer, prefetch};

use crate::page::Layout;
use crate::pageblock::Pageblocks;
use crate::pfn_fields::PfnFields;
use crate::report::Counts;
use crate::stream::Stream;
use crate::template::{CopyPages, Ordinary};

/// Streaming stores, except at the start of a pageblock that is initialised along with its first page, which is then read back.
pub(crate) struct Streaming {
    stream: Stream,
    pageblocks: Pageblocks,
}

impl Streaming {
    pub(crate) fn new(streamer: Streamer, pageblocks: Pageblocks) -> Self {
        Streaming { stream: Stream(streamer), pageblocks }
    }
}

impl CopyPages for Streaming {
    #[inline(always)]
    unsafe fn copy_run<L: Layout>(
        &mut self,
        fields: PfnFields,
        template: &mut L,
        mut page: *mut L,
        mut pfns: Range<u64>,
        counts: &mut Counts,
    ) {
        while !pfns.is_empty() {
            let is_ordinary = self.pageblocks.in_loop && self.pageblocks.starts_at(pfns.start);
            let end = match (self.pageblocks.in_loop, is_ordinary) {
                (false, _) => pfns.end,
                (true, true) => pfns.start + 1,
                (true, false) => self.pageblocks.next(pfns.start).min(pfns.end),
            };
            let part = pfns.start..end;
            let pages = (end - pfns.start) as usize;
            // SAFETY: the struct pages of these pfns are some of those that the trait's contract has valid for writes, aligned, and not
            // accessed before a drain, unless by another copy. That is what both copies ask for. Those behind them are in the same
            // allocation, or its end.
            unsafe {
                if self.pageblocks.in_loop {
                    // The next page that is not streamed: at the end of this pageblock, some microseconds from here.
                    prefetch(page.wrapping_add((self.pageblocks.next(part.start) - part.start) as usize));
                }
                if is_ordinary {
                    Ordinary.copy_run::<L>(fields, template, page, part, counts);
                } else {
                    self.stream.copy_run::<L>(fields, template, page, part);
                    counts.streamed_copies += pages as u64;
                }
                page = page.add(pages);
            }
            pfns.start = end;
        }
    }

    #[inline(always)]
    fn expect<L: Layout>(&self, page: *const L) {
        prefetch(page);
    }

    #[inline(always)]
    fn drain(&mut self, counts: &mut Counts) {
        self.stream.drain(counts);
    }
}
