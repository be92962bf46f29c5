//! Copies more than there is: an error that a memory checker must catch, or it is not worth its time.
//!
//! `planted BACKEND write|read BYTES` copies so many bytes beyond the end of the destination's, or the source's, heap block.
//! Nobody runs it but `cargo xtask test`, and that only under a checker.

use memcpy_streaming::{Streamer, memcpy_streaming_drain};

/// A heap block of these starts with a line, and ends with one.
#[derive(Clone)]
#[repr(align(64))]
struct Line(#[allow(dead_code, reason = "read and written by its address")] [u8; 64]);

/// Of a block: whole lines, and more than what is copied without streaming. The other block has twice as many.
const LINES: usize = 16;

fn main() {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let [backend, at, beyond] = &args[..] else { panic!("it takes BACKEND write|read BYTES") };
    let streamer = backend.parse().ok().and_then(Streamer::with_backend).expect("a backend that is available here");
    let beyond = beyond.parse().ok().filter(|&beyond: &usize| beyond <= LINES * size_of::<Line>());
    let len = LINES * size_of::<Line>() + beyond.expect("no more bytes than the longer block has");
    let [dst, src] = if at == "write" { [LINES, 2 * LINES] } else { [2 * LINES, LINES] };
    copy_too_much(streamer, &mut vec![Line([0; 64]); dst], &vec![Line([0; 64]); src], len);
    println!("{backend} copied {len} bytes");
}

/// The name that a checker's report must have in it.
#[inline(never)]
fn copy_too_much(streamer: Streamer, dst: &mut [Line], src: &[Line], len: usize) {
    // SAFETY: none, unless nothing is to be planted: one of the blocks is shorter. That is the point.
    unsafe { streamer.memcpy_streaming(dst.as_mut_ptr().cast(), src.as_ptr().cast(), len) };
    memcpy_streaming_drain();
    // The copy is not the last thing that is done here: it would take this function's place on the stack.
    std::hint::black_box(dst);
}
