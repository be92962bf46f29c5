//! What the operations ask a destination for.

use super::{Memory, WriteOnly};
use crate::raw::Drains;

impl<T> WriteOnly<'_, T> {
    /// What a drain behind an operation on it is for, if the operation may stream.
    #[inline]
    pub(crate) fn drains(&self) -> Drains {
        if self.is_ordinary() { Drains::Once } else { Drains::Always }
    }

    #[inline]
    pub(crate) fn is_ordinary(&self) -> bool {
        self.memory == Memory::Ordinary
    }

    /// Its length in bytes.
    #[inline]
    pub(crate) fn size(&self) -> usize {
        // Not more than `isize::MAX`, as everybody has vouched who made one from raw parts.
        self.len.wrapping_mul(size_of::<T>())
    }

    /// Stores `value(i)` as element `i`, one after the other, by ordinary stores.
    #[inline]
    pub(crate) fn store_each(self, mut value: impl FnMut(usize) -> T) {
        for i in 0..self.len {
            // SAFETY: element `i` is one of the destination, which is aligned for them. What it was is not dropped: elements that are
            // stored this way are `Copy`.
            unsafe { self.ptr.add(i).write(value(i)) };
        }
    }
}
