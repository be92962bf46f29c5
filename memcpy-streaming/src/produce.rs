//! Values that are computed a line at a time, in registers or in the first-level cache, and streamed from there.

use crate::raw::{self, Drains};
use crate::safe::check_len;
use crate::{Scope, Streamer, WriteOnly};

mod lines;

impl Streamer {
    /// [`fill_with`](crate::fill_with) with this backend.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut squares = [0; 2000];
    /// streamer.fill_with(&mut squares, |i| (i * i) as u64);
    /// assert_eq!(squares[1999], 1999 * 1999);
    /// ```
    #[inline]
    pub fn fill_with<'a, T: Copy>(self, dst: impl Into<WriteOnly<'a, T>>, value: impl FnMut(usize) -> T) {
        self.produce(dst.into(), self.tuning.drained_fill, value);
    }

    /// [`map`](crate::map) with this backend.
    ///
    /// # Panics
    /// As there.
    ///
    /// ```
    /// # let streamer = memcpy_streaming::Streamer::new();
    /// let mut wide = [0; 2000];
    /// streamer.map(&mut wide, &[3_u8; 2000], u16::from);
    /// assert_eq!(wide, [3; 2000]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn map<'a, S: Copy, T: Copy>(self, dst: impl Into<WriteOnly<'a, T>>, src: &[S], mut value: impl FnMut(S) -> T) {
        let dst = dst.into();
        check_len(dst.len(), src.len());
        // SAFETY: `produce` asks for numbers of elements of the destination only, and the source has as many.
        self.produce(dst, self.tuning.drained_copy, |i| value(unsafe { *src.get_unchecked(i) }));
    }

    /// Ordinary memory of fewer than `from` bytes by ordinary stores, and all else by a scope: it drains when it ends, and when it unwinds.
    #[inline]
    fn produce<T: Copy>(self, dst: WriteOnly<'_, T>, from: usize, value: impl FnMut(usize) -> T) {
        if dst.is_ordinary() && dst.size() < from {
            dst.store_each(value);
        } else {
            self.scope(|s| s.fill_with(dst, value));
        }
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Fills memory that is only written, or a slice, with `value(i)` as element `i`: [`fill_with`](crate::fill_with). It is the scope's
    /// until the scope has ended.
    ///
    /// ```
    /// let (mut even, mut odd) = ([0; 1000], [0; 1000]);
    /// memcpy_streaming::scope(|s| {
    ///     s.fill_with(&mut even, |i| 2 * i);
    ///     s.fill_with(&mut odd, |i| 2 * i + 1);
    /// });
    /// assert_eq!((even[999], odd[999]), (1998, 1999));
    /// ```
    #[inline]
    pub fn fill_with<T: Copy>(&self, dst: impl Into<WriteOnly<'scope, T>>, value: impl FnMut(usize) -> T) {
        let dst = dst.into();
        let (how, to, size) = (self.streamer(), dst.ptr.cast(), dst.size());
        let is_streamed = lines::are_worth_streaming(size_of::<T>()) && raw::is_streamed(how, to, size, Drains::Once);
        if size == 0 || dst.is_ordinary() && !is_streamed {
            return dst.store_each(value);
        }
        // First, because a panic of `value` may end it in the middle.
        self.note(true);
        // SAFETY: a value has a size, because the destination has. That is borrowed as in `copy_to`.
        unsafe { lines::store(how, dst, value) };
    }

    /// Stores `value` of each element of `src`: [`map`](crate::map). The destination is the scope's until the scope has ended.
    ///
    /// # Panics
    /// If they differ in length.
    ///
    /// ```
    /// let mut wide = [0.0; 1000];
    /// memcpy_streaming::scope(|s| s.map(&mut wide, &[0.5_f32; 1000], f64::from));
    /// assert_eq!(wide, [0.5; 1000]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn map<S: Copy, T: Copy>(
        &self,
        dst: impl Into<WriteOnly<'scope, T>>,
        src: &[S],
        mut value: impl FnMut(S) -> T,
    ) {
        let dst = dst.into();
        check_len(dst.len(), src.len());
        // SAFETY: `fill_with` asks for numbers of elements of the destination only, and the source has as many.
        self.fill_with(dst, |i| value(unsafe { *src.get_unchecked(i) }));
    }
}

/// Fills memory that is only written, or a slice, with `value(i)` as element `i`, past the cache. Complete and ordered when it returns.
///
/// The values of a line are made in registers, or in the first-level cache, and streamed from there; where values and lines meet only after
/// several lines, those of as many lines, up to 16. Longer values that are whole lines are streamed each by itself. All others are stored
/// directly: those of 3, 5, 7 and more odd bytes, too, and whatever is in fewer bytes than
/// [`Tuning::drained_fill`](crate::Tuning::drained_fill).
///
/// `value` is called once for each `i`, in order. If it panics, elements up to some place before that one are stored and ordered, and the
/// others are what they were. None is stored in part.
///
/// ```
/// let mut wave = vec![0.0_f32; 100_000];
/// memcpy_streaming::fill_with(&mut wave[..], |i| (i as f32 / 100.0).sin());
/// assert_eq!(wave[100], 1_f32.sin());
/// ```
#[doc(alias = "from_fn")]
#[inline]
pub fn fill_with<'a, T: Copy>(dst: impl Into<WriteOnly<'a, T>>, value: impl FnMut(usize) -> T) {
    Streamer::new().fill_with(dst, value);
}

/// Stores `value` of each element of `src` to memory that is only written, or to a slice, past the cache: a conversion. Complete and
/// ordered when it returns.
///
/// It stores as [`fill_with`] does, but that short is what has fewer bytes than [`Tuning::drained_copy`](crate::Tuning::drained_copy).
///
/// # Panics
/// If they differ in length. What a panic of `value` leaves is said at [`fill_with`].
///
/// ```
/// let rgb = vec![[10_u8, 20, 30]; 1920];
/// let mut rgba = vec![[0; 4]; 1920];
/// memcpy_streaming::map(&mut rgba[..], &rgb, |[r, g, b]| [r, g, b, 255]);
/// assert_eq!(rgba[1919], [10, 20, 30, 255]);
/// ```
#[inline]
#[track_caller]
pub fn map<'a, S: Copy, T: Copy>(dst: impl Into<WriteOnly<'a, T>>, src: &[S], value: impl FnMut(S) -> T) {
    Streamer::new().map(dst, src, value);
}
