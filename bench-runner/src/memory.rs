//! Anonymous memory, and what backs it.

use std::fs;
use std::io;
use std::mem::MaybeUninit;

use memmap2::MmapMut;

/// A transparent huge page. Memory starts on this boundary, so that they can back all of it.
pub const HUGE_PAGE: usize = 2 << 20;

/// The smallest page: touching one byte in each touches all memory.
pub const BASE_PAGE: usize = 4096;

/// Zeroed memory that no page frame backs until it is first written.
pub struct Mapping {
    map: MmapMut,
    start: usize,
    len: usize,
}

impl Mapping {
    /// Maps `len` bytes and asks for, or against, transparent huge pages.
    pub fn new(len: usize, huge_pages: bool) -> io::Result<Self> {
        // mmap aligns to 4 KiB only: map one huge page more, and start inside.
        let mapped = len.checked_add(HUGE_PAGE).ok_or_else(|| io::Error::from(io::ErrorKind::OutOfMemory))?;
        let map = MmapMut::map_anon(mapped)?;
        let start = map.as_ptr().align_offset(HUGE_PAGE);
        // Refused by a kernel without transparent huge pages; what the memory really got is reported (`page_mode`).
        #[cfg(target_os = "linux")]
        let _ = map.advise(if huge_pages { memmap2::Advice::HugePage } else { memmap2::Advice::NoHugePage });
        #[cfg(not(target_os = "linux"))]
        let _ = huge_pages;
        Ok(Self { map, start, len })
    }

    /// Has the kernel back all of the memory by page frames at once (`MADV_POPULATE_WRITE`, Linux 5.14 and later).
    pub fn populate(&mut self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        return self.map.advise_range(memmap2::Advice::PopulateWrite, self.start, self.len);
        #[cfg(not(target_os = "linux"))]
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Maps `len` bytes in huge pages, where the system gives them, and writes every word; `salt` makes two memories differ at each. None is
    /// zero: some CPUs write lines of zeros twice as fast as others (Zen 4: 55 against 27 GB/s).
    pub fn written(len: usize, salt: u64) -> io::Result<Self> {
        let mut mapping = Self::new(len, true)?;
        for (i, word) in mapping.memory().as_chunks_mut().0.iter_mut().enumerate() {
            let value = (i as u64 ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 0x0101_0101_0101_0101;
            *word = value.to_ne_bytes().map(MaybeUninit::new);
        }
        Ok(mapping)
    }

    /// What mapping `len` bytes takes from the limits.
    pub fn cost(len: u64) -> u64 {
        len.saturating_add(HUGE_PAGE as u64)
    }

    /// The memory, to be read.
    pub fn bytes(&self) -> &[u8] {
        &self.map[self.start..][..self.len]
    }

    /// The memory, to be written.
    pub fn memory(&mut self) -> &mut [MaybeUninit<u8>] {
        let bytes = &mut self.map[self.start..][..self.len];
        let (ptr, len) = (bytes.as_mut_ptr().cast(), bytes.len());
        // SAFETY: same memory, length and exclusive borrow, and MaybeUninit<u8> has the layout of u8. The bytes stay
        // initialised: what the callers pass this to writes struct pages, constants and copies, never an uninitialised value.
        unsafe { std::slice::from_raw_parts_mut(ptr, len) }
    }
}

/// A field of a file that is like /proc/meminfo, in bytes.
pub fn field(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// How the anonymous memory of a process (its number, or `self`) is backed, as the kernel counts it now.
pub fn page_mode(process: &str) -> String {
    let bytes = |name| field(&format!("/proc/{process}/smaps_rollup"), name);
    match (bytes("Anonymous"), bytes("AnonHugePages")) {
        (Some(all @ 1..), Some(huge)) => format!("{:.0} % in 2 MiB pages", 100.0 * huge as f64 / all as f64),
        _ => "page mode unknown".to_string(),
    }
}

#[test]
fn memory_is_aligned_and_whole() {
    let mut mapping = Mapping::new(HUGE_PAGE + 64, true).unwrap();
    mapping.memory().fill(MaybeUninit::new(0xa5));
    assert_eq!((mapping.bytes().as_ptr().addr() % HUGE_PAGE, mapping.bytes()), (0, &[0xa5; HUGE_PAGE + 64][..]));
    assert!(Mapping::new(usize::MAX, false).is_err());
}
