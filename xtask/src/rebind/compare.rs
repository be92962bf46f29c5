//! Whether every strategy has left the same memmap.

use super::measure::{Experiment, Lane};
use super::series::REFERENCE;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::Progress;

impl Experiment<'_> {
    /// Compares every memmap with `slow`'s, all bytes.
    pub(super) fn compare(
        &self,
        lanes: &mut [Lane],
        progress: &Progress,
        interrupt: &Interrupt,
    ) -> Result<(), Failure> {
        let slow = lanes.iter().position(|lane| lane.series.way == REFERENCE);
        // Not asked for: slow runs once, untimed, on memory of its own.
        let own = match slow {
            Some(_) => None,
            None => {
                let mut memory = self.map()?;
                progress.start(format_args!("{} slow, to compare with", self.mode));
                // What a binding leaves alone holds the fill everywhere else, too.
                self.fill(&mut memory, REFERENCE.threads)?;
                self.bind(&mut memory, REFERENCE)?;
                Some(memory)
            }
        };
        progress.start(format_args!("{} compared with slow", self.mode));
        for index in 0..lanes.len() {
            interrupt.check()?;
            let reference = match (&own, slow) {
                (Some(memory), _) => memory,
                (None, slow) => &lanes[slow.expect("it has a lane or memory of its own")].memory,
            };
            let found = difference(lanes[index].memory.bytes(), reference.bytes());
            let series = &mut lanes[index].series;
            series.identical = found.is_none();
            if let Some(byte) = found {
                let size = self.init.struct_page_size();
                let pfn = self.init.config().range.start_pfn + byte as u64 / size;
                return Err(Failure::run(format_args!(
                    "{} {} differs from slow: first at byte {} of the struct page of pfn {pfn:#x}",
                    self.mode,
                    series.way,
                    byte as u64 % size
                )));
            }
        }
        Ok(())
    }
}

/// The first byte in which two memmaps differ.
fn difference(left: &[u8], right: &[u8]) -> Option<usize> {
    // Slices compare by memcmp; the search is for the rare case.
    if left == right {
        return None;
    }
    let common = left.iter().zip(right).position(|(left, right)| left != right);
    Some(common.unwrap_or(left.len().min(right.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_is_found_wherever_it_is() {
        let left = vec![7; 1000];
        assert_eq!(difference(&left, &left.clone()), None);
        for byte in [0, 64, 999] {
            let mut right = left.clone();
            right[byte] = 8;
            assert_eq!(difference(&left, &right), Some(byte));
        }
        assert_eq!(difference(&left, &left[..999]), Some(999));
    }
}
