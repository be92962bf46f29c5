//! One load and one store for each unit of a width, in ascending order: for registers of devices, and for the ends of a source that is not
//! cached. Each is an instruction of its own, so that nobody merges, widens or splits it.

use core::arch::asm;

/// The loop for one width.
macro_rules! copy_units {
    ($name:ident, $bytes:literal, $class:ident, $w:literal) => {
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
                    concat!("mov ", $w, ", [{s}]"),
                    concat!("mov [{d}], ", $w),
                    "add {s}, {step}",
                    concat!("add {d}, ", $bytes),
                    "dec {n}",
                    "jnz 2b",
                    w = out($class) _,
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

copy_units!(copy_u8, 1, reg_byte, "{w}");
copy_units!(copy_u16, 2, reg, "{w:x}");
copy_units!(copy_u32, 4, reg, "{w:e}");
#[cfg(target_arch = "x86_64")]
copy_units!(copy_u64, 8, reg, "{w:r}");
