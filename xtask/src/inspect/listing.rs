//! Struct pages as lines of text.

use std::fmt::Write;

use memmap_template::inspect::{Info, Kind, Page, Reader};

use super::Judged;
use crate::failure::Failure;
use crate::interrupt::Interrupt;

/// Pages decoded between two looks at whether the person wants to stop.
const CHUNK: u64 = 1 << 20;

/// All pages, equal neighbours on one line, at most `lines` lines of them.
pub(super) fn all(judged: &Judged, memmap: &[u8], lines: u64, interrupt: &Interrupt) -> Result<String, Failure> {
    let Judged { arch, reader, kernels, .. } = judged;
    let pages = reader.pages(memmap);
    let names: Vec<_> = kernels.iter().map(|kernel| kernel.name()).collect();
    let size = reader.kconfig.struct_page_size();
    let names = names.join(" or ");
    let mut text = format!("{pages} struct pages of {size} bytes, read as those of kernel {names} on {arch}\n");
    let (mut counts, mut runs, mut last) = ([0_u64; 4], 0, None);
    // Where runs of equal pages begin: one more than there are lines, which says where the last one ends.
    let mut starts: Vec<(u64, Page)> = Vec::new();
    for index in 0..pages {
        if index % CHUNK == 0 {
            interrupt.check()?;
        }
        let Some(page) = reader.page(memmap, index) else { break };
        counts[page.kind as usize] += 1;
        if last.replace(page) != Some(page) {
            runs += 1;
            if runs - 1 <= lines {
                starts.push((index, page));
            }
        }
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([pages]);
    for ((start, page), end) in starts.iter().zip(ends).take(lines as usize) {
        text += &line(*start, end, page);
    }
    if runs > lines {
        let _ = writeln!(text, "... {} more lines (--lines, or --page INDEX for one page)", runs - lines);
    }
    let [blank, single, head, tail] =
        [Kind::Blank, Kind::Single, Kind::Head, Kind::Tail].map(|kind| counts[kind as usize]);
    let _ = writeln!(text, "{single} single pages, {head} heads, {tail} tails, {blank} not initialised");
    Ok(text)
}

pub(super) fn one(reader: &Reader, memmap: &[u8], index: u64) -> Result<String, Failure> {
    let last = reader.pages(memmap) - 1;
    let beyond = || Failure::input(format_args!("--page {index} is beyond the last page, {last}"));
    let mut text = line(index, index + 1, &reader.page(memmap, index).ok_or_else(beyond)?);
    let size = reader.kconfig.struct_page_size() as usize;
    for (word, bytes) in memmap[index as usize * size..][..size].chunks_exact(8).enumerate() {
        let value = u64::from_ne_bytes(bytes.try_into().expect("chunks of 8 bytes"));
        let _ = writeln!(text, "  word {word:2}: {value:016x}");
    }
    Ok(text)
}

/// Equal pages from `start` to `end`.
fn line(start: u64, end: u64, page: &Page) -> String {
    let range = if end - start > 1 { format!("{start}..{}", end - 1) } else { start.to_string() };
    if page.kind == Kind::Blank {
        return format!("{range:>17}  not initialised\n");
    }
    let kind = format!("{:?}", page.kind).to_lowercase();
    let info = match page.info {
        Info::Pgmap(address) => format!("pgmap {address:#x}"),
        Info::Pointer(address) => format!("head at {address:#x}"),
        Info::Mask(order) => format!("mask for order {order}"),
        other => format!("{other:?}"),
    };
    let order = page.order.map_or("".to_string(), |order| format!("order {order}"));
    format!(
        "{range:>17}  {kind:<6} {order:<8}  zone {} node {} refcount {} mapcount {} flags {:016x}  {info}\n",
        page.zone, page.nid, page.refcount, page.mapcount, page.flags
    )
}
