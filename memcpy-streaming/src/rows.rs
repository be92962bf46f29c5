//! Rows: blocks whose lines are apart, as those of images, textures and tensors are.

use crate::kernels::PORTABLE;
use crate::raw::{self, Drains};
use crate::{Scope, Streamer, WriteOnly, arch};

/// Rows of bytes, and how far apart they begin at each side.
#[derive(Clone, Copy)]
pub(crate) struct Rows {
    pub(crate) dst_pitch: usize,
    pub(crate) src_pitch: usize,
    pub(crate) width: usize,
    pub(crate) rows: usize,
}

impl Rows {
    /// Of elements of `size` bytes in slices of so many, or a panic that says why not.
    #[inline]
    #[track_caller]
    fn checked(self, size: usize, dst_len: usize, src_len: usize) -> Rows {
        let Rows { dst_pitch, src_pitch, width, rows } = self;
        for (pitch, len, side) in [(dst_pitch, dst_len, "destination"), (src_pitch, src_len, "source")] {
            assert!(width <= pitch, "rows of {width} elements overlap in the {side}: they begin {pitch} apart");
            let needed = match rows.checked_sub(1) {
                Some(others) if width > 0 => others.checked_mul(pitch).and_then(|last| last.checked_add(width)),
                _ => Some(0),
            };
            assert!(
                needed.is_some_and(|needed| needed <= len),
                "{rows} rows of {width} elements, {pitch} apart, do not fit into the {len} of the {side}"
            );
        }
        // A pitch that is inside of no slice may wrap: there is only one row then, or nothing in them.
        let in_bytes = |elements: usize| elements.wrapping_mul(size);
        Rows { dst_pitch: in_bytes(dst_pitch), src_pitch: in_bytes(src_pitch), width: in_bytes(width), rows }
    }

    /// All bytes that are copied: no more than there are at each side.
    #[inline]
    fn size(self) -> usize {
        self.width.wrapping_mul(self.rows)
    }
}

/// Copies rows; true if some were streamed, or are to be drained whatever they were.
///
/// # Safety
/// * Of each of the rows, `width` bytes at `src` are valid for reads and at `dst` for writes, each row a pitch behind the one before;
///   none overlaps another, at either side or across.
/// * If it answers true: no other access to the bytes at `dst` before a drain on this thread.
#[inline]
pub(crate) unsafe fn copy(how: Streamer, mut dst: *mut u8, mut src: *const u8, rows: Rows, drains: Drains) -> bool {
    let Rows { dst_pitch, src_pitch, mut width, rows: mut count } = rows;
    if width == 0 || count == 0 {
        return false; // Whatever the pointers are.
    }
    if (dst_pitch, src_pitch) == (width, width) {
        // They follow each other at both sides: it is one.
        (width, count) = (rows.size(), 1);
    }
    // What holds for a short copy holds for each of many short rows.
    let is_short = drains != Drains::Always && width < how.tuning.bypass;
    let how = if is_short { Streamer { kernels: &PORTABLE, ..how } } else { how };
    let mut streamed = false;
    for _ in 0..count {
        // SAFETY: the bytes of a row at each side.
        streamed |= unsafe { raw::copy(how, dst, src, width, drains) };
        // Behind the last row there may be nothing.
        (dst, src) = (dst.wrapping_add(dst_pitch), src.wrapping_add(src_pitch));
    }
    streamed
}

impl Streamer {
    /// [`copy_rows`](crate::copy_rows) with this backend.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut texture = [0_u8; 8 * 100];
    /// streamer.copy_rows(&mut texture, 100, &[7; 8 * 64], 64, 64, 8);
    /// assert_eq!((texture[163], texture[164], texture[200]), (7, 0, 7));
    /// ```
    #[inline]
    #[track_caller]
    pub fn copy_rows<'a, T: Copy>(
        self,
        dst: impl Into<WriteOnly<'a, T>>,
        dst_pitch: usize,
        src: &[T],
        src_pitch: usize,
        width: usize,
        rows: usize,
    ) {
        let dst = dst.into();
        let rows = Rows { dst_pitch, src_pitch, width, rows }.checked(size_of::<T>(), dst.len(), src.len());
        let is_short = dst.is_ordinary() && rows.size() < self.tuning.drained_copy;
        let how = if is_short { Streamer { kernels: &PORTABLE, ..self } } else { self };
        // SAFETY: the rows were just checked to be inside the slices, and not to overlap. No operation gets a source in memory that is only
        // written. It stays borrowed until this function has drained.
        unsafe {
            if copy(how, dst.ptr.cast(), src.as_ptr().cast(), rows, dst.drains()) {
                arch::drain();
            }
        }
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Copies rows to memory that is only written, or to a slice: [`copy_rows`](crate::copy_rows). All of the destination is the scope's
    /// until the scope has ended.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// let (mut left, mut right) = ([0_u8; 8 * 64], [0_u8; 8 * 36]);
    /// let image = [7; 8 * 100];
    /// memcpy_streaming::scope(|s| {
    ///     s.copy_rows(&mut left, 64, &image, 100, 64, 8);
    ///     s.copy_rows(&mut right, 36, &image[64..], 100, 36, 8);
    /// });
    /// assert_eq!((left, right), ([7; 8 * 64], [7; 8 * 36]));
    /// ```
    #[inline]
    #[track_caller]
    pub fn copy_rows<T: Copy>(
        &self,
        dst: impl Into<WriteOnly<'scope, T>>,
        dst_pitch: usize,
        src: &[T],
        src_pitch: usize,
        width: usize,
        rows: usize,
    ) {
        let dst = dst.into();
        let rows = Rows { dst_pitch, src_pitch, width, rows }.checked(size_of::<T>(), dst.len(), src.len());
        // SAFETY: the rows were just checked to be inside the slices, and not to overlap. No operation gets a source in memory that is only
        // written. It stays borrowed for 'scope, which ends after the drain of `Streamer::scope`, on this thread.
        self.note(unsafe { copy(self.streamer(), dst.ptr.cast(), src.as_ptr().cast(), rows, dst.drains()) });
    }
}

/// Copies `rows` rows of `width` elements past the cache, to memory that is only written, or to a slice: an image, a texture, a part of a
/// tensor. Complete and ordered when it returns, by one drain.
///
/// Rows that are shorter than [`Tuning::bypass`](crate::Tuning::bypass), unless they follow each other at both sides, and fewer bytes in all
/// than [`Tuning::drained_copy`](crate::Tuning::drained_copy), are copied by ordinary stores.
///
/// A row begins `dst_pitch` elements behind the one before it in the destination, and `src_pitch` elements in the source. What is between
/// rows is not touched.
///
/// # Panics
/// * If a pitch is less than the width: rows would overlap.
/// * If the rows do not fit into either side. The last one needs no more than its width.
///
/// ```
/// let image = vec![[1_u8, 2, 3, 4]; 640 * 480];
/// let mut texture = vec![[0; 4]; 1024 * 480]; // Rows at borders of 4 KiB.
/// memcpy_streaming::copy_rows(&mut texture[..], 1024, &image, 640, 640, 480);
/// assert_eq!((texture[639], texture[640], texture[1024]), ([1, 2, 3, 4], [0; 4], [1, 2, 3, 4]));
/// ```
#[doc(alias = "memcpy2D")]
#[doc(alias = "blit")]
#[inline]
#[track_caller]
pub fn copy_rows<'a, T: Copy>(
    dst: impl Into<WriteOnly<'a, T>>,
    dst_pitch: usize,
    src: &[T],
    src_pitch: usize,
    width: usize,
    rows: usize,
) {
    Streamer::new().copy_rows(dst, dst_pitch, src, src_pitch, width, rows);
}
