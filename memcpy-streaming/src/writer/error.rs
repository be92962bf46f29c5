//! What does not fit.

use core::fmt;

/// A [`Writer::append`](crate::Writer::append) that does not fit.
///
/// ```
/// let mut small = [0; 4];
/// memcpy_streaming::scope(|s| {
///     let mut writer = s.writer(&mut small);
///     let error = writer.append(b"too long").unwrap_err();
///     assert_eq!(error.to_string(), "8 bytes do not fit into the 4 that are left");
///     assert!(writer.is_empty());
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteError {
    pub(super) requested: usize,
    pub(super) remaining: usize,
}

impl WriteError {
    /// How many bytes were to be written: 8 in the example above.
    #[must_use]
    pub fn requested(&self) -> usize {
        self.requested
    }

    /// How many would have fitted: 4 in the example above.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.remaining
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes do not fit into the {} that are left", self.requested, self.remaining)
    }
}

impl core::error::Error for WriteError {}

/// Of kind [`WriteZero`](std::io::ErrorKind::WriteZero), with the [`WriteError`] inside: what
/// [`write_all`](std::io::Write::write_all) answers where a slice is full, so that code which writes to either sees one kind.
///
/// ```
/// fn log(writer: &mut memcpy_streaming::Writer<'_>) -> std::io::Result<()> {
///     writer.append(b"record")?;
///     Ok(())
/// }
/// ```
#[cfg(feature = "std")]
impl From<WriteError> for std::io::Error {
    fn from(error: WriteError) -> std::io::Error {
        std::io::Error::new(std::io::ErrorKind::WriteZero, error)
    }
}
