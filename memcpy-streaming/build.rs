//! Sets `cfg(memcpy_streaming_portable)` where streaming stores must not be used: under Miri, which cannot run assembly,
//! and under sanitizers that watch memory, which cannot see what assembly does to it. Refuses targets whose pointers are too
//! small, which would otherwise fail in many places.

use std::env;

/// The sanitizers that instrument loads and stores; control-flow ones (`cfi`, `kcfi`, ...) are not concerned.
const WATCH_MEMORY: [&str; 7] =
    ["address", "kernel-address", "hwaddress", "kernel-hwaddress", "memory", "memtag", "thread"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(memcpy_streaming_portable)");
    println!("cargo::rustc-check-cfg=cfg(docsrs)");
    if env::var("CARGO_CFG_TARGET_POINTER_WIDTH").is_ok_and(|width| width == "16") {
        println!("cargo::error=needs pointers of 32 or 64 bits");
        return;
    }
    let sanitizers = env::var("CARGO_CFG_SANITIZE").unwrap_or_default();
    let watched = sanitizers.split(',').any(|name| WATCH_MEMORY.contains(&name));
    if watched || env::var_os("CARGO_CFG_MIRI").is_some() {
        println!("cargo::rustc-cfg=memcpy_streaming_portable");
    }
}
