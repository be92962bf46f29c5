//! How much of a device is set aside for its own memmap.

use crate::namespace::NamespaceError;

/// `MAX_STRUCT_PAGE_SIZE`, except for the kernels of [`PageMap::Bytes128`].
const MAX_STRUCT_PAGE_SIZE: u64 = 64;

/// Far above all that struct pages have, and small enough for no memmap to have 2^63 bytes.
const MOST: u64 = 1024;

/// How much of a device a kernel sets aside for each page's struct page if the memmap is on the device (`nd_pfn_init` in
/// drivers/nvdimm/pfn_devs.c). It is written down in the namespace, which has to outlive the kernel that made it: therefore mostly not
/// the size that struct pages have.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PageMap {
    /// 64 bytes, and a kernel whose struct pages are larger refuses: "Memory debug options prevent using pmem for the page map". Linux 6.2 and
    /// later, and 6.1.12 and later (commit c91d71363084); older ones than 6.1 do not build with larger struct pages.
    #[default]
    Bytes64,
    /// The same, but a kernel with larger struct pages sets aside what these have: Linux as in [`Bytes64`](PageMap::Bytes64), built with
    /// `CONFIG_NVDIMM_KMSAN`.
    Overridden,
    /// 128 bytes, whatever size struct pages have: Linux 6.1 to 6.1.11 (commit 6e9f05dc66f9, for KMSAN).
    Bytes128,
}

impl PageMap {
    /// Bytes set aside for the struct page of a page.
    pub(super) fn bytes_per_page(self, struct_page_size: u64) -> Result<u64, NamespaceError> {
        let limit = match self {
            PageMap::Bytes64 => MAX_STRUCT_PAGE_SIZE,
            PageMap::Bytes128 => 2 * MAX_STRUCT_PAGE_SIZE,
            PageMap::Overridden => MOST,
        };
        if struct_page_size > limit {
            return Err(NamespaceError::StructPageTooLarge { struct_page_size, limit });
        }
        Ok(match self {
            PageMap::Overridden => struct_page_size.max(MAX_STRUCT_PAGE_SIZE),
            _ => limit,
        })
    }
}
