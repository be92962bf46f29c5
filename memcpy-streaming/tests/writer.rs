//! The Writer against a Vec, with every backend.

mod common;
use common::seeded::{every, properties};
use common::{Arena, for_each_backend, noise};
#[cfg(feature = "std")]
use memcpy_streaming::WriteError;
use memcpy_streaming::{Backend, Streamer, Writer};
use std::fmt::Write as _;
use std::mem::MaybeUninit;

#[test]
fn debug_says_which_backend_and_how_far() {
    let streamer = Streamer::with_backend(Backend::Portable).unwrap();
    let own = format!("{streamer:?}");
    let mut memory = [0; 100];
    streamer.scope(|s| {
        assert_eq!(format!("{s:?}"), format!("Scope {{ streamer: {own}, .. }}"));
        let mut writer = s.writer(&mut memory);
        writer.append(b"abc").unwrap();
        assert_eq!(format!("{writer:?}"), format!("Writer {{ streamer: {own}, len: 3, remaining: 97, .. }}"));
    });
}

/// Records of one size, at every offset in a line, with a destination that they fill exactly.
#[test]
fn records() {
    for_each_backend(|streamer| {
        let mut arena = Arena::new(64, 0x4000);
        // Longer than the longest record.
        let len = if cfg!(miri) { 0x1800 } else { 0x3000_usize };
        let sizes = [1, 7, 8, 31, 32, 63, 64, 65, 128, 200, 256, 1000, 1023, 1024, 1025, 1088, 3000, 5000];
        for size in sizes.into_iter().skip(every(4) - 1).step_by(every(5)) {
            let count = len.div_ceil(size);
            let data = noise(size * count, size as u64);
            for at in [0, 1, 17, 32, 63].into_iter().step_by(every(2)) {
                arena.reset(at, data.len());
                streamer.scope(|s| {
                    let mut writer = s.writer(arena.middle());
                    for (i, record) in data.chunks(size).enumerate() {
                        assert_eq!((writer.len(), writer.remaining()), (i * size, data.len() - i * size));
                        writer.append(record).unwrap();
                    }
                    assert!(writer.append(&[0]).is_err());
                });
                arena.check(&data, || format!("{}: records of {size} at {at}", streamer.backend()));
            }
        }
    });
}

properties! {
    /// Appends and drains in any order, up to an end that comes too early.
    fn random(sizes: Vec<u16>, capacity: u16, at: u8, drain_every: u8) -> bool {
        for_each_backend(|streamer| {
            let capacity = usize::from(capacity) % if cfg!(miri) { 10_000 } else { 30_000 };
            let mut arena = Arena::new(usize::from(at) % 64, capacity);
            let mut model = Vec::new();
            streamer.scope(|s| {
                let mut writer = s.writer(arena.middle());
                for (i, size) in sizes.iter().map(|size| usize::from(*size) % 3000).enumerate() {
                    let record = noise(size, i as u64 + 1);
                    let fits = model.len() + size <= capacity;
                    match writer.append(&record) {
                        Ok(()) => {
                            assert!(fits);
                            model.extend(record);
                        }
                        Err(error) => {
                            assert!(!fits);
                            assert_eq!((error.requested(), error.remaining()), (size, capacity - model.len()));
                        }
                    }
                    assert_eq!((writer.len(), writer.remaining()), (model.len(), capacity - model.len()));
                    if drain_every > 0 && i % usize::from(drain_every) == 0 {
                        writer.drain();
                    }
                }
                assert_eq!(writer.finish(), model);
            });
            let guard = arena.middle().get(model.len()).copied();
            model.resize(capacity, guard.unwrap_or_default());
            arena.check(&model, || format!("{}: {sizes:?}", streamer.backend()));
        });
        true
    }
}

#[test]
fn drop_writes_the_rest() {
    for_each_backend(|streamer| {
        let mut memory = [7_u8; 100];
        streamer.scope(|s| s.writer(&mut memory[1..]).append(b"rest").unwrap());
        assert_eq!(memory[..6], *b"\x07rest\x07");
    });
}

/// Forgotten, a Writer loses what it had staged, and nothing else: the scope drains what it streamed.
#[test]
fn forgotten_in_a_scope() {
    let data = noise(4096, 5);
    for_each_backend(|streamer| {
        let mut memory = vec![0_u8; 8192];
        streamer.scope(|s| {
            let mut writer = s.writer(&mut memory);
            writer.append(&data).unwrap();
            writer.append(b"staged").unwrap();
            std::mem::forget(writer);
        });
        let stored = memory.iter().zip(&data).take_while(|(a, b)| a == b).count();
        assert!(stored > 4096 - 64, "{stored} bytes were stored by {}", streamer.backend());
        assert!(memory[4096..].iter().all(|&byte| byte == 0));
    });
}

#[test]
fn unscoped() {
    for backend in Backend::available() {
        let mut memory = vec![MaybeUninit::uninit(); 5000];
        let streamer = Streamer::with_backend(backend).unwrap();
        // SAFETY: the Writer is finished before the memory is used again.
        let mut writer = unsafe { Writer::new_unscoped(streamer, &mut memory) };
        let data = noise(4999, 6);
        writer.append(&data[..4000]).unwrap();
        writer.drain();
        writer.append(&data[4000..]).unwrap();
        assert_eq!(writer.finish(), data, "{backend}");
    }
}

#[test]
fn formats() {
    let mut memory = [0; 64];
    memcpy_streaming::scope(|s| {
        let mut writer = s.writer(&mut memory);
        write!(writer, "a-{:03}", 7).unwrap();
        let too_long = "x".repeat(60);
        write!(writer, "{too_long}").unwrap_err();
        assert_eq!(writer.finish(), b"a-007");
    });
}

#[cfg(feature = "std")]
#[test]
fn is_an_io_writer() {
    use std::io::{self, ErrorKind, Write};

    /// As programs use any writer; `?` on what is the Writer's own as well.
    fn log(writer: &mut Writer<'_>) -> io::Result<()> {
        let _: usize = writer.write(b"rec")?;
        writer.flush()?;
        writer.append(b"ord")?;
        writer.drain();
        writer.write_all(b"another")
    }

    let mut memory = [0; 8];
    memcpy_streaming::scope(|s| {
        let mut writer = s.writer(&mut memory);
        let errors = [log(&mut writer).unwrap_err(), writer.append(b"another").unwrap_err().into()];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::WriteZero);
            assert_eq!(error.to_string(), "7 bytes do not fit into the 2 that are left");
            let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<WriteError>());
            assert_eq!(inner.map(|inner| (inner.requested(), inner.remaining())), Some((7, 2)));
        }
        assert_eq!(writer.finish(), b"record");
        // The same kind as a slice answers.
        assert_eq!((&mut [0; 2][..]).write_all(b"another").unwrap_err().kind(), ErrorKind::WriteZero);
    });
}
