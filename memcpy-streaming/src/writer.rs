//! Appending records of any size to one destination.

use crate::{Streamer, WriteOnly, arch};
use core::cell::Cell;
use core::marker::PhantomData;
use core::mem::MaybeUninit;

#[cfg(test)]
mod direct;
mod error;
mod finish;
mod output;
mod staging;

pub use error::WriteError;
use staging::{DIRECT_LEN, Ring};

/// Appends records of any size to one destination, past the cache.
///
/// Small records gather in a staging buffer of 2 KiB inside the `Writer`, and leave it a KiB at a time, in whole lines, when
/// the buffer is full; large ones go straight to the destination. [`drain`](Writer::drain) writes what is staged and drains,
/// and so do [`finish`](Writer::finish) and `drop`. It implements [`core::fmt::Write`], and `std::io::Write` with feature
/// `std`.
///
/// A destructor can be kept from running ([`mem::forget`](core::mem::forget)), and then nobody would drain. So a `Writer` is made by a
/// scope ([`Scope::writer`](crate::Scope::writer)), which drains whatever happens, or by an `unsafe` constructor
/// ([`new_unscoped`](Writer::new_unscoped)) where a scope does not fit, such as in a log that lives in a struct.
///
/// Over memory that is only written ([`Scope::writer_to`](crate::Scope::writer_to)) it is a `Writer<WriteOnly<u8>>`: what it has
/// written it gives back as such.
///
/// A `Writer` is large (the buffer is inside), borrows its destination, and is not `Send`, because a drain is for the
/// streaming stores of its own thread. For a log that lives long put it into a `Box`, so that moving the log does not move
/// 2 KiB. To go on in another thread, [`finish`](Writer::finish) it, and make a new one there for the rest of the
/// destination.
///
/// ```
/// let mut log = vec![0_u8; 1 << 16];
/// memcpy_streaming::scope(|s| {
///     let mut writer = s.writer(&mut log);
///     for i in 0..1000_u64 {
///         writer.append(&i.to_le_bytes())?;
///     }
///     let written = writer.finish();
///     assert_eq!(written.len(), 8000);
///     assert_eq!(written[8..16], 1_u64.to_le_bytes());
///     Ok::<_, memcpy_streaming::WriteError>(())
/// })
/// .unwrap();
/// ```
#[must_use = "a Writer writes only what is appended to it"]
pub struct Writer<'a, D = &'a mut [u8]> {
    streamer: Streamer,
    dst: WriteOnly<'a, u8>,
    /// Bytes that were written.
    len: usize,
    /// How many of them have left the staging buffer.
    stored: usize,
    staging: Ring,
    /// Whether anything was streamed since the last drain.
    outstanding: Outstanding<'a>,
    /// What it gives back; and a drain is for the streaming stores of its own thread, so the Writer stays there.
    gives_back: PhantomData<(D, *mut ())>,
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
    /// A Writer outside of a scope.
    ///
    /// # Safety
    /// * Before `dst` is accessed again in any other way, freed, unmapped, or handed to a device, the Writer is dropped, or
    ///   [`finish`](Writer::finish)ed, or its last operation is a [`drain`](Writer::drain): it is not forgotten.
    ///
    /// A log that lives as long as the program:
    ///
    /// ```
    /// use memcpy_streaming::{Streamer, WriteError, Writer};
    /// use std::mem::MaybeUninit;
    ///
    /// struct Log {
    ///     writer: Box<Writer<'static>>,
    /// }
    ///
    /// impl Log {
    ///     fn new(len: usize) -> Log {
    ///         let memory = vec![MaybeUninit::uninit(); len].leak();
    ///         // SAFETY: nobody else knows this memory, and it is never freed.
    ///         Log { writer: Box::new(unsafe { Writer::new_unscoped(Streamer::new(), memory) }) }
    ///     }
    ///
    ///     fn commit(&mut self, record: &[u8]) -> Result<(), WriteError> {
    ///         self.writer.append(record)?;
    ///         self.writer.drain();
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut log = Log::new(4096);
    /// log.commit(b"begin, 7, end").unwrap();
    /// assert_eq!(log.writer.len(), 13);
    /// ```
    pub unsafe fn new_unscoped(streamer: Streamer, dst: &'a mut [MaybeUninit<u8>]) -> Writer<'a> {
        Writer::new(streamer, dst.into(), Outstanding::Own(Cell::new(false)))
    }
}

impl<'a, D> Writer<'a, D> {
    pub(crate) fn in_scope(streamer: Streamer, dst: WriteOnly<'a, u8>, outstanding: &'a Cell<bool>) -> Writer<'a, D> {
        Writer::new(streamer, dst, Outstanding::Scope(outstanding))
    }

    fn new(streamer: Streamer, dst: WriteOnly<'a, u8>, outstanding: Outstanding<'a>) -> Writer<'a, D> {
        let staging = Ring::new();
        Writer { streamer, dst, len: 0, stored: 0, staging, outstanding, gives_back: PhantomData }
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
    /// writer.append(b"twelve bytes").unwrap();
    /// assert!(writer.append(b"and five").is_err());
    /// assert_eq!(writer.finish(), b"twelve bytes");
    /// # });
    /// ```
    #[inline]
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let remaining = self.remaining();
        if bytes.len() > remaining {
            return Err(WriteError { requested: bytes.len(), remaining });
        }
        // SAFETY: `bytes` is no longer than a piece, or than what is left.
        unsafe {
            if bytes.len() < DIRECT_LEN && bytes.len() <= self.piece_len() {
                self.stage(bytes);
            } else {
                self.append_long(bytes);
            }
        }
        Ok(())
    }

    /// Bytes written so far, those that are still staged included.
    ///
    /// ```
    /// # let mut log = [0; 16];
    /// # memcpy_streaming::scope(|s| {
    /// let mut writer = s.writer(&mut log);
    /// writer.append(b"four").unwrap();
    /// assert_eq!(writer.len(), 4);
    /// # });
    /// ```
    #[inline]
    #[must_use]
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
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that still fit.
    ///
    /// ```
    /// # let mut log = [0; 16];
    /// # memcpy_streaming::scope(|s| {
    /// let mut writer = s.writer(&mut log);
    /// writer.append(b"four").unwrap();
    /// assert_eq!(writer.remaining(), 12);
    /// # });
    /// ```
    #[inline]
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.dst.len() - self.len
    }

    /// Writes what is staged, and drains: all that was written is then in the destination, ordered before whatever this
    /// thread does next. The line that it ends in is filled up by ordinary stores afterwards.
    ///
    /// ```
    /// # let mut log = [0; 16];
    /// # memcpy_streaming::scope(|s| {
    /// let mut writer = s.writer(&mut log);
    /// writer.append(b"four").unwrap();
    /// writer.drain();
    /// # });
    /// ```
    pub fn drain(&mut self) {
        // SAFETY: all that was appended.
        unsafe { self.store_staged(self.len) };
        if self.outstanding.flag().replace(false) {
            arch::drain();
        }
    }
}

impl<D> Drop for Writer<'_, D> {
    fn drop(&mut self) {
        self.drain();
    }
}
