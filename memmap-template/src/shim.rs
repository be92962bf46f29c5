//! Stand-in until memcpy-streaming has its operations.
#![allow(
    missing_docs,
    clippy::missing_safety_doc,
    clippy::undocumented_unsafe_blocks,
    clippy::new_without_default
)]
use core::ptr;
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Avx512,
    Avx2,
    Sse2,
    Movnti,
    Neon,
    Portable,
}
impl Backend {
    pub fn available() -> impl Iterator<Item = Backend> {
        [Backend::Portable].into_iter()
    }
    pub fn active() -> Backend {
        Backend::Portable
    }
    pub fn name(self) -> &'static str {
        "portable"
    }
}
#[derive(Clone, Copy, Debug)]
pub struct Streamer(Backend);
impl Streamer {
    pub fn new() -> Self {
        Streamer(Backend::Portable)
    }
    pub fn with_backend(b: Backend) -> Option<Self> {
        (b == Backend::Portable).then_some(Streamer(b))
    }
    pub fn backend(self) -> Backend {
        self.0
    }
    pub fn memcpy_streaming_drain(self) {}
    pub unsafe fn memcpy_streaming_fixed<const N: usize>(self, dst: *mut u8, src: *const u8) {
        unsafe { ptr::copy_nonoverlapping(src, dst, N) }
    }
    pub unsafe fn memset_pattern_streaming(self, dst: *mut u8, record: &[u64], count: usize) {
        for i in 0..count {
            unsafe {
                ptr::copy_nonoverlapping(
                    record.as_ptr(),
                    dst.add(i * record.len() * 8).cast(),
                    record.len(),
                )
            }
        }
    }
    pub unsafe fn memset_pattern_stepped_streaming(
        self,
        dst: *mut u8,
        record: &[u64],
        count: usize,
        word: usize,
        step: u64,
    ) {
        for i in 0..count {
            unsafe {
                let d = dst.add(i * record.len() * 8).cast::<u64>();
                ptr::copy_nonoverlapping(record.as_ptr(), d, record.len());
                d.add(word)
                    .write(record[word].wrapping_add(step.wrapping_mul(i as u64)));
            }
        }
    }
}
