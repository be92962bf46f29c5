//! Requests and answers: JSON, a line each. Every answer is a `Result` of what was asked for, or of why there is none.

use serde::{Deserialize, Serialize};

use crate::Point;
use crate::machine::Machine;

/// What is asked for.
#[derive(Serialize, Deserialize)]
pub enum Request {
    /// [`Hello`].
    Hello,
    /// Nothing: memory is mapped and written, of so many bytes for the sources and for the destinations.
    Arena {
        /// Of each: whole pages.
        bytes: usize,
        /// Bytes of the second-level cache.
        l2: usize,
    },
    /// Each [`Entrant`] of a race, all verified, and the bytes of a lap.
    Race {
        /// Names.
        backends: Vec<String>,
        /// Who else takes part.
        peers: Peers,
        /// What they do.
        point: Point,
    },
    /// The nanoseconds that each entrant took for a lap, in their order: whole numbers, none of which is 0.
    Round,
}

/// Who takes part in a race besides the backends.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub enum Peers {
    /// All that the machine has, and its limits.
    All,
    /// libc alone: for a process with other tunables.
    Libc,
    /// Nobody.
    None,
}

/// What the program is, and where it runs.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Hello {
    /// The program's.
    pub version: String,
    /// Where it runs.
    pub machine: Machine,
    /// The backend that it uses by itself.
    pub active: String,
    /// Those that it has, best first.
    pub backends: Vec<String>,
    /// Names and versions, libc first.
    pub peers: Vec<(String, String)>,
}

/// The limit of what is written: a streaming fill.
pub const LIMIT_FILL: &str = "limit-fill";
/// A fill by ordinary stores.
pub const LIMIT_CACHED_FILL: &str = "limit-cached-fill";
/// The limit of what is read: the fastest of several loops, by measurement.
pub const LIMIT_READ: &str = "limit-read";
/// The limit of copies, likewise.
pub const LIMIT_COPY: &str = "limit-copy";

names! {
    /// What an entrant of a race is.
    Kind {
        Ours = "ours": "This workspace's crates.",
        Peer = "peer": "Somebody else's code, or a plain loop.",
        Limit = "limit": "A limit of the machine.",
    }
}

/// An entrant that is ready: its bytes have been verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entrant {
    /// The backend's or the strategy's name for ours, else the peer's.
    pub name: String,
    /// Whose it is.
    pub kind: Kind,
    /// The backend that it was asserted to run with; of [`LIMIT_READ`] and [`LIMIT_COPY`] the loop; empty for others.
    pub backend: String,
    /// Whether it uses streaming stores for this size; empty where nobody can tell.
    pub streamed: String,
}
