//! Page layouts and flag packing: for any configuration either a typed error, or the same bytes by all strategies, which
//! the inspector reads back.

use arbitrary::{Result, Unstructured};
use memcpy_streaming::Streamer;
use memmap_template::inspect::Reader;
use memmap_template::{AddressModel, ConfigError, Hooks, MIGRATE_MOVABLE, MemmapInit, Strategy};
use test_operations::uninit;

use crate::choices::{check_error, config, kconfig, namespace};
use crate::choose;

/// A memmap that is longer than this is configured, and not written.
const LONGEST: u64 = 160 << 10;

/// Bytes around the memmap that nobody may touch.
const GUARD: usize = 256;

/// Configures a memmap; if that is possible and it is small, writes it in every way and reads it back. Backends are counted from `first`.
pub fn page_layouts(data: &[u8], first: usize) {
    let _ = layout(&mut Unstructured::new(data), first);
}

fn layout(u: &mut Unstructured<'_>, first: usize) -> Result<()> {
    let (mut config, kconfig) = (config(u)?, kconfig(u)?);
    if u.ratio(1, 8)?
        && let Some(layout) = namespace(u)?
    {
        (config.range, config.pgmap) = (layout.range, layout.pgmap(config.pgmap.address));
    }
    let Ok(init) = MemmapInit::with_kconfig(config, kconfig).map_err(check_error) else { return Ok(()) };
    check_numbers(&init);
    assert_eq!(init.compounds() << config.pgmap.vmemmap_shift, if init.compounds() == 0 { 0 } else { init.pages() });
    if init.buffer_len() > LONGEST || init.usemap_words() > LONGEST {
        return Ok(());
    }
    let (offset, streamer) = (u.int_in_range(0..=300)?, choose(u, first)?);
    let Ok(memmap) = write(&init, offset, streamer).map_err(check_error) else { return Ok(()) };
    if init.struct_page_size().is_multiple_of(8) && init.struct_pages() == init.pages() {
        let mut reader = Reader::default();
        (reader.kernel, reader.kconfig) = (config.kernel, kconfig);
        (reader.flags, reader.first_pfn) = (config.flags, init.first_pfn());
        read_back(u, &init, reader, &memmap)?;
    }
    Ok(())
}

/// What was accepted fits where it has to go, worked out in integers that are wide enough for anything.
fn check_numbers(init: &MemmapInit) {
    let (config, kconfig, flags) = (init.config(), init.kconfig(), &init.config().flags);
    let wide = |shift: u32| 1_u128 << shift;
    let (first, end) = (u128::from(init.first_pfn()), u128::from(init.first_pfn()) + u128::from(init.pages()));
    assert!(init.struct_pages() <= init.pages() && init.pages() <= config.range.nr_pages);
    assert!(first >= config.range.start_pfn.into() && end << kconfig.page_size.shift() <= wide(64), "{init:?}");
    assert!(first % wide(config.pgmap.vmemmap_shift) == 0 && end % wide(config.pgmap.vmemmap_shift) == 0, "{init:?}");
    assert!(u128::from(config.zone.nid) < wide(flags.node_width), "{init:?}");
    assert!(u128::from(config.zone.index) < wide(flags.zone_width), "{init:?}");
    assert!(flags.section_width == 0 || (end - 1) >> flags.pfn_section_shift < wide(flags.section_width), "{init:?}");
    if let AddressModel::Vmemmap { base } = config.address_model {
        assert!(u128::from(base) + end * u128::from(init.struct_page_size()) <= wide(64), "{init:?}");
    }
    if kconfig.page_virtual {
        assert!(u128::from(kconfig.page_offset) + ((end - 1) << kconfig.page_size.shift()) < wide(64), "{init:?}");
    }
}

/// Writes a memmap by every strategy, into the same memory each time, and asserts that all that should be written is the same, and all that
/// should not be untouched: the altmap, the surroundings, and the struct pages that share memory with others in a kernel, which are zero in
/// the answer. The answer begins behind the altmap.
///
/// # Errors
/// If the memory is not aligned as it has to be; then asserts that nothing at all was written.
fn write(init: &MemmapInit, offset: usize, streamer: Streamer) -> std::result::Result<Vec<u8>, ConfigError> {
    let (size, order) = (init.struct_page_size() as usize, init.config().pgmap.vmemmap_shift);
    let len = init.buffer_len() as usize;
    let skipped = (init.first_pfn() - init.config().range.start_pfn) as usize * size;
    // Mostly one that a head can have; more, and it would be a large piece of memory.
    let align = size.next_power_of_two() << order.min(11);
    let in_buffer = init.config().address_model == AddressModel::Buffer;
    let offset = if in_buffer && offset < 200 { align - skipped % align } else { offset };
    let mut memory = vec![0; len + 2 * GUARD + 2 * align + offset];
    let start = GUARD + memory[GUARD..].as_ptr().align_offset(align) + offset;
    let mut words = vec![0; init.usemap_words() as usize];
    let mut usemap = init.usemap(&mut words).expect("as many words as it asked for");
    let mut first: Option<Vec<u8>> = None;
    for (&strategy, garbage) in Strategy::ALL.iter().zip([0x5a_u8, 0xff, 0, 0xa5]) {
        let is_garbage = |bytes: &[u8]| bytes.iter().all(|&byte| byte == garbage);
        memory.fill(garbage);
        let mut hooks = Hooks::default();
        hooks.usemap = Some(&mut usemap);
        // SAFETY: struct pages are written of words.
        let memmap = unsafe { uninit(&mut memory[start..][..len]) };
        let report = init.run_with(memmap, strategy, streamer, hooks);
        let report = report.inspect_err(|error| {
            assert!(is_garbage(&memory), "{error} came too late");
            assert!(first.is_none(), "{error} for {strategy} only");
        })?;
        assert_eq!((report.asked, report.backend), (strategy, streamer.backend()));
        assert_eq!(report.ran == strategy, report.fallback.is_none());
        let (before, memmap) = memory.split_at_mut(start + skipped);
        let (memmap, behind) = memmap.split_at_mut(len - skipped);
        assert!(is_garbage(before) && is_garbage(behind), "{strategy} of {init:?}");
        for compound in memmap.chunks_mut(size << order) {
            let shared = &mut compound[size * init.compound_nr_pages() as usize..];
            assert!(is_garbage(shared), "{strategy} of {init:?}");
            shared.fill(0);
        }
        assert!(memmap == first.get_or_insert_with(|| memmap.to_vec()), "{strategy} is not slow: {init:?}");
    }
    let first_block = init.first_pfn().next_multiple_of(1 << init.kconfig().pageblock_order);
    if first_block < init.first_pfn() + init.compound_nr_pages().min(init.pages()) {
        assert_eq!(usemap.migratetype(first_block), Some(MIGRATE_MOVABLE), "{init:?}");
    }
    Ok(first.expect("there are strategies"))
}

/// What was written is what initialisation leaves; and a bit of it that is turned over is found where it is.
fn read_back(u: &mut Unstructured<'_>, init: &MemmapInit, reader: Reader, memmap: &[u8]) -> Result<()> {
    assert_eq!(reader.first_violation(memmap), None, "{init:?}");
    let size = init.struct_page_size() as usize;
    // The first compound says what all others have to be.
    let compound = size << init.config().pgmap.vmemmap_shift;
    if compound == memmap.len() {
        return Ok(());
    }
    let (at, bit) = (u.int_in_range(compound..=memmap.len() - 1)?, u.int_in_range(0..=7)?);
    let mut broken = memmap.to_vec();
    broken[at] ^= 1 << bit;
    let found = reader.first_violation(&broken).map(|violation| violation.page);
    assert_eq!(found, Some((at / size) as u64), "bit {bit} of byte {at} in {init:?}");
    Ok(())
}
