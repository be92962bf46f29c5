use super::*;
use memcpy_streaming::{Backend, Streamer};
use std::env::temp_dir;

/// All of a file, as each backend and a cursor write it.
#[test]
fn a_writer_writes_what_a_cursor_does_by_each_backend() {
    let batches = rows::batches(200_001);
    let mut whole = Vec::new();
    write(&batches, &mut whole).unwrap();
    for backend in Backend::available() {
        let streamer = Streamer::with_backend(backend).unwrap();
        let file = set_aside(&temp_dir(), whole.len() as u64).unwrap();
        let mut target = Kind::Writer.target(&file).unwrap();
        let Target::Writer(map) = &mut target else { unreachable!() };
        streamer.scope(|s| {
            let writer = s.writer(map);
            assert!(format!("{writer:?}").contains(&format!("backend: {backend:?}")), "{writer:?}");
            write(&batches, writer).unwrap();
        });
        assert!(map[..] == whole, "{backend}");
        target.check(&batches, whole.len() as u64).unwrap();
    }
}

#[test]
fn each_target_reads_back_by_arrow() {
    let batches = rows::batches(100_000);
    let mut counted = Counted(0);
    write(&batches, &mut counted).unwrap();
    for kind in Kind::ALL {
        let file = set_aside(&temp_dir(), counted.0).unwrap();
        let mut target = kind.target(&file).unwrap();
        target.write(&batches).unwrap();
        target.check(&batches, counted.0).unwrap();
        assert!(target.check(&batches[1..], counted.0).is_err(), "{}", kind.name());
    }
}

/// What does not fit is an error of arrow's, not a panic, and nothing is written behind the end.
#[test]
fn a_mapping_that_is_too_small_is_an_error() {
    let batches = rows::batches(10_000);
    let file = set_aside(&temp_dir(), 100_000).unwrap();
    for kind in [Kind::Cursor, Kind::Writer] {
        let Err(Failure::Run(line)) = kind.target(&file).unwrap().write(&batches) else { panic!("it fitted") };
        assert!(!line.contains('\n'), "{line}");
    }
}
