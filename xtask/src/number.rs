//! Sizes, page frame numbers and addresses as people type them, and sizes as they read them.

/// A size in bytes: `100GiB`, `100G`, `2M`, `4K`, `100GB` (decimal), `0x40000000`, `1073741824`. A bare letter is binary, as in ndctl.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    if text.starts_with("0x") || text.starts_with("0X") {
        return number(text);
    }
    let (count, unit) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    let unit = unit.trim_start().to_ascii_uppercase();
    let scale =
        (0..).zip(["", "K", "M", "G", "T", "P"]).find_map(|(power, letter)| match unit.strip_prefix(letter)? {
            "" => Some(1024_u64.pow(power)),
            "IB" if power > 0 => Some(1024_u64.pow(power)),
            "B" if letter != "P" => Some(1000_u64.pow(power)),
            _ => None,
        });
    let Some(scale) = scale.filter(|_| !count.is_empty()) else {
        return Err("not a size; write a whole number with an optional unit: K, M, G, T (or KiB, ...) for powers of 1024, KB, MB, GB, TB for powers of 1000".into());
    };
    let count = count.parse::<u64>().ok().and_then(|count| count.checked_mul(scale));
    count.ok_or_else(|| "larger than 2^64-1 bytes".to_string())
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
