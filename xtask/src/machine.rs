//! The facts about this machine without which a figure means little.

use std::env::consts::ARCH;
use std::fs;

use bench_runner::machine;
use serde::Serialize;
use serde_json::Value;

use crate::memory;

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
            cores: std::thread::available_parallelism().map_or(1, usize::from),
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
