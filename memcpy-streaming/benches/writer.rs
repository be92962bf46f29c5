//! A log: records appended to 256 MiB of mapped memory by a [`Writer`](memcpy_streaming::Writer) and by
//! `copy_from_slice`.

mod common;

use common::{Memory, Race};
use criterion::{Criterion, criterion_group, criterion_main};
use memcpy_streaming::{Backend, scope};
use std::cell::RefCell;

const GIB: usize = 1 << 30;

/// Bytes that a lap appends: the log is gone through quarter by quarter, so that none of it is in the cache.
const LAP: usize = GIB / 4;

fn writer(criterion: &mut Criterion) {
    let memory = RefCell::new(Memory::new(GIB));
    for size in [32, 64, 100, 128, 256, 512, 1000, 1024, 4096, 16_384] {
        let mut race = Race::new(format!("log of {size}"), LAP / size * size);
        let mut lap = 0;
        race.enter(format!("Writer ({})", Backend::active()), || {
            lap += 1;
            let mut memory = memory.borrow_mut();
            scope(|s| {
                let mut writer = s.writer(quarter(&mut memory, lap));
                append(size, |record| writer.append(record).is_ok());
            });
        });
        let mut lap = 0;
        race.enter("copy_from_slice", || {
            lap += 1;
            let mut memory = memory.borrow_mut();
            let (log, mut at) = (quarter(&mut memory, lap), 0);
            append(size, |record| {
                let Some(place) = log.get_mut(at..at + record.len()) else { return false };
                place.copy_from_slice(record);
                at += record.len();
                true
            });
        });
        race.run(criterion);
    }
}

fn quarter(memory: &mut Memory, lap: usize) -> &mut [u8] {
    &mut memory.bytes()[LAP * (lap % 4)..][..LAP]
}

/// Makes a record, as logs do, with a number in front that is new each time, until the log is full.
fn append(size: usize, mut write: impl FnMut(&[u8]) -> bool) {
    let mut record = vec![0x5a; size];
    for i in 0_u64.. {
        record[..8].copy_from_slice(&i.to_le_bytes());
        if !write(&record) {
            return;
        }
    }
}

criterion_group!(benches, writer);
criterion_main!(benches);
