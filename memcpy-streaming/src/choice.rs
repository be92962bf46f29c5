//! What the process uses: the best for the CPU, until the program chooses otherwise.

cfg_if::cfg_if! {
    if #[cfg(target_has_atomic = "ptr")] {
        use core::ptr;
        use core::sync::atomic::{AtomicPtr, Ordering};

        /// One of several statics, chosen once.
        pub(crate) struct Chosen<T: 'static>(AtomicPtr<T>);

        impl<T: Sync> Chosen<T> {
            /// Nothing is chosen yet.
            pub(crate) const fn new() -> Self {
                Chosen(AtomicPtr::new(ptr::null_mut()))
            }

            /// What is chosen; the best if nothing is.
            #[inline]
            pub(crate) fn get(&self, best: fn() -> &'static T) -> &'static T {
                let chosen = self.0.load(Ordering::Acquire);
                // SAFETY: null, or what was stored below: a `&'static T`, so what it refers to is there for the rest of the process, and all
                // threads may read it (`T: Sync`). A program may have made it at run time: what it wrote then happened before the
                // store, and the load acquires it.
                match unsafe { chosen.as_ref() } {
                    Some(chosen) => chosen,
                    None => self.choose(best()),
                }
            }

            /// Chooses the best one, unless a program has chosen meanwhile. Nothing here waits for another thread: the child of
            /// a process that forked finds no lock that nobody will unlock.
            #[cold]
            fn choose(&self, best: &'static T) -> &'static T {
                let new = ptr::from_ref(best).cast_mut();
                match self.0.compare_exchange(ptr::null_mut(), new, Ordering::Release, Ordering::Acquire) {
                    Ok(_) => best,
                    // SAFETY: not null, or it would have been exchanged; otherwise as in `get`.
                    Err(chosen) => unsafe { &*chosen },
                }
            }

            /// Chooses this one, whatever was chosen before.
            pub(crate) fn set(&self, chosen: &'static T) {
                self.0.store(ptr::from_ref(chosen).cast_mut(), Ordering::Release);
            }
        }
    } else {
        use core::marker::PhantomData;

        /// CPUs without compare-and-swap: no backend streams there, so there is nothing to choose between.
        pub(crate) struct Chosen<T: 'static>(PhantomData<T>);

        impl<T: Sync> Chosen<T> {
            pub(crate) const fn new() -> Self {
                Chosen(PhantomData)
            }

            #[inline]
            pub(crate) fn get(&self, best: fn() -> &'static T) -> &'static T {
                best()
            }

            pub(crate) fn set(&self, _only_one: &'static T) {}
        }
    }
}
