//! Memmaps that stock Debian kernels wrote onto an emulated NVDIMM (`map=dev`), byte for byte. `golden/README.md` says where
//! they come from.
#![cfg(not(miri))] // Sixteen megabytes each take Miri hours.

mod common;

use std::io::Read;

use common::Memory;
use memmap_template::inspect::Reader;
use memmap_template::{AddressModel, Kernel, MemmapInit, MemoryType, PfnRange, Pgmap, Preset, Strategy};

/// The image as the same kernel would have written it on a machine of this byte order: every field has its value, in its place,
/// in the machine's own byte order. The images are little-endian, so on such a machine nothing changes.
fn to_native_endian(image: &mut [u8], vmemmap_shift: u32) {
    if cfg!(target_endian = "little") {
        return;
    }
    for (i, page) in image.as_chunks_mut::<64>().0.iter_mut().enumerate() {
        let is_first_tail = vmemmap_shift > 0 && i % (1 << vmemmap_shift) == 1;
        for (word, bytes) in page.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            // `_mapcount` and `_refcount`; in a first tail also the counts of the folio, and `_nr_pages`.
            let has_halves = word == 6 || is_first_tail && matches!(word, 2 | 3 | 4 | 7);
            let width = if has_halves { 4 } else { 8 };
            bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
    }
}

/// What a kernel was, and what it was told.
struct Golden {
    preset: Preset,
    kernel: Kernel,
    memory_type: MemoryType,
    vmemmap_shift: u32,
    range: PfnRange,
    vmemmap: u64,
    pgmap: u64,
}

/// 1 GiB at 4 GiB of an x86_64 machine with pages of 2 MiB.
const X86_64: Golden = Golden {
    preset: Preset::X86_64_DISTRO,
    kernel: Kernel::V7_1,
    memory_type: MemoryType::Generic,
    vmemmap_shift: 9,
    range: PfnRange { start_pfn: 0x10_1200, nr_pages: 257_536 },
    vmemmap: 0xffd4_0000_0000_0000,
    pgmap: 0,
};

/// 256 MiB at 3 GiB of an arm64 machine with pages of 16 KiB.
const ARM64_16K: Golden = Golden {
    preset: Preset::ARM64_16K,
    kernel: Kernel::V6_12,
    memory_type: MemoryType::Generic,
    vmemmap_shift: 11,
    range: PfnRange { start_pfn: 0x3_0800, nr_pages: 14_336 },
    vmemmap: 0xffff_f03f_c000_0000,
    pgmap: 0,
};

/// The same with pages of 4 KiB.
const ARM64_4K: Golden = Golden {
    preset: Preset::ARM64_4K,
    vmemmap_shift: 9,
    range: PfnRange { start_pfn: 0xc_0600, nr_pages: 64_000 },
    vmemmap: 0xffff_c1ff_c000_0000,
    ..ARM64_16K
};

fn check(gz: &[u8], golden: Golden) {
    let Golden { preset, kernel, memory_type, vmemmap_shift, range, vmemmap, pgmap } = golden;
    let mut golden = Vec::new();
    flate2::read::GzDecoder::new(gz).read_to_end(&mut golden).unwrap();
    to_native_endian(&mut golden, vmemmap_shift);
    let config = common::with(common::CONFIG, |config| {
        config.kernel = kernel;
        config.flags = preset.flags;
        config.pgmap = Pgmap::new(pgmap, memory_type);
        config.pgmap.vmemmap_shift = vmemmap_shift;
        config.range = range;
        config.address_model = AddressModel::Vmemmap { base: vmemmap };
    });
    let kconfig = common::with(preset.kconfig, |kconfig| kconfig.optimize_dax_vmemmap = false);
    let init = MemmapInit::with_kconfig(config, kconfig).unwrap();
    assert_eq!(golden.len() as u64, init.buffer_len());
    let mut memory = Memory::new(golden.len(), 64, 0, pgmap);
    let streamers = common::streamers();
    for &strategy in Strategy::ALL {
        // By which backend is nothing to those that stream nothing.
        let streams = matches!(strategy, Strategy::Streaming | Strategy::Stamped);
        for &streamer in if streams { &streamers[..] } else { &streamers[..1] } {
            // What the last run left must not pass for the work of this one.
            memory.uninit().fill(std::mem::MaybeUninit::new(0xa5));
            common::run(&init, &mut memory, strategy, streamer);
            let reader = common::with(Reader::default(), |reader| {
                (reader.kernel, reader.kconfig, reader.flags) = (kernel, preset.kconfig, preset.flags);
            });
            let difference = reader.difference(&golden, memory.bytes(), vmemmap_shift);
            assert_eq!(difference, None, "{strategy} with {:?}", streamer.backend());
        }
    }
    memory.assert_untouched_outside(0..golden.len());
}

macro_rules! golden {
    ($name:ident, $file:literal, $golden:expr) => {
        #[test]
        fn $name() {
            check(include_bytes!(concat!("golden/", $file, ".memmap.gz")), $golden);
        }
    };
}

const V6_12: Kernel = Kernel::V6_12;
const FSDAX: MemoryType = MemoryType::FsDax;

golden!(linux_7_3_4_devdax_2m, "linux-7.3.4-devdax-2m", Golden { pgmap: 0xff11_0000_05ec_5180, ..X86_64 });
golden!(
    linux_7_3_4_fsdax,
    "linux-7.3.4-fsdax",
    Golden { memory_type: FSDAX, vmemmap_shift: 0, pgmap: 0xff11_0000_05b5_7ab8, ..X86_64 }
);
golden!(
    linux_6_12_107_devdax_2m,
    "linux-6.12.107-devdax-2m",
    Golden { kernel: V6_12, pgmap: 0xff11_0000_05c4_80c0, ..X86_64 }
);
golden!(
    linux_6_12_107_fsdax,
    "linux-6.12.107-fsdax",
    Golden { kernel: V6_12, memory_type: FSDAX, vmemmap_shift: 0, pgmap: 0xff11_0000_048d_6ab0, ..X86_64 }
);
golden!(
    linux_6_17_13_devdax_2m,
    "linux-6.17.13-devdax-2m",
    Golden {
        kernel: Kernel::V6_15,
        range: PfnRange { start_pfn: 0x10_0400, nr_pages: 31_744 },
        pgmap: 0xff11_0000_050c_89c0,
        ..X86_64
    }
);
golden!(
    linux_6_12_107_arm64_16k_devdax_32m,
    "linux-6.12.107-arm64-16k-devdax-32m",
    Golden { pgmap: 0xfff0_0000_bc0e_e580, ..ARM64_16K }
);
golden!(
    linux_6_12_107_arm64_16k_fsdax,
    "linux-6.12.107-arm64-16k-fsdax",
    Golden {
        memory_type: FSDAX,
        vmemmap_shift: 0,
        range: PfnRange { start_pfn: 0x3_0080, nr_pages: 16_256 },
        pgmap: 0xfff0_0000_bcba_7308,
        ..ARM64_16K
    }
);
golden!(
    linux_7_2_13_arm64_16k_devdax_32m,
    "linux-7.2.13-arm64-16k-devdax-32m",
    Golden { kernel: Kernel::V7_2, pgmap: 0xfff0_0000_4141_3600, ..ARM64_16K }
);
golden!(
    linux_6_12_107_arm64_devdax_2m,
    "linux-6.12.107-arm64-devdax-2m",
    Golden { pgmap: 0xfff0_0000_b719_af00, ..ARM64_4K }
);
golden!(
    linux_7_2_13_arm64_fsdax,
    "linux-7.2.13-arm64-fsdax",
    Golden { kernel: Kernel::V7_2, memory_type: FSDAX, vmemmap_shift: 0, pgmap: 0xfff0_0000_41a2_6300, ..ARM64_4K }
);
