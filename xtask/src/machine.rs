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
            cpu: cpu().unwrap_or_else(|| std::env::consts::ARCH.to_string()),
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

/// The CPU's name, and its family and model: virtual machines often hide the name.
fn cpu() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    describe_cpu(&info)
}

fn describe_cpu(info: &str) -> Option<String> {
    let field = |name: &str| {
        info.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim())
    };
    let x86 = field("model name").map(|name| match (field("cpu family"), field("model")) {
        (Some(family), Some(model)) => format!("{name} (family {family}, model {model})"),
        _ => name.to_string(),
    });
    // arm64 has numbers only.
    x86.or_else(|| {
        let (implementer, part) = (field("CPU implementer")?, field("CPU part")?);
        Some(format!("Arm implementer {implementer}, part {part}"))
    })
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
    fn cpus_are_described_by_what_is_there() {
        let amd = "processor\t: 0\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n\nprocessor\t: 1\nmodel name\t: other\n";
        assert_eq!(describe_cpu(amd).as_deref(), Some("AMD EPYC (family 25, model 17)"));
        let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
        assert_eq!(describe_cpu(arm).as_deref(), Some("Arm implementer 0x41, part 0xd0c"));
        assert_eq!(describe_cpu(""), None);
    }

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
