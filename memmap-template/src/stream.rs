//! Streaming stores of struct pages, counted as they are made.

use memcpy_streaming::Streamer;

use crate::page::Layout;
use crate::report::Counts;

/// A streamer, and what it has been asked for.
pub(crate) struct Stream {
    streamer: Streamer,
    counts: Counts,
}

impl Stream {
    #[inline(always)]
    pub(crate) fn new(streamer: Streamer) -> Self {
        Stream { streamer, counts: Counts::default() }
    }

    /// Copies one page by words: parts of `image` may have been stored just now.
    ///
    /// # Safety
    ///
    /// `page` is valid for writes, and nobody accesses it, unless by another copy from here, before the next [`drain`](Self::drain).
    #[inline(always)]
    pub(crate) unsafe fn copy<L: Layout>(&mut self, page: *mut L::Page, image: &L::Page) {
        let (page, image) = (page.cast::<u8>(), (&raw const *image).cast::<u8>());
        // SAFETY: the image is a page of this size, and the destination is valid by contract.
        unsafe {
            match size_of::<L::Page>() {
                56 => self.streamer.memcpy_streaming_fixed::<56>(page, image),
                64 => self.streamer.memcpy_streaming_fixed::<64>(page, image),
                72 => self.streamer.memcpy_streaming_fixed::<72>(page, image),
                80 => self.streamer.memcpy_streaming_fixed::<80>(page, image),
                88 => self.streamer.memcpy_streaming_fixed::<88>(page, image),
                96 => self.streamer.memcpy_streaming_fixed::<96>(page, image),
                other => unreachable!("no layout has {other} bytes"),
            }
        }
        self.counts.streamed_copies += 1;
    }

    /// Writes `image` `count` times one after another.
    ///
    /// # Safety
    ///
    /// As [`copy`](Self::copy), for all pages that are written, from `memmap` on.
    #[inline(always)]
    pub(crate) unsafe fn repeat<L: Layout>(&mut self, memmap: *mut L::Page, image: &L::Page, count: usize) {
        // SAFETY: valid by contract.
        unsafe { self.streamer.memset_pattern_streaming(memmap.cast(), image.as_ref(), count) };
        self.counts.streamed_copies += count as u64;
    }

    /// Orders the streaming stores so far before whatever follows.
    #[inline(always)]
    pub(crate) fn drain(&mut self) {
        self.streamer.memcpy_streaming_drain();
        self.counts.drains += 1;
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }
}
