//! The operations of memcpy-streaming in one shape, each with the plain loop that it is held against. Grids, litmus test, fuzz targets and
//! the test without a standard library run what is in this table.
#![no_std]

mod fixed;
mod source;
mod table;

pub use source::{Shape, Source, UNITS};
pub use table::OPERATIONS;

use core::mem::MaybeUninit;
use memcpy_streaming::{Scope, Streamer, memcpy_streaming_drain};

/// A function of the library.
pub struct Operation {
    /// The function's.
    pub name: &'static str,
    /// Who has it.
    pub kind: Kind,
    /// What it makes of its source.
    pub source: Source,
    run: Run,
}

type Run = for<'scope, 'env> unsafe fn(By<'scope, 'env>, &'scope mut [u8], &[u8], Shape);

/// What has an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Functions, and methods of a handle. They are unsafe, and do not drain.
    Raw,
    /// On a slice: functions, and methods of a handle and of a scope.
    Slice,
    /// The same, on memory of any kind that is only written.
    Memory,
    /// Functions, and methods of a handle.
    Load,
    /// The same. Where nothing persists, or nothing can be tried, it is a plain loop.
    Persist,
    /// Functions, for registers. They do not drain.
    Device,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The function, which has the active backend.
    Free,
    /// The method of a handle.
    Handle,
    /// The method of a scope that ends behind it.
    Scope,
}

/// A caller, and what it is a method of.
#[derive(Clone, Copy)]
pub enum By<'scope, 'env> {
    /// The function.
    Free,
    /// The method of this handle.
    Handle(Streamer),
    /// The method of this scope, or of its handle if scopes have none.
    Scope(&'scope Scope<'scope, 'env>),
}

impl Kind {
    /// Those that can be asked.
    #[must_use]
    pub fn callers(self) -> &'static [Caller] {
        match self {
            Kind::Slice | Kind::Memory => &[Caller::Handle, Caller::Free, Caller::Scope],
            Kind::Raw | Kind::Load | Kind::Persist => &[Caller::Handle, Caller::Free],
            Kind::Device => &[Caller::Free],
        }
    }
}

impl By<'_, '_> {
    fn handle(self) -> Option<Streamer> {
        match self {
            By::Free => None,
            By::Handle(streamer) => Some(streamer),
            By::Scope(scope) => Some(scope.streamer()),
        }
    }
}

impl Operation {
    /// Writes `dst` from `src`, which have the [lengths](Source::lens) for this shape. It is there when this returns.
    pub fn run(&self, caller: Caller, streamer: Streamer, dst: &mut [u8], src: &[u8], shape: Shape) {
        match caller {
            // SAFETY: the destination is borrowed until it is drained: here by the function itself, or below.
            Caller::Free => unsafe { self.start(By::Free, dst, src, shape) },
            // SAFETY: the same.
            Caller::Handle => unsafe { self.start(By::Handle(streamer), dst, src, shape) },
            // SAFETY: the same; scopes drain at their ends.
            Caller::Scope => streamer.scope(|scope| unsafe { self.start(By::Scope(scope), dst, src, shape) }),
        }
        if matches!(self.kind, Kind::Raw | Kind::Device) {
            memcpy_streaming_drain();
        }
    }

    /// The same, perhaps undrained.
    ///
    /// # Safety
    /// No access to `dst` before a drain, which is that of the scope if there is one.
    ///
    /// # Panics
    /// If the lengths are others.
    pub unsafe fn start<'scope>(&self, by: By<'scope, '_>, dst: &'scope mut [u8], src: &[u8], shape: Shape) {
        assert_eq!(self.source.lens(dst.len(), shape), (src.len(), dst.len()), "{}", self.name);
        // SAFETY: the lengths are right, and the rest is the caller's.
        unsafe { (self.run)(by, dst, src, shape) }
    }
}

/// Initialised memory as functions for uninitialised memory take it.
///
/// # Safety
/// Whoever gets it writes initialised elements only, as the functions of the library do.
pub unsafe fn uninit<T: Copy>(slice: &mut [T]) -> &mut [MaybeUninit<T>] {
    // SAFETY: the same layout; the rest is the caller's.
    unsafe { &mut *(core::ptr::from_mut(slice) as *mut [MaybeUninit<T>]) }
}

/// What is around a destination, and in it.
pub const GUARD: u8 = 0xa5;

/// Byte `i` of bytes that differ from their neighbours at every distance that a wrong copy would be off by; never a guard byte.
#[must_use]
pub fn noise(i: usize) -> u8 {
    let mixed = (i as u32 ^ 0x5bd1).wrapping_mul(0x9e37_79b9);
    let byte = (mixed ^ (mixed >> 15)) as u8;
    if byte == GUARD { !GUARD } else { byte }
}
