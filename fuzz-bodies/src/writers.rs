//! `Writer`: appends of any size, drains, and every way to end, against a vector.

use std::fmt::Write as _;

use arbitrary::{Result, Unstructured};
use memcpy_streaming::Writer;
use test_operations::uninit;

use crate::arena::{Arena, LEN, NOISE, piece, steps};
use crate::choose;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Finish,
    Drop,
    /// Only in a scope, which then drains; what is staged is lost.
    Forget,
}

/// Several Writers, one after the other, over one arena. Backends are counted from `first`.
pub fn writer(data: &[u8], first: usize) {
    steps(data, |u, arena| session(u, arena, first));
}

fn session(u: &mut Unstructured<'_>, arena: &mut Arena, first: usize) -> Result<()> {
    let (streamer, place) = (choose(u, first)?, piece(u, LEN)?);
    let in_scope: bool = u.arbitrary()?;
    let end = *u.choose(&[End::Finish, End::Drop, End::Forget])?;
    let end = if !in_scope && end == End::Forget { End::Drop } else { end };
    let memory = arena.memory(place.clone());
    let written = if in_scope {
        streamer.scope(|s| {
            let is_uninit = u.arbitrary()?;
            // SAFETY: a Writer writes what is appended.
            let writer = if is_uninit { s.writer_uninit(unsafe { uninit(memory) }) } else { s.writer(memory) };
            drive(u, writer, end)
        })
    } else {
        // SAFETY: `drive` drops the Writer, or finishes it: `end` is not to forget it. It writes what is appended.
        drive(u, unsafe { Writer::new_unscoped(streamer, uninit(memory)) }, end)
    }?;
    let left = match end {
        // How much of it has left the buffer is not promised. What has, and what is around it, is.
        End::Forget => arena.memory(place.clone()).iter().zip(&written).take_while(|(is, should)| is == should).count(),
        _ => written.len(),
    };
    arena.model(place.clone())[..left].copy_from_slice(&written[..left]);
    arena.check(&("writer", streamer, place, in_scope, end, written.len()));
    Ok(())
}

/// Uses a Writer until the input says that it ends; all that was written.
fn drive(u: &mut Unstructured<'_>, mut writer: Writer<'_>, end: End) -> Result<Vec<u8>> {
    let capacity = writer.remaining();
    let mut written = Vec::new();
    for _ in 0..u.int_in_range(0..=200)? {
        let shape: u8 = u.arbitrary()?;
        if shape == 0 {
            writer.drain();
            continue;
        }
        let longest = [24, 150, 1100, 5000][usize::from(shape & 3)];
        let len = u.int_in_range(0..=longest)?;
        append(&mut writer, shape >> 2 & 3, &NOISE[u.int_in_range(0..=4095)?..][..len], &mut written);
        assert_eq!((writer.len(), writer.remaining()), (written.len(), capacity - written.len()));
        assert_eq!(writer.is_empty(), written.is_empty());
    }
    match end {
        End::Finish => assert!(writer.finish() == written, "finish gave back something else"),
        End::Drop => drop(writer),
        End::Forget => std::mem::forget(writer),
    }
    Ok(written)
}

/// One append, by one of the ways there are. All or nothing, and the error says how much would have fitted.
fn append(writer: &mut Writer<'_>, way: u8, bytes: &[u8], written: &mut Vec<u8>) {
    let remaining = writer.remaining();
    let text: String = bytes.iter().map(|byte| char::from(byte & 0x7f)).collect();
    let bytes = if way == 3 { text.as_bytes() } else { bytes };
    let took = match way {
        0 | 1 => {
            let error = writer.append(bytes).err().map(|error| (error.requested(), error.remaining()));
            assert!(error.is_none_or(|said| said == (bytes.len(), remaining)), "{error:?}");
            error.is_none()
        }
        2 => std::io::Write::write_all(writer, bytes).is_ok(),
        _ => writer.write_str(&text).is_ok(),
    };
    assert_eq!(took, bytes.len() <= remaining, "{} bytes into {remaining}", bytes.len());
    if took {
        written.extend_from_slice(bytes);
    }
}
