//! Which backends this machine has.

mod common;
use memcpy_streaming::{Backend, Streamer};

/// Says which, past what captures the output of tests that pass: it tells what all the others have tested.
#[test]
fn these_are_here() {
    let backends = common::backends();
    let names: Vec<_> = backends.iter().map(|backend| backend.name()).collect();
    common::say(&format!("backends: {}", names.join(", ")));
}

#[test]
fn each_has_a_handle_and_the_others_have_none() {
    for &backend in Backend::ALL {
        let streamer = Streamer::with_backend(backend);
        assert_eq!(streamer.is_some(), backend.is_available(), "{backend}");
        assert!(streamer.is_none_or(|streamer| streamer.backend() == backend));
        assert!(streamer.is_none_or(|streamer| streamer.scope(|s| s.streamer().backend()) == backend));
        assert_eq!(backend.to_string(), backend.name());
        assert_eq!(backend.name().parse(), Ok(backend));
        assert_eq!(backend.c_name().to_str(), Ok(backend.name()));
    }
    assert_eq!(common::backends().last(), Some(&Backend::Portable));
}

/// What the operating system says of the CPU decides, not the code under test alone.
#[cfg(all(any(target_arch = "x86", target_arch = "x86_64"), target_feature = "sse2", not(miri)))]
#[test]
fn the_cpu_has_them() {
    use std::arch::is_x86_feature_detected as has;
    if cfg!(memcpy_streaming_portable) {
        return;
    }
    assert_eq!(Backend::Avx512.is_available(), has!("avx512f"));
    assert_eq!(Backend::Avx2.is_available(), has!("avx2"));
    assert!(Backend::Sse2.is_available() && Backend::Movnti.is_available());
    let without_down_clocking = has!("avx512f") && has!("avx512vbmi2");
    assert_eq!(Backend::active() == Backend::Avx512, without_down_clocking);
}
