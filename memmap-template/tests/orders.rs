//! Compounds of every order, against the tables of the test's own model.

mod common;

use common::{CONFIG, Memory, model};
use memmap_template::{Kernel, MAX_ORDER, MemmapInit, PfnRange, Strategy};

#[test]
fn every_order_agrees_with_the_tables() {
    for &kernel in Kernel::ALL {
        // Megabytes take Miri minutes.
        for order in 0..=if cfg!(miri) { 3 } else { MAX_ORDER } {
            let config = common::with(CONFIG, |config| {
                config.kernel = kernel;
                config.pgmap.vmemmap_shift = order;
                config.range = PfnRange { start_pfn: 3 << MAX_ORDER, nr_pages: 1 << order };
            });
            let init = MemmapInit::new(config).unwrap();
            let mut memory = Memory::new(init.buffer_len() as usize, 64, 0, 0);
            common::run(&init, &mut memory, Strategy::Slow, common::streamers()[0]);
            let pages = init.pages();
            // The images of a large compound's tails do not depend on where in it they are: its ends will do.
            for i in (0..pages).filter(|&i| i < 1024 || pages - i < 1024) {
                let expected = model::page(&init, 0, init.first_pfn() + i);
                assert_eq!(model::words(memory.bytes(), i as usize), expected[..], "{kernel}, order {order}, page {i}");
            }
        }
    }
}
