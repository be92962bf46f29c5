//! memmap-template for C: what the kernel's own headers say of it, in numbers, and a memmap of it.

use core::fmt::Write;
use core::mem::MaybeUninit;

use memcpy_streaming::Streamer;
use memmap_template::{
    AddressModel, Altmap, Config, Kconfig, Kernel, MemmapInit, MemoryType, PageSize, PfnRange, Pgmap, Preset, Strategy,
    StructPageAlign, Zone,
};

use crate::Text;

/// What a kernel says of itself and of a `dev_pagemap`; `struct ms_memmap` of `kernel_module.h`.
#[repr(C)]
pub struct Described {
    start_pfn: u64,
    nr_pages: u64,
    altmap_base: u64,
    altmap_reserve: u64,
    /// No altmap if it is 0.
    altmap_free: u64,
    /// Address of the struct page of pfn 0.
    base: u64,
    pgmap: u64,
    version: [u32; 2],
    memory_type: u32,
    vmemmap_shift: u32,
    nid: u32,
    zone_device: u32,
    node_width: u32,
    zone_width: u32,
    last_cpupid_width: u32,
    kasan_tag_width: u32,
    lru_gen_width: u32,
    struct_page_size: u32,
    page_shift: u32,
    memcg: u32,
    hvo: u32,
}

impl Described {
    fn config(&self) -> Result<(Config, Kconfig), &'static str> {
        let kernel = match (self.version[0], self.version[1]) {
            (6, 1) => Kernel::V6_1,
            (6, 12..=14) => Kernel::V6_12,
            (6, 15..=17) => Kernel::V6_15,
            (6, 18..) | (7, 0) => Kernel::V7_0,
            (7, 1) => Kernel::V7_1,
            (7.., _) => Kernel::V7_2,
            _ => return Err("nothing is known of this kernel's words"),
        };
        let memory_type = match self.memory_type {
            1 => MemoryType::Private,
            2 => MemoryType::Coherent,
            3 => MemoryType::FsDax,
            4 => MemoryType::Generic,
            5 => MemoryType::PciP2pdma,
            _ => return Err("no driver's memory is of this type"),
        };
        let mut kconfig = Preset::X86_64_DISTRO.kconfig;
        kconfig.page_size = match self.page_shift {
            12 => PageSize::Size4K,
            14 => PageSize::Size16K,
            16 => PageSize::Size64K,
            _ => return Err("pages have no such size"),
        };
        (kconfig.memcg, kconfig.hvo) = (self.memcg != 0, self.hvo != 0);
        kconfig.struct_page_align = StructPageAlign::Bytes16;
        if kconfig.struct_page_size() != u64::from(self.struct_page_size) {
            return Err("a struct page has another size by its fields");
        }
        let mut pgmap = Pgmap::new(self.pgmap, memory_type);
        pgmap.vmemmap_shift = self.vmemmap_shift;
        pgmap.altmap = (self.altmap_free > 0).then_some(Altmap {
            base_pfn: self.altmap_base,
            reserve: self.altmap_reserve,
            free: self.altmap_free,
        });
        let range = PfnRange { start_pfn: self.start_pfn, nr_pages: self.nr_pages };
        let mut config = Config::new(kernel, pgmap, range, AddressModel::Vmemmap { base: self.base });
        config.zone = Zone { index: self.zone_device, nid: self.nid };
        let flags = &mut config.flags;
        (flags.node_width, flags.zone_width, flags.zone_device) = (self.node_width, self.zone_width, self.zone_device);
        flags.last_cpupid_width = self.last_cpupid_width;
        (flags.kasan_tag_width, flags.lru_gen_width) = (self.kasan_tag_width, self.lru_gen_width);
        Ok((config, kconfig))
    }

    fn init(&self, memory: &mut [MaybeUninit<u8>], strategy: u32, why: &mut Text) -> Option<u64> {
        let (config, kconfig) = self.config().map_err(|said| write!(why, "{said}")).ok()?;
        let init = MemmapInit::with_kconfig(config, kconfig).map_err(|error| write!(why, "{error}")).ok()?;
        let strategy = *Strategy::ALL.get(strategy as usize)?;
        let report = init.run(memory, strategy, Streamer::new()).map_err(|error| write!(why, "{error}")).ok()?;
        if report.ran != strategy {
            let _ = write!(why, "{} ran, and not {strategy}", report.ran);
            return None;
        }
        Some(report.struct_pages)
    }
}

/// Initialises the memmap that `described` says, by strategy 0 to 3, in `len` bytes at `memmap`. Gives the number of struct pages that were
/// written; or, where that cannot be, 0, and the reason in the `why_len` bytes at `why`, which a zero byte ends.
///
/// # Safety
///
/// * `described` is a whole `struct ms_memmap`.
/// * `memmap` is valid for writes of `len` bytes, and `why` of `why_len`, at least 1; nobody else accesses them meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ms_memmap_init(
    described: &Described,
    memmap: *mut MaybeUninit<u8>,
    len: usize,
    strategy: u32,
    why: *mut u8,
    why_len: usize,
) -> u64 {
    // SAFETY: the caller vouches for `len` bytes that are ours alone until we return; uninitialised bytes may be anything.
    let memory = unsafe { core::slice::from_raw_parts_mut(memmap, len) };
    let mut text = Text::new();
    let written = described.init(memory, strategy, &mut text);
    let shown = text.len.min(why_len - 1);
    // SAFETY: the caller vouches for `why_len` bytes, of which the first `shown` and the one behind are written; the text is in a buffer of
    // our own.
    unsafe {
        why.copy_from_nonoverlapping(text.bytes.as_ptr(), shown);
        why.add(shown).write(0);
    }
    written.unwrap_or(0)
}

/// The name of strategy 0 to 3, or null: text that a zero byte ends.
#[unsafe(no_mangle)]
pub extern "C" fn ms_strategy(strategy: u32) -> *const u8 {
    const NAMES: [&[u8]; 4] = [b"slow\0", b"template\0", b"streaming\0", b"stamped\0"];
    const { assert!(NAMES.len() == Strategy::ALL.len()) };
    NAMES.get(strategy as usize).map_or(core::ptr::null(), |name| name.as_ptr())
}
