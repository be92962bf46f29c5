//! A tuning as text.

use super::{Prefetch, Tuning};
use crate::{BYPASS_LEN, DRAINED_BYPASS_LEN};
use core::fmt;
use core::str::FromStr;

/// The largest value of a size.
const MOST: usize = 1 << 30;

const KEYS: &[&str] = &[
    "prefetch",
    "ahead",
    "prefetch-from",
    "pages",
    "pages-from",
    "bypass",
    "raw-lines",
    "drained-copy",
    "drained-fill",
];

/// Why a text is no [`Tuning`]; it prints what would be right.
///
/// ```
/// use memcpy_streaming::Tuning;
///
/// let error = "drained-copy=10".parse::<Tuning>().unwrap_err();
/// assert_eq!(error.to_string(), "drained-copy is to be a number from 1024 to 1073741824");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidTuning {
    /// A word is no `key=value` with a key that there is.
    UnknownKey,
    /// A key is there twice.
    Twice(&'static str),
    /// The value of a key is not one of these words.
    NotOneOf(&'static str, &'static str),
    /// The value of a key is no number in this range, both ends included.
    OutOfRange(&'static str, usize, usize),
    /// The value of a key is no whole number of lines of 64 bytes.
    NoWholeLines(&'static str),
}

impl fmt::Display for InvalidTuning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InvalidTuning::UnknownKey => {
                f.write_str("a tuning consists of key=value with spaces between them; the keys are ")?;
                for (i, key) in KEYS.iter().enumerate() {
                    write!(f, "{}{key}", if i == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            InvalidTuning::Twice(key) => write!(f, "{key} is there twice"),
            InvalidTuning::NotOneOf(key, values) => write!(f, "{key} is to be one of {values}"),
            InvalidTuning::OutOfRange(key, least, most) => {
                write!(f, "{key} is to be a number from {least} to {most}")
            }
            InvalidTuning::NoWholeLines(key) => write!(f, "{key} is to be a multiple of 64"),
        }
    }
}

impl core::error::Error for InvalidTuning {}

impl Prefetch {
    const fn name(self) -> &'static str {
        match self {
            Prefetch::None => "none",
            Prefetch::L1 => "l1",
            Prefetch::L2 => "l2",
        }
    }
}

impl fmt::Display for Prefetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Tuning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "prefetch={} ahead={} prefetch-from={} ", self.prefetch, self.ahead, self.prefetch_from)?;
        write!(f, "pages={} pages-from={} ", self.pages, self.pages_from)?;
        write!(f, "bypass={} raw-lines={} ", self.bypass, self.raw_lines)?;
        write!(f, "drained-copy={} drained-fill={}", self.drained_copy, self.drained_fill)
    }
}

impl FromStr for Tuning {
    type Err = InvalidTuning;

    fn from_str(text: &str) -> Result<Tuning, InvalidTuning> {
        let mut tuning = Tuning { cpu: None, ..*Tuning::of_this_cpu() };
        let mut seen = [false; KEYS.len()];
        for word in text.split_ascii_whitespace() {
            let (key, value) = word.split_once('=').ok_or(InvalidTuning::UnknownKey)?;
            let index = KEYS.iter().position(|known| *known == key).ok_or(InvalidTuning::UnknownKey)?;
            if core::mem::replace(&mut seen[index], true) {
                return Err(InvalidTuning::Twice(KEYS[index]));
            }
            tuning.set(KEYS[index], value)?;
        }
        tuning.check()?;
        Ok(tuning)
    }
}

impl Tuning {
    fn set(&mut self, key: &'static str, value: &str) -> Result<(), InvalidTuning> {
        let number = |least| match value.parse() {
            Ok(number) if (least..=MOST).contains(&number) => Ok(number),
            _ => Err(InvalidTuning::OutOfRange(key, least, MOST)),
        };
        match key {
            "prefetch" => {
                let all = [Prefetch::None, Prefetch::L1, Prefetch::L2];
                let named = all.into_iter().find(|prefetch| prefetch.name() == value);
                self.prefetch = named.ok_or(InvalidTuning::NotOneOf(key, "none, l1, l2"))?;
            }
            "ahead" => self.ahead = number(0)?,
            "prefetch-from" => self.prefetch_from = number(0)?,
            "pages" => {
                let pages = value.parse().ok().filter(|pages| [1, 2, 4].contains(pages));
                self.pages = pages.ok_or(InvalidTuning::NotOneOf(key, "1, 2, 4"))?;
            }
            "pages-from" => self.pages_from = number(0)?,
            "bypass" => self.bypass = number(BYPASS_LEN)?,
            "raw-lines" => self.raw_lines = number(64)?,
            "drained-copy" => self.drained_copy = number(DRAINED_BYPASS_LEN)?,
            _ => self.drained_fill = number(DRAINED_BYPASS_LEN)?,
        }
        Ok(())
    }

    /// What depends on more than one key.
    fn check(&self) -> Result<(), InvalidTuning> {
        const AHEAD_MOST: usize = 65_536;
        if self.prefetch != Prefetch::None {
            if !(64..=AHEAD_MOST).contains(&self.ahead) {
                return Err(InvalidTuning::OutOfRange("ahead", 64, AHEAD_MOST));
            }
            if !self.ahead.is_multiple_of(64) {
                return Err(InvalidTuning::NoWholeLines("ahead"));
            }
            if self.prefetch_from < 2 * self.ahead {
                return Err(InvalidTuning::OutOfRange("prefetch-from", 2 * self.ahead, MOST));
            }
        }
        let least = 2 * self.pages * 4096;
        if self.pages > 1 && self.pages_from < least {
            return Err(InvalidTuning::OutOfRange("pages-from", least, MOST));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn what_is_printed_is_read() {
        let tuning = Tuning { cpu: None, pages: 4, pages_from: 99_999, ..Tuning::CAUTIOUS };
        assert_eq!(tuning.to_string().parse(), Ok(tuning));
        let own = Tuning { cpu: None, ..*Tuning::of_this_cpu() };
        assert_eq!("".parse(), Ok(own), "what is not named is as the CPU has it");
        assert_eq!("bypass=300 \n".parse(), Ok(Tuning { bypass: 300, ..own }));
    }

    #[test]
    fn what_is_wrong_is_named() {
        use InvalidTuning::*;
        for (text, error) in [
            ("fast", UnknownKey),
            ("fast=1", UnknownKey),
            ("=", UnknownKey),
            ("bypass=300 bypass=300", Twice("bypass")),
            ("bypass=", OutOfRange("bypass", 256, MOST)),
            ("bypass=255", OutOfRange("bypass", 256, MOST)),
            ("bypass=-1", OutOfRange("bypass", 256, MOST)),
            ("bypass=1e9", OutOfRange("bypass", 256, MOST)),
            ("bypass=99999999999999999999", OutOfRange("bypass", 256, MOST)),
            ("drained-fill=1073741825", OutOfRange("drained-fill", 1024, MOST)),
            ("drained-copy=1023", OutOfRange("drained-copy", 1024, MOST)),
            ("raw-lines=63", OutOfRange("raw-lines", 64, MOST)),
            ("prefetch=l3", NotOneOf("prefetch", "none, l1, l2")),
            ("pages=3", NotOneOf("pages", "1, 2, 4")),
            ("prefetch=l1 ahead=0", OutOfRange("ahead", 64, 65_536)),
            ("prefetch=l1 ahead=65600", OutOfRange("ahead", 64, 65_536)),
            ("prefetch=l1 ahead=100", NoWholeLines("ahead")),
            ("prefetch=l2 ahead=8192 prefetch-from=16383", OutOfRange("prefetch-from", 16_384, MOST)),
            ("pages=4 pages-from=32767", OutOfRange("pages-from", 32_768, MOST)),
        ] {
            assert_eq!(text.parse::<Tuning>(), Err(error), "{text}");
            assert!(!error.to_string().contains('\n'));
        }
    }

    /// The two checks agree: what is read is what the kernels may be given.
    #[test]
    fn what_is_read_is_valid() {
        for text in ["prefetch=none ahead=0 prefetch-from=0 pages=1 pages-from=0", "pages=2 pages-from=16384 ahead=64"]
        {
            let tuning: Tuning = text.parse().unwrap();
            assert!(tuning.is_valid(), "{text}");
        }
    }
}
