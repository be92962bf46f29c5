//! The strategies against each other and against the write limit: memmaps of 256 MiB, of single pages and of 2 MiB compounds.

use criterion::{Criterion, criterion_group, criterion_main};
use memcpy_streaming::{Streamer, memcpy_streaming_drain};
use memmap_template::{AddressModel, Config, Kernel, MemmapInit, MemoryType, PfnRange, Pgmap, Strategy};
use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::slice;

use test_support::memory::Memory;
use test_support::race::Race;

/// Struct pages: those of 16 GiB.
const PAGES: u64 = 4 << 20;

/// What the limit is measured with: not zero, and no struct page.
const FILL: u8 = 0x5a;

fn config(order: u32) -> Config {
    let memory_type = if order == 0 { MemoryType::FsDax } else { MemoryType::Generic };
    let mut pgmap = Pgmap::new(0xff11_0000_05ec_5180, memory_type);
    pgmap.vmemmap_shift = order;
    let range = PfnRange { start_pfn: 0x10_0000, nr_pages: PAGES };
    Config::new(Kernel::V7_1, pgmap, range, AddressModel::Vmemmap { base: 0xffd4_0000_0000_0000 })
}

fn strategies(criterion: &mut Criterion) {
    for (name, order) in [("fsdax", 0), ("devdax", 9)] {
        let init = MemmapInit::new(config(order)).expect("a kernel would accept it");
        let len = init.buffer_len() as usize;
        let streamer = Streamer::new();
        // One memmap for all: it is larger than any cache, so that nobody finds in it what another one wrote.
        let memory = RefCell::new(Memory::new(len));
        let mut race = Race::new(format!("memmap {name}"), len);
        // Ours first: it is the one that the others are compared with.
        for strategy in Strategy::ALL.iter().rev().copied() {
            let memory = &memory;
            race.enter(format!("{strategy} ({})", streamer.backend()), move || run(&init, strategy, memory));
        }
        race.enter("limit: streaming fill", || {
            let mut memory = memory.borrow_mut();
            let bytes = memory.bytes();
            // SAFETY: a slice that is borrowed until after the drain.
            unsafe { streamer.memset_streaming(bytes.as_mut_ptr(), FILL, bytes.len()) };
            memcpy_streaming_drain();
        });
        race.run(criterion);
        check(&init, &memory);
    }
}

/// One initialisation; asserts that what was asked for has run.
fn run(init: &MemmapInit, strategy: Strategy, memory: &RefCell<Memory>) {
    let streamer = Streamer::new();
    let report = init.run(uninit(memory.borrow_mut().bytes()), strategy, streamer).expect("the memory is large enough");
    assert_eq!((report.ran, report.backend, report.pages), (strategy, streamer.backend(), PAGES));
}

fn uninit(bytes: &mut [u8]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: the same memory, borrowed as long; initialisation writes struct pages, no uninitialised byte.
    unsafe { slice::from_raw_parts_mut(bytes.as_mut_ptr().cast(), bytes.len()) }
}

/// Every strategy leaves the bytes of `slow`.
fn check(init: &MemmapInit, memory: &RefCell<Memory>) {
    run(init, Strategy::Slow, memory);
    let slow = memory.borrow_mut().bytes().to_vec();
    for &strategy in Strategy::ALL {
        memory.borrow_mut().bytes().fill(FILL);
        run(init, strategy, memory);
        assert!(memory.borrow_mut().bytes() == slow, "{strategy}");
    }
}

criterion_group!(benches, strategies);
criterion_main!(benches);
