//! Why a namespace is refused.

use core::fmt;

use crate::kconfig::PageSize;
use crate::namespace::Align;

/// Why [`Namespace::layout`](crate::namespace::Namespace::layout) refused.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamespaceError {
    /// A kernel with pages of this size does not know the alignment.
    AlignUnsupported {
        /// The alignment.
        align: Align,
        /// The size of a page.
        page_size: PageSize,
    },
    /// The device does not start where a namespace, or its first compound, can.
    BaseMisaligned {
        /// The first pfn.
        base_pfn: u64,
        /// What it has to be a multiple of.
        align: u64,
    },
    /// The device ends beyond the largest pfn.
    TooLarge {
        /// The first pfn.
        base_pfn: u64,
        /// The size.
        size_bytes: u64,
        /// The largest end of a device, as a pfn.
        limit: u64,
    },
    /// Description, memmap and alignment leave no space for data.
    TooSmall {
        /// The size.
        size_bytes: u64,
        /// The smallest size that the same overhead would leave space in.
        need: u64,
    },
    /// Struct pages are larger than what the kernel sets aside for each.
    StructPageTooLarge {
        /// Bytes of a struct page.
        struct_page_size: u64,
        /// Bytes that are set aside.
        limit: u64,
    },
    /// The space that the kernel sets aside is some bytes shorter than the memmap, so that binding fails. With pages of more than 4 KiB, the description
    /// of the namespace takes more than the space that is counted for it.
    AltmapTooSmall {
        /// Pages set aside for the memmap.
        free: u64,
        /// Pages that the memmap needs.
        need: u64,
    },
}

impl fmt::Display for NamespaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            NamespaceError::AlignUnsupported { align, page_size } => {
                write!(f, "pages of {page_size} have no alignment of {align}: known are ")?;
                let mut separator = "";
                for align in page_size.alignments() {
                    write!(f, "{separator}{align}")?;
                    separator = ", ";
                }
                Ok(())
            }
            NamespaceError::BaseMisaligned { base_pfn, align } => {
                write!(f, "the base pfn {base_pfn:#x} is not a multiple of {align}")
            }
            NamespaceError::TooLarge { base_pfn, size_bytes, limit } => {
                write!(f, "{size_bytes} bytes from pfn {base_pfn:#x} on end beyond pfn {limit:#x}")
            }
            NamespaceError::TooSmall { size_bytes, need } => {
                write!(f, "{size_bytes} bytes leave no space for data behind the memmap: at least {need} are needed")
            }
            NamespaceError::StructPageTooLarge { struct_page_size, limit } => write!(
                f,
                "memory debug options prevent using pmem for the page map: a struct page has {struct_page_size} bytes, and {limit} are set aside for each"
            ),
            NamespaceError::AltmapTooSmall { free, need } => {
                write!(f, "{free} pages are set aside for the memmap, and it needs {need}")
            }
        }
    }
}

impl core::error::Error for NamespaceError {}
