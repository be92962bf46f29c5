//! What a run does besides writing the memmap.

use crate::pageblock::Usemap;
use crate::trace::Tracepoint;

/// What [`MemmapInit::run_with`](crate::MemmapInit::run_with) does besides writing the memmap; nothing by default.
///
/// ```
/// use std::cell::Cell;
/// use std::mem::MaybeUninit;
///
/// use memcpy_streaming::Streamer;
/// use memmap_template::*;
///
/// # fn main() -> Result<(), ConfigError> {
/// # let init = MemmapInit::new(Config::new(
/// #     Kernel::V7_1,
/// #     Pgmap::new(0x1000, MemoryType::FsDax),
/// #     PfnRange { start_pfn: 0x101200, nr_pages: 512 },
/// #     AddressModel::Vmemmap { base: 0xffd4_0000_0000_0000 },
/// # ))?;
/// # let mut memory = vec![MaybeUninit::uninit(); init.buffer_len() as usize + 15];
/// # let offset = memory.as_ptr().align_offset(16);
/// # let memmap = &mut memory[offset..];
/// let mut words = vec![0; init.usemap_words() as usize];
/// let mut usemap = init.usemap(&mut words)?;
/// let (live, mut events) = (Cell::new(true), 0);
/// let mut probe = |_: PageRefSet| events += 1;
///
/// let mut hooks = Hooks::default();
/// hooks.usemap = Some(&mut usemap);
/// hooks.page_ref_set = Some(Tracepoint::new(&live, &mut probe));
/// let report = init.run_with(memmap, Strategy::Stamped, Streamer::new(), hooks)?;
///
/// assert_eq!(report.ran, Strategy::Slow);
/// assert_eq!(report.fallback, Some(Fallback::PageRefSetLive));
/// assert_eq!(usemap.migratetype(0x101200), Some(MIGRATE_MOVABLE));
/// assert_eq!(events, 2 * 512); // 1, then 0, for each page
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
#[derive(Debug, Default)]
pub struct Hooks<'a, 'words> {
    /// Where the migrate types of the range's pageblocks go.
    pub usemap: Option<&'a mut Usemap<'words>>,
    /// An observer of the reference counts that are set.
    pub page_ref_set: Option<Tracepoint<'a>>,
}
