//! An operation: the call under test, and the plain loop that it is held against.

use std::borrow::Cow;
use std::fmt;
use std::mem::MaybeUninit;

use memcpy_streaming::{Memory, Registers, Scope, Streamer, Width, WriteOnly};

use crate::arena::as_uninit;

/// A call, and what it writes: `bytes` over and over, in whole units. What is behind the last unit is left.
pub(crate) struct Op {
    pub(crate) call: Call,
    /// A copy has as many as there may be room for.
    pub(crate) bytes: Cow<'static, [u8]>,
    pub(crate) unit: usize,
}

#[derive(Debug)]
pub(crate) enum Call {
    // On a slice, of elements as long as a unit.
    Copy,
    CopyUninit,
    Fill,
    FillUninit,
    Pattern,
    // On memory that is only written, of such elements.
    CopyTo(Memory),
    FillTo(Memory),
    Make(Memory),
    Map(Memory),
    // As many as fit, with so many bytes between them at each side.
    Rows { memory: Memory, width: usize, dst_gap: usize, src_gap: usize },
    // Of so many bytes at a time; only in a scope.
    Append { memory: Memory, record: usize },
    // Raw: all at once, or one unit after the other, by the handle or by the free function.
    Memcpy,
    Fixed { free: bool },
    Memset,
    // Whole records; a word of them may grow by so much.
    Words { record: Vec<u64>, step: Option<(usize, u64)> },
    // On memory that is not ordinary; a single byte is a fill.
    Load,
    Mmio(Width),
    Persist,
}

/// Who is asked.
#[derive(Clone, Copy)]
pub(crate) enum By<'scope, 'env> {
    Free,
    Handle(Streamer),
    Scope(&'scope Scope<'scope, 'env>),
}

/// Calls the function of this name: the free one, or that of the handle or the scope.
macro_rules! call {
    ($by:ident.$name:ident($($argument:expr),*)) => {
        match $by {
            By::Free => _ = memcpy_streaming::$name($($argument),*),
            By::Handle(streamer) => _ = streamer.$name($($argument),*),
            By::Scope(scope) => scope.$name($($argument),*),
        }
    };
}

/// Runs `$body` with `$n` as a constant.
macro_rules! with_constant {
    ($size:expr, $n:ident => $body:expr) => {
        with_constant!(@ $size, $n => $body; 1 2 3 8 15 24 31 56 64 72 96 100 128 256)
    };
    (@ $size:expr, $n:ident => $body:expr; $($constant:literal)+) => {
        match $size {
            $($constant => { const $n: usize = $constant; $body })+
            other => unreachable!("no constant is {other}"),
        }
    };
}

impl Op {
    /// The plain loop.
    pub(crate) fn model(&self, dst: &mut [u8]) {
        let whole = dst.len() - dst.len() % self.unit;
        match (&self.call, &*self.bytes) {
            (&Call::Rows { width, dst_gap, src_gap, .. }, bytes) => {
                for row in 0..rows(dst.len(), width, dst_gap) {
                    dst[row * (width + dst_gap)..][..width].copy_from_slice(&bytes[row * (width + src_gap)..][..width]);
                }
            }
            (Call::Words { record, step }, _) => {
                let mut record = record.clone();
                for chunk in dst.chunks_exact_mut(8 * record.len()) {
                    for (bytes, value) in chunk.as_chunks_mut().0.iter_mut().zip(&record) {
                        *bytes = value.to_ne_bytes();
                    }
                    if let Some((word, step)) = *step {
                        record[word] = record[word].wrapping_add(step);
                    }
                }
            }
            (_, &[byte]) => dst[..whole].fill(byte),
            (_, bytes) => {
                dst[..whole].chunks_mut(bytes.len()).for_each(|chunk| chunk.copy_from_slice(&bytes[..chunk.len()]));
            }
        }
    }

    /// The bytes before the first register, if these are a device's.
    pub(crate) fn skipped(&self, dst: &[u8]) -> usize {
        match self.call {
            Call::Mmio(width) => (dst.as_ptr().addr().wrapping_neg() % width.bytes()).min(dst.len()),
            _ => 0,
        }
    }

    /// Runs it.
    ///
    /// # Safety
    /// If it is raw, no access to `dst` before a drain. If these are a device's registers, `dst` begins behind what is [`skipped`](Op::skipped).
    pub(crate) unsafe fn run<'scope>(&self, by: By<'scope, '_>, dst: &'scope mut [u8]) {
        let (src, len) = (&*self.bytes, dst.len());
        let streamer = match by {
            By::Free => Streamer::new(),
            By::Handle(streamer) => streamer,
            By::Scope(s) => s.streamer(),
        };
        match &self.call {
            // SAFETY: `len` bytes each, in different allocations; the rest is the caller's.
            Call::Memcpy => unsafe { streamer.memcpy_streaming(dst.as_mut_ptr(), src[..len].as_ptr(), len) },
            Call::Fixed { free } => with_constant!(self.unit, N => {
                for (dst, src) in dst.as_chunks_mut::<N>().0.iter_mut().zip(src.as_chunks::<N>().0) {
                    let (dst, src) = (dst.as_mut_ptr(), src.as_ptr());
                    // SAFETY: `N` bytes each, in different allocations; the rest is the caller's.
                    unsafe {
                        match free {
                            true => memcpy_streaming::memcpy_streaming_fixed::<N>(dst, src),
                            false => streamer.memcpy_streaming_fixed::<N>(dst, src),
                        }
                    }
                }
            }),
            // SAFETY: `len` bytes; the rest is the caller's.
            Call::Memset => unsafe { streamer.memset_streaming(dst.as_mut_ptr(), src[0], len) },
            Call::Words { record, step } => {
                let (dst, count) = (dst.as_mut_ptr(), len / self.unit);
                // SAFETY: as many records as fit; the rest is the caller's.
                unsafe {
                    match *step {
                        None => streamer.memset_pattern_streaming(dst, record, count),
                        Some((word, by)) => streamer.memset_pattern_stepped_streaming(dst, record, count, word, by),
                    }
                }
            }
            Call::Load => streamer.load(dst, &src[..len]),
            Call::Mmio(width) => {
                let whole = len - len % self.unit;
                // SAFETY: whole units of a slice, which nobody else uses, from behind what is `skipped` on, so that they are aligned.
                let mut registers = unsafe { Registers::from_raw_parts(dst.as_mut_ptr(), whole, *width) };
                match *src {
                    [byte] => registers.fill(0, whole, byte),
                    _ => registers.copy(0, &src[..whole]),
                }
            }
            Call::Persist => {
                let mut persist = || match *src {
                    [byte] => streamer.fill_persist(dst, byte),
                    _ => streamer.copy_persist(dst, &src[..len]),
                };
                // Where nothing persists, a program copies in another way. (Emulators before qemu 8.1 say that an aarch64 has what they lack.)
                if cfg!(target_arch = "aarch64") || persist().is_err() {
                    self.model(dst);
                }
            }
            _ => with_constant!(self.unit, N => self.run_on_elements::<N>(by, dst)),
        }
    }

    /// A safe operation on ordinary memory.
    fn run_on_elements<'scope, const N: usize>(&self, by: By<'scope, '_>, dst: &'scope mut [u8]) {
        let (bytes, len) = (&*self.bytes, dst.len());
        let src = bytes[..len.min(bytes.len())].as_chunks::<N>().0;
        let value: [u8; N] = *bytes.first_chunk().expect("there is a unit at least");
        match self.call {
            Call::Copy => call!(by.copy(dst.as_chunks_mut::<N>().0, src)),
            Call::CopyUninit => call!(by.copy_uninit(as_uninit(dst.as_chunks_mut::<N>().0), src)),
            Call::Fill => call!(by.fill(dst.as_chunks_mut::<N>().0, value)),
            Call::FillUninit => {
                let dst = as_uninit(dst.as_chunks_mut::<N>().0);
                match by {
                    By::Free => _ = memcpy_streaming::fill_uninit(dst, value),
                    By::Handle(streamer) => _ = streamer.fill_uninit(dst, value),
                    By::Scope(s) => s.fill(dst, MaybeUninit::new(value)),
                }
            }
            Call::Pattern => call!(by.fill_pattern(dst, bytes)),
            Call::CopyTo(memory) => call!(by.copy_to(only_elements::<N>(dst, memory), src)),
            Call::FillTo(memory) => call!(by.fill_to(only_elements::<N>(dst, memory), value)),
            Call::Make(memory) => call!(by.fill_with(only_elements::<N>(dst, memory), |i| src[i])),
            Call::Map(memory) => call!(by.map(only_elements::<N>(dst, memory), src, |value| value)),
            Call::Rows { memory, width, dst_gap, src_gap } => {
                let rows = rows(len, width, dst_gap);
                call!(by.copy_rows(only(dst, memory), width + dst_gap, bytes, width + src_gap, width, rows));
            }
            Call::Append { memory, record } => {
                let By::Scope(s) = by else { unreachable!("such a Writer is a scope's") };
                let mut writer = s.writer_to(only(dst, memory));
                bytes[..len].chunks(record).for_each(|record| writer.append(record).expect("it fits"));
            }
            _ => unreachable!("{self:?} is another kind"),
        }
    }
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begin = &self.bytes[..self.bytes.len().min(8)];
        write!(f, "{:?} of {} bytes, {begin:x?}..., in units of {}", self.call, self.bytes.len(), self.unit)
    }
}

fn only(dst: &mut [u8], memory: Memory) -> WriteOnly<'_, u8> {
    // SAFETY: bytes that are borrowed for as long; whatever memory it is taken for, it takes the same stores.
    unsafe { WriteOnly::from_raw_parts(dst.as_mut_ptr(), dst.len(), memory) }
}

fn only_elements<const N: usize>(dst: &mut [u8], memory: Memory) -> WriteOnly<'_, [u8; N]> {
    // SAFETY: as for the bytes; arrays of them have any alignment.
    unsafe { WriteOnly::from_raw_parts(dst.as_mut_ptr().cast(), dst.len() / N, memory) }
}

/// How many rows fit.
fn rows(len: usize, width: usize, gap: usize) -> usize {
    (len + gap) / (width + gap)
}
