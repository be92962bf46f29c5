//! The grids. Each is as the peer has it: its lengths, and its offsets of destination and source.
//!
//! Not here: a peer's `dst == src`, and its moves of overlapping blocks, which ours do not do; and its flags.

use super::grid::Block;
use std::iter::successors;

/// UCX: all offsets in a line; all lengths up to 1024, then every 53rd.
pub(crate) fn ucx() -> Vec<Block> {
    vec![Block::new((0..1024).chain((1024..=8192).step_by(53)), 0..64, 0..64)]
}

/// PMDK's movnt_align: two pages between walls, of which up to 63 bytes are cut off at the end, at the start (those are the
/// blocks at the end), or at both.
pub(crate) fn pmdk_movnt_align() -> Vec<Block> {
    let one_end = Block::new((0..64).map(|cut| 8192 - cut), [0], [0]);
    let both = (1..64).map(|cut| Block::new([8192 - 2 * cut], [cut], [cut]));
    [one_end].into_iter().chain(both).collect()
}

/// PMDK's memcpy.
pub(crate) fn pmdk_memcpy() -> Vec<Block> {
    vec![Block::new([0, 4096], [0, 7], [0, 9])]
}

/// ARM's optimized-routines.
pub(crate) fn arm_optimized_routines() -> Vec<Block> {
    let doubled = successors(Some(100), |len| Some(2 * len)).take_while(|len| *len <= 250_000);
    vec![Block::new((0..100).chain(doubled), 0..32, 0..32)]
}

/// glibc's test-memcpy, and its large one.
pub(crate) fn glibc() -> Vec<Block> {
    let shifted = |len: usize, by: usize| Block::new([len], [0, by], [0, by]);
    let powers = (0..18).map(|i| shifted(1 << i, i));
    let short = (0..32).map(|i| shifted(i, i));
    let sixteens = (3..32).map(|i| shifted(16 * i, i));
    let offsets = [0, 255, 4000];
    let large = Block::new((19..=25).map(|i| 1 << i), offsets, offsets);
    // Page borders inside the blocks, and just before and after them.
    let borders = [4096 - 65, 4096 - 64, 4096 - 63, 4096 - 33, 4095, 4096, 4097];
    let pages = Block::new([1, 31, 63, 64, 65, 4095, 4096, 4097, 8192], borders, borders);
    let odd = Block::new((3 << 20..=32 << 20).step_by(0x0023_5689), [0], [0]);
    powers.chain(short).chain(sixteens).chain([large, pages, odd]).collect()
}

pub(crate) fn spead2() -> Vec<Block> {
    let offsets = || (0..64).step_by(3);
    vec![Block::new((0..128).chain((128..=1024).step_by(37)), offsets(), offsets())]
}

/// abseil's crc.
pub(crate) fn abseil() -> Vec<Block> {
    vec![Block::new([1].into_iter().chain(58..=63).chain([4096, 8192, 1_024_768]), 0..16, 0..16)]
}

/// compiler-builtins: arrays of exactly that size.
pub(crate) fn compiler_builtins() -> Vec<Block> {
    vec![Block::new([3, 10, 8193], [0], [0])]
}

/// memchr: padded by up to 515 bytes. (Its random cases are properties, in the test files beside this folder.)
pub(crate) fn memchr() -> Vec<Block> {
    let lens = || (0..=33).chain([47, 48, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 515]);
    let some = [0, 1, 32, 515];
    vec![Block::new(lens(), 0..=515, some), Block::new(lens(), some, 0..=515)]
}
