//! What a Writer gives back.

use super::Writer;
use crate::WriteOnly;
use core::{mem, slice};

impl<'a, D> Writer<'a, D> {
    /// Drains, and the destination up to where it was written.
    fn written(mut self) -> WriteOnly<'a, u8> {
        self.drain();
        // SAFETY: the first `stored` bytes of a destination that is borrowed for 'a; with the Writer gone nothing else refers to them.
        let written = unsafe { WriteOnly::from_raw_parts(self.dst.ptr, self.stored, self.dst.memory()) };
        mem::forget(self);
        written
    }
}

impl<'a> Writer<'a> {
    /// [Drains](Writer::drain), and gives back what was written.
    ///
    /// ```
    /// # let mut log = [0; 16];
    /// # memcpy_streaming::scope(|s| {
    /// let mut writer = s.writer(&mut log);
    /// writer.append(b"four").unwrap();
    /// assert_eq!(writer.finish(), b"four");
    /// # });
    /// ```
    #[must_use = "to write and drain only, drop the Writer"]
    pub fn finish(self) -> &'a mut [u8] {
        let mut written = self.written();
        // SAFETY: a Writer of this type was made of a slice, which is borrowed exclusively for 'a; these bytes of it are written.
        unsafe { slice::from_raw_parts_mut(written.as_mut_ptr(), written.len()) }
    }
}

impl<'a> Writer<'a, WriteOnly<'a, u8>> {
    /// [Drains](Writer::drain), and gives back the part of the destination that was written, which still can only be written.
    ///
    /// ```
    /// # use memcpy_streaming::WriteOnly;
    /// let mut memory = [0; 16];
    /// memcpy_streaming::scope(|s| {
    ///     let mut writer = s.writer_to(WriteOnly::from(&mut memory));
    ///     writer.append(b"four").unwrap();
    ///     assert_eq!(writer.finish().len(), 4);
    /// });
    /// assert_eq!(memory[..4], *b"four");
    /// ```
    #[must_use = "to write and drain only, drop the Writer"]
    pub fn finish(self) -> WriteOnly<'a, u8> {
        self.written()
    }
}
