//! What programs do with large blocks. Each part checks its own result and returns a digest of it.

use crate::random::Random;
use std::collections::HashMap;

/// A part of the workload.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) run: fn() -> Result<u64, String>,
}

pub(crate) const PARTS: [Part; 4] = [
    Part { name: "columns that grow side by side", run: columns },
    Part { name: "histograms, zeroed and then hardly touched", run: histograms },
    Part { name: "sums of vectors, zeroed and then used at once", run: sums },
    Part { name: "a hash table and a sort: nothing to stream", run: index },
];

/// Turns events into columns: four blocks that outgrow each other, so that none can grow in place for long.
fn columns() -> Result<u64, String> {
    const ROWS: u64 = 1_000_000;
    const KINDS: [&str; 4] = ["view", "order", "payment", "return"];
    let (mut ids, mut prices) = (Vec::<u64>::new(), Vec::<f64>::new());
    let (mut kinds, mut ends) = (String::new(), Vec::<u32>::new());
    for id in 0..ROWS {
        ids.push(id);
        prices.push((id % 1000) as f64 * 0.25);
        kinds.push_str(KINDS[id as usize % 4]);
        ends.push(kinds.len() as u32);
    }
    check(ids.iter().enumerate().all(|(row, &id)| row as u64 == id), "an id is wrong")?;
    let sum: f64 = prices.iter().sum();
    check(sum == (ROWS / 1000 * (999 * 1000 / 2)) as f64 * 0.25, "the prices are wrong")?;
    let mut start = 0;
    for (row, &end) in ends.iter().enumerate() {
        check(kinds.get(start..end as usize) == Some(KINDS[row % 4]), "a kind is wrong")?;
        start = end as usize;
    }
    Ok(sum as u64 + kinds.len() as u64)
}

/// Counts few values in many bins.
fn histograms() -> Result<u64, String> {
    const BINS: usize = 4 << 20;
    let mut random = Random::new(3);
    let mut digest = 0_u64;
    for _ in 0..4 {
        let values: Vec<usize> = (0..5000).map(|_| random.below(BINS)).collect();
        let mut bins = vec![0_u32; BINS];
        for &value in &values {
            bins[value] += 1;
        }
        for &value in &values {
            digest = digest.rotate_left(1) ^ u64::from(bins[value]);
            bins[value] = bins[value].checked_sub(1).ok_or("a bin was not zero at first")?;
        }
        check(values.iter().all(|&value| bins[value] == 0), "a bin was not zero at first")?;
    }
    Ok(digest)
}

/// Adds vectors up.
fn sums() -> Result<u64, String> {
    const LEN: usize = 1 << 20;
    const VECTORS: usize = 2;
    let mut digest = 0;
    for _ in 0..4 {
        let mut sum = vec![0_u32; LEN];
        for factor in 1..=VECTORS {
            for (i, sum) in sum.iter_mut().enumerate() {
                *sum += (factor * i) as u32;
            }
        }
        let factors = VECTORS * (VECTORS + 1) / 2;
        check(sum.iter().enumerate().all(|(i, &sum)| sum as usize == factors * i), "a sum is wrong")?;
        digest ^= u64::from(sum[LEN - 1]);
    }
    Ok(digest)
}

/// Numbers the distinct values of a sequence in a table, then sorts them.
fn index() -> Result<u64, String> {
    const VALUES: usize = 70_000;
    let mut random = Random::new(4);
    let mut numbers = HashMap::new();
    let mut values = Vec::new();
    for _ in 0..VALUES {
        let value = random.next();
        numbers.insert(value, values.len());
        values.push(value);
    }
    check(values.iter().enumerate().all(|(i, value)| numbers.get(value) == Some(&i)), "the table lost a value")?;
    values.sort();
    check(values.is_sorted() && values.len() == VALUES, "the values are not sorted")?;
    Ok(values.iter().fold(0, |digest, value| digest.rotate_left(5) ^ value))
}

fn check(right: bool, otherwise: &str) -> Result<(), String> {
    if right { Ok(()) } else { Err(otherwise.into()) }
}
