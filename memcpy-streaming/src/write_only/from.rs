//! What a destination comes from.

use super::{Memory, WriteOnly};
use core::fmt;
use core::mem::MaybeUninit;

impl<'a, T> From<&'a mut [T]> for WriteOnly<'a, T> {
    #[inline]
    fn from(slice: &'a mut [T]) -> WriteOnly<'a, T> {
        // SAFETY: the elements of a slice, which is borrowed exclusively for 'a. What is stored over them are elements as well.
        unsafe { WriteOnly::from_raw_parts(slice.as_mut_ptr(), slice.len(), Memory::Ordinary) }
    }
}

impl<'a, T> From<&'a mut [MaybeUninit<T>]> for WriteOnly<'a, T> {
    #[inline]
    fn from(slice: &'a mut [MaybeUninit<T>]) -> WriteOnly<'a, T> {
        // SAFETY: the elements of a slice, which is borrowed exclusively for 'a; nothing here reads them.
        unsafe { WriteOnly::from_raw_parts(slice.as_mut_ptr().cast(), slice.len(), Memory::Ordinary) }
    }
}

impl<'a, T, const N: usize> From<&'a mut [T; N]> for WriteOnly<'a, T> {
    #[inline]
    fn from(array: &'a mut [T; N]) -> WriteOnly<'a, T> {
        WriteOnly::from(&mut array[..])
    }
}

impl<'a, T, const N: usize> From<&'a mut [MaybeUninit<T>; N]> for WriteOnly<'a, T> {
    #[inline]
    fn from(array: &'a mut [MaybeUninit<T>; N]) -> WriteOnly<'a, T> {
        WriteOnly::from(&mut array[..])
    }
}

impl<T> fmt::Debug for WriteOnly<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteOnly").field("len", &self.len).field("memory", &self.memory).finish_non_exhaustive()
    }
}
