//! What the driver says about its pages: `struct dev_pagemap` and `struct vmem_altmap`, as far as initialisation looks at them.

/// `enum memory_type`, with the kernel's values.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemoryType {
    /// 0, which no driver may use: "reserved to catch uninitialized type fields". No kernel's policy names it, so that its pages
    /// keep the reference that they start with.
    Invalid = 0,
    /// `MEMORY_DEVICE_PRIVATE`: device memory that the CPU cannot reach.
    Private = 1,
    /// `MEMORY_DEVICE_COHERENT`: device memory that the CPU can reach coherently.
    Coherent = 2,
    /// `MEMORY_DEVICE_FS_DAX`: persistent memory under a file system.
    FsDax = 3,
    /// `MEMORY_DEVICE_GENERIC`: persistent or other memory as a character device (devdax).
    Generic = 4,
    /// `MEMORY_DEVICE_PCI_P2PDMA`: PCI BAR memory for peer-to-peer transfers.
    PciP2pdma = 5,
}

/// Device pages that hold the memmap itself and therefore are not initialised (`map=dev`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Altmap {
    /// First pfn of the mapping.
    pub base_pfn: u64,
    /// Pages that are mapped but reserved for the driver.
    pub reserve: u64,
    /// Pages set aside for the memmap.
    pub free: u64,
}

/// `struct dev_pagemap`.
///
/// ```
/// use memmap_template::{MemoryType, Pgmap};
///
/// let mut devdax = Pgmap::new(0xff11_0000_05ec_5180, MemoryType::Generic);
/// devdax.vmemmap_shift = 9;
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pgmap {
    /// Kernel virtual address of the `dev_pagemap`; every order-0 and head page points to it. Not null, and a multiple of 8.
    pub address: u64,
    /// Decides which refcount a page starts with.
    pub memory_type: MemoryType,
    /// Order of the compounds, 0 to [`MAX_ORDER`](crate::MAX_ORDER); 0 means that pages stay single.
    pub vmemmap_shift: u32,
    /// Where the memmap lives if it lives on the device (`PGMAP_ALTMAP_VALID`).
    pub altmap: Option<Altmap>,
}

impl Pgmap {
    /// Single pages, and a memmap that is elsewhere.
    #[must_use]
    pub const fn new(address: u64, memory_type: MemoryType) -> Pgmap {
        Pgmap { address, memory_type, vmemmap_shift: 0, altmap: None }
    }
}
