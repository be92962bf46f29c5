//! What tests must know of emulators of programs, and of valgrind.

/// Whether the tests run in one: it is named by `MEMCPY_STREAMING_RUNNER`. The system that they see is not the one that they run on.
pub fn is_emulated() -> bool {
    std::env::var_os("MEMCPY_STREAMING_RUNNER").is_some()
}

/// Whether it promises an instruction that it lacks. qemu-user before 8.1 tells programs of DC CVAP (HWCAP_DCPOP), and ends those that use it.
pub fn lacks_what_it_says() -> bool {
    #[cfg(target_arch = "aarch64")]
    return is_emulated() && std::arch::is_aarch64_feature_detected!("dpb");
    #[cfg(not(target_arch = "aarch64"))]
    false
}
