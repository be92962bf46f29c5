//! Sizes, page frame numbers and addresses as people type them, and sizes as they read them.

/// Binary and decimal units. A bare letter is binary, as in ndctl: `100G` is `100GiB`.
const UNITS: [(&str, u64); 15] = [
    ("B", 1),
    ("K", 1 << 10),
    ("KIB", 1 << 10),
    ("KB", 1_000),
    ("M", 1 << 20),
    ("MIB", 1 << 20),
    ("MB", 1_000_000),
    ("G", 1 << 30),
    ("GIB", 1 << 30),
    ("GB", 1_000_000_000),
    ("T", 1 << 40),
    ("TIB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("P", 1 << 50),
    ("PIB", 1 << 50),
];

/// A size in bytes: `100GiB`, `100G`, `2M`, `4K`, `100GB` (decimal), `0x40000000`, `1073741824`.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let known = "a whole number with an optional unit: K, M, G, T (or KiB, ...) for powers of 1024, KB, MB, GB, TB for powers of 1000";
    if text.starts_with("0x") || text.starts_with("0X") {
        return number(text);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at(digits);
    let unit = unit.trim_start().to_ascii_uppercase();
    let scale = match UNITS.iter().find(|(name, _)| *name == unit) {
        Some((_, scale)) => *scale,
        None if unit.is_empty() => 1,
        None => return Err(format!("not a size; write {known}")),
    };
    if count.is_empty() {
        return Err(format!("not a size; write {known}"));
    }
    let too_large = || "larger than 2^64-1 bytes".to_string();
    let count: u64 = count.parse().map_err(|_| too_large())?;
    count.checked_mul(scale).ok_or_else(too_large)
}

/// A page frame number, count or address: decimal, or hexadecimal after `0x`.
pub(crate) fn number(text: &str) -> Result<u64, String> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => (hex, 16),
        None => (text, 10),
    };
    // from_str_radix also takes a sign.
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err("not a number; write decimal digits, or 0x and hexadecimal digits".to_string());
    }
    u64::from_str_radix(digits, radix).map_err(|_| "larger than 2^64-1".to_string())
}

/// Bytes for a person: `1.6 GiB`.
pub(crate) fn human(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}

/// A size as people type it: `64`, `4K`, `16M`.
pub(crate) fn short(bytes: u64) -> String {
    let units = [(30, "G"), (20, "M"), (10, "K")];
    match units.into_iter().find(|(shift, _)| bytes > 0 && bytes.trailing_zeros() >= *shift) {
        Some((shift, unit)) => format!("{}{unit}", bytes >> shift),
        None => bytes.to_string(),
    }
}

/// The same in a sentence: `4 KiB`.
pub(crate) fn long(bytes: u64) -> String {
    let short = short(bytes);
    match short.strip_suffix(['K', 'M', 'G']) {
        Some(count) => format!("{count} {}iB", &short[count.len()..]),
        None => format!("{short} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_largest_unit_that_divides_them() {
        assert_eq!(
            [0, 64, 1024, 1500, 65536, 3 << 20, 1 << 30].map(short),
            ["0", "64", "1K", "1500", "64K", "3M", "1G"]
        );
        assert_eq!([64, 4096].map(long), ["64 bytes", "4 KiB"]);
    }

    #[test]
    fn sizes_in_every_unit() {
        for (text, bytes) in [
            ("0", 0),
            ("4096", 4096),
            ("4K", 4096),
            ("4k", 4096),
            ("2M", 2 << 20),
            ("2MiB", 2 << 20),
            ("1G", 1 << 30),
            ("100GiB", 100 << 30),
            ("100 GiB", 100 << 30),
            ("100GB", 100_000_000_000),
            ("1T", 1 << 40),
            ("0x40000000", 1 << 30),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn bad_sizes_are_refused() {
        for text in ["", "G", "-1", "+1", "1.5G", "1X", "0x", "0x1G", "1 G B", "ten", "１G"] {
            assert!(size(text).is_err(), "{text}");
        }
        for text in ["18446744073709551616", "17179869184G", "0x10000000000000000"] {
            assert!(size(text).unwrap_err().contains("larger than"), "{text}");
        }
    }

    #[test]
    fn numbers_decimal_and_hexadecimal() {
        assert_eq!(number("0x101200"), Ok(0x10_1200));
        assert_eq!(number("257536"), Ok(257_536));
        assert_eq!(number("0xffd4000000000000"), Ok(0xffd4_0000_0000_0000));
        for text in ["", "0x", "-1", "+1", "12ab", "0x12_00", " 1", "4K"] {
            assert!(number(text).is_err(), "{text}");
        }
    }
}
