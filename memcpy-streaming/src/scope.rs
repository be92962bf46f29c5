//! Many operations, one drain.

use crate::arch;
use crate::raw::Drains;
use crate::safe::check_pattern;
use crate::{Streamer, WriteOnly, Writer, pattern};
use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;

/// Runs `f`, which may stream to any number of destinations, and drains once when it is over.
///
/// A fence waits until every line that is on its way has arrived: some hundred nanoseconds. For blocks that take no
/// longer than that themselves, one fence for all is worth more than anything else here. Cold random blocks on Zen 4, GB/s
/// (`cargo bench --bench records -- drain`):
///
/// | block | a drain for each | one drain | ratio |
/// |--|--|--|--|
/// | 64 B | 0.6 | 0.9 | 1.5 |
/// | 128 B | 1.2 | 1.7 | 1.4 |
/// | 256 B | 2.3 | 2.9 | 1.3 |
/// | 512 B | 3.6 | 3.9 | 1.1 |
/// | 1 KiB | 5.1 | 5.1 | 1.0 |
/// | 4 KiB | 8.2 | 8.1 | 1.0 |
///
/// (Below 512 bytes ordinary stores are as fast there, 1.1, 2.1 and 3.1 GB/s, if they may fill the cache.)
///
/// Destinations stay borrowed until the scope has ended, by return or by panic, because nobody may look at them before
/// the drain:
///
/// ```compile_fail,E0502
/// let mut frame = [0_u8; 4096];
/// memcpy_streaming::scope(|s| {
///     s.fill(&mut frame, 1);
///     assert_eq!(frame[0], 1); // The line may still be on its way.
/// });
/// ```
///
/// nor free them, nor stream to what ends before the scope does, nor keep the scope itself:
///
/// ```compile_fail,E0505
/// let mut frame = vec![0_u8; 4096];
/// memcpy_streaming::scope(|s| {
///     s.fill(&mut frame, 1);
///     drop(frame);
/// });
/// ```
///
/// ```compile_fail,E0597
/// memcpy_streaming::scope(|s| {
///     let mut frame = [0_u8; 4096];
///     s.fill(&mut frame, 1);
/// });
/// ```
///
/// ```compile_fail
/// let mut frame = [0_u8; 4096];
/// let kept = memcpy_streaming::scope(|s| s);
/// kept.fill(&mut frame, 1);
/// ```
///
/// Leaking what holds the borrow does not give it back early:
///
/// ```compile_fail,E0502
/// let mut frame = [0_u8; 4096];
/// memcpy_streaming::scope(|s| {
///     std::mem::forget(s.writer(&mut frame));
///     assert_eq!(frame[0], 0);
/// });
/// ```
///
/// And the scope stays on its thread, because a drain is for the streaming stores of its own thread:
///
/// ```compile_fail,E0277
/// let mut frame = [0_u8; 4096];
/// memcpy_streaming::scope(|s| {
///     std::thread::scope(|threads| {
///         threads.spawn(|| s.fill(&mut frame, 1)); // `Scope` is not `Sync`.
///     });
/// });
/// ```
///
/// # Examples
///
/// ```
/// let pages = [[1_u8; 256], [2; 256], [3; 256]];
/// let mut frames = [[0_u8; 256]; 3];
/// memcpy_streaming::scope(|s| {
///     for (frame, page) in frames.iter_mut().zip(&pages) {
///         s.copy(frame, page);
///     }
/// });
/// assert_eq!(frames, pages);
/// ```
#[inline]
pub fn scope<'env, F, R>(f: F) -> R
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> R,
{
    Streamer::new().scope(f)
}

impl Streamer {
    /// [`scope`] with this backend.
    ///
    /// ```
    /// let mut frame = [0; 100];
    /// memcpy_streaming::Streamer::new().scope(|s| s.fill(&mut frame, 7));
    /// assert_eq!(frame, [7; 100]);
    /// ```
    #[inline]
    pub fn scope<'env, F, R>(self, f: F) -> R
    where
        F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> R,
    {
        let scope = Scope {
            streamer: self,
            outstanding: Cell::new(false),
            scope: PhantomData,
            env: PhantomData,
            this_thread: PhantomData,
        };
        let _drains = DrainOnDrop(&scope.outstanding);
        f(&scope)
    }
}

/// Drains when the scope is over, however it ends. Nobody outside of [`Streamer::scope`] can get hold of it, so it cannot
/// be forgotten.
struct DrainOnDrop<'a>(&'a Cell<bool>);

impl Drop for DrainOnDrop<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.0.get() {
            arch::drain();
        }
    }
}

/// What [`scope`] lends to its closure: streaming operations that are drained together.
///
/// `'scope` is the time until the drain; what is written is borrowed for that long. `'env` is what was there before.
/// Both lifetimes are invariant: neither can be shortened to get a borrow back early.
pub struct Scope<'scope, 'env: 'scope> {
    streamer: Streamer,
    /// Whether anything was streamed since the last drain.
    outstanding: Cell<bool>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
    /// A drain is for the streaming stores of its own thread.
    this_thread: PhantomData<*mut ()>,
}

impl<'scope> Scope<'scope, '_> {
    /// The handle that the scope streams with.
    ///
    /// ```
    /// # use memcpy_streaming::{Backend, scope};
    /// assert_eq!(scope(|s| s.streamer().backend()), Backend::active());
    /// ```
    #[inline]
    pub fn streamer(&self) -> Streamer {
        self.streamer
    }

    /// Copies `src` to `dst`; `dst` is readable when the scope has ended.
    ///
    /// # Panics
    /// If the slices differ in length.
    ///
    /// ```
    /// let (mut left, mut right) = ([0; 100], [0; 100]);
    /// memcpy_streaming::scope(|s| {
    ///     s.copy(&mut left, &[1; 100]);
    ///     s.copy(&mut right, &[2; 100]);
    /// });
    /// assert_eq!((left, right), ([1; 100], [2; 100]));
    /// ```
    #[inline]
    #[track_caller]
    pub fn copy<T: Copy>(&self, dst: &'scope mut [T], src: &[T]) {
        self.copy_to(dst, src);
    }

    /// Copies `src` into memory that is not initialised. It is, when the scope has ended.
    ///
    /// # Panics
    /// If the slices differ in length.
    ///
    /// ```
    /// use std::mem::MaybeUninit;
    ///
    /// let mut frame = [MaybeUninit::uninit(); 512];
    /// memcpy_streaming::scope(|s| s.copy_uninit(&mut frame, &[5_u32; 512]));
    /// // SAFETY: the scope has initialised all of it.
    /// assert_eq!(unsafe { frame[511].assume_init() }, 5);
    /// ```
    #[inline]
    #[track_caller]
    pub fn copy_uninit<T: Copy>(&self, dst: &'scope mut [MaybeUninit<T>], src: &[T]) {
        self.copy_to(dst, src);
    }

    /// Fills `dst` with `value`; `dst` is readable when the scope has ended. For memory that is not initialised the
    /// value is a [`MaybeUninit::new`].
    ///
    /// ```
    /// let mut frames = vec![[0_u32; 100]; 8];
    /// memcpy_streaming::scope(|s| frames.iter_mut().for_each(|frame| s.fill(frame, 9)));
    /// assert_eq!(frames, vec![[9; 100]; 8]);
    /// ```
    #[inline]
    pub fn fill<T: Copy>(&self, dst: &'scope mut [T], value: T) {
        self.fill_to(dst, value);
    }

    /// Fills `dst` with copies of `pattern`, the last one cut where `dst` ends; readable when the scope has ended.
    ///
    /// # Panics
    /// If the pattern is empty.
    ///
    /// ```
    /// let mut poison = [0_u8; 1000];
    /// memcpy_streaming::scope(|s| s.fill_pattern(&mut poison, b"free"));
    /// assert_eq!(&poison[992..], b"freefree");
    /// ```
    #[inline]
    #[track_caller]
    pub fn fill_pattern(&self, dst: &'scope mut [u8], pattern: &[u8]) {
        check_pattern(pattern);
        // SAFETY: `dst` is borrowed as in `copy_to`; the pattern is not empty.
        self.note(unsafe {
            pattern::fill(self.streamer, dst.as_mut_ptr(), dst.len(), pattern.as_ptr(), pattern.len(), Drains::Once)
        });
    }

    /// A [`Writer`] that appends to `dst`. The scope drains what it streams, should it be forgotten.
    ///
    /// ```
    /// let mut log = [0; 100];
    /// memcpy_streaming::scope(|s| {
    ///     let mut writer = s.writer(&mut log);
    ///     writer.append(b"begin ").unwrap();
    ///     writer.append(b"commit").unwrap();
    ///     assert_eq!(writer.finish(), b"begin commit");
    /// });
    /// ```
    #[inline]
    pub fn writer(&'scope self, dst: &'scope mut [u8]) -> Writer<'scope> {
        Writer::in_scope(self.streamer, dst.into(), &self.outstanding)
    }

    /// A [`Writer`] that appends to memory that is not initialised.
    ///
    /// ```
    /// use std::mem::MaybeUninit;
    ///
    /// let mut memory = [MaybeUninit::uninit(); 100];
    /// memcpy_streaming::scope(|s| {
    ///     let mut writer = s.writer_uninit(&mut memory);
    ///     writer.append(b"record").unwrap();
    ///     assert_eq!(writer.finish(), b"record");
    /// });
    /// ```
    #[inline]
    pub fn writer_uninit(&'scope self, dst: &'scope mut [MaybeUninit<u8>]) -> Writer<'scope> {
        Writer::in_scope(self.streamer, dst.into(), &self.outstanding)
    }

    /// A [`Writer`] that appends to memory that is only written. The scope drains what it stores, should it be forgotten.
    ///
    /// ```
    /// use memcpy_streaming::WriteOnly;
    /// use std::fmt::Write;
    ///
    /// let mut console = [0; 100];
    /// memcpy_streaming::scope(|s| {
    ///     let mut writer = s.writer_to(WriteOnly::from(&mut console));
    ///     write!(writer, "{} lines", 25).unwrap();
    /// });
    /// assert_eq!(console[..8], *b"25 lines");
    /// ```
    ///
    /// What it writes is the scope's until the scope has ended:
    ///
    /// ```compile_fail,E0499
    /// # use memcpy_streaming::{WriteOnly, scope};
    /// let mut console = [0_u8; 100];
    /// let mut dst = WriteOnly::from(&mut console);
    /// scope(|s| {
    ///     drop(s.writer_to(dst.reborrow()));
    ///     memcpy_streaming::fill_to(dst.reborrow(), 1);
    /// });
    /// ```
    #[inline]
    pub fn writer_to(&'scope self, dst: impl Into<WriteOnly<'scope, u8>>) -> Writer<'scope, WriteOnly<'scope, u8>> {
        Writer::in_scope(self.streamer, dst.into(), &self.outstanding)
    }

    /// Whether its end will drain.
    #[cfg(test)]
    pub(crate) fn will_drain(&self) -> bool {
        self.outstanding.get()
    }

    #[inline]
    pub(crate) fn note(&self, streamed: bool) {
        if streamed {
            self.outstanding.set(true);
        }
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("streamer", &self.streamer).finish_non_exhaustive()
    }
}
