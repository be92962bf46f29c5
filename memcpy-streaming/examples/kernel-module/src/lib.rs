//! What a kernel module has of these crates: the C ABI of memcpy-streaming, and the functions of `memmap` for `glue.c`.
#![no_std]

mod memmap;

use core::fmt::{self, Write};
use core::panic::PanicInfo;

// Exports its functions: memcpy_streaming and the others.
extern crate memcpy_streaming_capi;

unsafe extern "C" {
    /// Prints `len` bytes of `text`, and reports a bug if there are any. To objtool it is a function that may return: it wants to see what would
    /// come next.
    fn ms_bug(text: *const u8, len: usize);
}

/// A panic is the kernel's business: it says where it was, with a backtrace, and ends the task, as for any bug.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let mut text = Text::new();
    let _ = write!(text, "{info}");
    // SAFETY: the pointer and the length are those of a buffer that lives until the end.
    unsafe { ms_bug(text.bytes.as_ptr(), text.len) };
    loop {
        core::hint::spin_loop();
    }
}

/// A line to be printed, in a buffer of its own: there is no allocator here. What does not fit is cut off.
struct Text {
    bytes: [u8; 256],
    len: usize,
}

impl Text {
    fn new() -> Text {
        Text { bytes: [0; 256], len: 0 }
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (to, from) in self.bytes[self.len..].iter_mut().zip(text.bytes()) {
            *to = if from == b'\n' { b' ' } else { from };
            self.len += 1;
        }
        Ok(())
    }
}

/// Panics for any number but 0, to show what the kernel makes of it. (What never returned would have to be said to some kernels' objtool, and
/// could not be to others.)
#[unsafe(no_mangle)]
pub extern "C" fn ms_panic(number: u32) {
    assert!(number == 0, "a panic of Rust, as asked for: {number}");
}
