//! Configurations: mostly such as there are, sometimes with a number that is none.

use arbitrary::{Arbitrary, Result, Unstructured};
use memmap_template::MemoryType::{Coherent, FsDax, Generic, Invalid, PciP2pdma, Private};
use memmap_template::StructPageAlign::{Bytes4, Bytes8, Bytes16};
use memmap_template::namespace::{Align, Layout, MapMode, Mode, Namespace};
use memmap_template::{
    AddressModel, Altmap, Config, FlagsLayout, Kconfig, Kernel, MAX_ORDER, PageSize, PfnRange, Pgmap, Preset, Zone,
};

/// A number up to `most`, or, one time in 32, any.
fn number<T: Arbitrary<'static> + TryFrom<u64> + From<u32>>(u: &mut Unstructured<'_>, most: u32) -> Result<T> {
    if u.ratio(1, 32)? {
        let any: u64 = u.arbitrary()?;
        return Ok(T::try_from(any).unwrap_or_else(|_| T::from(any as u32)));
    }
    Ok(T::from(u.int_in_range(0..=most)?))
}

pub(crate) fn config(u: &mut Unstructured<'_>) -> Result<Config> {
    let flags = flags(u)?;
    let order: u32 = number(u, MAX_ORDER.min(11))?;
    let compound = 1_u64.checked_shl(order).unwrap_or(1);
    // Near the start of a section, so that ranges cross into the next one.
    let section = 1_u64.checked_shl(flags.pfn_section_shift).unwrap_or(1);
    let pfn = section.wrapping_mul(number::<u64>(u, 40)?).wrapping_sub(number::<u64>(u, 600)?);
    let first_pfn = pfn / compound * compound;
    let pages = compound.wrapping_mul(number(u, 1 + 1000 / compound.min(1000) as u32)?);
    let skipped: u64 = number(u, 100)?;
    let reserve = number(u, 2)?;
    let altmap = Altmap { base_pfn: first_pfn.wrapping_sub(skipped), reserve, free: skipped.wrapping_sub(reserve) };
    let has_altmap = u.arbitrary()?;
    let start_pfn = if has_altmap { altmap.base_pfn } else { first_pfn };
    let kernel = *u.choose(Kernel::ALL)?;
    let zone = Zone { index: if u.ratio(1, 32)? { u.arbitrary()? } else { flags.zone_device }, nid: number(u, 3)? };
    let address = number::<u64>(u, u32::MAX >> 3)?.wrapping_mul(8);
    let memory_type = *u.choose(&[Invalid, Private, Coherent, FsDax, Generic, PciP2pdma])?;
    let mut pgmap = Pgmap::new(address, memory_type);
    (pgmap.vmemmap_shift, pgmap.altmap) = (order, has_altmap.then_some(altmap));
    let range = PfnRange { start_pfn, nr_pages: first_pfn.wrapping_sub(start_pfn).wrapping_add(pages) };
    let address_model = match u.int_in_range(0..=2)? {
        0 => AddressModel::Buffer,
        1 => AddressModel::Vmemmap { base: u64::from(u.arbitrary::<u16>()?) << 40 },
        _ => AddressModel::Vmemmap { base: u.arbitrary()? },
    };
    let mut config = Config::new(kernel, pgmap, range, address_model);
    (config.flags, config.zone) = (flags, zone);
    config.gates.page_ref_set_live = u.ratio(1, 16)?;
    config.gates.sanitizer = u.ratio(1, 16)?;
    Ok(config)
}

fn flags(u: &mut Unstructured<'_>) -> Result<FlagsLayout> {
    let mut flags = u.choose(Preset::ALL)?.flags;
    if u.ratio(1, 4)? {
        return Ok(flags);
    }
    flags.section_width = number(u, 20)?;
    flags.node_width = number(u, 10)?;
    flags.zone_width = number(u, 3)?;
    flags.last_cpupid_width = number(u, 21)?;
    flags.kasan_tag_width = number(u, 8)?;
    flags.lru_gen_width = number(u, 3)?;
    flags.pfn_section_shift = number(u, 20)?;
    flags.zone_device = number(u, 4)?;
    Ok(flags)
}

pub(crate) fn kconfig(u: &mut Unstructured<'_>) -> Result<Kconfig> {
    let mut preset = *u.choose(Preset::ALL)?;
    if u.arbitrary()? {
        // Any size: most are none.
        preset = preset.with_struct_page_size(number(u, 128)?).unwrap_or(preset);
    }
    let mut kconfig = preset.kconfig;
    kconfig.optimize_dax_vmemmap = u.arbitrary()?;
    if u.arbitrary()? {
        return Ok(kconfig);
    }
    kconfig.page_size = *u.choose(PageSize::ALL)?;
    kconfig.memcg = u.arbitrary()?;
    kconfig.page_virtual = u.arbitrary()?;
    kconfig.last_cpupid_width = number(u, 32)?;
    kconfig.kmsan = u.arbitrary()?;
    kconfig.struct_page_align = *u.choose(&[Bytes16, Bytes8, Bytes4])?;
    kconfig.hvo = u.arbitrary()?;
    kconfig.pageblock_order = number(u, MAX_ORDER)?;
    kconfig.page_offset = if u.arbitrary()? { u.arbitrary()? } else { u64::from(u.arbitrary::<u16>()?) << 40 };
    Ok(kconfig)
}

/// An error is a sentence, on a line of its own.
pub(crate) fn check_error(error: impl std::error::Error) {
    let text = error.to_string();
    assert!(!text.is_empty() && !text.contains(char::is_control), "{error:?}: {text}");
}

/// Where the pages of a namespace are, if there is such a one.
pub(crate) fn namespace(u: &mut Unstructured<'_>) -> Result<Option<Layout>> {
    let size_bytes = number::<u64>(u, 2000)?.wrapping_mul(2 << 20);
    let base_pfn = number::<u64>(u, 1 << 20)?.wrapping_mul(512);
    let map = *u.choose(MapMode::ALL)?;
    let mut namespace = Namespace::new(size_bytes, base_pfn, *u.choose(Mode::ALL)?);
    (namespace.map, namespace.align) = (map, *u.choose(Align::ALL)?);
    let layout = namespace.layout().map_err(check_error).ok();
    let is_right = |layout: &Layout| layout.pages() > 0 && layout.first_pfn() >= layout.range.start_pfn;
    assert!(layout.as_ref().is_none_or(is_right), "{namespace:?}");
    Ok(layout)
}
