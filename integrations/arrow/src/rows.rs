//! Rows of mixed types.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};

const BATCH: usize = 1 << 16;

/// Orders: a number, an amount that may be missing, a day, whether it was paid, and a text of 0 to 24 characters.
pub(crate) fn batches(rows: usize) -> Vec<RecordBatch> {
    (0..rows).step_by(BATCH).map(|from| batch(from..rows.min(from + BATCH))).collect()
}

fn batch(rows: std::ops::Range<usize>) -> RecordBatch {
    const TEXT: &str = "past the cache, to memory";
    let hash = |row: usize| (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let column = |array: ArrayRef| array;
    let numbers = column(Arc::new(rows.clone().map(|row| row as i64).collect::<Int64Array>()));
    let amounts = rows.clone().map(|row| (row % 7 != 0).then(|| hash(row) as f64 / 100.0)).collect::<Float64Array>();
    let days = rows.clone().map(|row| Some((row / 1000) as i32)).collect::<Date32Array>();
    let paid = rows.clone().map(|row| Some(hash(row).is_multiple_of(3))).collect::<BooleanArray>();
    let texts = StringArray::from_iter_values(rows.map(|row| &TEXT[..hash(row) as usize % 25]));
    let columns = [
        ("number", numbers),
        ("amount", Arc::new(amounts)),
        ("day", Arc::new(days)),
        ("paid", Arc::new(paid)),
        ("text", Arc::new(texts)),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of the same length")
}
