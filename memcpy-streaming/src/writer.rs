//! Appending records of any size to one destination.

use crate::arch::{self, copy_record};
use crate::{Streamer, raw};
use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::mem::{self, MaybeUninit};
use core::slice;

#[cfg(test)]
mod direct;

/// Bytes that can wait until they make whole lines. One line would do for that; but a line that is loaded as soon as its
/// last byte is stored waits for that store, behind all streaming stores before it. So the buffer is a ring of two halves,
/// and one of them leaves when the other is full.
const RING: usize = 2048;
const HALF: usize = RING / 2;

/// A record of this many bytes goes straight to the destination.
const DIRECT_LEN: usize = HALF;

/// The byte for address `a` of the destination is at `a % RING`, so its lines are lines here too.
#[repr(align(64))]
struct Ring([MaybeUninit<u8>; RING]);

/// Appends records of any size to one destination, past the cache.
///
/// Small records gather in a staging buffer of 2 KiB inside the `Writer` and leave it in whole lines; large ones go
/// straight to the destination. [`flush`](Writer::flush) writes what is staged and drains, and so do
/// [`finish`](Writer::finish) and `drop`. It implements [`core::fmt::Write`], and `std::io::Write` with feature `std`.
///
/// A destructor can be kept from running ([`mem::forget`]), and then nobody would drain. So a `Writer` is made by a
/// scope ([`Scope::writer`](crate::Scope::writer)), which drains whatever happens, or by an `unsafe` constructor
/// ([`new_unscoped`](Writer::new_unscoped)) where a scope does not fit, such as in a log that lives in a struct.
///
/// ```
/// let mut log = vec![0_u8; 1 << 16];
/// memcpy_streaming::scope(|s| {
///     let mut writer = s.writer(&mut log);
///     for i in 0..1000_u64 {
///         writer.write(&i.to_le_bytes())?;
///     }
///     let written = writer.finish();
///     assert_eq!(written.len(), 8000);
///     assert_eq!(written[8..16], 1_u64.to_le_bytes());
///     Ok::<_, memcpy_streaming::WriteError>(())
/// })
/// .unwrap();
/// ```
pub struct Writer<'a> {
    streamer: Streamer,
    dst: *mut u8,
    capacity: usize,
    /// Bytes that were written.
    len: usize,
    /// How many of them have left the staging buffer.
    stored: usize,
    staging: Ring,
    /// Whether anything was streamed since the last drain.
    outstanding: Outstanding<'a>,
    /// The destination; and a drain is for the streaming stores of its own thread, so the Writer stays there.
    borrow: PhantomData<(&'a mut [MaybeUninit<u8>], *mut ())>,
}

/// Who is told that a drain is due.
enum Outstanding<'a> {
    Own(Cell<bool>),
    Scope(&'a Cell<bool>),
}

impl Outstanding<'_> {
    #[inline]
    fn flag(&self) -> &Cell<bool> {
        match self {
            Outstanding::Own(flag) => flag,
            Outstanding::Scope(flag) => flag,
        }
    }
}

impl<'a> Writer<'a> {
    pub(crate) fn in_scope(
        streamer: Streamer,
        dst: &'a mut [MaybeUninit<u8>],
        outstanding: &'a Cell<bool>,
    ) -> Writer<'a> {
        Writer::new(streamer, dst, Outstanding::Scope(outstanding))
    }

    /// A Writer outside of a scope.
    ///
    /// # Safety
    /// * Before `dst` is accessed again in any other way, the Writer is dropped, or [`finish`](Writer::finish)ed, or its
    ///   last operation is a [`flush`](Writer::flush): it is not forgotten.
    ///
    /// ```
    /// use memcpy_streaming::{Streamer, Writer};
    /// use std::mem::MaybeUninit;
    ///
    /// struct Log<'a> {
    ///     writer: Writer<'a>,
    /// }
    ///
    /// let mut memory = vec![MaybeUninit::uninit(); 4096];
    /// // SAFETY: the log is dropped at the end of this block, before `memory` is used again.
    /// let mut log = Log { writer: unsafe { Writer::new_unscoped(Streamer::new(), &mut memory) } };
    /// log.writer.write(b"commit").unwrap();
    /// log.writer.flush();
    /// ```
    pub unsafe fn new_unscoped(streamer: Streamer, dst: &'a mut [MaybeUninit<u8>]) -> Writer<'a> {
        Writer::new(streamer, dst, Outstanding::Own(Cell::new(false)))
    }

    fn new(streamer: Streamer, dst: &'a mut [MaybeUninit<u8>], outstanding: Outstanding<'a>) -> Writer<'a> {
        Writer {
            streamer,
            dst: dst.as_mut_ptr().cast(),
            capacity: dst.len(),
            len: 0,
            stored: 0,
            staging: Ring([MaybeUninit::uninit(); RING]),
            outstanding,
            borrow: PhantomData,
        }
    }

    /// Appends `bytes`.
    ///
    /// # Errors
    /// If they do not fit into what is left of the destination; then nothing is written.
    ///
    /// ```
    /// # let mut log = [0; 16];
    /// # memcpy_streaming::scope(|s| {
    /// let mut writer = s.writer(&mut log);
    /// writer.write(b"twelve bytes").unwrap();
    /// assert!(writer.write(b"and five").is_err());
    /// assert_eq!(writer.finish(), b"twelve bytes");
    /// # });
    /// ```
    #[inline]
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let remaining = self.remaining();
        if bytes.len() > remaining {
            return Err(WriteError { requested: bytes.len(), remaining });
        }
        if bytes.len() < DIRECT_LEN && bytes.len() <= self.room() {
            self.stage(bytes);
        } else {
            self.write_through(bytes);
        }
        Ok(())
    }

    /// Bytes written so far, those that are still staged included.
    ///
    /// ```
    /// # let mut log = [0; 16];
    /// # memcpy_streaming::scope(|s| {
    /// let mut writer = s.writer(&mut log);
    /// writer.write(b"four").unwrap();
    /// assert_eq!(writer.len(), 4);
    /// # });
    /// ```
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was written so far.
    ///
    /// ```
    /// # let mut log = [0; 16];
    /// # memcpy_streaming::scope(|s| {
    /// let mut writer = s.writer(&mut log);
    /// assert!(writer.is_empty());
    /// # });
    /// ```
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that still fit.
    ///
    /// ```
    /// # let mut log = [0; 16];
    /// # memcpy_streaming::scope(|s| {
    /// let mut writer = s.writer(&mut log);
    /// writer.write(b"four").unwrap();
    /// assert_eq!(writer.remaining(), 12);
    /// # });
    /// ```
    #[inline]
    pub fn remaining(&self) -> usize {
        self.capacity - self.len
    }

    /// Writes what is staged, and drains: all that was written is then in the destination, ordered before whatever this
    /// thread does next. The line that it ends in is filled up by ordinary stores afterwards.
    ///
    /// ```
    /// # let mut log = [0; 16];
    /// # memcpy_streaming::scope(|s| {
    /// let mut writer = s.writer(&mut log);
    /// writer.write(b"four").unwrap();
    /// writer.flush();
    /// # });
    /// ```
    pub fn flush(&mut self) {
        self.store_staged(self.len);
        if self.outstanding.flag().replace(false) {
            arch::drain();
        }
    }

    /// [Flushes](Writer::flush), and gives back what was written.
    ///
    /// ```
    /// # let mut log = [0; 16];
    /// # memcpy_streaming::scope(|s| {
    /// let mut writer = s.writer(&mut log);
    /// writer.write(b"four").unwrap();
    /// assert_eq!(writer.finish(), b"four");
    /// # });
    /// ```
    pub fn finish(mut self) -> &'a mut [u8] {
        self.flush();
        let (dst, len) = (self.dst, self.stored);
        mem::forget(self);
        // SAFETY: the first `stored` bytes of a destination that is borrowed for 'a are written, and drained; with the
        // Writer gone, nothing else refers to them.
        unsafe { slice::from_raw_parts_mut(dst, len) }
    }

    /// How many bytes can be staged in one piece: up to the end of the ring, and to what is still in it.
    #[inline]
    fn room(&self) -> usize {
        let to_the_end = RING - (self.dst.addr() + self.len) % RING;
        to_the_end.min(RING - (self.len - self.stored))
    }

    #[inline]
    fn stage(&mut self, bytes: &[u8]) {
        let at = (self.dst.addr() + self.len) % RING;
        // SAFETY: the callers have asked for the room; the borrowed bytes are not the Writer's own.
        unsafe { copy_record(self.staging.0.as_mut_ptr().add(at).cast(), bytes.as_ptr(), bytes.len()) };
        self.len += bytes.len();
    }

    /// Appends bytes for which there is no room in one piece.
    fn write_through(&mut self, mut bytes: &[u8]) {
        if bytes.len() >= DIRECT_LEN {
            self.store_staged(self.len);
            self.len += bytes.len();
            // SAFETY: `write` has checked that all of `bytes` fits.
            return unsafe { self.store(bytes.as_ptr(), bytes.len()) };
        }
        while !bytes.is_empty() {
            if self.len - self.stored == RING {
                // The older half: it was written so long ago that its stores have reached the cache.
                self.store_staged(self.stored + HALF - (self.dst.addr() + self.stored) % HALF);
            }
            let (now, later) = bytes.split_at(bytes.len().min(self.room()));
            self.stage(now);
            bytes = later;
        }
    }

    /// Moves what is staged to the destination, up to byte `end` of it.
    fn store_staged(&mut self, end: usize) {
        while self.stored < end {
            let at = (self.dst.addr() + self.stored) % RING;
            let now = (end - self.stored).min(RING - at);
            // SAFETY: bytes of the ring between `stored` and `len`, which `stage` has written, and for which `write` has
            // checked that they fit.
            unsafe { self.store(self.staging.0.as_ptr().add(at).cast(), now) };
        }
    }

    /// Copies to the end of what is stored.
    ///
    /// # Safety
    /// `src` is valid for reads of `len` bytes, and they fit into the destination.
    unsafe fn store(&mut self, src: *const u8, len: usize) {
        // SAFETY: the caller's. The destination is borrowed until a drain: `flush`, `finish` and `drop` drain, and where
        // none of them is called the scope does, or the caller of `new_unscoped` has promised one.
        if unsafe { raw::copy(self.streamer.kernels, self.dst.add(self.stored), src, len) } {
            self.outstanding.flag().set(true);
        }
        self.stored += len;
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        self.flush();
    }
}

impl fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("streamer", &self.streamer)
            .field("len", &self.len())
            .field("remaining", &self.remaining())
            .finish_non_exhaustive()
    }
}

/// Formatting writes piece by piece: pieces before the first that does not fit are written.
impl fmt::Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// All or nothing, as [`Writer::write`]: what does not fit is an error of kind
/// [`WriteZero`](std::io::ErrorKind::WriteZero) with a [`WriteError`] inside.
#[cfg(feature = "std")]
impl std::io::Write for Writer<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match Writer::write(self, bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(error) => Err(std::io::Error::new(std::io::ErrorKind::WriteZero, error)),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Writer::flush(self);
        Ok(())
    }
}

/// A [`Writer::write`] that does not fit.
///
/// ```
/// let mut small = [0; 4];
/// memcpy_streaming::scope(|s| {
///     let mut writer = s.writer(&mut small);
///     let error = writer.write(b"too long").unwrap_err();
///     assert_eq!(error.to_string(), "8 bytes do not fit: there is room for 4");
///     assert!(writer.is_empty());
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteError {
    requested: usize,
    remaining: usize,
}

impl WriteError {
    /// How many bytes were to be written: 8 in the example above.
    pub fn requested(&self) -> usize {
        self.requested
    }

    /// How many would have fitted: 4 in the example above.
    pub fn remaining(&self) -> usize {
        self.remaining
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes do not fit: there is room for {}", self.requested, self.remaining)
    }
}

impl core::error::Error for WriteError {}
