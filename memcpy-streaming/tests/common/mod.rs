//! What the test files share: the backends under test, and memory with guard bytes around it.
#![allow(dead_code)] // Each test file uses its part.

#[allow(unused_imports)] // The same.
pub(crate) use test_support::{emulator, seeded};

use memcpy_streaming::{Backend, Streamer, Tuning};
use std::ffi::OsString;
use std::fmt;
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Those that no CPU gets by itself.
const ON_REQUEST: [Backend; 5] = [Backend::Movdir64b, Backend::Sve, Backend::Mops, Backend::Zihintntl, Backend::Mvcl];

/// The one that a CPU with these gets by itself.
pub(crate) fn default_of(backends: &[Backend]) -> Backend {
    let is_chosen = |backend: &&Backend| !ON_REQUEST.contains(backend);
    *backends.iter().find(is_chosen).expect("there is always the portable one")
}

/// The backends of this machine, best first.
///
/// `MEMCPY_STREAMING_EXPECT` lists what they must be: exactly these, in this order, and the first that is not there on request only the
/// active one. Without it a machine, or an emulator, that lacks what it was chosen for would pass by testing less.
pub(crate) fn backends() -> Vec<Backend> {
    early().make_active();
    let available: Vec<Backend> = Backend::available().collect();
    let Ok(expected) = std::env::var("MEMCPY_STREAMING_EXPECT") else {
        return available;
    };
    let parse = |name: &str| name.trim().parse().expect("MEMCPY_STREAMING_EXPECT lists backends");
    let expected: Vec<Backend> = expected.split(',').map(parse).collect();
    assert_eq!(available, expected, "this machine has other backends (left) than it should (right)");
    assert_eq!(Backend::active(), default_of(&expected), "this machine's active backend is not its best one");
    available
}

/// The tuning of the tests, whatever the machine: it streams as early as a tuning can, and takes pages in turn soon.
pub(crate) fn early() -> &'static Tuning {
    static EARLY: OnceLock<Tuning> = OnceLock::new();
    let text = "prefetch=l2 ahead=1024 prefetch-from=2048 pages=2 pages-from=16384 bypass=256 raw-lines=64 drained-copy=1024 drained-fill=1024";
    EARLY.get_or_init(|| text.parse().expect("values of the right ranges"))
}

/// Runs `test` once for every one of the [`backends`], and checks that it is this backend that it gets.
pub(crate) fn for_each_backend(mut test: impl FnMut(Streamer)) {
    for backend in backends() {
        let streamer = Streamer::with_backend(backend).expect("an available backend has a handle").with_tuning(early());
        assert_eq!((streamer.backend(), streamer.tuning()), (backend, early()));
        test(streamer);
    }
}

/// How much of what could be tested is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    /// As much as the emulator of a whole PC does in half a minute.
    Few,
    /// As much as a debug build, or the emulator of a process, does in seconds.
    Thin,
    /// As much as an optimised build does in seconds.
    Usual,
    /// All of it: minutes.
    Full,
}

/// By the name that asks for it.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Amount::Few => "few",
            Amount::Thin => "thin",
            Amount::Usual => "usual",
            Amount::Full => "full",
        })
    }
}

/// What `MEMCPY_STREAMING_GRID` asks for.
pub(crate) fn amount() -> Amount {
    match std::env::var("MEMCPY_STREAMING_GRID").as_deref() {
        Ok("few") => Amount::Few,
        Ok("thin") => Amount::Thin,
        Ok("usual") => Amount::Usual,
        Ok("full") => Amount::Full,
        Ok(other) => panic!("MEMCPY_STREAMING_GRID is `{other}`, which is none of few, thin, usual, full"),
        Err(_) if cfg!(debug_assertions) => Amount::Thin,
        Err(_) => Amount::Usual,
    }
}

pub(crate) fn thin() -> bool {
    matches!(amount(), Amount::Few | Amount::Thin)
}

/// Says something past what captures the output of tests that pass.
pub(crate) fn say(line: &str) {
    use std::io::Write;
    std::io::stdout().write_all(format!("\n{line}\n").as_bytes()).expect("there is a standard output");
}

/// Runs one test of this test program in a new process, with a variable set or not; through `MEMCPY_STREAMING_RUNNER`, a
/// program and its arguments, where the system cannot run it by itself (an emulator).
pub(crate) fn child(test: &str, variable: &str, value: Option<&str>) -> Output {
    let runner = std::env::var("MEMCPY_STREAMING_RUNNER").unwrap_or_default();
    let this = std::env::current_exe().expect("the test knows where it is");
    let mut words = runner.split_whitespace().map(OsString::from).chain([this.into_os_string()]);
    let mut command = Command::new(words.next().expect("at least the test"));
    command.args(words).args(["--exact", test, "--nocapture", "--include-ignored"]);
    match value {
        Some(value) => command.env(variable, value),
        None => command.env_remove(variable),
    };
    command.output().expect("the test runs itself")
}

/// Bytes that differ from their neighbours at every distance that a wrong copy would be off by.
pub(crate) fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bytes = vec![0; len.next_multiple_of(8)];
    for word in bytes.as_chunks_mut().0 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *word = u64::to_le_bytes(state);
    }
    bytes.truncate(len);
    bytes
}

pub(crate) const GUARD: u8 = 0xa5;

/// The bytes on each side of an arena's middle that no operation may touch: two lines.
pub(crate) const MARGIN: usize = 128;

/// Memory that starts `offset` bytes after a page border (4096), with guard bytes before and after.
pub(crate) struct Arena {
    memory: Vec<u8>,
    start: usize,
    len: usize,
}

impl Arena {
    pub(crate) fn new(offset: usize, len: usize) -> Arena {
        let memory = vec![GUARD; 2 * 4096 + MARGIN + offset + len + MARGIN];
        let border = (memory.as_ptr().addr() + MARGIN).next_multiple_of(4096) - memory.as_ptr().addr();
        Arena { memory, start: border + offset, len }
    }

    /// The same memory with its middle moved, all of it guard bytes again.
    pub(crate) fn reset(&mut self, offset: usize, len: usize) {
        let border = (self.memory.as_ptr().addr() + MARGIN).next_multiple_of(4096) - self.memory.as_ptr().addr();
        self.start = border + offset;
        self.len = len;
        assert!(self.start + len + MARGIN <= self.memory.len(), "the arena is too small");
        self.memory[self.start - MARGIN..self.start + len + MARGIN].fill(GUARD);
    }

    pub(crate) fn middle(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.start + self.len]
    }

    /// The middle is `expected`, and the guards are whole.
    #[track_caller]
    pub(crate) fn check(&self, expected: &[u8], what: impl Fn() -> String) {
        let (start, end) = (self.start, self.start + self.len);
        if self.memory[start..end] != *expected {
            let at = (0..self.len).find(|&i| self.memory[start + i] != expected[i]);
            panic!("{}: byte {at:?} of {} is wrong", what(), self.len);
        }
        let guards = [GUARD; MARGIN];
        assert!(
            self.memory[start - MARGIN..start] == guards && self.memory[end..end + MARGIN] == guards,
            "{}: wrote outside of its {} bytes",
            what(),
            self.len
        );
    }
}
