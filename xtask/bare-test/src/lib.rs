//! Every backend, byte by byte, against loops that nobody can get wrong: for targets where neither the standard library nor a
//! test harness can be had. It prints what a test program prints, so that `cargo xtask test` reads it as one.
#![no_std]

mod arena;
mod memmap;
mod operations;

use core::fmt;

use memcpy_streaming::{Backend, Streamer};

/// Runs all of it.
///
/// # Errors
/// If `out` fails.
///
/// # Panics
/// At the first byte that is wrong.
pub fn run(out: &mut dyn fmt::Write) -> fmt::Result {
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

#[cfg(test)]
mod tests {
    extern crate std;

    #[test]
    fn all_is_well_here_too() {
        let mut said = std::string::String::new();
        super::run(&mut said).expect("a string takes everything");
        let passed = said.lines().filter(|line| line.ends_with(" ... ok")).count();
        assert!(passed > 20 && said.contains(&std::format!("running {passed} tests\n")), "{said}");
        assert!(said.ends_with(&std::format!("test result: ok. {passed} passed; 0 failed; 0 ignored; 0 measured\n")));
    }
}
