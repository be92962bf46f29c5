//! The functions of the C ABI for memory that is not ordinary, called as C calls them.

mod common;
use common::seeded::every;
use common::{Arena, noise};
use memcpy_streaming_capi::{
    MEMCPY_STREAMING_INVALID, MEMCPY_STREAMING_OK, MEMCPY_STREAMING_UNAVAILABLE, memcpy_mmio, memcpy_persist,
    memcpy_streaming_load, memset_mmio, memset_persist, persist_range,
};
use std::ptr;

const WIDEST: usize = size_of::<usize>();

/// Each width at each offset: it is stored where it is aligned, and refused where it is not.
#[test]
fn widths_and_alignments() {
    let src = noise(100, 1);
    let mut arena = Arena::new(64, 100);
    for width in 0..=17 {
        for at in (0..9).step_by(every(4)) {
            for len in [0, 1, 2, 4, 8, 12, 16, 24, 99] {
                let possible = [1, 2, 4, WIDEST].contains(&width) && at % width == 0 && len % width == 0;
                let answer = if possible { MEMCPY_STREAMING_OK } else { MEMCPY_STREAMING_INVALID };
                let expected = |byte: &dyn Fn(usize) -> u8| -> Vec<u8> {
                    (0..len).map(|i| if possible { byte(i) } else { common::GUARD }).collect()
                };
                let what = || format!("{len} bytes to {at} by {width}");
                arena.reset(at, len);
                let dst = arena.middle().as_mut_ptr().cast();
                // SAFETY: `len` bytes each.
                assert_eq!(unsafe { memcpy_mmio(dst, src.as_ptr().cast(), len, width as u32) }, answer, "{}", what());
                arena.check(&expected(&|i| src[i]), what);
                // SAFETY: `len` bytes.
                assert_eq!(unsafe { memset_mmio(dst, -2, len, width as u32) }, answer, "{}", what());
                arena.check(&expected(&|_| 0xfe), what);
            }
        }
    }
    for width in [u32::MAX, 1 << 31, 3 << 30] {
        // SAFETY: it is refused.
        assert_eq!(unsafe { memset_mmio(ptr::null_mut(), 0, 0, width) }, MEMCPY_STREAMING_INVALID);
    }
}

#[test]
fn persistence() {
    if common::emulator::lacks_what_it_says() {
        return;
    }
    let (mut arena, data) = (Arena::new(13, 1000), noise(1000, 2));
    let dst = arena.middle().as_mut_ptr().cast();
    // SAFETY: 1000 bytes each, and no bytes anywhere.
    unsafe {
        let answer = persist_range(ptr::null(), 0);
        assert_eq!(answer == MEMCPY_STREAMING_OK, memcpy_streaming::persist::<u8>(&[]).is_ok());
        assert!([MEMCPY_STREAMING_OK, MEMCPY_STREAMING_UNAVAILABLE].contains(&answer));
        let or_guards =
            |expected: Vec<u8>| if answer == MEMCPY_STREAMING_OK { expected } else { vec![common::GUARD; 1000] };
        assert_eq!(memcpy_persist(dst, data.as_ptr().cast(), 1000), answer);
        arena.check(&or_guards(data), || "memcpy_persist".to_string());
        assert_eq!(memset_persist(dst, -2, 1000), answer);
        arena.check(&or_guards(vec![0xfe; 1000]), || "memset_persist".to_string());
        assert_eq!(persist_range(dst, 1000), answer);
        assert_eq!(memcpy_persist(ptr::null_mut(), ptr::null(), 0), answer);
        assert_eq!(memset_persist(ptr::null_mut(), 0, 0), answer);
    }
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    // SAFETY: the length is 0.
    assert!(unsafe { memcpy_streaming_load(ptr::null_mut(), ptr::null(), 0) }.is_null());
}
