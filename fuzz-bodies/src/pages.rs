//! Page layouts and flag packing: for any configuration either a typed error, or the same bytes by all strategies, which
//! the inspector reads back.

mod choices;
mod written;

use arbitrary::{Result, Unstructured};
use memmap_template::inspect::Reader;
use memmap_template::{AddressModel, ConfigError, MemmapInit};
use written::Written;

use crate::backends::choose;
use choices::{config, kconfig, namespace};

/// A memmap that is longer than this is configured, and not written.
const LONGEST: u64 = 160 << 10;

/// Configures a memmap; if that is possible and it is small, writes it in every way and reads it back.
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
    let init = match MemmapInit::with_kconfig(config, kconfig) {
        Ok(init) => init,
        Err(error) => {
            check_error(error);
            return Ok(());
        }
    };
    check_numbers(&init);
    assert_eq!(init.compounds() << config.pgmap.vmemmap_shift, if init.compounds() == 0 { 0 } else { init.pages() });
    let usemap_words = init.usemap_words();
    if init.buffer_len() > LONGEST || usemap_words > LONGEST {
        return Ok(());
    }
    let (offset, streamer) = (u.int_in_range(0..=300)?, choose(u, first)?);
    let mut usemap_words = vec![0; usemap_words as usize];
    let mut usemap = init.usemap(&mut usemap_words).expect("as many words as it asked for");
    let written = match Written::new(&init, offset, streamer, &mut usemap) {
        Ok(written) => written,
        Err(error) => {
            check_error(error);
            return Ok(());
        }
    };
    if init.struct_page_size().is_multiple_of(8) && init.struct_pages() == init.pages() {
        let mut reader = Reader::default();
        (reader.kernel, reader.kconfig) = (config.kernel, kconfig);
        (reader.flags, reader.first_pfn) = (config.flags, init.first_pfn());
        read_back(u, &init, reader, written.initialised())?;
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

/// What was written is what initialisation leaves; and a bit of it that is turned over is found where it is.
fn read_back(u: &mut Unstructured<'_>, init: &MemmapInit, reader: Reader, memmap: &[u8]) -> Result<()> {
    let found = reader.first_violation(memmap);
    assert_eq!(found, None, "{init:?}");
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

/// An error is a sentence, on a line of its own.
fn check_error(error: ConfigError) {
    let text = error.to_string();
    assert!(!text.is_empty() && !text.contains(char::is_control), "{error:?}: {text}");
}

/// Whether addresses in the memmap depend on where it is written.
fn is_in_buffer(init: &MemmapInit) -> bool {
    init.config().address_model == AddressModel::Buffer
}
