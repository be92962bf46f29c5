//! Names of values, on command lines, in requests and in results.

/// An enum whose values have names: `Display`, `FromStr` with the known names in its error, and all values. A line each: the value, its
/// name, and what it means.
macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $($value:ident = $name:literal: $meaning:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $type {
            $(#[doc = $meaning] #[serde(rename = $name)] $value,)*
        }

        impl $type {
            /// Every value, in order.
            pub const ALL: &'static [$type] = &[$($type::$value,)*];

            /// The name on command lines and in results.
            pub const fn name(self) -> &'static str {
                match self { $($type::$value => $name,)* }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = String;

            fn from_str(name: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().copied().find(|value| value.name() == name);
                found.ok_or_else(|| format!("known are {}", [$($name,)*].join(", ")))
            }
        }
    };
}
