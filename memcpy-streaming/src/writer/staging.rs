//! How bytes get from the caller through the staging buffer to the destination.

use super::Writer;
use crate::arch::copy_record;
use crate::raw;
use core::mem::MaybeUninit;

/// Bytes that can wait until they make whole lines. One line would do for that; but a line that is loaded as soon as its
/// last byte is stored waits for that store, behind all streaming stores before it. So the buffer is a ring of two halves,
/// and one of them leaves when the other is full.
pub(super) const RING: usize = 2048;
const HALF: usize = RING / 2;

/// A record of this many bytes goes straight to the destination.
pub(super) const DIRECT_LEN: usize = HALF;

/// The byte for address `a` of the destination is at `a % RING`, so its lines are lines here too.
#[repr(align(64))]
pub(super) struct Ring([MaybeUninit<u8>; RING]);

impl Ring {
    pub(super) const fn new() -> Ring {
        Ring([MaybeUninit::uninit(); RING])
    }
}

impl<D> Writer<'_, D> {
    /// How many bytes can be staged in one piece: up to the end of the ring, and to what is still in it.
    #[inline]
    pub(super) fn piece_len(&self) -> usize {
        let to_the_end = RING - (self.dst.ptr.addr() + self.len) % RING;
        to_the_end.min(RING - (self.len - self.stored))
    }

    /// Copies `bytes`, of which there are no more than [`piece_len`](Writer::piece_len), into the ring.
    ///
    /// # Safety
    /// `bytes` is no longer than [`piece_len`](Writer::piece_len) says.
    #[inline]
    pub(super) unsafe fn stage(&mut self, bytes: &[u8]) {
        let at = (self.dst.ptr.addr() + self.len) % RING;
        // SAFETY: `at` and the bytes from there on are inside the ring, because the piece ends where the ring does or
        // before. The ring is borrowed exclusively, so it does not overlap `bytes`.
        unsafe { copy_record(self.staging.0.as_mut_ptr().add(at).cast(), bytes.as_ptr(), bytes.len()) };
        self.len += bytes.len();
    }

    /// Appends bytes that cannot be staged in one piece, or that are not to be staged.
    ///
    /// # Safety
    /// `bytes` is no longer than what is left of the destination.
    pub(super) unsafe fn append_long(&mut self, mut bytes: &[u8]) {
        if bytes.len() >= DIRECT_LEN {
            // SAFETY: all that was appended.
            unsafe { self.store_staged(self.len) };
            // SAFETY: `bytes` can be read, and fits into what is left of the destination behind the bytes that are
            // stored, which are all that were written. The destination is borrowed exclusively, so the two do not
            // overlap, and `note_stored` says until when it is.
            let streamed = unsafe {
                raw::copy(self.streamer, self.dst.ptr.add(self.stored), bytes.as_ptr(), bytes.len(), self.dst.drains())
            };
            self.len += bytes.len();
            return self.note_stored(streamed, bytes.len());
        }
        while !bytes.is_empty() {
            if self.len - self.stored == RING {
                // The older half: it was written so long ago that its stores have reached the cache.
                let end = self.stored + HALF - (self.dst.ptr.addr() + self.stored) % HALF;
                // SAFETY: no more than a half of the ring, which is full.
                unsafe { self.store_staged(end) };
            }
            let (now, later) = bytes.split_at(bytes.len().min(self.piece_len()));
            // SAFETY: it was just cut to that length.
            unsafe { self.stage(now) };
            bytes = later;
        }
    }

    /// Moves what is staged to the destination, up to byte `end` of it.
    ///
    /// # Safety
    /// `end` is no more than `len`: so much was appended.
    pub(super) unsafe fn store_staged(&mut self, end: usize) {
        while self.stored < end {
            let at = (self.dst.ptr.addr() + self.stored) % RING;
            let len = (end - self.stored).min(RING - at);
            // SAFETY: the bytes between `stored` and `len` are in the ring, and what was appended fits into the
            // destination. That is borrowed exclusively, so it is not the ring, and `note_stored` says until when it is.
            // The pointer into the ring ends here, before anything borrows the Writer again.
            let streamed = unsafe {
                let staged = self.staging.0.as_ptr().add(at).cast();
                raw::copy(self.streamer, self.dst.ptr.add(self.stored), staged, len, self.dst.drains())
            };
            self.note_stored(streamed, len);
        }
    }

    /// Notes that `len` more bytes are stored, and whether some of them were streamed.
    ///
    /// What was streamed may not be accessed before a drain, and is not: the destination is borrowed until [`drain`],
    /// [`finish`] or drop has drained; where none of them is called the scope drains, or the caller of [`new_unscoped`] has
    /// promised that one of them is.
    ///
    /// [`drain`]: Writer::drain
    /// [`finish`]: Writer::finish
    /// [`new_unscoped`]: Writer::new_unscoped
    #[inline]
    fn note_stored(&mut self, streamed: bool, len: usize) {
        if streamed {
            self.outstanding.flag().set(true);
        }
        self.stored += len;
    }
}
