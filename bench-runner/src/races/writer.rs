//! A log: records appended by a `Writer`, and by `copy_from_slice`.

use std::cell::RefCell;

use bench_runner::fills::FILL;
use bench_runner::{Op, Point};

use super::{Start, other, ours, streamer};

impl Start<'_> {
    pub(super) fn writer(&mut self) -> Result<(), String> {
        let point = self.point;
        let size = point.size as usize;
        if size < 8 {
            return Err("a log has records of 8 bytes or more".to_string());
        }
        // Bytes of a log, which is a lap of one thread.
        let len = (4 << 20).max(size) / size * size;
        if len > self.arena.part_len(point.threads) {
            return Err(format!("records of {size} bytes are too large for the arena"));
        }
        // The log is the block; it is written as a fill is, and not read.
        self.point = Point { op: Op::Fill, size: len as u64, ..point };
        self.race.bytes = (len * point.threads) as u64;
        let is_log = |log: &[u8], _: &[u8]| {
            log.chunks_exact(size).enumerate().all(|(number, record)| {
                record[..8] == (number as u64).to_le_bytes() && record[8..].iter().all(|byte| *byte == FILL)
            })
        };
        let record = RefCell::new(vec![FILL; size]);
        for &backend in self.backends {
            let (streamer, record) = (streamer(backend)?, record.clone());
            let each = move |log: &mut [u8], _: &[u8]| {
                streamer.scope(|scope| {
                    let mut writer = scope.writer(log);
                    append(&mut record.borrow_mut(), |record| writer.append(record).is_ok());
                });
            };
            self.enter(ours(streamer, true), each, || {}, is_log)?;
        }
        if !self.peers.is_empty() {
            let each = move |log: &mut [u8], _: &[u8]| {
                let mut at = 0;
                append(&mut record.borrow_mut(), |record| {
                    let Some(place) = log.get_mut(at..at + record.len()) else { return false };
                    place.copy_from_slice(record);
                    at += record.len();
                    true
                });
            };
            self.enter(other("copy_from_slice", "no"), each, || {}, is_log)?;
        }
        // Not record by record: the machine's limit, a streaming fill.
        if self.limit { self.limits() } else { Ok(()) }
    }
}

/// Makes a record, as logs do, with a number in front that is new each time, until the log is full.
fn append(record: &mut [u8], mut write: impl FnMut(&[u8]) -> bool) {
    for number in 0_u64.. {
        record[..8].copy_from_slice(&number.to_le_bytes());
        if !write(record) {
            return;
        }
    }
}
