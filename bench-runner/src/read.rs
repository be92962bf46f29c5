//! Reading, and what a lap reads besides its work.

use std::hint::black_box;

use bench_runner::Reread;
use bench_runner::memory::Mapping;
use bench_runner::places::Part;

/// Reads every byte.
#[inline(never)]
pub(crate) fn read(bytes: &[u8]) {
    let mut sum = [0_u64; 8];
    let (lines, rest) = bytes.as_chunks::<64>();
    for line in lines {
        for (sum, word) in sum.iter_mut().zip(line.as_chunks().0) {
            *sum = sum.wrapping_add(u64::from_ne_bytes(*word));
        }
    }
    for byte in rest {
        sum[0] = sum[0].wrapping_add(u64::from(*byte));
    }
    black_box(sum);
}

/// What is read after blocks.
pub(crate) enum After {
    Nothing,
    /// The block.
    Block,
    /// A working set, and the bytes written since it was read.
    Set(Mapping, usize),
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
                After::Set(memory.map_err(|error| format!("cannot map a working set: {error}"))?, 0)
            }
        })
    }

    /// Brings the working set into the cache.
    pub(crate) fn heat(&mut self) {
        if let After::Set(memory, since) = self {
            *since = 0;
            read(memory.bytes());
        }
    }

    /// To be called after each block, once it is drained.
    #[inline(always)]
    pub(crate) fn each(&mut self, block: &[u8]) {
        match self {
            After::Nothing => {}
            After::Block => read(block),
            After::Set(memory, since) => {
                *since += block.len();
                if *since >= After::EVERY {
                    *since = 0;
                    read(memory.bytes());
                }
            }
        }
    }
}
