//! What the figures depend on: the machine, how it is set up, and which commit was measured.

use std::path::Path;
use std::process::Command;
use std::thread::available_parallelism;

use bench_runner::machine;
use serde_json::Value;

use crate::machine::Machine;

/// The smallest arena.
const ARENA: u64 = 512 << 20;
const HUGE_PAGE: u64 = 2 << 20;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Caches {
    pub(crate) l2: u64,
    pub(crate) l3: u64,
}

impl Caches {
    /// Of the first CPU.
    pub(crate) fn read() -> Caches {
        Caches::new(machine::cache(2), machine::cache(3))
    }

    /// Something usual where a system does not say.
    pub(crate) fn new(l2: Option<u64>, l3: Option<u64>) -> Caches {
        Caches { l2: l2.unwrap_or(1 << 20), l3: l3.unwrap_or(32 << 20) }
    }
}

/// What decides which points make sense on a machine.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// Those that we may use: with `taskset` or in a container fewer than the machine has.
    pub(crate) cores: usize,
    pub(crate) caches: Caches,
}

impl Place {
    pub(crate) fn here() -> Place {
        Place { cores: available_parallelism().map_or(1, usize::from), caches: Caches::read() }
    }

    /// Bytes that are so many that no cache holds a good part of them: of the sources, and of the destinations.
    pub(crate) fn arena(self, largest_block: u64) -> u64 {
        let blocks = largest_block.saturating_mul(2 * self.cores.min(1 << 20) as u64);
        // A page more: a quarter of the rest is then larger than the cache.
        ARENA.max(4 * self.caches.l3).max(blocks).next_multiple_of(HUGE_PAGE) + HUGE_PAGE
    }
}

pub(crate) fn json(machine: &Machine, caches: Caches, page_mode: &str, workspace: &Path) -> Value {
    let git = |args: &[&str]| said(Command::new("git").arg("-C").arg(workspace).args(args));
    let mut json = machine.json(page_mode);
    json["l2_bytes"] = caches.l2.into();
    json["l3_bytes"] = caches.l3.into();
    json["tuning"] = machine::tuning().into();
    json["glibc_tunables"] = std::env::var("GLIBC_TUNABLES").ok().into();
    json["commit"] = git(&["rev-parse", "--short=12", "HEAD"]).into();
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]);
    json["modified"] = changed.map(|files| !files.is_empty()).into();
    // Today, as `2026-01-31`.
    json["date"] = said(Command::new("date").args(["-u", "+%F"])).into();
    json
}

/// What a program says; None if it is missing or fails, as git does outside of a repository.
fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

/// A fact without quotes.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "unknown".to_string(),
        other => other.to_string(),
    }
}
