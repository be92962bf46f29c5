//! `Strategy::Streaming`: how the kernel patch copies a template.

use memcpy_streaming::Streamer;

use crate::page::Layout;
use crate::pageblock::Pageblocks;
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
    unsafe fn copy<L: Layout>(&mut self, page: *mut L, template: &L, pfn: u64, counts: &mut Counts) {
        // SAFETY: the trait's contract has the page valid for writes, aligned, and not accessed before a drain, unless by another copy.
        // That is what both copies ask for.
        unsafe {
            if self.pageblocks.in_loop && self.pageblocks.starts_at(pfn) {
                Ordinary.copy::<L>(page, template, pfn, counts);
            } else {
                self.stream.copy::<L>(page, template, counts);
            }
        }
    }

    #[inline(always)]
    fn drain(&mut self, counts: &mut Counts) {
        self.stream.drain(counts);
    }
}
