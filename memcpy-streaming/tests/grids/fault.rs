//! Names the case that ran into a wall: without this the process would end with only the name of its signal.

use super::grid::Case;
use super::system;
use crate::common::Amount;
use std::cell::Cell;
use std::fmt::{self, Write};

/// What a thread is about to run.
#[derive(Clone, Copy)]
pub(crate) struct Now {
    pub(crate) grid: &'static str,
    pub(crate) amount: Amount,
    pub(crate) entry: &'static str,
    pub(crate) backend: &'static str,
    pub(crate) case: Case,
}

/// The case, and the command that runs it again, with all before it in its grid.
impl fmt::Display for Now {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Now { grid, amount, entry, backend, case: Case { len, dst, src, .. } } = self;
        writeln!(f, "{entry} by {backend}, {len} bytes from {src} to {dst}")?;
        let release = if cfg!(debug_assertions) { "" } else { "--release " };
        write!(f, "rerun: MEMCPY_STREAMING_GRID={amount} cargo test {release}-p memcpy-streaming --test grids {grid}")
    }
}

thread_local! {
    /// Without a destructor, so that a signal handler can look at it.
    static NOW: Cell<Option<Now>> = const { Cell::new(None) };
}

pub(crate) fn note(now: Now) {
    NOW.set(Some(now));
}

/// Says what the thread ran that has touched what it may not. Called by the system's handler: it formats on the stack, and
/// writes.
pub(crate) fn tell(code: u32) {
    let mut text = Text { bytes: [0; 512], len: 0 };
    // What does not fit is left out.
    let _ = match NOW.get() {
        Some(now) => writeln!(text, "\nfault ({code:#x}): {now}"),
        None => writeln!(text, "\nfault ({code:#x})"),
    };
    system::complain(&text.bytes[..text.len]);
}

struct Text {
    bytes: [u8; 512],
    len: usize,
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}
