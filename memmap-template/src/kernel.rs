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
    /// Linux 6.12: a tail holds the address of its head plus 1, the head is prepared right after the first tail (so that
    /// the deferred list in the second tail is overwritten), and `MEMORY_DEVICE_FS_DAX` pages start with refcount 1.
    V6_12,
    /// Linux 7.1 to 7.3, with `CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP`: a tail holds an address mask plus 1, the head is
    /// prepared after all tails, and only `MEMORY_DEVICE_GENERIC` pages start with refcount 1.
    V7_1,
}

named!(Kernel, "kernel", V6_12 => "6.12", V7_1 => "7.1");
