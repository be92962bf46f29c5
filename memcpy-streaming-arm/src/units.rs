//! One load and one store for each unit of a width, in ascending order: for registers of devices, and for the ends of a source that is not
//! cached.
//!
//! Each is an instruction of its own, so that nobody merges, widens or splits it; and none changes its address: a hypervisor that has to
//! carry out an access to a device learns neither value nor width of one that does (Arm ARM, ESR_ELx, ISV).

use core::arch::asm;

/// The loop for one width.
macro_rules! copy_units {
    ($name:ident, $bytes:literal, $load:literal, $store:literal, $w:literal) => {
        #[doc = concat!("Copies `count` units of ", $bytes, " bytes by ordinary loads and stores of that width, from the first to the last.")]
        ///
        /// `step` is how far apart the units of the source are: their size, or 0 to repeat one.
        ///
        /// # Safety
        #[doc = concat!("* `dst` is valid for stores of `count` units of ", $bytes, " bytes, and `src` for loads of `count` units that are `step`")]
        ///   bytes apart; they do not overlap. They may be memory that this program does not own, such as a device's.
        #[inline(never)] // The stores are looked at where they are (`cargo xtask asm`); next to one to a device a call is nothing.
        pub unsafe fn $name(dst: *mut u8, src: *const u8, step: usize, count: usize) {
            if count == 0 {
                return;
            }
            // SAFETY: each of the `count` rounds loads and stores the next unit.
            unsafe {
                asm!(
                    "2:",
                    concat!($load, " ", $w, ", [{s}]"),
                    concat!($store, " ", $w, ", [{d}]"),
                    "add {s}, {s}, {step}",
                    concat!("add {d}, {d}, #", $bytes),
                    "subs {n}, {n}, #1",
                    "b.ne 2b",
                    w = out(reg) _,
                    s = inout(reg) src => _,
                    d = inout(reg) dst => _,
                    n = inout(reg) count => _,
                    step = in(reg) step,
                    options(nostack),
                );
            }
        }
    };
}

copy_units!(copy_u8, 1, "ldrb", "strb", "{w:w}");
copy_units!(copy_u16, 2, "ldrh", "strh", "{w:w}");
copy_units!(copy_u32, 4, "ldr", "str", "{w:w}");
copy_units!(copy_u64, 8, "ldr", "str", "{w:x}");
