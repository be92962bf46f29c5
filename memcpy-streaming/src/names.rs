//! The error of reading a name.

use core::fmt;

/// A name that is not in the list of names that its type knows. [`Display`](fmt::Display) lists them.
///
/// ```
/// use memcpy_streaming::{Backend, UnknownName};
///
/// let error = "avx1024".parse::<Backend>().unwrap_err();
/// assert!(error.to_string().starts_with("unknown backend: known are avx512, avx2, "));
///
/// let error = UnknownName::new("color", &["red", "green"]);
/// assert_eq!(error.to_string(), "unknown color: known are red, green");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownName {
    what: &'static str,
    known: &'static [&'static str],
}

impl UnknownName {
    /// A name that is not among `known`; `what` says what it should name.
    #[must_use]
    pub const fn new(what: &'static str, known: &'static [&'static str]) -> UnknownName {
        UnknownName { what, known }
    }

    /// What was to be named, for example `"strategy"`.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        self.what
    }

    /// The names that would have been understood.
    #[must_use]
    pub const fn known(&self) -> &'static [&'static str] {
        self.known
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown {}: known are ", self.what)?;
        for (i, name) in self.known.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            f.write_str(name)?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownName {}
