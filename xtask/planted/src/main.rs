//! Copies more than there is: an error that a memory checker must catch, or it is not worth its time.
//!
//! `planted BACKEND write|read BYTES` copies so many bytes beyond the end of the destination's, or the source's, heap block.
//! Nobody runs it but `cargo xtask test`, and that only under a checker.

use std::process::ExitCode;

use memcpy_streaming::{Backend, Streamer, memcpy_streaming_drain};

/// A heap block of these starts with a line, and ends with one.
#[derive(Clone)]
#[repr(align(64))]
struct Line(#[allow(dead_code, reason = "read and written by its address")] [u8; 64]);

/// Of a block: whole lines, and more than what is copied without streaming. The other block has twice as many.
const LINES: usize = 16;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let Some((backend, [dst, src], beyond)) = parse(&args) else {
        eprintln!("error: `planted BACKEND write|read BYTES`, for `cargo xtask test`");
        return ExitCode::from(2);
    };
    let Some(streamer) = Streamer::with_backend(backend) else {
        eprintln!("error: {backend} is not available here");
        return ExitCode::from(2);
    };
    let len = LINES * size_of::<Line>() + beyond;
    copy_too_much(streamer, &mut vec![Line([0; 64]); dst], &vec![Line([0; 64]); src], len);
    println!("{backend} copied {len} bytes");
    ExitCode::SUCCESS
}

/// The backend, the lines of the destination and of the source, and the bytes that are too many.
fn parse(args: &[String]) -> Option<(Backend, [usize; 2], usize)> {
    let [backend, at, beyond] = args else { return None };
    let lines = match at.as_str() {
        "write" => [LINES, 2 * LINES],
        "read" => [2 * LINES, LINES],
        _ => return None,
    };
    // No more than the longer block has.
    let beyond = beyond.parse().ok().filter(|&beyond| beyond <= LINES * size_of::<Line>())?;
    Some((backend.parse().ok()?, lines, beyond))
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
