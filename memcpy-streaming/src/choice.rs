//! Which backend the process uses: the best one of the CPU, until the program chooses another.

use crate::kernels::Kernels;

cfg_if::cfg_if! {
    if #[cfg(target_has_atomic = "ptr")] {
        use crate::kernels;
        use core::ptr;
        use core::sync::atomic::{AtomicPtr, Ordering};

        /// Null until the first use, or until a program chooses.
        static ACTIVE: AtomicPtr<Kernels> = AtomicPtr::new(ptr::null_mut());

        /// The kernels of [`Backend::active`](crate::Backend::active).
        #[inline]
        pub(crate) fn active() -> &'static Kernels {
            let chosen = ACTIVE.load(Ordering::Relaxed);
            // SAFETY: ACTIVE holds null or what was stored below: a reference to a static that is never written, so no
            // ordering is needed to read through it.
            match unsafe { chosen.as_ref() } {
                Some(kernels) => kernels,
                None => choose_best(),
            }
        }

        /// Chooses the best one, unless a program has chosen meanwhile. Nothing here waits for another thread: the child of
        /// a process that forked finds no lock that nobody will unlock.
        #[cold]
        fn choose_best() -> &'static Kernels {
            let best = kernels::available().next().unwrap_or(&kernels::PORTABLE);
            let new = ptr::from_ref(best).cast_mut();
            match ACTIVE.compare_exchange(ptr::null_mut(), new, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => best,
                // SAFETY: not null, or it would have been exchanged; otherwise as in `active`.
                Err(chosen) => unsafe { &*chosen },
            }
        }

        /// Makes these kernels those of [`active`], whatever was chosen before.
        pub(crate) fn set_active(kernels: &'static Kernels) {
            ACTIVE.store(ptr::from_ref(kernels).cast_mut(), Ordering::Relaxed);
        }
    } else {
        // CPUs without compare-and-swap: no backend streams there, so there is nothing to choose between.
        use crate::kernels::PORTABLE;

        #[inline]
        pub(crate) fn active() -> &'static Kernels {
            &PORTABLE
        }

        pub(crate) fn set_active(_only_portable: &'static Kernels) {}
    }
}
