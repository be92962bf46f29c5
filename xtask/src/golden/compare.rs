//! Our memmap beside the kernel's.

use std::mem::MaybeUninit;

use bench_runner::memory::Mapping;
use memmap_template::namespace::Layout;
use memmap_template::{AddressModel, Config, MemmapInit, PfnRange, Strategy, Zone};

use super::Capture;
use crate::backend;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::memory;

/// Writes the memmap by every strategy, and says that all of them are identical with the kernel's. All that we tell ours is from the kernel's
/// profile and from what was asked for, but for two addresses: the memmap's and the pgmap's.
pub(super) fn with_ours(
    nid: u32,
    layout: &Layout,
    capture: &Capture<'_>,
    interrupt: &Interrupt,
) -> Result<String, Failure> {
    let Capture { profile, memmap, device } = capture;
    let (start_pfn, nr_pages) = (profile.first_pfn, device.pages);
    if (layout.first_pfn(), layout.pages()) != (start_pfn, nr_pages) {
        return Err(Failure::run(format_args!(
            "the kernel starts at pfn {start_pfn:#x} with {nr_pages} pages, and we at pfn {:#x} with {}",
            layout.first_pfn(),
            layout.pages()
        )));
    }
    let mut pgmap = layout.pgmap(capture.word(1));
    // The range begins behind it.
    pgmap.altmap = None;
    let vmemmap = AddressModel::Vmemmap { base: capture.vmemmap_base() };
    let mut config = Config::new(profile.kernel, pgmap, PfnRange { start_pfn, nr_pages }, vmemmap);
    config.flags = profile.flags;
    config.zone = Zone { index: profile.flags.zone_device, nid };
    let init = MemmapInit::with_kconfig(config, profile.kconfig).map_err(Failure::run)?;

    let streamer = backend::streamer()?;
    let len = memmap.len();
    memory::require(Mapping::cost(len as u64), "our memmap beside the kernel's")?;
    let mut ours =
        Mapping::new(len, true).map_err(|error| Failure::run(format_args!("cannot map {len} bytes: {error}")))?;
    let mut text = String::new();
    for &strategy in Strategy::ALL {
        interrupt.check()?;
        // What the last one left must not pass for the work of this one.
        ours.memory().fill(MaybeUninit::new(0xa5));
        let ran = init.run(ours.memory(), strategy, streamer).map_err(Failure::run)?.ran;
        if ran != strategy {
            return Err(Failure::run(format_args!("{ran} ran, and not {strategy}")));
        }
        if let Some(difference) = profile.difference(memmap, ours.bytes(), layout.vmemmap_shift) {
            return Err(Failure::run(format_args!("the kernel's memmap is not that of {strategy}: {difference}")));
        }
        text += &format!("{strategy:<17} identical\n");
    }
    Ok(text)
}
