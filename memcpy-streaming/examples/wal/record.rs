//! Log records, and their reader.

use crate::random::Random;
use crc32fast::Hasher;
use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

/// LSN (8 bytes), length of the record (4), checksum (4); then the payload.
pub(crate) const HEADER: usize = 16;
/// The part of the header that the checksum covers: all but itself.
const COVERED: usize = 12;
/// The longest record, header included.
pub(crate) const MAX: usize = 65536;

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
            Ok(bytes @ 32..=MAX) => Ok(Size::Fixed(bytes)),
            _ if text == "mix" => Ok(Size::Mix),
            _ => Err(format!("RECORD_BYTES must be a number from 32 to {MAX}, `mix` or `all`, not `{text}`")),
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

/// Records that are complete except for LSN and checksum: transactions have just built them, in the cache.
pub(crate) struct Records {
    records: Vec<Record>,
    turn: usize,
}

struct Record {
    /// Header and payload.
    bytes: Box<[u8]>,
    payload_crc: u32,
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
            records.push(Record::new(len, random));
            bytes += len;
        }
        Records { records, turn: 0 }
    }

    /// The next record, with this LSN.
    #[inline]
    pub(crate) fn next(&mut self, lsn: u64) -> &[u8] {
        self.turn = if self.turn + 1 < self.records.len() { self.turn + 1 } else { 0 };
        let Record { bytes, payload_crc } = &mut self.records[self.turn];
        bytes[..8].copy_from_slice(&lsn.to_le_bytes());
        let checksum = checksum(*payload_crc, &bytes[..COVERED]);
        bytes[COVERED..HEADER].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }
}

impl Record {
    fn new(len: usize, random: &mut Random) -> Record {
        let mut bytes: Box<[u8]> = (0..len).map(|_| random.next() as u8).collect();
        bytes[8..COVERED].copy_from_slice(&(len as u32).to_le_bytes());
        let payload_crc = crc32fast::hash(&bytes[HEADER..]);
        Record { bytes, payload_crc }
    }
}

/// The checksum of a record: the CRC-32 of its payload, continued over LSN and length. So most of it is known before the
/// LSN is.
///
/// A new header may reach the file without its payload. If the checksum did not cover the LSN, the whole record that an
/// earlier pass left there would then be taken for a new one.
#[inline]
pub(crate) fn checksum(payload_crc: u32, covered: &[u8]) -> u32 {
    let mut crc = Hasher::new_with_initial(payload_crc);
    crc.update(covered);
    crc.finalize()
}

/// What a reader finds in a log.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Recovered {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
}

/// Reads the log from its start to the first thing that is not the next record: its LSN is not the one that belongs
/// here, its length is impossible, or its checksum is another one.
///
/// So it finds the records that are whole up to the first that is not, whichever parts of the others have reached the file.
/// Memory of zeros is no record: its length is impossible.
pub(crate) fn recover(mut log: impl Read, first_lsn: u64) -> io::Result<Recovered> {
    let mut found = Recovered { records: 0, bytes: 0 };
    let mut header = [0; HEADER];
    let mut payload = Vec::new();
    while read_or_end(&mut log, &mut header)? {
        let (covered, expected) = header.split_at(COVERED);
        let (lsn, len) = covered.split_at(8);
        let len = u32::from_le_bytes([len[0], len[1], len[2], len[3]]) as usize;
        if lsn != (first_lsn + found.bytes as u64).to_le_bytes() || !(HEADER..=MAX).contains(&len) {
            break;
        }
        payload.resize(len - HEADER, 0);
        if !read_or_end(&mut log, &mut payload)? {
            break;
        }
        if checksum(crc32fast::hash(&payload), covered).to_le_bytes() != expected {
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
