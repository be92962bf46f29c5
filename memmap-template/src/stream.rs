//! Streaming stores of struct pages, counted as they are made.

use memcpy_streaming::Streamer;

use crate::page::{self, Page};
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
    pub(crate) unsafe fn copy(&mut self, page: *mut Page, image: &Page) {
        let image = (&raw const *image).cast();
        // SAFETY: the image is a page, and the destination is valid by contract.
        unsafe { self.streamer.memcpy_streaming_fixed::<{ size_of::<Page>() }>(page.cast(), image) };
        self.counts.streamed_copies += 1;
    }

    /// Writes `images`, one or two pages, `count` times one after another.
    ///
    /// # Safety
    ///
    /// As [`copy`](Self::copy), for all pages that are written, from `memmap` on.
    #[inline(always)]
    pub(crate) unsafe fn repeat(&mut self, memmap: *mut Page, images: &[Page], count: usize) {
        // SAFETY: valid by contract.
        unsafe { self.streamer.memset_pattern_streaming(memmap.cast(), page::words(images), count) };
        self.counts.streamed_copies += (images.len() * count) as u64;
    }

    /// [`repeat`](Self::repeat), where word `word` of the images grows by `step` from one repetition to the next.
    ///
    /// # Safety
    ///
    /// As there.
    #[inline(always)]
    pub(crate) unsafe fn repeat_stepped(
        &mut self,
        memmap: *mut Page,
        images: &[Page],
        count: usize,
        word: usize,
        step: u64,
    ) {
        let record = page::words(images);
        // SAFETY: valid by contract.
        unsafe { self.streamer.memset_pattern_stepped_streaming(memmap.cast(), record, count, word, step) };
        self.counts.streamed_copies += (images.len() * count) as u64;
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
