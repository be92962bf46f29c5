//! The file of an NVDIMM that a kernel has bound: where on it the struct pages are.
//!
//! Nothing is guessed. The namespace's own description gives the data's offset. The pages that hold the memmap have struct pages, too, with
//! an empty list in each, which is two pointers to itself: that gives the place of the array, and its addresses in the kernel.

const DESCRIPTION: usize = 4096;
const SIGNATURES: [&[u8]; 2] = [b"NVDIMM_PFN_INFO\0", b"NVDIMM_DAX_INFO\0"];
/// The description's word for a memmap on the device.
const ON_DEVICE: u64 = 2;

pub(super) struct Device<'a> {
    /// Bytes from the start of the device to its data.
    pub(super) data_offset: u64,
    /// Bytes cut off at its end.
    pub(super) end_trunc: u64,
    pub(super) memmap: &'a [u8],
    /// The address of the first one in the kernel.
    pub(super) address: u64,
}

/// Reads `device`, the whole file, with struct pages of `size` bytes; None if it has no memmap.
pub(super) fn read(device: &[u8], size: u64) -> Option<Device<'_>> {
    let description = device.get(DESCRIPTION..DESCRIPTION + 96)?;
    let is_known = SIGNATURES.iter().any(|signature| description.starts_with(signature));
    let u32_at = |at: usize| u64::from(u32::from_le_bytes(description[at..][..4].try_into().expect("4 bytes")));
    let data_offset = u32_at(56) | u32_at(60) << 32;
    let (mode, start_pad, end_trunc, page_size) = (u32_at(72), u32_at(76), u32_at(80), u32_at(88));
    if !is_known || (mode, start_pad) != (ON_DEVICE, 0) || !page_size.is_power_of_two() {
        return None;
    }
    let front = device.get(..data_offset as usize)?;
    let pages = (device.len() as u64).checked_sub(data_offset + end_trunc)? / page_size;
    let own = (data_offset / page_size).saturating_sub(8192_u64.div_ceil(page_size));
    let (at, address) = first_list(front, size)?;
    let memmap = front.get((at + own * size) as usize..)?.get(..(pages * size) as usize)?;
    Some(Device { data_offset, end_trunc, memmap, address: address + own * size })
}

/// Where the first of two struct pages with empty lists is in `front`, and its address.
fn first_list(front: &[u8], size: u64) -> Option<(u64, u64)> {
    let word = |at: u64| Some(u64::from_le_bytes(*front.get(at as usize..)?.first_chunk()?));
    let list = |at: u64| {
        let own = word(at + 8)?;
        (own != 0 && own.is_multiple_of(8) && word(at + 16)? == own).then_some(own)
    };
    // Struct pages are aligned to 16 bytes, or to words if their size is no multiple of that.
    let align = if size.is_multiple_of(16) { 16 } else { 8 };
    (8192..front.len() as u64).step_by(align).find_map(|at| {
        let own = list(at)?;
        (list(at + size) == Some(own + size)).then_some((at, own - 8))
    })
}
