//! Values that are made where they are staged: in the first-level cache.

use super::Writer;
use super::staging::RING;
use core::mem::MaybeUninit;
use core::slice;

impl<D> Writer<'_, D> {
    /// Appends `value(i)` for every `i` below `count`, one after the other. If `value` panics, those before are appended.
    ///
    /// # Safety
    /// * A value has a size, and `count` of them fit into what is left of the destination.
    #[inline]
    pub(crate) unsafe fn append_each<T: Copy>(&mut self, count: usize, mut value: impl FnMut(usize) -> T) {
        let mut done = 0;
        while done < count {
            self.make_room();
            let fit = (self.piece_len() / size_of::<T>()).min(count - done);
            // A value that lies across the end of the ring, or is longer, is made beside it. One loop for both, or there would be
            // two copies of what the caller has to compute.
            let mut beside = MaybeUninit::<T>::uninit();
            let at = (self.dst.ptr.addr() + self.len) % RING;
            let place: *mut T = if fit > 0 { self.staging.0[at..].as_mut_ptr().cast() } else { beside.as_mut_ptr() };
            let mut made = Made { values: 0, size: if fit > 0 { size_of::<T>() } else { 0 }, len: &mut self.len };
            for i in 0..fit.max(1) {
                // SAFETY: `fit` values end within a piece of the ring, which nothing else refers to, whatever their alignment is there;
                // or it is the one beside it.
                unsafe { place.add(i).write_unaligned(value(done + i)) };
                made.values += 1;
            }
            drop(made);
            if fit == 0 {
                // SAFETY: the bytes of a value, which were just written; it is one of those that fit into the destination.
                unsafe { self.append_long(slice::from_raw_parts(beside.as_ptr().cast(), size_of::<T>())) };
            }
            done += fit.max(1);
        }
    }
}

/// Counts what was made as appended, when all of it was, and when a panic ends it.
struct Made<'a> {
    values: usize,
    size: usize,
    len: &'a mut usize,
}

impl Drop for Made<'_> {
    #[inline]
    fn drop(&mut self) {
        *self.len += self.values * self.size;
    }
}
