//! The operations on memory that is not ordinary, and the plain loops for them.

use arbitrary::{Result, Unstructured};
use memcpy_streaming::{NoPersistence, Registers, Streamer, Width};

use crate::arena::noise;

/// What is done to some bytes, with noise from a given place on, or with a byte.
#[derive(Debug)]
pub(crate) struct DeviceOp {
    from: usize,
    byte: Option<u8>,
    how: How,
}

#[derive(Debug)]
enum How {
    /// The noise is what is not cached.
    Load,
    /// The bytes are a device's; those before the first and behind the last aligned unit are left.
    Mmio(Width),
    Persist,
}

impl DeviceOp {
    pub(crate) fn new(u: &mut Unstructured<'_>) -> Result<DeviceOp> {
        let (from, byte): (_, Option<u8>) = (u.int_in_range(0..=4095)?, u.arbitrary()?);
        let how = match u.int_in_range(0..=2)? {
            0 => How::Load,
            1 => How::Mmio(Width::from_bytes(1 << u.int_in_range(0..=3)?).unwrap_or(Width::One)),
            _ => How::Persist,
        };
        Ok(DeviceOp { from, byte: byte.filter(|_| !matches!(how, How::Load)), how })
    }

    /// The plain loop.
    pub(crate) fn model(&self, dst: &mut [u8], address: usize) {
        let place = self.place(address, dst.len());
        let dst = &mut dst[place];
        match self.byte {
            Some(byte) => dst.fill(byte),
            None => dst.copy_from_slice(&noise()[self.from..][..dst.len()]),
        }
    }

    /// The operation under test.
    pub(crate) fn run(&self, streamer: Streamer, dst: &mut [u8]) {
        let place = self.place(dst.as_ptr().addr(), dst.len());
        let dst = &mut dst[place];
        let src = &noise()[self.from..][..dst.len()];
        match (&self.how, self.byte) {
            (How::Load, _) => streamer.load(dst, src),
            (How::Mmio(width), byte) => {
                // SAFETY: whole units of a slice, aligned, which nobody else uses.
                let mut registers = unsafe { Registers::from_raw_parts(dst.as_mut_ptr(), dst.len(), *width) };
                match byte {
                    Some(byte) => registers.fill(0, src.len(), byte),
                    None => registers.copy(0, src),
                }
            }
            (How::Persist, Some(byte)) => persisted(|dst| streamer.fill_persist(dst, byte), dst, |dst| dst.fill(byte)),
            (How::Persist, None) => {
                persisted(|dst| streamer.copy_persist(dst, src), dst, |dst| dst.copy_from_slice(src));
            }
        }
    }

    /// Which of so many bytes at an address are written.
    fn place(&self, address: usize, len: usize) -> std::ops::Range<usize> {
        let How::Mmio(width) = &self.how else { return 0..len };
        let start = (address.wrapping_neg() % width.bytes()).min(len);
        start..start + (len - start) / width.bytes() * width.bytes()
    }
}

/// Where nothing persists, a program copies in another way. (Emulators before qemu 8.1 say that an aarch64 has what they lack.)
fn persisted(
    run: impl FnOnce(&mut [u8]) -> std::result::Result<(), NoPersistence>,
    dst: &mut [u8],
    otherwise: impl FnOnce(&mut [u8]),
) {
    if cfg!(target_arch = "aarch64") || run(dst).is_err() {
        otherwise(dst);
    }
}
