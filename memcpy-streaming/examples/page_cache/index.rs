//! The index whose lookups the copies disturb.

use crate::random::Random;
use std::hint::black_box;

/// A hash table from `u64` to `u64`: open addressing, linear probing, half full.
///
/// Each value is the next key of one cycle through all keys. So every lookup waits for the one before it, as a join or a
/// tree descent does, and a cache miss shows in full; and every cycle touches the same lines in the same order.
pub(crate) struct Index {
    slots: Vec<[u64; 2]>,
    keys: usize,
}

/// Keys start at 1.
const FREE: u64 = 0;

impl Index {
    /// A table of `bytes`, a power of two of at least 64.
    pub(crate) fn new(bytes: usize, random: &mut Random) -> Index {
        let len = bytes / size_of::<[u64; 2]>();
        let keys = len / 2;
        let mut cycle: Vec<u64> = (1..=keys as u64).collect();
        random.shuffle(&mut cycle);
        let mut index = Index { slots: vec![[FREE; 2]; len], keys };
        for (i, &key) in cycle.iter().enumerate() {
            let slot = index.probe(key);
            index.slots[slot] = [key, cycle[(i + 1) % keys]];
        }
        index
    }

    pub(crate) fn keys(&self) -> usize {
        self.keys
    }

    /// Reads all of the table.
    pub(crate) fn bring_into_cache(&self) {
        black_box(self.slots.iter().fold(0, |all, slot| all ^ slot[0]));
    }

    /// The value of a key that is in the table.
    #[inline]
    pub(crate) fn get(&self, key: u64) -> u64 {
        self.slots[self.probe(key)][1]
    }

    /// The slot of `key`, or the free one where it belongs; the table is never full.
    #[inline]
    fn probe(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        while self.slots[slot][0] != key && self.slots[slot][0] != FREE {
            slot = (slot + 1) & mask;
        }
        slot
    }
}
