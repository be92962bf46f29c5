//! Windows: VirtualAlloc, VirtualProtect, exceptions.

use std::ops::Range;
use std::sync::Once;
use std::{io, mem, ptr};
use windows_sys::Win32::Foundation::EXCEPTION_ACCESS_VIOLATION;
use windows_sys::Win32::Storage::FileSystem::WriteFile;
use windows_sys::Win32::System::Console::{GetStdHandle, STD_ERROR_HANDLE};
use windows_sys::Win32::System::Diagnostics::Debug::{
    AddVectoredExceptionHandler, EXCEPTION_CONTINUE_SEARCH, EXCEPTION_POINTERS,
};
use windows_sys::Win32::System::Memory::{
    MEM_COMMIT, MEM_RELEASE, MEM_RESERVE, PAGE_NOACCESS, PAGE_READWRITE, VirtualAlloc, VirtualFree, VirtualProtect,
};
use windows_sys::Win32::System::SystemInformation::GetSystemInfo;

/// Bytes of a page.
pub(crate) fn page() -> usize {
    // SAFETY: all zeros are a valid SYSTEM_INFO, which the system fills.
    unsafe {
        let mut info = mem::zeroed();
        GetSystemInfo(&raw mut info);
        info.dwPageSize as usize
    }
}

/// New memory of whole pages: zeros in the range `inside`, and not accessible outside of it.
pub(crate) fn map(len: usize, inside: Range<usize>) -> *mut u8 {
    // SAFETY: new memory, wherever there is room for it; the pages of the range become accessible.
    unsafe {
        let mapping = VirtualAlloc(ptr::null(), len, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS);
        assert!(!mapping.is_null(), "no memory: {}", io::Error::last_os_error());
        let mut before = 0;
        let given = VirtualProtect(mapping.byte_add(inside.start), inside.len(), PAGE_READWRITE, &raw mut before);
        assert_ne!(given, 0, "no access: {}", io::Error::last_os_error());
        mapping.cast()
    }
}

/// # Safety
/// Memory of `map` that nothing refers to any more.
pub(crate) unsafe fn unmap(mapping: *mut u8, _len: usize) {
    // SAFETY: the condition of this function.
    unsafe { VirtualFree(mapping.cast(), 0, MEM_RELEASE) };
}

/// From now on whoever touches what it may not calls `crate::fault::tell`, with the exception's code, and then ends the process.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the handler only looks, and leaves what comes next to the system.
        let handle = unsafe { AddVectoredExceptionHandler(1, Some(on_fault)) };
        assert!(!handle.is_null(), "no handler");
    });
}

/// Nobody else handles it, so that the system ends the process.
unsafe extern "system" fn on_fault(exception: *mut EXCEPTION_POINTERS) -> i32 {
    // SAFETY: the system's pointers, valid for this call.
    let code = unsafe { (*(*exception).ExceptionRecord).ExceptionCode };
    if code == EXCEPTION_ACCESS_VIOLATION {
        crate::fault::tell(code as u32);
    }
    EXCEPTION_CONTINUE_SEARCH
}

/// Writes to standard error.
pub(crate) fn complain(text: &[u8]) {
    let (len, mut written) = (text.len().try_into().unwrap_or(0), 0);
    // SAFETY: so many bytes of the slice.
    unsafe { WriteFile(GetStdHandle(STD_ERROR_HANDLE), text.as_ptr(), len, &raw mut written, ptr::null_mut()) };
}
