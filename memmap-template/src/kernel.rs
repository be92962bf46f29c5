//! Which kernel's memmap is written.

use crate::names::named;
use crate::pgmap::MemoryType;

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
    /// Linux 6.12 to 6.14: a tail holds the address of its head plus 1, the head is prepared right after the first tail (so that
    /// the deferred list in the second tail is overwritten), and all pages start with refcount 1 but those of
    /// `MEMORY_DEVICE_PRIVATE` and `MEMORY_DEVICE_COHERENT` (6.12: `__init_zone_device_page` in mm/mm_init.c; the others followed in 6.15).
    V6_12,
    /// Linux 6.15 to 6.17: the first tail has the fields of a folio with `MM_ID`, and only `MEMORY_DEVICE_GENERIC` pages start with
    /// refcount 1; as in 6.12, the head is prepared right after the first tail.
    V6_15,
    /// Linux 7.0, and the words of 6.18 to 7.0: as 6.15, but the head is prepared after all tails, so that the second tail keeps its deferred
    /// list.
    V7_0,
    /// Linux 7.1, and the words of 7.1 to 7.3: as 7.0, but with [`hvo`](crate::Kconfig::hvo) and struct pages whose size is a
    /// power of two, a tail holds an address mask plus 1. Pageblocks are initialised as their first page is.
    V7_1,
    /// Linux 7.2 and 7.3: as 7.1, but all pageblocks of the range are initialised in a pass of their own at its end, so that no
    /// page is read back at once.
    V7_2,
}

named!(Kernel, "kernel", V6_1 => "6.1", V6_12 => "6.12", V6_15 => "6.15", V7_0 => "7.0", V7_1 => "7.1", V7_2 => "7.2");

impl Kernel {
    /// What this kernel does its own way.
    pub(crate) const fn version(self) -> &'static Version {
        match self {
            Kernel::V6_1 => &V6_1,
            Kernel::V6_12 => &V6_12,
            Kernel::V6_15 => &V6_15,
            Kernel::V7_0 => &V7_0,
            Kernel::V7_1 => &V7_1,
            Kernel::V7_2 => &V7_2,
        }
    }
}

/// What kernels do differently.
pub(crate) struct Version {
    /// `PG_head`: the first page of a compound.
    pub(crate) pg_head: u64,
    /// `PG_reserved`: set on every page of ZONE_DEVICE.
    pub(crate) pg_reserved: u64,
    /// What a compound's first tail holds.
    pub(crate) first_tail: FirstTailForm,
    /// Whether a second tail is given a deferred list.
    pub(crate) deferred_list: bool,
    /// Tails that have been initialised when `prep_compound_head` is called. Later ones overwrite parts of what it has written.
    pub(crate) head_prepared_after: u64,
    /// Whether tails hold a mask, if the configuration allows it.
    pub(crate) masks: bool,
    /// Whether order-0 pages and heads of a memory type keep the reference that every page starts with.
    pub(crate) keeps_reference: fn(MemoryType) -> bool,
    /// Whether a pageblock is initialised along with its first page, rather than at the end of the range.
    pub(crate) pageblocks_in_loop: bool,
}

/// [`Version::head_prepared_after`]: when the last tail has been initialised.
pub(crate) const ALL_TAILS: u64 = u64::MAX;

/// What a compound's first tail holds.
#[derive(Clone, Copy)]
pub(crate) enum FirstTailForm {
    /// Destructor, order and counts.
    V6_1,
    /// A folio's fields, 6.12 to 6.14.
    V6_12,
    /// A folio's fields, 6.15 and later.
    V6_15,
}

// Each kernel is the one before it, except for what it changed.

const V6_1: Version = Version {
    pg_head: 1 << 16,
    pg_reserved: 1 << 12,
    first_tail: FirstTailForm::V6_1,
    deferred_list: false,
    head_prepared_after: 2,
    masks: false,
    // `__init_zone_device_page` (in mm/page_alloc.c; mm/mm_init.c in 6.12) sets the counts of these two to 0.
    keeps_reference: |memory_type| !matches!(memory_type, MemoryType::Private | MemoryType::Coherent),
    pageblocks_in_loop: true,
};

const V6_12: Version = Version {
    pg_head: 1 << 6,
    pg_reserved: 1 << 13,
    first_tail: FirstTailForm::V6_12,
    deferred_list: true,
    head_prepared_after: 1,
    ..V6_1
};

const V6_15: Version = Version {
    first_tail: FirstTailForm::V6_15,
    // Since 6.15 `__init_zone_device_page` has a switch that names all types but GENERIC.
    keeps_reference: |memory_type| matches!(memory_type, MemoryType::Generic | MemoryType::Invalid),
    ..V6_12
};

const V7_0: Version = Version { head_prepared_after: ALL_TAILS, ..V6_15 };

const V7_1: Version = Version { masks: true, ..V7_0 };

const V7_2: Version = Version { pageblocks_in_loop: false, ..V7_1 };
