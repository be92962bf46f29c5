//! Which records pass the staging buffer: a backend that lists what it is asked for shows it.

use super::staging::{DIRECT_LEN, RING};
use crate::kernels::LINE;
#[cfg(feature = "std")]
use crate::listing::Call;
use crate::listing::{self, LISTING};
use std::vec;

#[test]
fn long_records_are_streamed_from_where_they_are_and_short_ones_when_there_are_enough() {
    let mut memory = vec![0; 4 * DIRECT_LEN + RING];
    // From here on the whole of the ring can be staged.
    let at = memory.as_ptr().addr().wrapping_neg() % RING;
    for len in [DIRECT_LEN - 1, DIRECT_LEN, DIRECT_LEN + LINE, 3 * DIRECT_LEN] {
        let lines = if len < DIRECT_LEN { 0 } else { len / LINE };
        let record = vec![7; len];
        LISTING.scope(|s| {
            let mut writer = s.writer(&mut memory[at..]);
            assert!(writer.is_empty());
            listing::take();
            writer.append(&record).expect("it fits");
            assert_eq!(listing::take().lines.len(), lines, "{len} bytes");
            assert!(!writer.is_empty());
            assert_eq!(writer.finish(), record);
            assert_eq!(listing::take().lines.len(), len / LINE - lines, "the rest of {len} bytes");
        });
    }
}

#[cfg(feature = "std")]
#[test]
fn flushed_by_a_trait_of_std_is_drained() {
    use std::io::Write;
    let mut memory = [0; 3 * LINE];
    let at = memory.as_ptr().addr().wrapping_neg() % LINE;
    LISTING.scope(|s| {
        let mut writer = s.writer(&mut memory[at..]);
        listing::take();
        assert_eq!(Write::write(&mut writer, &[7; 2 * LINE]).expect("it fits"), 2 * LINE);
        assert_eq!(listing::take().lines.len(), 0);
        Write::flush(&mut writer).expect("it cannot fail");
        // Lines of which there are two are loaded and stored by the kernel.
        assert_eq!(listing::take().copies, [Call::LinesL2(2, 0)]);
    });
}
