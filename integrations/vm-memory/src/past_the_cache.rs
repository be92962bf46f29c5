//! What a virtual machine monitor does to guest memory, past the cache. The guest may read and write all of it meanwhile: so no slice of it is
//! ever made, and what is written is a destination that is only written.

use memcpy_streaming::{Memory, Streamer, WriteOnly};
use vm_memory::bitmap::BitmapSlice;
use vm_memory::volatile_memory::PtrGuardMut;
use vm_memory::{GuestAddress, GuestMemoryBackend, GuestMemoryError, VolatileSlice};

/// Copies `bytes` to where the guest has `at`; done, and ordered, when it returns.
///
/// # Safety
/// Until it returns no other code of this program accesses these bytes. The guest may.
pub(crate) unsafe fn load(
    streamer: Streamer,
    memory: &impl GuestMemoryBackend,
    at: GuestAddress,
    bytes: &[u8],
) -> Result<(), GuestMemoryError> {
    let slices: Vec<_> = memory.get_slices(at, bytes.len()).collect::<Result<_, _>>()?;
    let guards: Vec<_> = slices.iter().map(VolatileSlice::ptr_guard_mut).collect();
    let mut rest = bytes;
    streamer.scope(|s| {
        for guard in &guards {
            let (now, later) = rest.split_at(guard.len());
            // SAFETY: the slices follow each other, so that each byte is in one of them; the caller keeps others away from it.
            s.copy_to(unsafe { destination(guard) }, now);
            rest = later;
        }
    });
    slices.iter().for_each(mark);
    Ok(())
}

/// Zeroes pages that a balloon gives back, wherever they are; done, and ordered, when it returns.
///
/// # Safety
/// No page is named twice, and until it returns no other code of this program accesses them. The guest may.
pub(crate) unsafe fn zero(
    streamer: Streamer,
    memory: &impl GuestMemoryBackend,
    pages: &[GuestAddress],
    len: usize,
) -> Result<(), GuestMemoryError> {
    let slices: Vec<_> = pages.iter().map(|&at| memory.get_slice(at, len)).collect::<Result<_, _>>()?;
    let guards: Vec<_> = slices.iter().map(VolatileSlice::ptr_guard_mut).collect();
    streamer.scope(|s| {
        for guard in &guards {
            // SAFETY: no page is named twice, and the caller keeps others away from it.
            s.fill_to(unsafe { destination(guard) }, 0);
        }
    });
    slices.iter().for_each(mark);
    Ok(())
}

/// The memory behind a guard, which keeps it mapped.
///
/// # Safety
/// As long as there is what this answers, no other code of this program accesses the bytes.
unsafe fn destination(guard: &PtrGuardMut) -> WriteOnly<'_, u8> {
    // SAFETY: vm-memory has mapped these bytes for writing, at least as long as there is a guard of them. The caller keeps this program away
    // from them; the guest is no part of it. It is ordinary, cached memory.
    unsafe { WriteOnly::from_raw_parts(guard.as_ptr(), guard.len(), Memory::Shared) }
}

/// What was written through a pointer is not seen by the monitor's log of dirty pages.
fn mark<B: BitmapSlice>(slice: &VolatileSlice<'_, B>) {
    slice.bitmap().mark_dirty(0, slice.len());
}

#[cfg(test)]
mod tests {
    use super::*;
    use memcpy_streaming::Backend;
    use side_by_side::noise;
    use std::sync::atomic::{AtomicBool, Ordering};
    use vm_memory::bitmap::{AtomicBitmap, Bitmap};
    use vm_memory::{Bytes, GuestMemoryMmap, GuestMemoryRegion};

    const MIB: usize = 1 << 20;

    /// Two regions that follow each other, of which the guest has the first page and the last.
    fn memory() -> GuestMemoryMmap<AtomicBitmap> {
        let ranges = [(GuestAddress(0), MIB), (GuestAddress(MIB as u64), MIB)];
        GuestMemoryMmap::from_ranges(&ranges).unwrap()
    }

    fn bytes(memory: &GuestMemoryMmap<AtomicBitmap>) -> Vec<u8> {
        let mut bytes = vec![0; 2 * MIB];
        memory.read_slice(&mut bytes, GuestAddress(0)).unwrap();
        bytes
    }

    /// Counts in two words that are its own, one beside each end of what the monitor writes, until it is told to stop.
    fn guest(memory: &GuestMemoryMmap<AtomicBitmap>, words: [GuestAddress; 2], stop: &AtomicBool) -> u64 {
        let mut count = 0;
        while !stop.load(Ordering::Relaxed) {
            count += 1;
            for at in words {
                memory.store(count, at, Ordering::Relaxed).unwrap();
                assert_eq!(
                    memory.load::<u64>(at, Ordering::Relaxed).unwrap(),
                    count,
                    "somebody wrote to the guest's word"
                );
            }
        }
        count
    }

    #[test]
    fn what_is_loaded_is_there_and_nothing_else_changes() {
        let image = noise(1, MIB + 12_345);
        for backend in Backend::available() {
            let streamer = Streamer::with_backend(backend).unwrap();
            assert_eq!(streamer.backend(), backend);
            for start in [4096_usize, 4096 + 8, 100_000 - 16] {
                let memory = memory();
                let stop = AtomicBool::new(false);
                let words = [start - 8, (start + image.len()).next_multiple_of(8)];
                let addresses = words.map(|word| GuestAddress(word as u64));
                let count = || memory.load::<u64>(addresses[1], Ordering::Relaxed).unwrap();
                let counted = std::thread::scope(|scope| {
                    let guest = scope.spawn(|| guest(&memory, addresses, &stop));
                    let goes_on = |from: u64| {
                        while count() <= from && !guest.is_finished() {
                            std::thread::yield_now();
                        }
                    };
                    goes_on(0);
                    // SAFETY: the guest here is a thread of this program, which accesses its two words and nothing else.
                    let loaded = unsafe { load(streamer, &memory, GuestAddress(start as u64), &image) };
                    goes_on(count());
                    stop.store(true, Ordering::Relaxed);
                    loaded.unwrap();
                    guest.join().unwrap()
                });
                let mut expected = vec![0; 2 * MIB];
                expected[start..][..image.len()].copy_from_slice(&image);
                for word in words {
                    expected[word..][..8].copy_from_slice(&counted.to_ne_bytes());
                }
                assert!(bytes(&memory) == expected, "{backend}, {start}");
                let dirty = |at: usize| {
                    let region = memory.find_region(GuestAddress(at as u64)).unwrap();
                    region.bitmap().dirty_at(at % MIB)
                };
                assert!((start..start + image.len()).step_by(4096).all(dirty), "{backend}, {start}: not marked");
                assert!(!dirty(start + image.len() + 2 * 4096), "{backend}, {start}: marked too much");
            }
        }
    }

    #[test]
    fn pages_of_a_balloon_are_zeroed_one_by_one() {
        for backend in Backend::available() {
            let streamer = Streamer::with_backend(backend).unwrap();
            assert_eq!(streamer.backend(), backend);
            let memory = memory();
            let before = noise(3, 2 * MIB);
            memory.write_slice(&before, GuestAddress(0)).unwrap();
            let pages: Vec<_> = (0..170).rev().map(|page| GuestAddress((3 * page + 1) * 4096)).collect();
            // SAFETY: each page once, and there is no other thread.
            unsafe { zero(streamer, &memory, &pages, 4096) }.unwrap();
            let mut expected = before;
            for page in &pages {
                expected[page.0 as usize..][..4096].fill(0);
            }
            assert!(bytes(&memory) == expected, "{backend}");
        }
    }

    #[test]
    fn what_the_guest_does_not_have_is_an_error() {
        let memory = memory();
        let (image, streamer) = (noise(1, MIB), Streamer::new());
        for at in [MIB + 1, 2 * MIB, usize::MAX] {
            // SAFETY: there is no other thread.
            assert!(unsafe { load(streamer, &memory, GuestAddress(at as u64), &image) }.is_err());
            // SAFETY: one page, and there is no other thread.
            assert!(unsafe { zero(streamer, &memory, &[GuestAddress(at as u64)], MIB) }.is_err());
        }
        assert!(bytes(&memory).iter().all(|&byte| byte == 0));
    }
}
