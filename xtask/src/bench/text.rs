//! How figures are written for people.

use bench_runner::protocol::Kind;

use super::results::Row;

/// A size as people type it: `64`, `4K`, `16M`.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0 => "0".to_string(),
        bytes if bytes % (1 << 30) == 0 => format!("{}G", bytes >> 30),
        bytes if bytes % (1 << 20) == 0 => format!("{}M", bytes >> 20),
        bytes if bytes % (1 << 10) == 0 => format!("{}K", bytes >> 10),
        bytes => bytes.to_string(),
    }
}

/// The same in a sentence: `4 KiB`.
pub(crate) fn bytes(bytes: u64) -> String {
    let short = size(bytes);
    match short.char_indices().last() {
        Some((end, unit @ ('K' | 'M' | 'G'))) => format!("{} {unit}iB", &short[..end]),
        _ => format!("{short} bytes"),
    }
}

/// The speed of a race's limit, with the name of whoever raised it.
pub(super) fn limit(row: &Row) -> String {
    let by = if row.is(Kind::Limit) { String::new() } else { format!(" ({})", row.entrant.name) };
    format!("{:.1}{by}", row.gb_s())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_largest_unit_that_divides_them() {
        assert_eq!([64, 1024, 1500, 65536, 3 << 20, 1 << 30].map(size), ["64", "1K", "1500", "64K", "3M", "1G"]);
        assert_eq!([64, 4096].map(bytes), ["64 bytes", "4 KiB"]);
    }
}
