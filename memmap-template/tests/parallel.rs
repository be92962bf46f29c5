//! A range split over threads: the same bytes, reports that add up, and errors before a byte is written.
#![cfg(feature = "std")]

mod common;

use std::cell::Cell;
use std::error::Error;
use std::num::NonZeroUsize;

use common::case::Case;
use common::seeded::properties;
use common::{CONFIG, Memory, NameOnPanic};
use memmap_template::{
    ConfigError, Fallback, Gates, Hooks, Kernel, MIGRATE_MOVABLE, MemmapInit, PageRefSet, ParallelError, PfnRange,
    Strategy, Tracepoint,
};

fn threads(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

/// Five sections and a bit, in compounds of 2 MiB.
fn devdax() -> MemmapInit {
    MemmapInit::new(common::with(CONFIG, |config| {
        config.pgmap.vmemmap_shift = 9;
        config.range = PfnRange { start_pfn: 0x101200, nr_pages: 5 << 15 };
    }))
    .unwrap()
}

#[test]
#[cfg_attr(miri, ignore = "megabytes take Miri minutes")]
fn threads_write_what_one_writes_and_drain_once_each() {
    let init = devdax();
    let streamer = common::streamers()[0];
    let mut expected = Memory::new(init.buffer_len() as usize, 64, 0, 1);
    common::run(&init, &mut expected, Strategy::Slow, streamer);
    for &strategy in Strategy::ALL {
        for asked in [1, 2, 3, 6, 100] {
            let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, asked as u64);
            let report =
                init.run_parallel(memory.uninit(), strategy, streamer, threads(asked), Hooks::default()).unwrap();
            let ran = asked.min(6);
            assert_eq!((report.threads, report.ran, report.struct_pages), (ran, strategy, init.pages()));
            let drains = match strategy {
                Strategy::Streaming => 2 * init.compounds() + ran as u64,
                Strategy::Stamped => ran as u64,
                _ => 0,
            };
            assert_eq!(report.drains, drains, "{strategy} on {asked}");
            assert_eq!(
                report.streamed_copies + report.cached_copies,
                if strategy == Strategy::Slow { 0 } else { init.pages() }
            );
            assert!(memory.bytes() == expected.bytes(), "{strategy} on {asked}");
            memory.assert_untouched_outside(0..memory.bytes().len());
        }
    }
}

#[test]
fn threads_meet_at_borders_of_the_flag_words_sections() {
    let threads_of = |section_width| {
        let flags = common::with(CONFIG.flags, |flags| {
            (flags.section_width, flags.node_width, flags.pfn_section_shift) = (section_width, 2, 9);
        });
        let range = PfnRange { start_pfn: 0x101200, nr_pages: 4 << 9 };
        let init = MemmapInit::new(common::with(CONFIG, |config| {
            config.flags = flags;
            config.range = range;
        }))
        .unwrap();
        let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 1);
        let (strategy, streamer) = (Strategy::Stamped, common::streamers()[0]);
        init.run_parallel(memory.uninit(), strategy, streamer, threads(8), Hooks::default()).unwrap().threads
    };
    assert_eq!(threads_of(12), 4);
    assert_eq!(threads_of(0), 1, "sections that no flag word has are those of most kernels, 128 MiB");
}

#[test]
#[cfg_attr(miri, ignore = "megabytes take Miri minutes")]
fn compounds_larger_than_sections_stay_whole() {
    let init = MemmapInit::new(common::with(CONFIG, |config| {
        config.kernel = Kernel::V7_0;
        config.pgmap.vmemmap_shift = 17;
        config.range = PfnRange { start_pfn: 1 << 18, nr_pages: 3 << 17 };
    }))
    .unwrap();
    let streamer = common::streamers()[0];
    let mut expected = Memory::new(init.buffer_len() as usize, 64, 0, 1);
    common::run(&init, &mut expected, Strategy::Stamped, streamer);
    let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 2);
    let report = init.run_parallel(memory.uninit(), Strategy::Stamped, streamer, threads(8), Hooks::default()).unwrap();
    assert_eq!(report.threads, 3);
    assert!(memory.bytes() == expected.bytes());
}

#[test]
#[cfg_attr(miri, ignore = "megabytes take Miri minutes")]
fn hooks_do_as_with_one_thread() {
    let init = devdax();
    let streamer = common::streamers()[0];
    let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 1);
    let mut words = vec![0; init.usemap_words() as usize];
    let mut usemap = init.usemap(&mut words).unwrap();
    let hooks = common::with(Hooks::default(), |hooks| hooks.usemap = Some(&mut usemap));
    init.run_parallel(memory.uninit(), Strategy::Stamped, streamer, threads(4), hooks).unwrap();
    let end = init.first_pfn() + init.pages();
    assert!((init.first_pfn()..end).step_by(512).all(|pfn| usemap.migratetype(pfn) == Some(MIGRATE_MOVABLE)));

    let (live, events) = (Cell::new(true), Cell::new(0));
    let mut probe = |_: PageRefSet| events.set(events.get() + 1);
    let hooks = common::with(Hooks::default(), |hooks| hooks.page_ref_set = Some(Tracepoint::new(&live, &mut probe)));
    let report = init.run_parallel(memory.uninit(), Strategy::Stamped, streamer, threads(4), hooks).unwrap();
    assert_eq!((report.threads, report.fallback), (1, Some(Fallback::PageRefSetLive)));
    assert_eq!(events.get(), init.compounds() + 2 * (init.pages() - init.compounds()));

    let gates = common::with(Gates::default(), |gates| gates.sanitizer = true);
    let closed = MemmapInit::new(common::with(*init.config(), |config| config.gates = gates)).unwrap();
    let report =
        closed.run_parallel(memory.uninit(), Strategy::Stamped, streamer, threads(4), Hooks::default()).unwrap();
    assert_eq!((report.threads, report.ran, report.fallback), (4, Strategy::Slow, Some(Fallback::Sanitizer)));
}

#[test]
#[cfg_attr(miri, ignore = "megabytes take Miri minutes")]
fn errors_come_before_a_byte_is_written() {
    let init = devdax();
    let mut memory = Memory::new(init.buffer_len() as usize - 1, 64, 0, 1);
    let error = init
        .run_parallel(memory.uninit(), Strategy::Stamped, common::streamers()[0], threads(4), Hooks::default())
        .unwrap_err();
    assert!(matches!(error, ParallelError::Config(_)), "{error}");
    let alone = init.run(memory.uninit(), Strategy::Stamped, common::streamers()[0]).unwrap_err();
    assert_eq!(error.to_string(), alone.to_string());
    let source = error.source().expect("the cause").downcast_ref::<ConfigError>();
    assert_eq!(source, Some(&alone));
    memory.assert_untouched_outside(0..0);
}

#[test]
fn a_thread_that_cannot_be_started_is_an_error_with_its_cause() {
    let spawn = ParallelError::Spawn(std::io::ErrorKind::WouldBlock.into());
    assert!(spawn.to_string().starts_with("a thread could not be started: "), "{spawn}");
    let source = spawn.source().expect("the cause").downcast_ref::<std::io::Error>();
    assert_eq!(source.map(std::io::Error::kind), Some(std::io::ErrorKind::WouldBlock));
    // What `?` asks of an error in most programs.
    let _: Box<dyn Error + Send + Sync> = spawn.into();
}

#[test]
fn a_usemap_of_another_run_is_refused_before_a_byte_is_written() {
    let init = devdax();
    let elsewhere = common::with(*init.config(), |config| config.range.start_pfn += 5 << 15);
    let elsewhere = MemmapInit::new(elsewhere).unwrap();
    let mut words = vec![0; elsewhere.usemap_words() as usize];
    let mut usemap = elsewhere.usemap(&mut words).unwrap();
    let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 1);
    let hooks = common::with(Hooks::default(), |hooks| hooks.usemap = Some(&mut usemap));
    let error =
        init.run_parallel(memory.uninit(), Strategy::Stamped, common::streamers()[0], threads(4), hooks).unwrap_err();
    assert!(matches!(error, ParallelError::Config(ConfigError::UsemapOfAnotherRun { .. })), "{error}");
    memory.assert_untouched_outside(0..0);
    assert!(words.iter().all(|&word| word == 0));
}

properties! {
    fn any_number_of_threads_writes_the_same(case: Case, number: u8) -> bool {
        let _name = NameOnPanic(&case);
        let init = case.init();
        let streamer = common::streamers()[0];
        // The same memory twice: with the buffer's addresses, the bytes depend on where it is.
        let mut memory = case.memory(&init);
        for &strategy in Strategy::ALL {
            init.run(memory.uninit(), strategy, streamer).unwrap();
            let expected = memory.bytes().to_vec();
            let number = threads(1 + usize::from(number));
            let report = init.run_parallel(memory.uninit(), strategy, streamer, number, Hooks::default()).unwrap();
            assert!(report.threads <= number.get());
            assert!(memory.bytes() == expected, "{strategy} on {number}");
        }
        true
    }
}
