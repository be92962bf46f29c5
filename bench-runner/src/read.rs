//! Reading, and what a lap reads besides its work.

use std::hint::black_box;

use bench_runner::Reread;
use bench_runner::memory::Mapping;
use bench_runner::places::Part;

/// Reads `len` bytes.
///
/// # Safety
/// `from` is valid for reads of `len` bytes, and nobody writes them meanwhile.
#[inline(never)]
pub(crate) unsafe fn read(from: *const u8, len: usize) {
    let (mut sum, mut at) = ([0_u64; 8], 0);
    while at + 64 <= len {
        // SAFETY: 64 bytes at `at` are within the caller's.
        let line = unsafe { from.add(at).cast::<[u64; 8]>().read_unaligned() };
        for (sum, word) in sum.iter_mut().zip(line) {
            *sum = sum.wrapping_add(word);
        }
        at += 64;
    }
    while at < len {
        // SAFETY: as above, one byte.
        sum[0] = sum[0].wrapping_add(u64::from(unsafe { *from.add(at) }));
        at += 1;
    }
    black_box(sum);
}

/// What is read after blocks.
pub(crate) enum After {
    Nothing,
    /// The block.
    Block,
    /// A working set.
    Set {
        memory: Mapping,
        /// Bytes written since it was read.
        since: usize,
    },
}

impl After {
    /// Bytes that are written between two looks at the working set.
    const EVERY: usize = 256 << 10;

    pub(crate) fn new(reread: Reread, part: Part) -> Result<After, String> {
        Ok(match reread {
            Reread::No => After::Nothing,
            Reread::Yes => After::Block,
            Reread::Victim => {
                let memory = Mapping::written(part.l2 / 2, 0x71c << 40);
                After::Set { memory: memory.map_err(|error| format!("cannot map a working set: {error}"))?, since: 0 }
            }
        })
    }

    /// Brings the working set into the cache.
    pub(crate) fn heat(&mut self) {
        if let After::Set { memory, since } = self {
            *since = 0;
            read_all(memory);
        }
    }

    /// To be called after each block.
    ///
    /// # Safety
    /// `dst` is valid for reads of `len` bytes: the block that was just written, and drained.
    #[inline(always)]
    pub(crate) unsafe fn each(&mut self, dst: *const u8, len: usize) {
        match self {
            After::Nothing => {}
            // SAFETY: the caller's.
            After::Block => unsafe { read(dst, len) },
            After::Set { memory, since } => {
                *since += len;
                if *since >= After::EVERY {
                    *since = 0;
                    read_all(memory);
                }
            }
        }
    }
}

fn read_all(memory: &Mapping) {
    let bytes = memory.bytes();
    // SAFETY: all of the memory, borrowed.
    unsafe { read(bytes.as_ptr(), bytes.len()) };
}
