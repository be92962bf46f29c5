//! Log records, and their reader.

use crate::random::Random;
use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

/// LSN (8 bytes), length of the record (4), CRC-32 of the payload (4); then the payload.
const HEADER: usize = 16;

/// How long records are, in bytes, headers included.
#[derive(Clone, Copy)]
pub(crate) enum Size {
    Fixed(usize),
    /// Any length from 32 to 4096, short ones more often.
    Mix,
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Size, String> {
        match text.parse() {
            Ok(bytes @ 32..=65536) => Ok(Size::Fixed(bytes)),
            _ if text == "mix" => Ok(Size::Mix),
            _ => Err(format!("RECORD_BYTES must be a number from 32 to 65536, `mix` or `all`, not `{text}`")),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Size::Fixed(bytes) => write!(f, "{bytes} B"),
            Size::Mix => f.write_str("32..4096 B"),
        }
    }
}

/// Records that are complete but for their LSN: what transactions have just built, in the cache.
pub(crate) struct Records {
    records: Vec<Box<[u8]>>,
    turn: usize,
}

impl Records {
    pub(crate) fn new(size: Size, random: &mut Random) -> Records {
        const ALL: usize = 128 * 1024;
        let mut records = Vec::new();
        let mut bytes = 0;
        while bytes < ALL {
            let len = match size {
                Size::Fixed(len) => len,
                Size::Mix => {
                    let magnitude = 32 << random.below(7);
                    magnitude + random.below(magnitude + 1)
                }
            };
            records.push(record(len, random));
            bytes += len;
        }
        Records { records, turn: 0 }
    }

    /// The next record, its LSN filled in.
    #[inline]
    pub(crate) fn next(&mut self, lsn: u64) -> &[u8] {
        self.turn = if self.turn + 1 < self.records.len() { self.turn + 1 } else { 0 };
        let record = &mut self.records[self.turn];
        record[..8].copy_from_slice(&lsn.to_le_bytes());
        record
    }
}

fn record(len: usize, random: &mut Random) -> Box<[u8]> {
    let mut record: Box<[u8]> = (0..len).map(|_| random.next() as u8).collect();
    let checksum = crc32fast::hash(&record[HEADER..]);
    record[8..12].copy_from_slice(&(len as u32).to_le_bytes());
    record[12..16].copy_from_slice(&checksum.to_le_bytes());
    record
}

/// What a reader finds in a log.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Recovered {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
}

/// Reads the log from its start to the first thing that is not the next record: its LSN is not the one that belongs
/// here, its length is impossible, or its payload has another checksum.
///
/// An LSN is the place in all of the log ever written, so what an earlier pass left in a reused file is no record.
pub(crate) fn recover(mut log: impl Read, first_lsn: u64) -> io::Result<Recovered> {
    let mut found = Recovered { records: 0, bytes: 0 };
    let mut header = [0; HEADER];
    let mut payload = Vec::new();
    while read_or_end(&mut log, &mut header)? {
        let (lsn, rest) = header.split_at(8);
        let (len, checksum) = rest.split_at(4);
        let len = u32::from_le_bytes([len[0], len[1], len[2], len[3]]) as usize;
        if lsn != (first_lsn + found.bytes as u64).to_le_bytes() || !(HEADER..=65536).contains(&len) {
            break;
        }
        payload.resize(len - HEADER, 0);
        if !read_or_end(&mut log, &mut payload)? || checksum != crc32fast::hash(&payload).to_le_bytes() {
            break;
        }
        found.records += 1;
        found.bytes += len;
    }
    Ok(found)
}

/// False if the log ends before the buffer is full.
fn read_or_end(log: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match log.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
