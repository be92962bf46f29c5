//! The tuning of a process is one: this test has a process of its own.

use memcpy_streaming::{Backend, Streamer, Tuning};
use std::thread;

#[test]
fn a_handle_keeps_its_tuning_and_new_ones_have_the_process_s() {
    assert_eq!(Tuning::active(), Tuning::of_this_cpu(), "nobody has chosen yet");
    let streamer = Streamer::new();
    let before = streamer.tuning();
    let other: Tuning = "ahead=192 drained-copy=4096".parse().expect("values of the right ranges");
    let other: &'static Tuning = Box::leak(Box::new(other));
    assert_eq!((other.ahead(), other.drained_copy(), other.cpu()), (192, 4096, None));
    let changed = streamer.with_tuning(other);
    assert_eq!((changed.tuning(), changed.backend()), (other, streamer.backend()));
    other.make_active();
    assert_eq!(streamer.tuning(), before);
    assert_eq!((Tuning::active(), Streamer::new().tuning()), (other, other));
    assert_eq!(thread::spawn(Tuning::active).join().expect("it does not panic"), other);
    let portable = Streamer::with_backend(Backend::Portable).expect("it is always there");
    assert_eq!(portable.tuning(), other);
    assert_eq!(format!("{changed:?}"), format!("Streamer {{ backend: {:?}, tuning: {other} }}", changed.backend()));
}
