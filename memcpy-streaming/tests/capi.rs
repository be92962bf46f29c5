//! The functions of the C ABI, called as C calls them; `tests/c` has the same in C, linked with the library.

mod common;
use common::seeded::every;
use common::{Arena, noise};
use memcpy_streaming::Backend;
use memcpy_streaming_capi::{
    MEMCPY_STREAMING_OK, MEMCPY_STREAMING_UNAVAILABLE, MEMCPY_STREAMING_UNKNOWN, memcpy_streaming,
    memcpy_streaming_backend, memcpy_streaming_drain, memcpy_streaming_set_backend, memset_pattern_streaming,
    memset_streaming,
};
use std::ffi::{CStr, CString};
use std::ptr;

fn active() -> &'static str {
    // SAFETY: a name that is for ever valid.
    unsafe { CStr::from_ptr(memcpy_streaming_backend()) }.to_str().unwrap()
}

fn set(name: &str) -> i32 {
    let name = CString::new(name).unwrap();
    // SAFETY: a string.
    unsafe { memcpy_streaming_set_backend(name.as_ptr()) }
}

/// One test, because the choice is the process's.
#[test]
fn every_backend_by_name() {
    let best = active();
    for name in ["", "avx1024", "AVX2", "portable "] {
        assert_eq!(set(name), MEMCPY_STREAMING_UNKNOWN, "{name}");
    }
    // SAFETY: NULL is allowed.
    assert_eq!(unsafe { memcpy_streaming_set_backend(ptr::null()) }, MEMCPY_STREAMING_UNKNOWN);
    assert_eq!(active(), best);

    for backend in Backend::ALL.iter().filter(|backend| !backend.is_available()) {
        assert_eq!(set(backend.name()), MEMCPY_STREAMING_UNAVAILABLE, "{backend}");
        assert_eq!(active(), best);
    }
    for backend in common::backends() {
        assert_eq!(set(backend.name()), MEMCPY_STREAMING_OK);
        assert_eq!(active(), backend.name());
        assert_eq!(Backend::active(), backend);
        operations(backend);
    }
}

fn operations(backend: Backend) {
    let src = noise(3000, 7);
    let mut arena = Arena::new(64, 3000);
    for at in [0, 1, 8, 63].into_iter().step_by(every(3)) {
        for len in [0, 1, 64, 255, 256, 1000, 3000].into_iter().step_by(every(3)) {
            arena.reset(at, len);
            let dst = arena.middle().as_mut_ptr();
            // SAFETY: `len` bytes each, not touched before the drain.
            let returned = unsafe { memcpy_streaming(dst.cast(), src.as_ptr().cast(), len) };
            memcpy_streaming_drain();
            assert_eq!(returned, dst.cast());
            arena.check(&src[..len], || format!("{backend}: {len} bytes at {at}"));

            // SAFETY: `len` bytes, not touched before the drain.
            unsafe { memset_streaming(dst.cast(), -2, len) };
            memcpy_streaming_drain();
            arena.check(&vec![0xfe; len], || format!("{backend}: {len} set bytes at {at}"));

            for period in [1, 3, 8, 64, 80, 128, 1025, 2999].into_iter().step_by(every(3)) {
                // SAFETY: `len` bytes, not touched before the drain; `period` bytes of pattern.
                let returned = unsafe { memset_pattern_streaming(dst.cast(), src.as_ptr().cast(), period, len) };
                memcpy_streaming_drain();
                assert_eq!(returned, dst.cast());
                let expected = src[..period].repeat(len.div_ceil(period));
                arena.check(&expected[..len], || format!("{backend}: {len} bytes of a pattern of {period} at {at}"));
            }
        }
    }
    // Nothing is read and nothing is written.
    // SAFETY: the lengths are 0.
    unsafe {
        assert!(memcpy_streaming(ptr::null_mut(), ptr::null(), 0).is_null());
        assert!(memset_streaming(ptr::null_mut(), 1, 0).is_null());
        assert!(memset_pattern_streaming(ptr::null_mut(), ptr::null(), 0, 10).is_null());
        assert!(memset_pattern_streaming(ptr::null_mut(), ptr::null(), 5, 0).is_null());
    }
}
