//! `Strategy::Streaming`: how the kernel patch copies a template.

use memcpy_streaming::Streamer;

use crate::page::{Page, STRUCT_PAGE_SIZE};
use crate::report::Counts;
use crate::template::CopyPages;

/// Pages of a pageblock (2 MiB). Its first page is read back when the pageblock is initialised.
const PAGEBLOCK_PAGES: u64 = 512;

/// Streaming stores, except at the start of a pageblock.
pub(crate) struct Streaming {
    streamer: Streamer,
    counts: Counts,
}

impl Streaming {
    pub(crate) fn new(streamer: Streamer) -> Self {
        Streaming { streamer, counts: Counts::default() }
    }
}

impl CopyPages for Streaming {
    #[inline(always)]
    unsafe fn copy(&mut self, page: *mut Page, template: &Page, pfn: u64) {
        if pfn.is_multiple_of(PAGEBLOCK_PAGES) {
            // SAFETY: valid for writes by contract.
            unsafe { page.write(*template) };
            self.counts.cached_copies += 1;
        } else {
            let template = (&raw const *template).cast();
            // SAFETY: the template is a page, the page is valid for writes and is not accessed before a drain, by contract.
            unsafe {
                self.streamer.memcpy_streaming_fixed::<{ STRUCT_PAGE_SIZE as usize }>(page.cast(), template);
            }
            self.counts.streamed_copies += 1;
        }
    }

    #[inline(always)]
    fn drain(&mut self) {
        self.streamer.memcpy_streaming_drain();
        self.counts.drains += 1;
    }

    fn counts(&self) -> Counts {
        self.counts
    }
}
