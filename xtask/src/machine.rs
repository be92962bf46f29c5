//! The facts about this machine without which a figure means little.

use std::env::consts::ARCH;
use std::process::Command;
use std::thread::available_parallelism;
use std::{env, fs};

use bench_runner::machine;
use serde::Serialize;
use serde_json::Value;

use crate::cargo::workspace;
use crate::memory;
use crate::process::said;

/// The smallest arena.
const ARENA: u64 = 512 << 20;
const HUGE_PAGE: u64 = 2 << 20;

/// What a measurement ran on, as files have it.
#[derive(Serialize)]
pub(crate) struct Machine {
    pub(crate) cpu: String,
    arch: &'static str,
    pub(crate) cores: usize,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) kernel: String,
    pub(crate) libc: String,
    /// The system's policy: `always`, `madvise`, `never`; None where there is none.
    transparent_huge_pages: Option<String>,
}

impl Machine {
    /// Asks the system; what cannot be had is left out, never guessed.
    pub(crate) fn read() -> Self {
        let uname = rustix::system::uname();
        let policy = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
        Self {
            cpu: machine::cpu().unwrap_or_else(|| ARCH.to_string()),
            arch: ARCH,
            cores: available_parallelism().map_or(1, usize::from),
            memory_bytes: memory::meminfo("MemTotal"),
            kernel: format!("{} {}", uname.sysname().to_string_lossy(), uname.release().to_string_lossy()),
            libc: machine::libc(),
            transparent_huge_pages: policy.ok().and_then(|text| selected(&text).map(str::to_string)),
        }
    }

    /// The facts; `page_mode` is what the measured memory really had.
    pub(crate) fn json(&self, page_mode: &str) -> Value {
        let mut json = serde_json::to_value(self).expect("facts are names and numbers");
        json["page_mode"] = page_mode.into();
        json
    }
}

/// What decides which points of the matrix make sense on a machine.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// Those that we may use: with `taskset` or in a container fewer than the machine has.
    pub(crate) cores: usize,
    /// Bytes of the first CPU's caches.
    pub(crate) l2: u64,
    pub(crate) l3: u64,
}

impl Place {
    pub(crate) fn here() -> Place {
        Place::new(available_parallelism().map_or(1, usize::from), machine::cache)
    }

    /// With caches of something usual where a system does not say.
    pub(crate) fn new(cores: usize, cache: impl Fn(u32) -> Option<u64>) -> Place {
        Place { cores, l2: cache(2).unwrap_or(1 << 20), l3: cache(3).unwrap_or(32 << 20) }
    }

    /// Bytes that are so many that no cache holds a good part of them: of the sources, and of the destinations.
    pub(crate) fn arena(self, largest_block: u64) -> u64 {
        let blocks = largest_block.saturating_mul(2 * self.cores.min(1 << 20) as u64);
        // A page more: a quarter of the rest is then larger than the cache.
        ARENA.max(4 * self.l3).max(blocks).next_multiple_of(HUGE_PAGE) + HUGE_PAGE
    }
}

/// All that figures depend on: this machine, how it is set up, and which commit was measured.
pub(crate) fn facts(page_mode: &str) -> Value {
    let git = |args: &[&str]| said(Command::new("git").arg("-C").arg(workspace()).args(args));
    let (mut json, Place { l2, l3, .. }) = (Machine::read().json(page_mode), Place::here());
    json["l2_bytes"] = l2.into();
    json["l3_bytes"] = l3.into();
    json["tuning"] = machine::tuning().into();
    json["glibc_tunables"] = env::var("GLIBC_TUNABLES").ok().into();
    json["commit"] = git(&["rev-parse", "--short=12", "HEAD"]).into();
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]);
    json["modified"] = changed.map(|files| !files.is_empty()).into();
    // Today, as `2026-01-31`.
    json["date"] = said(Command::new("date").args(["-u", "+%F"])).into();
    json
}

/// A fact without quotes.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "unknown".to_string(),
        other => other.to_string(),
    }
}

/// The word in brackets of `always [madvise] never`.
fn selected(choices: &str) -> Option<&str> {
    Some(choices.split_once('[')?.1.split_once(']')?.0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_selected_policy() {
        assert_eq!(super::selected("always [madvise] never\n"), Some("madvise"));
        assert_eq!(super::selected("nonsense"), None);
    }
}
