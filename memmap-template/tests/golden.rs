//! Memmaps that stock Debian kernels wrote onto an emulated NVDIMM (1 GiB, `map=dev`), byte for byte. `golden/README.md` says where
//! they come from.
#![cfg(not(miri))] // Sixteen megabytes each take Miri hours.

mod common;

use std::io::Read;

use common::Memory;
use memmap_template::{Kernel, MemmapInit, MemoryType, PfnRange, Pgmap, Strategy};

const PAGES: u64 = 257_536;

/// The image as the same kernel would have written it on a machine of this byte order: every field has its value, in its place,
/// in the machine's own byte order. The images are little-endian, so on such a machine nothing changes.
fn to_native_endian(image: &mut [u8], vmemmap_shift: u32) {
    if cfg!(target_endian = "little") {
        return;
    }
    for (i, page) in image.chunks_exact_mut(64).enumerate() {
        let is_first_tail = vmemmap_shift > 0 && i % (1 << vmemmap_shift) == 1;
        for (word, bytes) in page.chunks_exact_mut(8).enumerate() {
            // `_mapcount` and `_refcount`; in a first tail also the counts of the folio, and `_nr_pages`.
            let has_halves = word == 6 || is_first_tail && matches!(word, 2 | 3 | 4 | 7);
            let width = if has_halves { 4 } else { 8 };
            bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
    }
}

fn check(gz: &[u8], kernel: Kernel, memory_type: MemoryType, vmemmap_shift: u32, pgmap: u64) {
    let mut golden = Vec::new();
    flate2::read::GzDecoder::new(gz).read_to_end(&mut golden).unwrap();
    to_native_endian(&mut golden, vmemmap_shift);
    let init = MemmapInit::new(common::with(common::CONFIG, |config| {
        config.kernel = kernel;
        config.pgmap = Pgmap::new(pgmap, memory_type);
        config.pgmap.vmemmap_shift = vmemmap_shift;
        config.range = PfnRange { start_pfn: 0x101200, nr_pages: PAGES };
    }))
    .unwrap();
    assert_eq!(golden.len() as u64, init.buffer_len());
    let mut memory = Memory::new(golden.len(), 64, 0, pgmap);
    for &strategy in Strategy::ALL {
        for streamer in common::streamers() {
            // What the last run left must not pass for the work of this one.
            memory.uninit().fill(std::mem::MaybeUninit::new(0xa5));
            common::run(&init, &mut memory, strategy, streamer);
            if memory.bytes() != golden {
                let page = (0..PAGES as usize).find(|i| memory.bytes()[64 * i..][..64] != golden[64 * i..][..64]);
                panic!("{strategy} with {:?} differs from page {page:?} on", streamer.backend());
            }
        }
    }
    memory.assert_untouched_outside(0..golden.len());
}

#[test]
fn linux_7_3_4_devdax_2m() {
    let gz = include_bytes!("golden/linux-7.3.4-devdax-2m.memmap.gz");
    check(gz, Kernel::V7_1, MemoryType::Generic, 9, 0xff11_0000_05ec_5180);
}

#[test]
fn linux_7_3_4_fsdax() {
    let gz = include_bytes!("golden/linux-7.3.4-fsdax.memmap.gz");
    check(gz, Kernel::V7_1, MemoryType::FsDax, 0, 0xff11_0000_05b5_7ab8);
}

#[test]
fn linux_6_12_107_devdax_2m() {
    let gz = include_bytes!("golden/linux-6.12.107-devdax-2m.memmap.gz");
    check(gz, Kernel::V6_12, MemoryType::Generic, 9, 0xff11_0000_05c4_80c0);
}

#[test]
fn linux_6_12_107_fsdax() {
    let gz = include_bytes!("golden/linux-6.12.107-fsdax.memmap.gz");
    check(gz, Kernel::V6_12, MemoryType::FsDax, 0, 0xff11_0000_048d_6ab0);
}
