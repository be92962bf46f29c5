//! `memmap inspect` on any bytes.

use std::path::PathBuf;

use memmap_template::{Kernel, PageSize};

use crate::arch::{Arch, Knob, StructPages};
use crate::failure::Failure;
use crate::inspect::{Options, describe};

/// Bytes that say how to read the rest.
const HEADER: usize = 8;

/// Reads all but the first bytes as a file with a memmap, as the first ones say.
///
/// Whatever it is, it is described, or refused in one line.
pub fn memmap_inspect(data: &[u8]) {
    let Some((header, memmap)) = data.split_first_chunk::<HEADER>() else { return };
    let [size, knobs, kernel, lines, page, pfn, shift, whole] = *header;
    let size = if size < 128 { 64 } else { u64::from(size & 0x7f) };
    let knobs = [Knob::Virtual, Knob::Sections].into_iter().zip([1, 2]).filter(|(_, bit)| knobs & bit != 0);
    let knobs: Vec<_> = knobs.map(|(knob, _)| knob).collect();
    let (arch, page_size) =
        if shift >= 128 { (Arch::Arm64, PageSize::Size16K) } else { (Arch::X86_64, PageSize::Size4K) };
    let options = Options {
        file: PathBuf::from("any\nfile"),
        kernel: Kernel::ALL.get(usize::from(kernel)).copied(),
        arch: Some(arch),
        page_size: Some(page_size),
        nid: None,
        struct_pages: StructPages { struct_page: size, with: knobs },
        start_pfn: u64::from(pfn) << (shift % 64),
        page: page.checked_sub(128).map(u64::from),
        lines: lines.into(),
    };
    let Ok(readers) = options.readers() else { return };
    // Mostly whole struct pages; anything else is refused at once.
    let cut = if whole < 240 { memmap.len() as u64 / size * size } else { memmap.len() as u64 };
    let memmap = &memmap[..cut as usize];
    let pages = memmap.len() as u64 / size;
    let (text, violation) = match describe(&options, &readers, memmap) {
        Ok(described) => described,
        Err(Failure::Input(line)) => {
            assert!(!line.contains(char::is_control), "{line:?}");
            let refused = memmap.is_empty() || pages * size != memmap.len() as u64;
            return assert!(refused || options.page.is_some_and(|page| page >= pages), "{line}");
        }
        Err(other) => panic!("{other:?}"),
    };
    if let Some(violation) = violation {
        let line = violation.to_string();
        assert!(violation.page < pages && !line.contains(char::is_control), "{line}");
    }
    assert!(text.ends_with('\n'));
    let found: Vec<_> = text.lines().collect();
    if options.page.is_some() {
        return assert_eq!(found.len() as u64, 1 + size / 8);
    }
    // No more lines than were asked for, and every page is counted once.
    assert!(found.len() as u64 <= options.lines + 3, "{text}");
    assert!(found[0].starts_with(&format!("{pages} struct pages of ")), "{text}");
    let counts = found[found.len() - 1].split(", ").filter_map(|part| part.split(' ').next()?.parse::<u64>().ok());
    assert_eq!(counts.sum::<u64>(), pages, "{text}");
}
