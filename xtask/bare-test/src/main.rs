//! Every backend, byte by byte, against loops that nobody can get wrong: for targets where neither the standard library nor a
//! test harness can be had. It prints what a test program prints, so that `cargo xtask test` reads it as one.
//!
//! On such a target it starts itself and makes its own system calls.
#![cfg_attr(all(target_os = "linux", target_arch = "aarch64", target_endian = "big"), no_std, no_main)]

mod arena;
#[cfg(all(target_os = "linux", target_arch = "aarch64", target_endian = "big"))]
mod bare;
mod memmap;
mod operations;

use core::fmt;

use memcpy_streaming::{Backend, Streamer};

#[cfg(not(all(target_os = "linux", target_arch = "aarch64", target_endian = "big")))]
fn main() {
    let mut said = String::new();
    run(&mut said).expect("a string takes everything");
    print!("{said}");
}

/// Runs all of it, and panics at the first byte that is wrong. Fails if `out` does.
fn run(out: &mut dyn fmt::Write) -> fmt::Result {
    let tests = (operations::all().count() + 1) * Backend::available().count();
    writeln!(out, "running {tests} tests")?;
    for (i, backend) in Backend::available().enumerate() {
        assert!(i > 0 || backend == Backend::active(), "the active backend is not the best one");
        write!(out, "{}{backend}", if i > 0 { ", " } else { "backends: " })?;
    }
    writeln!(out)?;
    for backend in Backend::available() {
        let streamer = Streamer::with_backend(backend).expect("an available backend has a handle");
        assert_eq!(streamer.backend(), backend);
        for operation in operations::all() {
            operations::check(operation, streamer);
            writeln!(out, "test {} by {backend} ... ok", operation.name)?;
        }
        memmap::check(streamer);
        writeln!(out, "test memmaps by {backend} ... ok")?;
    }
    writeln!(out, "test result: ok. {tests} passed; 0 failed; 0 ignored; 0 measured")
}
