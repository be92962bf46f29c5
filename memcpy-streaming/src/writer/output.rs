//! A Writer as the traits of the standard library see it.

use super::Writer;
use core::fmt;

/// Formatting writes piece by piece: pieces before the first that does not fit are written.
impl<D> fmt::Write for Writer<'_, D> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.append(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// All or nothing, as [`Writer::append`]: what does not fit is an error of kind
/// [`WriteZero`](std::io::ErrorKind::WriteZero) with a [`WriteError`](crate::WriteError) inside. `flush` is
/// [`Writer::drain`], and cannot fail.
///
/// ```
/// use std::io::{self, Write};
///
/// fn log(mut out: impl Write) -> io::Result<()> {
///     out.write_all(b"commit")?;
///     out.flush()
/// }
///
/// let mut memory = [0; 100];
/// memcpy_streaming::scope(|s| log(s.writer(&mut memory)))?;
/// assert_eq!(memory[..6], *b"commit");
/// # Ok::<_, io::Error>(())
/// ```
#[cfg(feature = "std")]
impl<D> std::io::Write for Writer<'_, D> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.append(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.drain();
        Ok(())
    }
}

impl<D> fmt::Debug for Writer<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("streamer", &self.streamer)
            .field("len", &self.len())
            .field("remaining", &self.remaining())
            .finish_non_exhaustive()
    }
}
