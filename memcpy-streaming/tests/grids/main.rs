//! The grids that other copies are tested with, over every backend and every entry point, with guard bytes and inaccessible
//! pages around both blocks.
//!
//! `MEMCPY_STREAMING_GRID` says how much of them runs: `few`, `thin` (debug builds) and `usual` a part that is spread over the
//! whole of each, `full` everything.
#![cfg(all(any(unix, windows), not(miri)))] // Pages are made inaccessible.

#[path = "../common/mod.rs"]
mod common;
mod driver;
#[path = "../common/entries.rs"]
mod entries;
mod fault;
mod grid;
mod peers;
mod system;
mod walls;

macro_rules! grids {
    ($($name:ident),*) => {$(
        #[test]
        fn $name() {
            driver::run(stringify!($name), peers::$name());
        }
    )*};
}

grids!(ucx, pmdk_movnt_align, pmdk_memcpy, arm_optimized_routines, glibc, spead2, abseil, compiler_builtins, memchr);
