//! Requests and answers, a line each, fields separated by tabs.
//!
//! | request | answer |
//! |--|--|
//! | `hello` | [`HELLO`] lines, then [`END`] |
//! | `arena BYTES L2` | [`READY`]: memory of BYTES for the sources and for the destinations; the size of the second-level cache |
//! | `race BACKENDS PEERS POINT` | a line of [`Entrant`] each, all verified, then [`READY`] and the bytes of a lap |
//! | `round` | the nanoseconds that each entrant took for a lap, in their order |
//!
//! BACKENDS are names with commas between them; PEERS is `all`, `none`, or `libc` (for a process with other tunables).
//! Whatever goes wrong is answered by [`ERROR`] and a reason.

/// Begins a line about the machine (`fact` and a name), the program or a peer: a key and a value follow.
pub const HELLO: &str = "hello";
/// Ends an answer of many lines.
pub const END: &str = "end";
/// The request has been fulfilled.
pub const READY: &str = "ready";
/// It has not.
pub const ERROR: &str = "error";

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
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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

impl Entrant {
    /// The line.
    pub fn line(&self) -> String {
        let Entrant { name, kind, backend, streamed } = self;
        format!("entrant\t{name}\t{kind}\t{backend}\t{streamed}")
    }

    /// Reads a line.
    pub fn parse(line: &str) -> Result<Entrant, String> {
        let ["entrant", name, kind, backend, streamed] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!("not an entrant: {line}"));
        };
        Ok(Entrant { name: name.into(), kind: kind.parse()?, backend: backend.into(), streamed: streamed.into() })
    }
}
