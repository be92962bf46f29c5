//! 44 to 46: what closes the way to the fast strategies.

use std::cell::Cell;
use std::collections::BTreeMap;

use memmap_template::{
    Fallback, Hooks, InitReport, Kernel, MemmapInit, MemoryType, PageRefSet, Preset, Strategy, StructPageAlign,
    Tracepoint,
};

use crate::common::{self, CONFIG, Memory};
use crate::grid::{Memmap, config};

fn init(kernel: Kernel, order: u32, memory_type: MemoryType) -> MemmapInit {
    let config = config(kernel, order, CONFIG.flags);
    MemmapInit::new(common::with(config, |config| config.pgmap.memory_type = memory_type)).unwrap()
}

/// Runs with a tracepoint and gives the memory, the report and the events.
fn traced(init: &MemmapInit, strategy: Strategy, live: bool) -> (Vec<u8>, InitReport, Vec<PageRefSet>) {
    let (live, mut events) = (Cell::new(live), Vec::new());
    let mut probe = |event| events.push(event);
    let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 0);
    let hooks = common::with(Hooks::default(), |hooks| hooks.page_ref_set = Some(Tracepoint::new(&live, &mut probe)));
    let report = init.run_with(memory.uninit(), strategy, common::streamers()[0], hooks).unwrap();
    (memory.bytes().to_vec(), report, events)
}

#[test]
fn invariant_44_a_live_tracepoint_takes_the_slow_path_and_sees_every_count() {
    use MemoryType::*;
    for kernel in [Kernel::V6_12, Kernel::V7_1] {
        for memory_type in [Private, Coherent, FsDax, Generic, PciP2pdma] {
            for order in [0, 1, 3] {
                let init = init(kernel, order, memory_type);
                let expected = Memmap::new(init, Strategy::Slow, 1);
                let keeps = match kernel {
                    Kernel::V6_12 => !matches!(memory_type, Private | Coherent),
                    _ => memory_type == Generic,
                };
                for &strategy in Strategy::ALL {
                    let (bytes, report, events) = traced(&init, strategy, true);
                    assert_eq!(bytes, expected.bytes());
                    assert_eq!(report.ran, Strategy::Slow);
                    let fallback = (strategy != Strategy::Slow).then_some(Fallback::PageRefSetLive);
                    assert_eq!(report.fallback, fallback);
                    let mut counts = BTreeMap::<u64, Vec<u32>>::new();
                    for PageRefSet { pfn, count, .. } in events {
                        counts.entry(pfn).or_default().push(count);
                    }
                    assert_eq!(counts.len() as u64, init.pages());
                    for (pfn, counts) in counts {
                        let tail = !(pfn - init.first_pfn()).is_multiple_of(1 << order);
                        let expected: &[u32] = match (keeps, tail) {
                            (true, false) => &[1],
                            (false, false) | (true, true) => &[1, 0],
                            (false, true) => &[1, 0, 0],
                        };
                        assert_eq!(counts, expected, "{kernel}, {memory_type:?}, order {order}");
                    }

                    let (bytes, report, events) = traced(&init, strategy, false);
                    assert_eq!((bytes.as_slice(), report.ran, report.fallback), (expected.bytes(), strategy, None));
                    assert!(events.is_empty(), "a tracepoint that is off says nothing");
                    let copies = if strategy == Strategy::Slow { 0 } else { init.pages() };
                    assert_eq!(report.streamed_copies + report.cached_copies, copies, "and stands in nobody's way");
                }
            }
        }
    }
}

#[test]
fn invariant_45_sanitizers_and_pages_that_are_no_words_take_the_slow_path() {
    let sanitizer = common::with(CONFIG, |config| config.gates.sanitizer = true);
    let ragged = common::with(Preset::X86_64_DISTRO.kconfig, |kconfig| {
        kconfig.struct_page_align = StructPageAlign::Bytes4;
        kconfig.last_cpupid_width = 21;
    });
    let mut flags = CONFIG.flags;
    flags.last_cpupid_width = 0;
    assert_eq!(ragged.struct_page_size(), 68);
    for (init, reason) in [
        (MemmapInit::new(sanitizer).unwrap(), Fallback::Sanitizer),
        (
            MemmapInit::with_kconfig(common::with(CONFIG, |config| config.flags = flags), ragged).unwrap(),
            Fallback::SizeNotWords,
        ),
    ] {
        for &strategy in Strategy::ALL {
            let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 0);
            let report = init.run(memory.uninit(), strategy, common::streamers()[0]).unwrap();
            assert_eq!(report.ran, Strategy::Slow);
            assert_eq!(report.fallback, (strategy != Strategy::Slow).then_some(reason));
            assert!(!reason.to_string().is_empty());
        }
    }
}

#[test]
fn invariant_46_the_path_is_chosen_once_per_range() {
    let init = init(Kernel::V7_1, 3, MemoryType::Generic);
    let expected = Memmap::new(init, Strategy::Slow, 1);
    let (live, events) = (Cell::new(true), Cell::new(0));
    // Switched off at the third event: no further ones, and the path stays.
    let mut probe = |_| {
        events.set(events.get() + 1);
        live.set(events.get() < 3);
    };
    let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 0);
    let tracepoint = Tracepoint::new(&live, &mut probe);
    assert_eq!(format!("{tracepoint:?}"), "Tracepoint { live: true, .. }");
    let hooks = common::with(Hooks::default(), |hooks| hooks.page_ref_set = Some(tracepoint));
    let report = init.run_with(memory.uninit(), Strategy::Stamped, common::streamers()[0], hooks).unwrap();
    assert_eq!((report.ran, report.fallback), (Strategy::Slow, Some(Fallback::PageRefSetLive)));
    assert_eq!((events.get(), memory.bytes()), (3, expected.bytes()));
}
