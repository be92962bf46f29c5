//! The safe form: a device whose address, length and width have been vouched for once.

use super::{memcpy_mmio, memset_mmio};
use crate::Width;
use core::marker::PhantomData;

/// Registers or memory of a device, as a range that is only stored to: [`memcpy_mmio`] and [`memset_mmio`] without `unsafe`.
///
/// It is a type of its own because nothing else here is for such memory: other destinations take stores of any width.
///
/// ```
/// use memcpy_streaming::{Registers, Width};
///
/// let mut words = [0_u32; 8]; // Stands for the registers of a device.
/// // SAFETY: 32 bytes, aligned to 4, which nobody else uses.
/// let mut registers = unsafe { Registers::from_raw_parts(words.as_mut_ptr().cast(), 32, Width::Four) };
/// registers.copy(4, &[0x11; 8]);
/// registers.fill(16, 4, 0xff);
/// assert_eq!(words, [0, 0x1111_1111, 0x1111_1111, 0, 0xffff_ffff, 0, 0, 0]);
/// ```
#[derive(Debug)]
pub struct Registers<'a> {
    start: *mut u8,
    len: usize,
    width: Width,
    borrow: PhantomData<&'a mut ()>,
}

// SAFETY: a device cannot tell which thread has stored; and only one at a time can, because `copy` and `fill` take `&mut self`.
unsafe impl Send for Registers<'_> {}

impl Registers<'_> {
    /// `len` bytes at `start`, which take stores of `width`.
    ///
    /// # Safety
    /// * `start` and `len` are multiples of the width.
    /// * As long as `'a`, all stores of that width to those bytes, aligned, of any values, by any thread, are allowed: the bytes are memory of
    ///   this program that nobody else accesses, or a device takes them, and no effect of theirs breaks what Rust code relies on (it starts no
    ///   transfer to memory that is not the device's, for example).
    #[inline]
    #[must_use]
    pub const unsafe fn from_raw_parts(start: *mut u8, len: usize, width: Width) -> Self {
        Registers { start, len, width, borrow: PhantomData }
    }

    /// The number of bytes.
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The width of each store.
    #[inline]
    #[must_use]
    pub const fn width(&self) -> Width {
        self.width
    }

    /// Stores `src` from byte `at` on: each byte once, in ascending order.
    ///
    /// # Panics
    /// If `at` or the length of `src` is no multiple of the width, or they reach beyond the end.
    #[track_caller]
    pub fn copy(&mut self, at: usize, src: &[u8]) {
        self.check(at, src.len());
        // SAFETY: the bytes are inside of what `from_raw_parts` was given, and were just found to be a multiple of the width at a multiple of it.
        // The source is a slice, which the device's bytes are in no way a part of.
        unsafe { memcpy_mmio(self.start.add(at), src.as_ptr(), src.len(), self.width) }
    }

    /// Stores `byte` to `len` bytes from byte `at` on: each once, in ascending order.
    ///
    /// # Panics
    /// If `at` or `len` is no multiple of the width, or they reach beyond the end.
    #[track_caller]
    pub fn fill(&mut self, at: usize, len: usize, byte: u8) {
        self.check(at, len);
        // SAFETY: as in `copy`; there is no source.
        unsafe { memset_mmio(self.start.add(at), byte, len, self.width) }
    }

    #[track_caller]
    fn check(&self, at: usize, len: usize) {
        let width = self.width.bytes();
        assert!((at | len) & (width - 1) == 0, "{len} bytes from {at} on are not for stores of {width}");
        assert!(at <= self.len && len <= self.len - at, "{len} bytes from {at} on reach beyond {}", self.len);
    }
}
