//! 34 to 36: memmaps whose pages are shared.

use memmap_template::{Altmap, Config, Kconfig, MemmapInit, PageSize, PfnRange, Preset, Strategy};

use crate::common::{self, CONFIG, Memory};

const KCONFIG: Kconfig = Preset::X86_64_DISTRO.kconfig;

fn config(order: u32) -> Config {
    common::with(CONFIG, |config| {
        config.pgmap.vmemmap_shift = order;
        config.range = PfnRange { start_pfn: 0x140000, nr_pages: 2 << order };
    })
}

fn without_dedup() -> Kconfig {
    common::with(KCONFIG, |kconfig| kconfig.optimize_dax_vmemmap = false)
}

fn written(config: Config, kconfig: Kconfig) -> u64 {
    MemmapInit::with_kconfig(config, kconfig).unwrap().compound_nr_pages()
}

#[test]
fn invariant_34_two_pages_of_the_memmap_are_written_per_compound() {
    for order in [8, 9] {
        let init = MemmapInit::with_kconfig(config(order), KCONFIG).unwrap();
        for &strategy in Strategy::ALL {
            let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 5);
            let report = common::run(&init, &mut memory, strategy, common::streamers()[0]);
            assert_eq!((report.struct_pages, init.compound_nr_pages()), (2 * 128, 128));
            let compound = 64 << order;
            memory.assert_untouched_in(64 * 128..compound);
            memory.assert_untouched_in(compound + 64 * 128..2 * compound);
        }
    }
    for (page_size, struct_pages) in [(PageSize::Size16K, 512), (PageSize::Size64K, 2048)] {
        assert_eq!(written(config(13), common::with(KCONFIG, |kconfig| kconfig.page_size = page_size)), struct_pages);
    }
}

#[test]
fn invariant_35_when_nothing_is_shared() {
    for order in 0..=7 {
        assert_eq!(written(config(order), KCONFIG), 1 << order, "two pages of memmap or fewer");
    }
    assert_eq!(written(config(8), KCONFIG), 128);
    let altmap = Some(Altmap { base_pfn: 0x140000 - 512, reserve: 0, free: 512 });
    let with_altmap = common::with(config(9), |config| config.pgmap.altmap = altmap);
    assert_eq!(written(with_altmap, KCONFIG), 512);
    assert_eq!(
        written(config(9), common::with(KCONFIG, |kconfig| kconfig.kmsan = true)),
        512,
        "80 bytes are no power of two"
    );
    assert_eq!(written(config(9), without_dedup()), 512);
}

/// The memmap of one compound as the kernel maps it: two page frames of its own, the second one over and over.
#[test]
#[cfg(target_os = "linux")]
#[cfg_attr(miri, ignore = "Miri maps no files")]
fn invariant_36_shared_pages_read_as_if_all_had_been_written() {
    use core::ffi::c_void;
    use std::mem::MaybeUninit;
    use std::ptr;

    use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
    use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

    const PAGE: usize = 4096;
    if rustix::param::page_size() != PAGE {
        eprintln!("skipped: this machine's pages are not 4 KiB");
        return;
    }
    let one = |kconfig| {
        let config = common::with(config(9), |config| config.range = PfnRange { start_pfn: 0x140000, nr_pages: 512 });
        MemmapInit::with_kconfig(config, kconfig).unwrap()
    };
    let (init, full) = (one(KCONFIG), one(without_dedup()));
    let len = full.buffer_len() as usize;
    let streamer = common::streamers()[0];
    let frames = memfd_create("memmap", MemfdFlags::CLOEXEC).unwrap();
    ftruncate(&frames, 2 * PAGE as u64).unwrap();
    let protection = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: a mapping of our own, of which each page is replaced by one of the two frames; nothing else refers to it.
    let memmap: *mut c_void = unsafe {
        let memmap = mmap_anonymous(ptr::null_mut(), len, protection, MapFlags::PRIVATE).unwrap();
        for page in 0..len / PAGE {
            let (at, frame) = (memmap.byte_add(page * PAGE), (page.min(1) * PAGE) as u64);
            mmap(at, PAGE, protection, MapFlags::SHARED | MapFlags::FIXED, &frames, frame).unwrap();
        }
        memmap
    };
    let mut expected = Memory::new(len, 64, 0, 0);
    common::run(&full, &mut expected, Strategy::Slow, streamer);
    for &strategy in Strategy::ALL {
        // SAFETY: the mapping, which is ours, as bytes; frames that are mapped more than once are written through one address
        // only (the first 128 struct pages, two pages of memory), and read when nothing is written.
        unsafe {
            let bytes = std::slice::from_raw_parts_mut(memmap.cast::<MaybeUninit<u8>>(), len);
            bytes[..2 * PAGE].fill(MaybeUninit::new(0x5a));
            init.run(bytes, strategy, streamer).unwrap();
        }
        // SAFETY: as above; all bytes of the frames are initialised.
        let found = unsafe { std::slice::from_raw_parts(memmap.cast::<u8>(), len) };
        assert!(found == expected.bytes(), "{strategy}");
        assert!((128..512).all(|k| found[64 * k..][..64] == found[64 * (64 + k % 64)..][..64]));
    }
    // SAFETY: the whole mapping; nothing refers to it any more.
    unsafe { munmap(memmap, len).unwrap() };
}
