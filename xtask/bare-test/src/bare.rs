//! Linux on aarch64 without a C library: the entry point, two system calls, and where panics go.

use core::arch::{asm, global_asm};
use core::fmt::{self, Write};
use core::panic::PanicInfo;

const WRITE: usize = 64;
const EXIT_GROUP: usize = 94;

// The system starts a program here with an aligned stack; a function expects to be called.
global_asm!(".globl _start", "_start:", "mov x29, xzr", "mov x30, xzr", "bl {start}", start = sym start);

extern "C" fn start() -> ! {
    exit(crate::run(&mut Output).is_err().into())
}

struct Output;

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            // SAFETY: write reads so many bytes at this address, and they are there.
            let written = unsafe { call(WRITE, 1, rest.as_ptr().addr(), rest.len()) };
            // An error is a small negative number.
            rest = rest.get(written..).ok_or(fmt::Error)?;
        }
        Ok(())
    }
}

fn exit(status: usize) -> ! {
    loop {
        // SAFETY: it ends the process, and touches no memory.
        unsafe { call(EXIT_GROUP, status, 0, 0) };
    }
}

/// # Safety
/// What the system call does with these arguments must be allowed.
unsafe fn call(number: usize, a: usize, b: usize, c: usize) -> usize {
    let answer;
    // SAFETY: Linux takes the number in x8 and the arguments from x0 on, answers in x0, and keeps all other registers. That the
    // call itself is allowed is the condition of this function.
    unsafe { asm!("svc 0", in("x8") number, inlateout("x0") a => answer, in("x1") b, in("x2") c, options(nostack)) };
    answer
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // Nobody could be told that nobody can be told.
    let _ = writeln!(Output, "{info}");
    exit(101)
}
