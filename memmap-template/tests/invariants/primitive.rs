//! 39 to 42: the copy primitive, as far as it shows here. (43, what memory holds at each drain, needs to look between a copy and a drain: it
//! is a unit test of `template.rs`.)

use memmap_template::{Kernel, MemmapInit, Preset, Strategy};

use memcpy_streaming::memcpy_streaming_drain;

use crate::common;
use crate::grid::{Memmap, config};

#[test]
fn invariant_39_a_streaming_copy_is_a_copy() {
    let src: Vec<u8> = (0..512).map(|i| (i * 7 % 251) as u8).collect();
    for streamer in common::streamers() {
        for len in 0..=256 {
            for offset in 0..16 {
                let mut dst = [0xa5_u8; 320];
                // SAFETY: both are long enough, and the destination is not accessed before the drain.
                unsafe { streamer.memcpy_streaming(dst[offset..].as_mut_ptr(), src[15 - offset..].as_ptr(), len) };
                memcpy_streaming_drain();
                assert_eq!(dst[offset..][..len], src[15 - offset..][..len]);
                assert!(dst[..offset].iter().chain(&dst[offset + len..]).all(|&byte| byte == 0xa5));
            }
        }
    }
}

/// How many instructions store a page does not show in memory: memcpy-streaming's assembly snapshots have it. What shows here is that each
/// page is one copy, whatever its size.
#[test]
fn invariant_40_each_page_is_one_streaming_copy() {
    for size in [56, 64, 72, 80, 88, 96] {
        let preset = Preset::X86_64_DISTRO.with_struct_page_size(size).unwrap();
        let init = MemmapInit::with_kconfig(config(Kernel::V7_2, 0, preset.flags), preset.kconfig).unwrap();
        let mut memory = common::Memory::new(init.buffer_len() as usize, 64, 0, 0);
        for strategy in [Strategy::Streaming, Strategy::Stamped] {
            let report = common::run(&init, &mut memory, strategy, common::streamers()[0]);
            assert_eq!((report.streamed_copies, report.bytes), (init.pages(), init.pages() * size));
        }
    }
}

/// Other versions of the kernel series fall back to memcpy where something is not a multiple of 8 or 4 bytes. Here no alignment that a
/// struct page may have is a reason to.
#[test]
fn invariant_41_no_alignment_falls_back_to_memcpy() {
    for size in [56, 64, 72, 80, 88, 96] {
        let preset = Preset::X86_64_DISTRO.with_struct_page_size(size).unwrap();
        let init = MemmapInit::with_kconfig(config(Kernel::V7_2, 0, preset.flags), preset.kconfig).unwrap();
        let expected = Memmap::new(init, Strategy::Slow, 1);
        for offset in (0..64).step_by(preset.kconfig.memmap_align() as usize) {
            let mut memory = common::Memory::new(init.buffer_len() as usize, 64, offset, 0);
            for strategy in [Strategy::Streaming, Strategy::Stamped] {
                let report = common::run(&init, &mut memory, strategy, common::streamers()[0]);
                assert_eq!((report.ran, report.streamed_copies), (strategy, init.pages()), "{size} bytes at {offset}");
                assert!(memory.bytes() == expected.bytes(), "{strategy}, {size} bytes at {offset}");
            }
        }
    }
}

#[test]
fn invariant_42_drains() {
    for &kernel in Kernel::ALL {
        for order in [0, 1, 2, 9] {
            let init = MemmapInit::new(config(kernel, order, Preset::X86_64_DISTRO.flags)).unwrap();
            let mut memory = common::Memory::new(init.buffer_len() as usize, 64, 0, 0);
            let mut drains = |strategy| common::run(&init, &mut memory, strategy, common::streamers()[0]).drains;
            assert_eq!((drains(Strategy::Slow), drains(Strategy::Template)), (0, 0));
            // 6.1 never prepares the head of a compound of two pages.
            let each = if kernel == Kernel::V6_1 && order == 1 { 1 } else { 2 };
            assert_eq!(drains(Strategy::Streaming), each * init.compounds() + 1);
            assert_eq!(drains(Strategy::Stamped), 1);
        }
    }
}

#[test]
fn the_grid_has_every_size() {
    let sizes: std::collections::BTreeSet<_> =
        crate::grid::layouts().iter().map(|(k, _)| k.struct_page_size()).collect();
    assert!(sizes.into_iter().eq([56, 64, 72, 80, 88, 96]));
    let init = MemmapInit::new(config(Kernel::V7_1, 9, Preset::X86_64_DISTRO.flags)).unwrap();
    assert!(Memmap::new(init, Strategy::Slow, 0).holds_mask());
}
