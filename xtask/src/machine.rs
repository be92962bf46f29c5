//! The facts about this machine without which a figure means little.

use std::fs;

use serde_json::{Value, json};

use crate::memory;

/// What a measurement ran on.
pub(crate) struct Machine {
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) memory: Option<u64>,
    pub(crate) kernel: String,
    pub(crate) libc: String,
    /// The system's policy for transparent huge pages: `always`, `madvise`, `never`; None where there is none.
    pub(crate) transparent_huge_pages: Option<String>,
}

impl Machine {
    /// Asks the system; what cannot be had is left out, never guessed.
    pub(crate) fn read() -> Self {
        let uname = rustix::system::uname();
        Self {
            cpu: bench_runner::machine::cpu().unwrap_or_else(|| std::env::consts::ARCH.to_string()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory: memory::meminfo("MemTotal"),
            kernel: format!("{} {}", uname.sysname().to_string_lossy(), uname.release().to_string_lossy()),
            libc: libc(),
            transparent_huge_pages: fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled")
                .ok()
                .and_then(|text| selected(&text)),
        }
    }

    /// The facts as JSON; `page_mode` is what the measured memory really had.
    pub(crate) fn json(&self, page_mode: &str) -> Value {
        json!({
            "cpu": self.cpu,
            "arch": std::env::consts::ARCH,
            "cores": self.cores,
            "memory_bytes": self.memory,
            "kernel": self.kernel,
            "libc": self.libc,
            "transparent_huge_pages": self.transparent_huge_pages,
            "page_mode": page_mode,
        })
    }
}

/// The word in brackets of `always [madvise] never`.
fn selected(choices: &str) -> Option<String> {
    let (_, rest) = choices.split_once('[')?;
    Some(rest.split_once(']')?.0.to_string())
}

#[cfg(target_env = "gnu")]
fn libc() -> String {
    unsafe extern "C" {
        safe fn gnu_get_libc_version() -> *const std::ffi::c_char;
    }
    // SAFETY: glibc returns a pointer to a constant NUL-terminated string that lives as long as the process.
    let version = unsafe { std::ffi::CStr::from_ptr(gnu_get_libc_version()) };
    format!("glibc {}", version.to_string_lossy())
}

#[cfg(not(target_env = "gnu"))]
fn libc() -> String {
    if cfg!(target_env = "musl") { "musl" } else { "not glibc" }.to_string()
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
