//! `Backend::from_env`: each case is a process of its own, because the environment is a process's.
#![cfg(all(feature = "std", not(miri)))] // Miri starts no process.

mod common;

use memcpy_streaming::{Backend, Tuning};
use std::process::Output;

const VARIABLE: &str = "MEMCPY_STREAMING_BACKEND";

/// Runs the test below in a new process, with the variable set.
fn child(value: &str) -> Output {
    common::child("child_prints_the_active_backend", VARIABLE, Some(value))
}

/// Not a test by itself: what `child` runs. The variable changes nothing until the program asks for it.
#[test]
fn child_prints_the_active_backend() {
    let best = common::default_of(&Backend::available().collect::<Vec<_>>());
    assert_eq!(Backend::active(), best);
    match Backend::from_env() {
        Ok(backend) => {
            assert_eq!(Backend::active(), best);
            backend.make_active().expect("it is available");
            println!("active: {}", Backend::active());
        }
        Err(error) => println!("error: {error}"),
    }
}

#[test]
fn names_the_active_backend() {
    for backend in Backend::available() {
        let output = child(backend.name());
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(stdout.contains(&format!("active: {backend}\n")), "{stdout}");
    }
}

#[test]
fn empty_is_unset() {
    let best = common::default_of(&Backend::available().collect::<Vec<_>>());
    let stdout = child("").stdout;
    assert!(String::from_utf8_lossy(&stdout).contains(&format!("active: {best}\n")));
}

#[test]
fn other_names_are_errors_with_the_available_ones() {
    let available: Vec<&str> = Backend::available().map(Backend::name).collect();
    let missing = Backend::ALL.iter().find(|backend| !backend.is_available());
    let cases = [("avx1024", "which does not exist")]
        .into_iter()
        .chain(missing.map(|backend| (backend.name(), "which is not available here")));
    for (name, why) in cases {
        let output = child(name);
        let text = String::from_utf8_lossy(&output.stdout);
        let line =
            format!("error: {VARIABLE} asks for the backend `{name}`, {why}; available are {}", available.join(", "));
        assert!(text.contains(&line), "{line}\nis not in\n{text}");
    }
}

/// Not a test by itself: what the next ones run.
#[test]
fn child_prints_the_active_tuning() {
    assert_eq!(Tuning::active(), Tuning::of_this_cpu());
    match Tuning::from_env() {
        Ok(tuning) => {
            tuning.make_active();
            println!("active: {}", Tuning::active());
        }
        Err(error) => println!("error: {error}"),
    }
}

#[test]
fn the_tuning_of_a_variable_is_read_on_request() {
    let ask = |value| {
        let output = common::child("child_prints_the_active_tuning", "MEMCPY_STREAMING_TUNING", value);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let own = Tuning::of_this_cpu();
    for value in [None, Some("")] {
        let stdout = ask(value);
        assert!(stdout.contains(&format!("active: {own}\n")), "{stdout}");
    }
    let changed = ask(Some("bypass=300 drained-copy=5000"));
    assert!(changed.contains("bypass=300") && changed.contains("drained-copy=5000"), "{changed}");
    let wrong = ask(Some("bypass=3"));
    let line = "error: MEMCPY_STREAMING_TUNING: bypass is to be a number from 256 to 1073741824\n";
    assert!(wrong.contains(line), "{wrong}");
}
