//! The header says what the library has. What the functions are is tested in C (`c/abi.c`, by `cargo xtask test`).

use memcpy_streaming::Backend;
use memcpy_streaming_capi::{
    MEMCPY_STREAMING_INVALID, MEMCPY_STREAMING_OK, MEMCPY_STREAMING_UNAVAILABLE, MEMCPY_STREAMING_UNKNOWN,
};

const HEADER: &str = include_str!("../include/memcpy_streaming.h");

/// What a macro of the header stands for.
fn defined(name: &str) -> &'static str {
    let prefix = format!("#define MEMCPY_STREAMING_{name} ");
    let value = HEADER.lines().find_map(|line| line.strip_prefix(&prefix));
    value.unwrap_or_else(|| panic!("the header does not define MEMCPY_STREAMING_{name}"))
}

#[test]
fn its_version_is_the_librarys() {
    assert_eq!(defined("VERSION"), format!("\"{}\"", env!("CARGO_PKG_VERSION")));
    assert_eq!(defined("VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MAJOR"));
    assert_eq!(defined("VERSION_MINOR"), env!("CARGO_PKG_VERSION_MINOR"));
    assert_eq!(defined("VERSION_PATCH"), env!("CARGO_PKG_VERSION_PATCH"));
}

#[test]
fn its_answers_are_the_librarys() {
    let answers = [
        ("OK", MEMCPY_STREAMING_OK),
        ("UNKNOWN", MEMCPY_STREAMING_UNKNOWN),
        ("UNAVAILABLE", MEMCPY_STREAMING_UNAVAILABLE),
        ("INVALID", MEMCPY_STREAMING_INVALID),
    ];
    for (name, value) in answers {
        assert_eq!(defined(name), value.to_string(), "{name}");
    }
}

#[test]
fn it_names_every_backend() {
    for backend in Backend::ALL {
        assert!(HEADER.contains(&format!("\"{backend}\"")), "{backend}");
    }
}

/// It is read by C89, and by people who have no Rust.
#[test]
fn it_has_neither_line_comments_nor_markdown() {
    for line in HEADER.lines() {
        assert!(!line.contains("//") && !line.contains("cargo") && !line.contains('`'), "{line}");
        assert!(line.chars().count() <= 130, "{line}");
    }
}
