//! One way to give an enumeration its names: `ALL`, `name`, `Display` and `FromStr` from one list.

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
                    _ => Err($crate::UnknownName::new($what, &[$($name),+])),
                }
            }
        }
    };
}

pub(crate) use named;
