//! `Strategy::Streaming`: how the kernel patch copies a template.

use memcpy_streaming::Streamer;

use crate::page::Page;
use crate::report::Counts;
use crate::stream::Stream;
use crate::template::{CopyPages, Ordinary};

/// Pages of a pageblock (2 MiB). Its first page is read back when the pageblock is initialised.
const PAGEBLOCK_PAGES: u64 = 512;

/// Streaming stores, except at the start of a pageblock.
pub(crate) struct Streaming {
    stream: Stream,
    ordinary: Ordinary,
}

impl Streaming {
    pub(crate) fn new(streamer: Streamer) -> Self {
        Streaming { stream: Stream::new(streamer), ordinary: Ordinary::default() }
    }
}

impl CopyPages for Streaming {
    #[inline(always)]
    unsafe fn copy(&mut self, page: *mut Page, template: &Page, pfn: u64) {
        // SAFETY: the page is valid for writes, and not accessed before a drain, by contract.
        unsafe {
            if pfn.is_multiple_of(PAGEBLOCK_PAGES) {
                self.ordinary.copy(page, template, pfn);
            } else {
                self.stream.copy(page, template);
            }
        }
    }

    #[inline(always)]
    fn drain(&mut self) {
        self.stream.drain();
    }

    fn counts(&self) -> Counts {
        let Counts { streamed_copies, drains, .. } = self.stream.counts();
        Counts { streamed_copies, drains, ..self.ordinary.counts() }
    }
}
