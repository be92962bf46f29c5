//! Operations as bytes say them. The order of what is read is the meaning of the corpora.

use std::borrow::Cow;

use arbitrary::{Result, Unstructured};
use memcpy_streaming::{Memory, Width};

use crate::arena::NOISE;
use crate::op::{Call, Op};

/// Sizes of elements: slices of any type are copied and filled.
const ELEMENTS: [usize; 7] = [1, 2, 3, 8, 24, 64, 100];

/// Sizes of copies of a constant size.
const FIXED: [usize; 10] = [1, 8, 15, 31, 56, 64, 72, 96, 128, 256];

/// The longest pattern: longer than the buffer that short ones are laid out in.
const LONGEST: usize = 2500;

fn noise(from: usize) -> &'static [u8] {
    &NOISE[from..]
}

fn op(call: Call, bytes: impl Into<Cow<'static, [u8]>>, unit: usize) -> Op {
    Op { call, bytes: bytes.into(), unit }
}

/// Safe, on a slice.
pub(crate) fn safe(u: &mut Unstructured<'_>) -> Result<Op> {
    let kind = u.int_in_range(0..=3)?;
    let (unit, from, uninit) = (*u.choose(&ELEMENTS)?, u.int_in_range(0..=4095)?, u.arbitrary()?);
    let fill = if uninit { Call::FillUninit } else { Call::Fill };
    Ok(match kind {
        0 => op(if uninit { Call::CopyUninit } else { Call::Copy }, noise(from), unit),
        1 => op(fill, &noise(from)[..unit], unit),
        2 => op(fill, vec![0; unit], unit),
        _ => op(Call::Pattern, &noise(from)[..u.int_in_range(1..=300)?], 1),
    })
}

/// Safe, on memory that is only written; and whether in a scope.
pub(crate) fn only(u: &mut Unstructured<'_>) -> Result<(bool, Op)> {
    let memory = *u.choose(&[Memory::Ordinary, Memory::WriteCombining, Memory::Shared])?;
    let (mut in_scope, from, unit) = (u.arbitrary()?, u.int_in_range(0..=4095)?, *u.choose(&ELEMENTS)?);
    let op = match u.int_in_range(0..=5)? {
        0 => op(Call::CopyTo(memory), noise(from), unit),
        1 => op(Call::FillTo(memory), &noise(from)[..unit], unit),
        2 => op(Call::Make(memory), noise(from), unit),
        3 => op(Call::Map(memory), noise(from), unit),
        4 => {
            let (width, dst_gap) = (u.int_in_range(1..=1000)?, u.int_in_range(0..=100)?);
            op(Call::Rows { memory, width, dst_gap, src_gap: u.int_in_range(0..=dst_gap)? }, noise(from), 1)
        }
        _ => {
            in_scope = true;
            op(Call::Append { memory, record: u.int_in_range(1..=1500)? }, noise(from), 1)
        }
    };
    Ok((in_scope, op))
}

pub(crate) fn raw(u: &mut Unstructured<'_>) -> Result<Op> {
    let from = u.int_in_range(0..=4095)?;
    Ok(match u.int_in_range(0..=3)? {
        0 | 1 => op(Call::Memcpy, noise(from), 1),
        2 => {
            let unit = *u.choose(&FIXED)?;
            op(Call::Fixed { free: u.arbitrary()? }, noise(from), unit)
        }
        _ => op(Call::Memset, vec![u.arbitrary()?], 1),
    })
}

/// On memory that is not ordinary.
pub(crate) fn device(u: &mut Unstructured<'_>) -> Result<Op> {
    let (from, byte): (_, Option<u8>) = (u.int_in_range(0..=4095)?, u.arbitrary()?);
    let bytes = byte.map_or(Cow::Borrowed(noise(from)), |byte| vec![byte].into());
    Ok(match u.int_in_range(0..=2)? {
        // The noise is what is not cached.
        0 => op(Call::Load, noise(from), 1),
        1 => {
            let width = Width::from_bytes(1 << u.int_in_range(0..=3)?).unwrap_or(Width::One);
            op(Call::Mmio(width), bytes, width.bytes())
        }
        _ => op(Call::Persist, bytes, 1),
    })
}

/// A fill with a pattern that is cut where the destination ends, or with whole records; and whether in a scope.
pub(crate) fn fill(u: &mut Unstructured<'_>) -> Result<(bool, Op)> {
    let kind = u.int_in_range(0..=4)?;
    if kind < 3 {
        return Ok((kind == 0, op(Call::Pattern, pattern(u)?, 1)));
    }
    let record: Vec<_> = (0..u.int_in_range(1..=16)?).map(|_| word(u)).collect::<Result<_>>()?;
    let step = if kind == 3 { None } else { Some((u.choose_index(record.len())?, u.arbitrary()?)) };
    let unit = 8 * record.len();
    Ok((false, op(Call::Words { record, step }, vec![], unit)))
}

/// Noise, or zeros of which one byte may be another: CPUs have instructions for zeros.
fn pattern(u: &mut Unstructured<'_>) -> Result<Cow<'static, [u8]>> {
    let longest = *u.choose(&[8, 64, 200, LONGEST])?;
    let period = u.int_in_range(1..=longest)?;
    if u.arbitrary()? {
        return Ok(noise(u.int_in_range(0..=1023)?)[..period].into());
    }
    let mut zeros = vec![0; period];
    zeros[u.choose_index(period)?] = u.arbitrary()?;
    Ok(zeros.into())
}

fn word(u: &mut Unstructured<'_>) -> Result<u64> {
    Ok(match u.arbitrary::<u8>()? {
        0..128 => 0,
        128..192 => u64::MAX,
        _ => u.arbitrary()?,
    })
}
