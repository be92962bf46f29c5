//! One way to give an enumeration its names: `ALL`, `name`, `Display` and `FromStr` from one list.

use core::fmt;

/// A name that is not in the list of names that its type knows. [`Display`](fmt::Display) lists them.
///
/// ```
/// use memmap_template::Strategy;
///
/// let error = "slowly".parse::<Strategy>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown strategy: known are slow, template, streaming, stamped");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownName {
    pub(crate) what: &'static str,
    pub(crate) known: &'static [&'static str],
}

impl UnknownName {
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

/// Implements `ALL`, `name`, `Display` and `FromStr` for an enumeration without fields.
macro_rules! named {
    ($type:ident, $what:literal, $($variant:ident => $name:literal),+ $(,)?) => {
        impl $type {
            #[doc = concat!("Every ", $what, ", in the order in which they are documented.")]
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            #[doc = concat!("The name of this ", $what, ", as it is written on a command line.")]
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $($type::$variant => $name),+
                }
            }
        }

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.name())
            }
        }

        impl core::str::FromStr for $type {
            type Err = $crate::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $($name => Ok($type::$variant),)+
                    _ => Err($crate::UnknownName { what: $what, known: &[$($name),+] }),
                }
            }
        }
    };
}

pub(crate) use named;
