//! What the operations ask a destination for.

use super::{Memory, WriteOnly};
use crate::raw::Drains;

impl<'a, T> WriteOnly<'a, T> {
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

    /// Its bytes, for who stores whole elements.
    #[inline]
    pub(crate) fn into_bytes(self) -> WriteOnly<'a, u8> {
        // SAFETY: the bytes of its elements, for as long, in the same memory.
        unsafe { WriteOnly::from_raw_parts(self.ptr.cast(), self.size(), self.memory) }
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
