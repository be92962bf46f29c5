//! Which kernel's memmap is written.

use crate::names::named;

/// A kernel whose memmap is reproduced. A profile serves later kernels, too, as long as they write the same bytes.
///
/// ```
/// use memmap_template::Kernel;
///
/// assert_eq!("6.12".parse(), Ok(Kernel::V6_12));
/// assert_eq!(Kernel::V7_1.to_string(), "7.1");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kernel {
    /// Linux 6.1: `PG_head` is bit 16 and `PG_reserved` bit 12; the first tail holds destructor, order and counts instead of a
    /// folio's fields, and is written once the second tail is (so that with order 1 it never is); no deferred list (6.1:
    /// include/linux/mm_types.h, mm/page_alloc.c). Refcounts as in 6.12.
    V6_1,
    /// Linux 6.12: a tail holds the address of its head plus 1, the head is prepared right after the first tail (so that
    /// the deferred list in the second tail is overwritten), and all pages start with refcount 1 but those of
    /// `MEMORY_DEVICE_PRIVATE` and `MEMORY_DEVICE_COHERENT` (6.12: `__init_zone_device_page` in mm/mm_init.c; the others followed in 6.15).
    V6_12,
    /// Linux 7.0: a tail holds the address of its head plus 1, the head is prepared after all tails, and only
    /// `MEMORY_DEVICE_GENERIC` pages start with refcount 1.
    V7_0,
    /// Linux 7.1, and the words of 7.1 to 7.3: as 7.0, but with [`hvo`](crate::Kconfig::hvo) and struct pages whose size is a
    /// power of two, a tail holds an address mask plus 1. Pageblocks are initialised as their first page is.
    V7_1,
    /// Linux 7.2 and 7.3: as 7.1, but all pageblocks of the range are initialised in a pass of their own at its end, so that no
    /// page is read back at once.
    V7_2,
}

named!(Kernel, "kernel", V6_1 => "6.1", V6_12 => "6.12", V7_0 => "7.0", V7_1 => "7.1", V7_2 => "7.2");

impl Kernel {
    /// `PG_head`: the first page of a compound.
    pub(crate) const fn pg_head(self) -> u64 {
        match self {
            Kernel::V6_1 => 1 << 16,
            _ => 1 << 6,
        }
    }

    /// `PG_reserved`: set on every page of ZONE_DEVICE.
    pub(crate) const fn pg_reserved(self) -> u64 {
        match self {
            Kernel::V6_1 => 1 << 12,
            _ => 1 << 13,
        }
    }

    /// Whether a pageblock is initialised along with its first page, rather than at the end of the range.
    pub(crate) const fn pageblocks_in_loop(self) -> bool {
        !matches!(self, Kernel::V7_2)
    }
}
