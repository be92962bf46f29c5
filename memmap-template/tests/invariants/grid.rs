//! A grid of memmaps to check invariants on.

use memmap_template::{Config, FlagsLayout, Kconfig, Kernel, MemmapInit, PfnRange, Preset, Strategy};

use crate::common::seeded::every;
use crate::common::{self, CONFIG, Memory, model};

pub(crate) const BASE: u64 = 0xffd4_0000_0000_0000;
pub(crate) const PGMAP: u64 = CONFIG.pgmap.address;
pub(crate) const TAIL_MAPPING: u64 = 0xdead_0000_0000_0400;

/// A memmap as one strategy left it.
pub(crate) struct Memmap {
    pub(crate) init: MemmapInit,
    pub(crate) strategy: Strategy,
    memory: Memory,
}

impl Memmap {
    pub(crate) fn new(init: MemmapInit, strategy: Strategy, seed: u64) -> Memmap {
        let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, seed);
        common::run(&init, &mut memory, strategy, common::streamers()[0]);
        Memmap { init, strategy, memory }
    }

    pub(crate) fn kernel(&self) -> Kernel {
        self.init.config().kernel
    }

    pub(crate) fn flags_layout(&self) -> FlagsLayout {
        self.init.config().flags
    }

    pub(crate) fn order(&self) -> u32 {
        self.init.config().pgmap.vmemmap_shift
    }

    pub(crate) fn size(&self) -> usize {
        self.init.struct_page_size() as usize
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.memory.bytes()
    }

    pub(crate) fn page(&self, i: u64) -> &[u8] {
        &self.bytes()[i as usize * self.size()..][..self.size()]
    }

    pub(crate) fn word(&self, i: u64, word: usize) -> u64 {
        u64::from_ne_bytes(self.page(i)[8 * word..][..8].try_into().unwrap())
    }

    pub(crate) fn half(&self, i: u64, offset: usize) -> u32 {
        u32::from_ne_bytes(self.page(i)[offset..][..4].try_into().unwrap())
    }

    pub(crate) fn refcount(&self, i: u64) -> u32 {
        self.half(i, 52)
    }

    /// Where the struct page of page `i` is said to be.
    pub(crate) fn address(&self, i: u64) -> u64 {
        BASE + (self.init.first_pfn() + i) * self.size() as u64
    }

    pub(crate) fn pages(&self) -> u64 {
        self.init.pages()
    }

    /// The position of page `i` in its compound.
    pub(crate) fn in_compound(&self, i: u64) -> u64 {
        i % (1 << self.order())
    }

    pub(crate) fn head(&self, i: u64) -> u64 {
        i - self.in_compound(i)
    }

    pub(crate) fn tails(&self) -> impl Iterator<Item = u64> {
        (0..self.pages()).filter(|&i| self.in_compound(i) > 0)
    }

    pub(crate) fn heads(&self) -> impl Iterator<Item = u64> {
        (0..self.pages()).filter(|&i| self.in_compound(i) == 0)
    }

    /// Pages number `n` of their compound.
    pub(crate) fn nth(&self, n: u64) -> impl Iterator<Item = u64> {
        (0..self.pages()).filter(move |&i| self.in_compound(i) == n)
    }

    pub(crate) fn holds_mask(&self) -> bool {
        model::holds_mask(self.kernel(), self.init.kconfig())
    }

    pub(crate) fn has_folio(&self) -> bool {
        self.kernel() != Kernel::V6_1
    }

    /// The folio of 6.15 and later.
    pub(crate) fn has_new_folio(&self) -> bool {
        self.has_folio() && self.kernel() != Kernel::V6_12
    }

    /// Whether the second tail keeps the list that its head's preparation gives it.
    pub(crate) fn keeps_list(&self) -> bool {
        self.has_new_folio() && self.kernel() != Kernel::V6_15
    }

    /// Which one it is, for messages.
    pub(crate) fn name(&self) -> String {
        format!("{} by {}, order {}, {} bytes", self.kernel(), self.strategy, self.order(), self.size())
    }
}

/// The layouts of the grid: all sizes, each optional field, and both ways to find a head.
pub(crate) fn layouts() -> Vec<(Kconfig, FlagsLayout)> {
    let presets = Preset::ALL.iter().copied();
    let sizes = [56, 72, 80, 88, 96].map(|size| Preset::X86_64_DISTRO.with_struct_page_size(size).unwrap());
    let pfn_fields = [64, 80].map(|size| {
        let mut preset = Preset::X86_64_DISTRO;
        preset.kconfig.page_virtual = true;
        preset.flags.last_cpupid_width = 8;
        (preset.flags.section_width, preset.flags.pfn_section_shift) = (12, 9);
        preset.with_struct_page_size(size).unwrap()
    });
    let full =
        |preset: Preset| (common::with(preset.kconfig, |kconfig| kconfig.optimize_dax_vmemmap = false), preset.flags);
    presets.chain(sizes).chain(pfn_fields).map(full).collect()
}

/// A configuration of the grid.
pub(crate) fn config(kernel: Kernel, order: u32, flags: FlagsLayout) -> Config {
    let compound = 1 << order;
    common::with(CONFIG, |config| {
        config.kernel = kernel;
        config.flags = flags;
        config.pgmap.vmemmap_shift = order;
        // Two compounds or more; the second half in another section of the smallest ones.
        config.range = PfnRange { start_pfn: 0x101200 - compound.max(4), nr_pages: 2 * compound.max(4) };
    })
}

/// Runs `check` on the memmaps of the grid.
pub(crate) fn each(mut check: impl FnMut(&Memmap)) {
    run_grid(&mut check);
}

/// Compiled once, and not for each of the checks.
fn run_grid(check: &mut dyn FnMut(&Memmap)) {
    let orders = [0, 1, 2, 3, 5];
    let kernels = Kernel::ALL.iter().flat_map(|&kernel| orders.map(|order| (kernel, order)));
    let all = kernels.flat_map(|(kernel, order)| layouts().into_iter().map(move |layout| (kernel, order, layout)));
    for (kernel, order, (kconfig, flags)) in all.step_by(every(37)) {
        let init = MemmapInit::with_kconfig(config(kernel, order, flags), kconfig).unwrap();
        for &strategy in Strategy::ALL {
            check(&Memmap::new(init, strategy, u64::from(order)));
        }
    }
}
