use super::*;
use std::slice;
use std::sync::{Mutex, PoisonError};

/// SQLite's allocator, and the arena, are the process's: one test at a time.
static ONE: Mutex<()> = Mutex::new(());

#[test]
fn sqlite_gives_the_same_answers_by_each_backend() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    allocator_of(Allocator::Own).unwrap();
    let before = arena::streamed();
    grow(10_000).unwrap();
    concatenate(10_000).unwrap();
    assert_eq!(arena::streamed(), before, "SQLite's own allocator is not the arena");
    for backend in Backend::available() {
        backend.make_active().unwrap();
        allocator_of(Allocator::Arena).unwrap();
        let (wiped, moved) = arena::streamed();
        for _ in 0..2 {
            grow(10_000).unwrap();
            concatenate(10_000).unwrap();
        }
        let now = arena::streamed();
        assert!(now.0 > wiped && now.1 > moved, "{backend}: {now:?}");
        assert_eq!(Backend::active(), backend);
    }
}

#[test]
fn blocks_keep_their_bytes_and_leave_none_behind() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    allocator_of(Allocator::Arena).unwrap();
    let sizes = [1, 100, arena::LARGE - 1, arena::LARGE, 3 * arena::LARGE, 5 * arena::LARGE + 8, arena::LARGE, 50];
    let noise = side_by_side::noise(3, 6 << 20);
    for backend in Backend::available() {
        backend.make_active().unwrap();
        for _ in 0..3 {
            let mut len = 24;
            // SAFETY: the arena's blocks, each used within its length until it is freed or resized, by this thread alone.
            unsafe {
                let mut block = arena::arena_malloc(len).cast::<u8>();
                block.copy_from_nonoverlapping(noise.as_ptr(), len as usize);
                for new in sizes {
                    block = arena::arena_realloc(block.cast(), new).cast();
                    assert_eq!(arena::arena_size(block.cast()), new);
                    let kept = len.min(new) as usize;
                    assert!(slice::from_raw_parts(block, kept) == &noise[..kept], "{backend}, {len} to {new}");
                    block.copy_from_nonoverlapping(noise.as_ptr(), new as usize);
                    len = new;
                }
                arena::arena_free(block.cast());
                // What was freed waits, and is empty.
                let again = arena::arena_malloc(arena::LARGE).cast::<u8>();
                let bytes = slice::from_raw_parts(again, arena::LARGE as usize);
                assert!(bytes.iter().all(|&byte| byte == 0), "{backend}: not wiped");
                arena::arena_free(again.cast());
            }
        }
    }
}
