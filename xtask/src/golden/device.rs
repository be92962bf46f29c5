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

#[test]
fn struct_pages_are_found_and_what_is_no_device_is_refused() {
    // A device of 64 pages of 4 KiB, of which 2 describe it, 6 hold the memmap, and 4 are cut off.
    let mut device = vec![0; 64 * 4096];
    let mut put = |at: usize, bytes: &[u8]| device[at..][..bytes.len()].copy_from_slice(bytes);
    put(4096, b"NVDIMM_PFN_INFO\0");
    for (at, value) in [(56, 8 * 4096_u32), (72, 2), (80, 4 * 4096), (88, 4096)] {
        put(4096 + at, &value.to_le_bytes());
    }
    for page in 2..60_u64 {
        let address = 0xffd4_0000_0000_0000 + 64 * page;
        // Behind the memmap's own pages: a pgmap and nothing.
        let list = if page < 8 { [address + 8, address + 8] } else { [0x1000, 0] };
        put(8192 + 64 * (page as usize), &[page, list[0], list[1]].map(u64::to_le_bytes).concat());
    }
    let Device { data_offset, end_trunc, memmap, address } = read(&device, 64).unwrap();
    assert_eq!((data_offset, end_trunc, address), (8 * 4096, 4 * 4096, 0xffd4_0000_0000_0000 + 64 * 8));
    assert_eq!(memmap, &device[8192 + 64 * 8..][..64 * 52]);
    // Without its signature, with its memmap in RAM, with its data behind its end; and too short, without lists, and with more pages than there is
    // room for before its data.
    for (at, byte) in [(0, 0), (72, 1), (61, 255)] {
        let mut other = device.clone();
        other[4096 + at] = byte;
        assert!(read(&other, 64).is_none(), "{at}");
    }
    assert!(read(&device[..4100], 64).is_none() && read(&[&device[..8192], &[0; 56 * 4096]].concat(), 64).is_none());
    device.resize(1024 * 4096, 0);
    assert!(read(&device, 64).is_none());
}
