//! Values that are computed a few lines at a time in the first-level cache, and streamed from there.

use crate::raw::{self, Drains};
use crate::safe::check_len;
use crate::{Scope, Streamer, WriteOnly, Writer};

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

    /// Stores `value(i)` as element `i`, each `i` once, in order; ordinary memory of fewer than `from` bytes by ordinary stores. It has
    /// drained when it returns, and when it unwinds.
    #[inline]
    fn produce<T: Copy>(self, dst: WriteOnly<'_, T>, from: usize, value: impl FnMut(usize) -> T) {
        let is_ordinary = dst.is_ordinary() && (dst.size() < from || raw::is_portable(self.kernels));
        if dst.size() == 0 || is_ordinary {
            return dst.store_each(value);
        }
        let count = dst.len();
        let mut writer = Writer::<()>::own(self, dst.into_bytes());
        // SAFETY: the destination is that of the Writer, and has `count` values; they have a size, because it has. The Writer is dropped
        // before this function ends, in whatever way, and drains.
        unsafe { writer.append_each(count, value) };
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
        let how = self.streamer();
        let is_ordinary = dst.is_ordinary() && !raw::is_streamed(how, dst.ptr.cast(), dst.size(), Drains::Once);
        if dst.size() == 0 || is_ordinary {
            return dst.store_each(value);
        }
        let count = dst.len();
        let mut writer = Writer::<()>::in_scope(how, dst.into_bytes(), self.outstanding());
        // SAFETY: the destination is that of the Writer, and has `count` values; they have a size, because it has.
        unsafe { writer.append_each(count, value) };
        writer.leave_to_scope();
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
/// The values are made a KiB at a time in a buffer of 2 KiB on the stack, and streamed from there; fewer bytes than
/// [`Tuning::drained_fill`](crate::Tuning::drained_fill) are stored directly. `value` is called once for each `i`, in order. If it panics, the
/// elements before are stored and ordered, and the others are what they were.
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
/// It stores as [`fill_with`] does, but for what is stored directly: fewer bytes than [`Tuning::drained_copy`](crate::Tuning::drained_copy).
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
