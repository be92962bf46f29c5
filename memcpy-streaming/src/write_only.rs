//! Memory that is only written: what a copy or a fill needs to know of its destination.

use core::marker::PhantomData;
use core::ops::{Bound, RangeBounds};

mod from;
mod inside;

/// What memory a [`WriteOnly`] is.
///
/// On memory that is not [`Ordinary`](Memory::Ordinary) every byte is stored once, by naturally aligned stores of 1 to 64 bytes; none is
/// read, nor brought into the cache ahead of time. A drained call ends with the fence of
/// [`memcpy_streaming_drain`](crate::memcpy_streaming_drain) whatever its size, and a scope that wrote such memory ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Memory {
    /// Cached memory that is this program's own: heap, stack, private mappings. There is no fence where nothing was streamed, and
    /// bytes may be stored more than once.
    Ordinary,
    /// Memory that is mapped write-combining: a frame buffer, the memory of a GPU or another device behind its PCIe BAR. It is not
    /// cached. All stores to it gather in buffers and leave them in any order, ordinary ones too; so the fence follows every call.
    ///
    /// The fence is one between CPUs. On x86 it also orders these stores before a later store to a register of the device (a doorbell); on
    /// aarch64 that takes the barrier which the platform asks for, such as `dsb st`.
    WriteCombining,
    /// Cached memory that others may read and write meanwhile: another process, the guest of a virtual machine, a device that looks into
    /// the caches. They see each byte change once, in any order before the fence.
    Shared,
}

/// A destination of elements that can be written, and never read: a `&mut [T]` of which no `&mut` is ever made.
///
/// It is memory that is not initialised, or mapped [write-combining, or shared](Memory) with others. It comes from slices and arrays, of `T`
/// and of `MaybeUninit<T>`, or [from raw parts](WriteOnly::from_raw_parts). [`copy_to`](crate::copy_to) and the others take
/// what can be made into it, so a slice goes as it is. It is passed on by value; [`reborrow`](WriteOnly::reborrow) keeps it.
///
/// ```
/// use memcpy_streaming::{Memory, WriteOnly, copy_to, fill_to};
///
/// let mut pixels = vec![0_u32; 1920 * 1080]; // Stands for a frame buffer that is mapped write-combining.
/// let (at, len) = (pixels.as_mut_ptr(), pixels.len());
/// // SAFETY: these are the pixels of a vector, which nobody uses while `screen` is there.
/// let mut screen = unsafe { WriteOnly::from_raw_parts(at, len, Memory::WriteCombining) };
/// fill_to(screen.reborrow(), 0xff00_0000);
/// let line = screen.slice(1920..2 * 1920);
/// copy_to(line, &[0xffff_ffff; 1920]);
/// assert_eq!(pixels[1919..1921], [0xff00_0000, 0xffff_ffff]);
/// ```
///
/// What a scope was given is its own until it ends, and so are the parts of it:
///
/// ```compile_fail,E0382
/// # use memcpy_streaming::{WriteOnly, scope};
/// let mut frame = [0_u8; 4096];
/// let dst = WriteOnly::from(&mut frame);
/// scope(|s| s.fill_to(dst, 1));
/// memcpy_streaming::fill_to(dst, 2); // It was given away.
/// ```
///
/// ```compile_fail,E0499
/// # use memcpy_streaming::{WriteOnly, scope};
/// let mut frame = [0_u8; 4096];
/// let mut dst = WriteOnly::from(&mut frame);
/// scope(|s| {
///     s.fill_to(dst.reborrow(), 1);
///     memcpy_streaming::fill_to(dst.reborrow(), 2); // It is lent to the scope.
/// });
/// ```
///
/// ```compile_fail,E0502
/// # use memcpy_streaming::{WriteOnly, scope};
/// let mut frame = [0_u8; 4096];
/// scope(|s| {
///     let (left, _) = WriteOnly::from(&mut frame).split_at(2048);
///     s.fill_to(left, 1);
///     assert_eq!(frame[0], 1); // The line may still be on its way.
/// });
/// ```
///
/// ```compile_fail,E0505
/// # use memcpy_streaming::{WriteOnly, scope};
/// let mut frame = vec![0_u8; 4096];
/// scope(|s| {
///     for part in WriteOnly::from(&mut frame[..]).chunks(100) {
///         s.fill_to(part, 1);
///     }
///     drop(frame);
/// });
/// ```
///
/// ```compile_fail,E0597
/// # use memcpy_streaming::scope;
/// scope(|s| {
///     let mut frame = [0_u8; 4096];
///     s.fill_to(&mut frame, 1); // It ends before the scope does.
/// });
/// ```
///
/// It is [`Send`] if its elements are: each operation fences on the thread that it runs on. And it is [`Sync`], because a shared reference
/// to it tells its length and no more.
pub struct WriteOnly<'a, T> {
    pub(crate) ptr: *mut T,
    len: usize,
    memory: Memory,
    borrow: PhantomData<&'a mut ()>,
}

// SAFETY: who has it can store elements, as with a `&mut [T]`, which is Send if they are.
unsafe impl<T: Send> Send for WriteOnly<'_, T> {}
// SAFETY: all that takes `&self` tells its length and its memory: no element is accessed, and the pointer is not handed out.
unsafe impl<T> Sync for WriteOnly<'_, T> {}

impl<'a, T> WriteOnly<'a, T> {
    /// A destination of `len` elements at `ptr`.
    ///
    /// # Safety
    /// * As long as `'a`, `ptr` is valid for writes of `len` elements, which are at most `isize::MAX` bytes, and aligned for them.
    /// * As long as `'a`, this program accesses them only through what this answers: there is no reference to them, and no operation gets
    ///   them as its source.
    /// * If the memory is [`Ordinary`](Memory::Ordinary), nobody else accesses them either. In other memory, others may.
    /// * The memory is what `memory` says, and takes naturally aligned stores of 1 to 64 bytes, in any order. Registers of
    ///   devices do not, nor does memory of type Device on AArch64.
    ///
    /// ```
    /// use memcpy_streaming::{Memory, WriteOnly};
    ///
    /// let mut page = [0_u8; 4096];
    /// // SAFETY: a page, which nobody uses while the destination is there.
    /// let dst = unsafe { WriteOnly::from_raw_parts(page.as_mut_ptr(), page.len(), Memory::Shared) };
    /// memcpy_streaming::copy_to(dst, &[7; 4096]);
    /// assert_eq!(page, [7; 4096]);
    /// ```
    #[inline]
    #[must_use]
    pub const unsafe fn from_raw_parts(ptr: *mut T, len: usize, memory: Memory) -> WriteOnly<'a, T> {
        WriteOnly { ptr, len, memory, borrow: PhantomData }
    }

    /// The number of elements.
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

    /// What memory it is.
    #[inline]
    #[must_use]
    pub const fn memory(&self) -> Memory {
        self.memory
    }

    /// Where the elements are. They may not be initialised, and reading them may be slow, or not allowed.
    #[inline]
    #[must_use]
    pub const fn as_mut_ptr(&mut self) -> *mut T {
        self.ptr
    }

    /// The same for a shorter time: what takes a destination by value then leaves this one.
    ///
    /// ```
    /// # use memcpy_streaming::{WriteOnly, fill_to};
    /// let mut page = [0_u8; 4096];
    /// let mut dst = WriteOnly::from(&mut page);
    /// fill_to(dst.reborrow(), 1);
    /// fill_to(dst, 2);
    /// assert_eq!(page, [2; 4096]);
    /// ```
    #[inline]
    #[must_use]
    pub const fn reborrow(&mut self) -> WriteOnly<'_, T> {
        WriteOnly { ptr: self.ptr, len: self.len, memory: self.memory, borrow: PhantomData }
    }

    /// The first `mid` elements and the others.
    ///
    /// # Panics
    /// If there are fewer than `mid`.
    ///
    /// ```
    /// # use memcpy_streaming::{WriteOnly, fill_to};
    /// let mut page = [0_u8; 4096];
    /// let (header, body) = WriteOnly::from(&mut page).split_at(64);
    /// fill_to(header, 1);
    /// fill_to(body, 2);
    /// assert_eq!(page[63..65], [1, 2]);
    /// ```
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn split_at(self, mid: usize) -> (WriteOnly<'a, T>, WriteOnly<'a, T>) {
        assert!(mid <= self.len, "element {mid} of a destination of {}", self.len);
        // SAFETY: `mid` elements from the beginning are inside the destination, or end with it.
        let rest = unsafe { self.ptr.add(mid) };
        (WriteOnly { len: mid, ..self }, WriteOnly { ptr: rest, len: self.len - mid, ..self })
    }

    /// The elements of a range.
    ///
    /// # Panics
    /// If the range ends before it starts, or behind the last element.
    ///
    /// ```
    /// # use memcpy_streaming::{WriteOnly, fill_to};
    /// let mut page = [0_u8; 4096];
    /// fill_to(WriteOnly::from(&mut page).slice(64..=127), 1);
    /// assert_eq!((page[63], page[64], page[127], page[128]), (0, 1, 1, 0));
    /// ```
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn slice(self, range: impl RangeBounds<usize>) -> WriteOnly<'a, T> {
        let behind = |i: usize| i.checked_add(1).expect("no destination has an element of the number usize::MAX");
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&before) => behind(before),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&last) => behind(last),
            Bound::Excluded(&end) => end,
            Bound::Unbounded => self.len,
        };
        assert!(start <= end && end <= self.len, "elements {start}..{end} of a destination of {}", self.len);
        self.split_at(end).0.split_at(start).1
    }

    /// Parts of `len` elements each, one after the other, the last one perhaps shorter.
    ///
    /// # Panics
    /// If `len` is 0.
    ///
    /// ```
    /// # use memcpy_streaming::{WriteOnly, scope};
    /// let mut page = [0_u8; 1000];
    /// scope(|s| {
    ///     for (part, value) in WriteOnly::from(&mut page).chunks(300).zip(1..) {
    ///         s.fill_to(part, value);
    ///     }
    /// });
    /// assert_eq!((page[299], page[300], page[999]), (1, 2, 4));
    /// ```
    #[inline]
    #[track_caller]
    pub fn chunks(self, len: usize) -> impl Iterator<Item = WriteOnly<'a, T>> {
        assert!(len > 0, "chunks of no elements");
        let mut rest = Some(self);
        core::iter::from_fn(move || {
            let all = rest.take().filter(|all| !all.is_empty())?;
            let now = len.min(all.len);
            let (first, others) = all.split_at(now);
            rest = Some(others);
            Some(first)
        })
    }
}
