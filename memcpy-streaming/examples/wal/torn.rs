//! What recovery finds of a log that a crash has torn.

use crate::random::Random;
use crate::record::{HEADER, MAX, Records, Recovered, Size, checksum, recover};
use crate::{Append, Log};
use std::ops::Range;

/// What arrives in memory together: a line, or in the worst case a word.
const UNITS: [usize; 2] = [64, 8];

/// Lengths of records: without a payload, shorter than a line, a line, across lines, longer than a page.
const SIZES: [Size; 10] = [
    Size::Fixed(HEADER),
    Size::Fixed(17),
    Size::Fixed(32),
    Size::Fixed(64),
    Size::Fixed(72),
    Size::Fixed(100),
    Size::Fixed(128),
    Size::Fixed(200),
    Size::Fixed(5000),
    Size::Mix,
];

/// The file after a pass that came to its end.
struct Pass {
    file: Vec<u8>,
    first_lsn: u64,
    /// Where each record ends.
    ends: Vec<usize>,
}

impl Pass {
    /// Goes through the log from its start to its end.
    fn new(log: &mut Log<'_>, records: &mut Records, how: Append) -> Pass {
        log.append(records, how);
        let ends = ends(&log.memory[..log.appended]);
        Pass { file: log.memory.to_vec(), first_lsn: log.first_lsn, ends }
    }

    /// What must be found in a file that has only some of this pass: the records that are there from the first to the last
    /// byte, up to the first that is not.
    fn whole_in(&self, torn: &[u8]) -> Recovered {
        let is_whole = |number: &usize| torn.get(self.record(*number)) == Some(&self.file[self.record(*number)]);
        let records = (0..self.ends.len()).take_while(is_whole).count();
        Recovered { records, bytes: records.checked_sub(1).map_or(0, |last| self.ends[last]) }
    }

    /// Asserts that this and no more is found.
    fn assert_exact(&self, torn: &[u8], case: &str) -> Recovered {
        let found = recover(torn, self.first_lsn).unwrap();
        assert_eq!(found, self.whole_in(torn), "{case}");
        found
    }

    fn record(&self, number: usize) -> Range<usize> {
        number.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[number]
    }
}

/// Where the records end that the bytes consist of, by their lengths alone.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at += u32::from_le_bytes(bytes[at + 8..at + 12].try_into().unwrap()) as usize;
        ends.push(at);
    }
    assert_eq!(at, bytes.len());
    ends
}

/// A file of zeros, and records for it.
fn fresh(size: Size) -> (Vec<u8>, Records) {
    let len = if matches!(size, Size::Fixed(..=200)) { 3000 } else { 16_000 };
    (vec![0; len], Records::new(size, &mut Random::new(7)))
}

/// The same file after a first pass and after a second one.
fn two_passes(size: Size, how: Append) -> (Pass, Pass) {
    let (mut file, mut records) = fresh(size);
    let mut log = Log { memory: &mut file, first_lsn: 0, appended: 0 };
    (Pass::new(&mut log, &mut records, how), Pass::new(&mut log, &mut records, how))
}

/// An old and a new pass, for each length and way of appending.
fn for_each_two_passes(mut test: impl FnMut(&Pass, &Pass, &str)) {
    for size in SIZES {
        for (how, name) in [(Append::CopyFromSlice, "copy"), (Append::Writer, "Writer")] {
            let (old, new) = two_passes(size, how);
            assert!(new.ends.len() >= 3, "{size}: {} records", new.ends.len());
            test(&old, &new, &format!("records of {size}, by {name}"));
        }
    }
}

/// The first bytes of `new`, then those of `old`.
fn cut(old: &[u8], new: &Pass, at: usize) -> Vec<u8> {
    [&new.file[..at], &old[at..]].concat()
}

/// `new`, where `is_new` of the number of a unit, and `old` elsewhere.
fn mixed(old: &Pass, new: &Pass, unit: usize, mut is_new: impl FnMut(usize) -> bool) -> Vec<u8> {
    let mut file = old.file.clone();
    for (number, place) in file.chunks_mut(unit).enumerate() {
        if is_new(number) {
            let at = number * unit;
            place.copy_from_slice(&new.file[at..at + place.len()]);
        }
    }
    file
}

#[test]
fn a_new_lsn_does_not_make_an_old_record_new() {
    // The word after the seventh record is the LSN of the eighth; all else of it is an earlier pass's.
    for how in [Append::CopyFromSlice, Append::Writer] {
        let (old, new) = two_passes(Size::Fixed(72), how);
        let torn = cut(&old.file, &new, 512);
        assert_eq!(torn[504..512], (new.first_lsn + 504).to_le_bytes());
        assert_eq!(recover(&torn[..], new.first_lsn).unwrap(), Recovered { records: 7, bytes: 504 });
    }
}

#[test]
fn a_cut_leaves_the_records_before_it() {
    for_each_two_passes(|old, new, case| {
        let mut found = Vec::new();
        for at in (0..new.file.len()).step_by(8).chain([new.file.len()]) {
            let torn = cut(&old.file, new, at);
            found.push(new.assert_exact(&torn, &format!("{case}, cut at {at}")).records);
        }
        assert!(found.is_sorted() && found[0] == 0);
        assert_eq!(found.last(), Some(&new.ends.len()), "{case}");
    });
}

#[test]
fn a_file_cut_short_has_the_records_before_its_end() {
    for_each_two_passes(|_, new, case| {
        for len in (0..=new.file.len()).step_by(61) {
            new.assert_exact(&new.file[..len], &format!("{case}, {len} bytes"));
        }
    });
}

#[test]
fn parts_that_arrive_in_any_order_invent_nothing() {
    let random = &mut Random::new(8);
    for_each_two_passes(|old, new, case| {
        for unit in UNITS {
            let units = new.file.len().div_ceil(unit);
            for _ in 0..20 {
                // Most at the front have arrived, so that there is something to find.
                let first_hole = random.below(units + 1);
                let torn = mixed(old, new, unit, |number| number < first_hole || random.below(2) == 0);
                new.assert_exact(&torn, &format!("{case}, whole up to {unit} * {first_hole}, then in part"));
                // One part is missing, or nothing but one part has arrived.
                let missing = random.below(units);
                new.assert_exact(&mixed(old, new, unit, |n| n != missing), &format!("{case}, no {unit} * {missing}"));
                new.assert_exact(&mixed(old, new, unit, |n| n == missing), &format!("{case}, {unit} * {missing}"));
            }
        }
    });
}

#[test]
fn every_bit_of_a_record_counts() {
    for_each_two_passes(|_, new, case| {
        let place = new.record(1);
        // All of the header, and every 13th bit of the payload.
        let bits = (0..8 * HEADER).chain((8 * HEADER..8 * place.len()).step_by(13));
        for bit in bits {
            let mut file = new.file.clone();
            file[place.start + bit / 8] ^= 1 << (bit % 8);
            let found = recover(&file[..], new.first_lsn).unwrap();
            assert_eq!(found, Recovered { records: 1, bytes: place.start }, "{case}, bit {bit}");
        }
    });
}

#[test]
fn impossible_lengths_end_the_log() {
    for_each_two_passes(|_, new, case| {
        let place = new.record(1);
        let left = new.file.len() - place.start;
        for len in [0, 1, HEADER - 1, left + 1, MAX, MAX + 1, i32::MAX as usize, u32::MAX as usize] {
            let mut file = new.file.clone();
            let record = &mut file[place.start..];
            record[8..12].copy_from_slice(&(len as u32).to_le_bytes());
            // Also if the checksum is that of what there is.
            let payload_crc = crc32fast::hash(record.get(HEADER..len).unwrap_or(&[]));
            let checksum = checksum(payload_crc, &record[..12]);
            record[12..HEADER].copy_from_slice(&checksum.to_le_bytes());
            let found = recover(&file[..], new.first_lsn).unwrap();
            assert_eq!(found, Recovered { records: 1, bytes: place.start }, "{case}, length {len}");
        }
    });
}

#[test]
fn zeros_are_no_record() {
    let none = Recovered { records: 0, bytes: 0 };
    for first_lsn in [0, 4096] {
        assert_eq!(recover(&[0; 4096][..], first_lsn).unwrap(), none);
        // LSN and length have arrived, checksum and payload have not.
        for len in HEADER..2048 {
            let mut file = [0; 4096];
            file[..8].copy_from_slice(&u64::to_le_bytes(first_lsn));
            file[8..12].copy_from_slice(&(len as u32).to_le_bytes());
            assert_eq!(recover(&file[..], first_lsn).unwrap(), none, "{len} bytes");
        }
    }
}

#[test]
fn what_a_crash_left_does_not_come_back() {
    for size in SIZES {
        let (mut file, mut records) = fresh(size);
        let mut log = Log { memory: &mut file, first_lsn: 0, appended: 0 };
        let first = Pass::new(&mut log, &mut records, Append::Writer);
        let second = Pass::new(&mut log, &mut records, Append::Writer);
        // The crash takes the first line of the second pass. What is behind it is whole, and lost all the same.
        let torn = mixed(&first, &second, 64, |line| line > 0);
        assert_eq!(second.assert_exact(&torn, "the crash"), Recovered { records: 0, bytes: 0 });
        // Whoever recovers it goes on with a third pass, and crashes after each of its records in turn.
        let mut log = Log { memory: &mut torn.clone(), first_lsn: second.first_lsn, appended: 0 };
        let third = Pass::new(&mut log, &mut records, Append::Writer);
        for (number, &end) in third.ends.iter().enumerate() {
            let found = recover(&cut(&torn, &third, end)[..], third.first_lsn).unwrap();
            assert_eq!(found, Recovered { records: number + 1, bytes: end }, "records of {size}");
        }
    }
}
