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
    /// The system's policy for transparent huge pages: `always`, `madvise`, `never`; None where there is none.
    transparent_huge_pages: Option<String>,
}

impl Machine {
    /// Asks the system; what cannot be had is left out, never guessed.
    pub(crate) fn read() -> Self {
        let uname = rustix::system::uname();
        Self {
            cpu: machine::cpu().unwrap_or_else(|| ARCH.to_string()),
            arch: ARCH,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: memory::meminfo("MemTotal"),
            kernel: format!("{} {}", uname.sysname().to_string_lossy(), uname.release().to_string_lossy()),
            libc: machine::libc(),
            transparent_huge_pages: fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled")
                .ok()
                .and_then(|text| selected(&text)),
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
fn selected(choices: &str) -> Option<String> {
    let (_, rest) = choices.split_once('[')?;
    Some(rest.split_once(']')?.0.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_policy() {
        assert_eq!(selected("always [madvise] never\n").as_deref(), Some("madvise"));
        assert_eq!(selected("nonsense"), None);
    }

    #[test]
    fn this_machine_has_a_kernel_and_a_core() {
        let machine = Machine::read();
        assert!(machine.kernel.len() > 2 && machine.cores > 0 && !machine.cpu.is_empty());
    }
}
