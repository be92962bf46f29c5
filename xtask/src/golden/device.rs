//! The file of an NVDIMM that a kernel has bound: where on it the struct pages are.
//!
//! Nothing is guessed. The namespace's own description gives the data's offset. The pages that hold the memmap have struct pages, too, with
//! an empty list in each, which is two pointers to itself: that gives the place of the array, and its addresses in the kernel.

use crate::failure::Failure;

/// Where the namespace's description is.
const DESCRIPTION: usize = 4096;

pub(super) struct Device<'a> {
    /// Bytes from the start of the device to its data.
    pub(super) data_offset: u64,
    /// Bytes cut off at its end.
    pub(super) end_trunc: u64,
    /// The struct pages of the data.
    pub(super) memmap: &'a [u8],
    /// The address of the first one in the kernel.
    pub(super) address: u64,
    pub(super) pages: u64,
}

impl Device<'_> {
    /// Reads `device`, the whole file, with struct pages of `size` bytes.
    pub(super) fn read(device: &[u8], size: u64) -> Result<Device<'_>, Failure> {
        let wrong = |what: &str| Failure::run(format_args!("the device holds no memmap: {what}"));
        let description = device.get(DESCRIPTION..DESCRIPTION + 96).ok_or_else(|| wrong("it is too short"))?;
        if !(description.starts_with(b"NVDIMM_PFN_INFO\0") || description.starts_with(b"NVDIMM_DAX_INFO\0")) {
            return Err(wrong("there is no description of a namespace"));
        }
        let u32_at = |at: usize| u64::from(u32::from_le_bytes(description[at..][..4].try_into().expect("4 bytes")));
        let data_offset = u32_at(56) | u32_at(60) << 32;
        let (mode, start_pad, end_trunc, page_size) = (u32_at(72), u32_at(76), u32_at(80), u32_at(88));
        let len = device.len() as u64;
        if mode != 2 || start_pad != 0 || !page_size.is_power_of_two() || data_offset.saturating_add(end_trunc) >= len {
            return Err(wrong("its description is not that of a memmap on the device"));
        }
        let own = (data_offset / page_size).saturating_sub(8192_u64.div_ceil(page_size));
        let (at, address) = first_list(&device[..data_offset as usize], size).ok_or_else(|| {
            wrong("no struct page with an empty list is before the data; of a part of a section it is in RAM")
        })?;
        let pages = (len - end_trunc - data_offset) / page_size;
        let memmap = device[..data_offset as usize].get((at + own * size) as usize..);
        let memmap = memmap
            .and_then(|rest| rest.get(..(pages * size) as usize))
            .ok_or_else(|| wrong("it would not end before the data; of a part of a section it is in RAM"))?;
        Ok(Device { data_offset, end_trunc, memmap, address: address + own * size, pages })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A device of 64 pages of 4 KiB, of which 2 describe it, 6 hold the memmap, and 4 are cut off.
    fn device() -> Vec<u8> {
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
        device
    }

    #[test]
    fn struct_pages_are_found_and_what_is_no_device_is_refused() {
        let whole = device();
        let Device { data_offset, end_trunc, memmap, address, pages } = Device::read(&whole, 64).unwrap();
        assert_eq!(
            (data_offset, end_trunc, pages, memmap),
            (8 * 4096, 4 * 4096, 52, &whole[8192 + 64 * 8..][..64 * 52])
        );
        assert_eq!(address, 0xffd4_0000_0000_0000 + 64 * 8);
        type Change = fn(&mut Vec<u8>);
        let changes: [(&str, Change); 5] = [
            ("too short", |device| device.truncate(4100)),
            ("no description", |device| device[4096] = 0),
            ("not that of a memmap", |device| device[4096 + 61] = 255),
            ("no struct page with an empty list", |device| device[8192..32768].fill(0)),
            // As large a device as this has more struct pages than there is room for before its data.
            ("would not end before the data", |device| device.resize(1024 * 4096, 0)),
        ];
        for (why, change) in changes {
            let mut device = whole.clone();
            change(&mut device);
            assert!(matches!(Device::read(&device, 64), Err(Failure::Run(line)) if line.contains(why)), "{why}");
        }
    }
}
