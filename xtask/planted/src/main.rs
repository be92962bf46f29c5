//! Copies more than there is: an error that a memory checker must catch, or it is not worth its time.
//!
//! `planted BACKEND write|read BYTES` copies so many bytes beyond the end of the destination's, or the source's, heap block.
//! Nobody runs it but `cargo xtask test`, and that only under a checker.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::process::ExitCode;

use memcpy_streaming::{Backend, Streamer, memcpy_streaming_drain};

/// Bytes of a block: whole lines, and more than what is copied without streaming.
const LEN: usize = 1024;

/// Bytes of the other block, and the most that may be planted.
const SIZE: usize = 2 * LEN;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let Some((backend, at, beyond)) = parse(&args) else {
        eprintln!("error: `planted BACKEND write|read BYTES`, for `cargo xtask test`");
        return ExitCode::from(2);
    };
    let Some(streamer) = Streamer::with_backend(backend) else {
        eprintln!("error: {backend} is not available here");
        return ExitCode::from(2);
    };
    let (mut dst, src) = match at {
        At::Write => (Block::new(LEN), Block::new(SIZE)),
        At::Read => (Block::new(SIZE), Block::new(LEN)),
    };
    copy_too_much(streamer, &mut dst, &src, LEN + beyond);
    println!("{backend} copied {} bytes", LEN + beyond);
    ExitCode::SUCCESS
}

/// Where it goes wrong.
enum At {
    Write,
    Read,
}

fn parse(args: &[String]) -> Option<(Backend, At, usize)> {
    let [backend, at, beyond] = args else { return None };
    let at = match at.as_str() {
        "write" => At::Write,
        "read" => At::Read,
        _ => return None,
    };
    let beyond = beyond.parse().ok().filter(|&beyond: &usize| beyond <= SIZE - LEN)?;
    Some((backend.parse().ok()?, at, beyond))
}

/// A heap block that starts with a line.
struct Block(*mut u8, Layout);

impl Block {
    fn new(len: usize) -> Block {
        let layout = Layout::from_size_align(len, 64).expect("a small block");
        // SAFETY: it is not empty.
        let block = unsafe { alloc_zeroed(layout) };
        assert!(!block.is_null(), "no memory");
        Block(block, layout)
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: it was allocated with this layout, and nobody uses it any more.
        unsafe { dealloc(self.0, self.1) }
    }
}

/// The name that a checker's report must have in it.
#[inline(never)]
fn copy_too_much(streamer: Streamer, dst: &mut Block, src: &Block, len: usize) {
    // SAFETY: none, unless nothing is to be planted: one of the blocks is shorter. That is the point.
    unsafe { streamer.memcpy_streaming(dst.0, src.0, len) };
    memcpy_streaming_drain();
    // The copy is not the last thing that is done here: it would take this function's place on the stack.
    std::hint::black_box(dst);
}
