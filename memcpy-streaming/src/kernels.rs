//! What the crate needs of a backend, and the choice between the backends.
//!
//! A new instruction set is a file of kernels in a backend crate, a name in [`Backend`], and an entry in the table of
//! its architecture (`arch/`).

use crate::{Backend, arch};
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

/// Bytes in a line: what a kernel writes at a time, and how its destination is aligned.
pub(crate) const LINE: usize = 64;

/// One backend: operations over whole lines at a 64-byte aligned destination.
pub(crate) struct Kernels {
    pub(crate) backend: Backend,
    /// What this CPU allows.
    pub(crate) support: fn() -> Support,
    /// Copies lines from any alignment with the widest loads, and prefetches the source `ahead` bytes before.
    pub(crate) copy_lines: unsafe fn(dst: *mut u8, src: *const u8, lines: usize, ahead: usize),
    /// Repeats the one line at `line`.
    pub(crate) fill_lines: unsafe fn(dst: *mut u8, line: *const u8, lines: usize),
    /// What this CPU has for lines of zeros that beats `fill_lines`.
    pub(crate) zero_lines: fn() -> Option<ZeroLines>,
}

/// A kernel that zeroes lines.
pub(crate) type ZeroLines = unsafe fn(dst: *mut u8, lines: usize);

/// Whether a backend runs on this CPU.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Support {
    /// It does not: on other architectures every CPU has what is compiled.
    #[cfg_attr(not(any(target_arch = "x86", target_arch = "x86_64")), allow(dead_code))]
    Missing,
    /// It does, but another one is better here.
    OnRequest,
    /// It does, and may be chosen.
    Good,
}

/// The last resort, and the reference: ordinary stores by the platform's memcpy.
static PORTABLE: Kernels = Kernels {
    backend: Backend::Portable,
    support: || Support::Good,
    copy_lines: |dst, src, lines, _| {
        // SAFETY: this closure has the contract of an unsafe function: see `copy_lines_portable`.
        unsafe { copy_lines_portable(dst, src, lines) }
    },
    fill_lines: fill_lines_portable,
    zero_lines: || None,
};

/// # Safety
/// `src` is valid for reads and `dst` for writes of `64 * lines` bytes; they do not overlap.
unsafe fn copy_lines_portable(dst: *mut u8, src: *const u8, lines: usize) {
    // SAFETY: the caller's.
    unsafe { ptr::copy_nonoverlapping(src, dst, LINE * lines) }
}

/// # Safety
/// `line` is valid for reads of 64 and `dst` for writes of `64 * lines` bytes; they do not overlap.
unsafe fn fill_lines_portable(dst: *mut u8, line: *const u8, lines: usize) {
    for i in 0..lines {
        // SAFETY: line `i` of the caller's.
        unsafe { ptr::copy_nonoverlapping(line, dst.add(LINE * i), LINE) }
    }
}

/// The backends that this CPU runs: the good ones, best first, then those on request, then the portable one.
pub(crate) fn available() -> impl Iterator<Item = &'static Kernels> {
    let with = |support: Support| arch::KERNELS.iter().filter(move |k| (k.support)() == support);
    with(Support::Good).chain(with(Support::OnRequest)).chain([&PORTABLE])
}

/// The choice for this process, made at first use, or by a C program. Every thread that races for it finds the same one.
static ACTIVE: AtomicPtr<Kernels> = AtomicPtr::new(ptr::null_mut());

/// The kernels of [`Backend::active`].
#[inline]
pub(crate) fn active() -> &'static Kernels {
    let chosen = ACTIVE.load(Ordering::Relaxed);
    // SAFETY: ACTIVE holds null or what was stored below: a reference to a static that is never written, so no ordering
    // is needed to read through it.
    match unsafe { chosen.as_ref() } {
        Some(kernels) => kernels,
        None => choose(),
    }
}

#[cold]
fn choose() -> &'static Kernels {
    let kernels = ptr::from_ref(requested().unwrap_or_else(best)).cast_mut();
    // Whoever was first has chosen.
    let chosen = match ACTIVE.compare_exchange(ptr::null_mut(), kernels, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => kernels,
        Err(chosen) => chosen,
    };
    // SAFETY: as in `active`; not null.
    unsafe { &*chosen }
}

/// Why a backend cannot be chosen.
#[cfg(feature = "capi")]
pub(crate) enum SetError {
    /// There is none of that name.
    Unknown,
    /// This CPU lacks it.
    Missing,
}

/// Makes the backend of a name the process's choice, whatever was chosen before.
#[cfg(feature = "capi")]
pub(crate) fn set_active(name: &core::ffi::CStr) -> Result<(), SetError> {
    let backend = *Backend::ALL.iter().find(|backend| backend.c_name() == name).ok_or(SetError::Unknown)?;
    let kernels = available().find(|kernels| kernels.backend == backend).ok_or(SetError::Missing)?;
    ACTIVE.store(ptr::from_ref(kernels).cast_mut(), Ordering::Relaxed);
    Ok(())
}

fn best() -> &'static Kernels {
    available().next().unwrap_or(&PORTABLE)
}

#[cfg(not(feature = "std"))]
fn requested() -> Option<&'static Kernels> {
    None
}

/// What `MEMCPY_STREAMING_BACKEND` asks for. Where there is only the portable backend (Miri, sanitizers) the variable
/// still has to name an available one: a run that asks for a backend never silently tests another.
#[cfg(feature = "std")]
fn requested() -> Option<&'static Kernels> {
    const VARIABLE: &str = "MEMCPY_STREAMING_BACKEND";
    let name = std::env::var_os(VARIABLE).filter(|name| !name.is_empty())?;
    let name = name.to_string_lossy();
    let found = available().find(|kernels| kernels.backend.name() == name);
    if found.is_none() {
        let available = crate::backend::AvailableNames;
        let why = match name.parse::<Backend>() {
            Ok(_) => "which is not available here",
            Err(_) => "which does not exist",
        };
        panic!("{VARIABLE} asks for the backend `{name}`, {why}; available are {available}");
    }
    found
}
