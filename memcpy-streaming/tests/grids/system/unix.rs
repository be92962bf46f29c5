//! Unix: mmap, mprotect, signals.

use std::ops::Range;
use std::{io, mem, ptr};

/// Bytes of a page.
pub(crate) fn page() -> usize {
    // SAFETY: it asks the system for a number.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(page).expect("the system has pages")
}

/// A new mapping of whole pages: zeros in the range `inside`, and not accessible outside of it.
pub(crate) fn map(len: usize, inside: Range<usize>) -> *mut u8 {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping, wherever there is room for it; the pages of the range become accessible.
    unsafe {
        let mapping = libc::mmap(ptr::null_mut(), len, libc::PROT_NONE, flags, -1, 0);
        assert!(mapping != libc::MAP_FAILED, "no memory: {}", io::Error::last_os_error());
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let refused = libc::mprotect(mapping.byte_add(inside.start), inside.len(), access);
        assert_eq!(refused, 0, "no access: {}", io::Error::last_os_error());
        mapping.cast()
    }
}

/// # Safety
/// A mapping of `map`, of this length, that nothing refers to any more.
pub(crate) unsafe fn unmap(mapping: *mut u8, len: usize) {
    // SAFETY: the condition of this function.
    unsafe { libc::munmap(mapping.cast(), len) };
}

/// From now on whoever touches what it may not calls `crate::fault::tell`, with the signal, and then ends the process.
pub(crate) fn watch() {
    let handler: extern "C" fn(libc::c_int) = on_fault;
    // SAFETY: all zeros are a valid sigaction; the handler does only what one may (see there). After it has run once, the
    // system does with the signal what it would have done without it.
    unsafe {
        let mut action: libc::sigaction = mem::zeroed();
        action.sa_sigaction = handler as usize;
        action.sa_flags = libc::SA_RESETHAND;
        for signal in [libc::SIGSEGV, libc::SIGBUS] {
            assert_eq!(libc::sigaction(signal, &raw const action, ptr::null_mut()), 0);
        }
    }
}

/// Returns to the instruction at fault, which now ends the process.
extern "C" fn on_fault(signal: libc::c_int) {
    crate::fault::tell(signal as u32);
}

/// Writes to standard error, by one of the functions that a handler may call.
pub(crate) fn complain(text: &[u8]) {
    // SAFETY: so many bytes of the slice.
    unsafe { libc::write(libc::STDERR_FILENO, text.as_ptr().cast(), text.len()) };
}
