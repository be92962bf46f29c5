//! Sizes, page frame numbers and the rest of the command line, as anyone may type them.

use std::ffi::OsString;

use crate::cli;
use crate::failure::Failure;
use crate::number::{number, size};

/// Reads text as a size, as a number, and, its lines as arguments, as a command line.
///
/// The parsers must agree with a second opinion, what is printed must be read back, and an error must be one line.
pub fn parsers(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for (found, units) in [(size(&text), true), (number(&text), false)] {
        match (&found, second_opinion(&text, units).map(u64::try_from)) {
            (Ok(found), Some(Ok(expected))) if *found == expected => {}
            (Err(line), Some(Err(_))) if line.contains("larger than 2^64-1") => {}
            (Err(line), None) if line.starts_with("not a ") && !line.contains(char::is_control) => {}
            (_, expected) => panic!("{text:?} is {found:?}, and should be {expected:?}"),
        }
    }
    if let Some((bytes, _)) = data.split_first_chunk() {
        read_back(u64::from_le_bytes(*bytes));
    }
    let args = std::iter::once("xtask").chain(text.split('\n')).map(OsString::from);
    if let Err(Failure::Input(line)) = cli::parse(args) {
        assert!(!line.is_empty() && !line.contains(char::is_control), "{text:?}: {line:?}");
    }
}

/// What the text says by the grammar that the help texts have; None if nothing. Anything too large is 2^128-1.
fn second_opinion(text: &str, units: bool) -> Option<u128> {
    let hexadecimal = text.len() > 2 && (text.starts_with("0x") || text.starts_with("0X"));
    let (digits, base) = if hexadecimal { (&text[2..], 16) } else { (text, 10) };
    let end = digits.find(|c: char| !c.is_digit(base)).unwrap_or(digits.len());
    let (digits, unit) = digits.split_at(end);
    if digits.is_empty() || !unit.is_empty() && (hexadecimal || !units) {
        return None;
    }
    let value = u128::from_str_radix(digits, base).unwrap_or(u128::MAX);
    let unit = unit.trim_start().to_ascii_lowercase();
    let (letter, thousand) = match (unit.strip_suffix("ib"), unit.strip_suffix('b')) {
        // Decimal petabytes are no unit.
        (Some(""), _) | (None, Some("p")) => return None,
        (Some(letter), _) => (letter, 1024_u128),
        (None, Some(letter)) => (letter, 1000),
        (None, None) => (&*unit, 1024),
    };
    let power = ["", "k", "m", "g", "t", "p"].iter().position(|known| *known == letter)?;
    Some(value.saturating_mul(thousand.pow(power as u32)))
}

/// A number that was printed is the same when it is read.
fn read_back(value: u64) {
    for text in [format!("{value}"), format!("{value:#x}"), format!("0X{value:X}")] {
        assert_eq!((number(&text), size(&text)), (Ok(value), Ok(value)), "{text}");
    }
    for (power, letter) in (1..).zip(["K", "m", " G", "T"]) {
        let (binary, decimal) = (1024_u64.pow(power), 1000_u64.pow(power));
        for (unit, scale) in [("", binary), ("iB", binary), ("B", decimal)] {
            let text = format!("{}{letter}{unit}", value / scale);
            assert_eq!(size(&text), Ok(value / scale * scale), "{text}");
        }
    }
}
