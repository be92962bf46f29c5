//! Each kind of change that breaks somebody, or promises something new, changes the listing.

use std::fs;

use super::*;

/// The listing of a crate of these files.
fn list(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    listing("a-crate", &["std = []".to_string()], &folder.path().join("lib.rs")).unwrap()
}

/// What a change in one file does to the listing.
fn change(old: &str, new: &str) -> Vec<String> {
    difference(&list(&[("lib.rs", old)]), &list(&[("lib.rs", new)]))
}

#[test]
fn a_whole_crate() {
    let listed = list(&[
        (
            "lib.rs",
            "#![no_std]\n#![cfg(unix)]\nmod inner; pub mod outer; use core::fmt;
             pub use inner::{Kind, make as build}; #[cfg(feature = \"std\")] pub use outer::deep::*; pub use core::mem::swap;
             /// Documentation is not listed.
             #[derive(Clone, Debug)] #[non_exhaustive] pub struct Open<T> { pub kind: Kind, pub(crate) hidden: T }
             impl<T: Copy> Open<T> { pub const fn get(&self) -> &T { &self.hidden } fn private(&self) {} }
             impl<T> fmt::Display for Open<T> where T: fmt::Display { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { loop {} } }
             impl Private for Kind {} trait Private {} struct Readme; impl Clone for Readme {}
             #[cfg(test)] mod tests { pub fn not_listed() {} }",
        ),
        (
            "inner.rs",
            "use core::fmt::Write; use crate::Open;
             #[repr(u8)] pub enum Kind { A = 1, #[cfg(feature = \"std\")] B(Open<u8>), C { x: u8 } }
             #[must_use = \"why\"] pub unsafe fn make(mut out: impl Write, [a, b]: [u8; 2]) -> super::Kind { loop {} }
             pub fn hidden() {}
             #[unsafe(no_mangle)] pub unsafe extern \"C\" fn a_symbol(to: *mut u8) {}",
        ),
        (
            "outer/mod.rs",
            "pub mod deep { pub const SIZE: usize = 1; pub type Word = u64; pub static mut COUNT: Word = 0; }
             pub trait Hook: Send { type Out: Copy; fn before(&self) -> Self::Out; fn after(&self) {} }
             impl From<crate::Kind> for u8 { fn from(_: crate::Kind) -> u8 { 0 } }
             impl core::str::FromStr for crate::Kind { type Err = (); fn from_str(s: &str) -> Result<Self, ()> { loop {} } }",
        ),
    ]);
    let expected = "\
# The public items of a-crate. `cargo xtask release --update` writes this file.
crate #[cfg(unix)]
feature std = []
#[cfg(feature = \"std\")] pub use a_crate::COUNT = a_crate::outer::deep::COUNT
#[cfg(feature = \"std\")] pub use a_crate::SIZE = a_crate::outer::deep::SIZE
#[cfg(feature = \"std\")] pub use a_crate::Word = a_crate::outer::deep::Word
pub use a_crate::swap = core::mem::swap
#[repr(u8)] pub enum a_crate::Kind
a_crate::Kind::A = 1
#[cfg(feature = \"std\")] a_crate::Kind::B(a_crate::Open<u8>)
a_crate::Kind::C { x: u8 }
impl core::str::FromStr for a_crate::Kind { type Err = () }
#[non_exhaustive] pub struct a_crate::Open<T> { .. }
pub a_crate::Open::kind: a_crate::Kind
impl<T: Copy> a_crate::Open<T> { pub const fn get(&self) -> &T }
impl<T: Clone> Clone for a_crate::Open<T>
impl<T: Debug> Debug for a_crate::Open<T>
impl<T> core::fmt::Display for a_crate::Open<T> where T: core::fmt::Display
#[must_use] pub unsafe fn a_crate::build(out: impl core::fmt::Write, _: [u8; 2]) -> a_crate::Kind
pub trait a_crate::outer::Hook: Send
type a_crate::outer::Hook::Out: Copy
fn a_crate::outer::Hook::before(&self) -> Self::Out
fn a_crate::outer::Hook::after(&self) { .. }
pub static mut a_crate::outer::deep::COUNT: a_crate::outer::deep::Word
pub const a_crate::outer::deep::SIZE: usize
pub type a_crate::outer::deep::Word = u64
#[unsafe(no_mangle)] symbol unsafe extern \"C\" fn a_symbol(to: *mut u8)
impl From<a_crate::Kind> for u8
";
    for (listed, expected) in listed.lines().zip(expected.lines()) {
        assert_eq!(listed, expected);
    }
    assert_eq!(listed, expected);
}

#[test]
fn items_come_and_go() {
    assert_eq!(change("pub fn a() {}", ""), ["- pub fn a_crate::a()"]);
    assert_eq!(change("", "pub mod m { pub const A: u8 = 1; }"), ["+ pub const a_crate::m::A: u8"]);
    assert_eq!(change("pub fn a() {}", "pub(crate) fn a() {}"), ["- pub fn a_crate::a()"]);
    assert_eq!(change("pub enum E { A, B }", "pub enum E { A }"), ["- a_crate::E::B"]);
    assert_eq!(change("pub struct S; impl Drop for S {}", "pub struct S;"), ["- impl Drop for a_crate::S"]);
    assert_eq!(
        change("#[derive(Clone, Copy)] pub struct S;", "#[derive(Clone)] pub struct S;"),
        ["- impl Copy for a_crate::S"]
    );
    // What nobody outside can reach is nobody's business.
    assert!(change("mod m { pub fn a() {} } fn b() {}", "").is_empty());
}

#[test]
fn signatures_and_bounds() {
    for (old, new) in [
        ("pub fn a(x: u8) {}", "pub fn a(x: u16) {}"),
        ("pub fn a() {}", "pub unsafe fn a() {}"),
        ("pub const fn a() {}", "pub fn a() {}"),
        ("pub fn a() {}", "pub extern \"C\" fn a() {}"),
        ("pub fn a<T: Copy>(x: T) {}", "pub fn a<T: Clone>(x: T) {}"),
        ("pub fn a<T>(x: T) where T: Copy {}", "pub fn a<T>(x: T) where T: Copy + Send {}"),
        (
            "pub struct S<T>(T); impl<T: Copy> S<T> { pub fn a() {} }",
            "pub struct S<T>(T); impl<T> S<T> { pub fn a() {} }",
        ),
        ("pub trait T { fn a(); }", "pub trait T { fn a() {} }"),
        ("pub trait T {}", "pub trait T: Send {}"),
        ("pub struct S { pub a: u8 }", "pub struct S { pub a: u8, b: u8 }"),
        ("pub const A: u8 = 1;", "pub const A: u16 = 1;"),
        ("pub type A = u8;", "pub type A = u16;"),
        ("use core::fmt::Error; pub fn a() -> Error {}", "use std::io::Error; pub fn a() -> Error {}"),
        ("pub enum E { A(u8) }", "pub enum E { A(u16) }"),
        ("pub fn a(self_: &'static u8) {}", "pub fn a(self_: &u8) {}"),
    ] {
        let lines = change(old, new);
        assert!(lines.len() == 2 && lines[0].starts_with("- ") && lines[1].starts_with("+ "), "{old}: {lines:?}");
    }
    // The body, the documentation, the order of items and a `mut` are not part of it.
    assert!(
        change("/// A.\npub fn a(x: u8) { 1 } pub fn b() {}", "pub fn b() {} pub fn a(mut x: u8) { 2 }").is_empty()
    );
    assert!(change("pub const A: usize = 1;", "pub const A: usize = 2;").is_empty());
}

#[test]
fn conditions_and_attributes() {
    assert_eq!(
        change("pub fn a() {}", "#[cfg(feature = \"std\")] pub fn a() {}"),
        ["- pub fn a_crate::a()", "+ #[cfg(feature = \"std\")] pub fn a_crate::a()"]
    );
    let gated = "#[cfg(feature = \"std\")] mod m { pub struct S; } pub use m::S; impl S { pub fn a(&self) {} }";
    assert!(list(&[("lib.rs", gated)]).contains("#[cfg(feature = \"std\")] impl a_crate::S { pub fn a(&self) }"));
    for attribute in ["#[non_exhaustive]", "#[must_use]", "#[repr(C)]", "#[doc(hidden)]", "#[deprecated]"] {
        let lines = change("pub struct S;", &format!("{attribute} pub struct S;"));
        assert_eq!(lines[1], format!("+ {attribute} pub struct a_crate::S (unit)"));
    }
    assert!(change("pub fn a() {}", "#[inline] pub fn a() {}").is_empty());
}

#[test]
fn what_is_defined_twice_is_listed_twice() {
    let listed = list(&[("lib.rs", "#[cfg(unix)] pub fn a() {} #[cfg(windows)] pub fn a(x: u8) {} pub struct a {}")]);
    let lines: Vec<_> = listed.lines().skip(2).collect();
    assert_eq!(
        lines,
        ["#[cfg(unix)] pub fn a_crate::a()", "#[cfg(windows)] pub fn a_crate::a(x: u8)", "pub struct a_crate::a"]
    );
}

#[test]
fn impls_that_macros_make_are_listed() {
    let listed = list(&[(
        "lib.rs",
        "macro_rules! named { ($type:ident, $($variant:ident),+) => {
             impl $type { pub const ALL: &'static [$type] = &[$($type::$variant),+]; }
             impl core::fmt::Display for $type {}
         }; }
         pub enum Mode { A, B } named!(Mode, A, B);",
    )]);
    for line in
        ["impl a_crate::Mode { pub const ALL: &'static [a_crate::Mode] }", "impl core::fmt::Display for a_crate::Mode"]
    {
        assert!(listed.lines().any(|listed| listed == line), "{line} is missing in\n{listed}");
    }
}

#[test]
fn what_cannot_be_listed_is_an_error_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("lib.rs");
    fs::write(&root, "fn a() {}\nfn (").unwrap();
    let error = listing("a-crate", &[], &root).unwrap_err();
    assert!(error.contains("lib.rs:2: "), "{error}");
    fs::write(&root, "mod missing;").unwrap();
    let error = listing("a-crate", &[], &root).unwrap_err();
    assert!(error.contains("missing"), "{error}");
}
