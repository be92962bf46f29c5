//! What a measurement ran on, by what Linux says of itself. Here, because the program that measures may be on another machine than
//! the one that asks.

use std::env::{self, consts::ARCH};
use std::fs;
use std::thread::available_parallelism;

use memcpy_streaming::Tuning;
use serde::{Deserialize, Serialize};

use crate::memory;

/// Facts, as files have them. What cannot be had is None, never guessed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Machine {
    /// The CPU's name, and its family and model: virtual machines often hide the name. The architecture where it has none.
    pub cpu: String,
    /// The architecture.
    pub arch: String,
    /// Those that this process may use: with `taskset` or in a container fewer than the machine has.
    pub cores: usize,
    /// All of it.
    pub memory_bytes: Option<u64>,
    /// Its name and release.
    pub kernel: String,
    /// The C library, as the program is linked with it.
    pub libc: String,
    /// The system's policy: `always`, `madvise`, `never`.
    pub transparent_huge_pages: Option<String>,
    /// The first CPU's cache that holds data, of the second level.
    pub l2_bytes: Option<u64>,
    /// Of the third.
    pub l3_bytes: Option<u64>,
    /// The sizes and distances that this process copies by, and whose line of the table they are.
    pub tuning: String,
    /// What libc is told by its variable.
    pub glibc_tunables: Option<String>,
}

impl Machine {
    /// Asks the system.
    pub fn read() -> Self {
        let text = |file: &str| fs::read_to_string(file).ok().map(|text| text.trim().to_string());
        let kernel = ["ostype", "osrelease"].map(|name| text(&format!("/proc/sys/kernel/{name}")));
        let is_x86 = cfg!(any(target_arch = "x86", target_arch = "x86_64"));
        let cpu = text("/proc/cpuinfo").and_then(|info| describe_cpu(&info, is_x86));
        // `always [madvise] never`
        let policy = text("/sys/kernel/mm/transparent_hugepage/enabled");
        let tuning = Tuning::active();
        Self {
            cpu: cpu.unwrap_or_else(|| ARCH.to_string()),
            arch: ARCH.to_string(),
            cores: available_parallelism().map_or(1, usize::from),
            memory_bytes: memory::field("/proc/meminfo", "MemTotal"),
            kernel: kernel.map(|said| said.unwrap_or_else(|| "unknown".to_string())).join(" "),
            libc: libc(),
            transparent_huge_pages: policy.and_then(|text| text.split(['[', ']']).nth(1).map(str::to_string)),
            l2_bytes: cache(2),
            l3_bytes: cache(3),
            tuning: format!("{}: {tuning}", tuning.cpu().unwrap_or("no line of the table")),
            glibc_tunables: env::var("GLIBC_TUNABLES").ok(),
        }
    }
}

fn libc() -> String {
    #[cfg(target_env = "gnu")]
    {
        unsafe extern "C" {
            safe fn gnu_get_libc_version() -> *const std::ffi::c_char;
        }
        // SAFETY: glibc returns a pointer to a constant NUL-terminated string that lives as long as the process.
        let version = unsafe { std::ffi::CStr::from_ptr(gnu_get_libc_version()) };
        format!("glibc {}", version.to_string_lossy())
    }
    #[cfg(not(target_env = "gnu"))]
    if cfg!(target_env = "musl") { "musl" } else { "not glibc" }.to_string()
}

fn cache(level: u32) -> Option<u64> {
    let text = |index: u32, name: &str| {
        fs::read_to_string(format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{name}")).ok()
    };
    (0..8).find_map(|index| {
        let matches = text(index, "level")?.trim() == level.to_string() && text(index, "type")?.trim() != "Instruction";
        // `1024K`
        let kibibytes: u64 = text(index, "size")?.trim().strip_suffix('K')?.parse().ok()?;
        matches.then_some(kibibytes << 10)
    })
}

/// A value of /proc/cpuinfo, of the first CPU.
pub fn cpuinfo<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = info.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

/// Only x86 has names there; if another architecture has one, it is that of the machine under an emulator.
fn describe_cpu(info: &str, is_x86: bool) -> Option<String> {
    if !is_x86 {
        // arm64 has numbers only.
        let (implementer, part) = (cpuinfo(info, "CPU implementer")?, cpuinfo(info, "CPU part")?);
        return Some(format!("Arm implementer {implementer}, part {part}"));
    }
    let name = cpuinfo(info, "model name")?;
    Some(match (cpuinfo(info, "cpu family"), cpuinfo(info, "model")) {
        (Some(family), Some(model)) => format!("{name} (family {family}, model {model})"),
        _ => name.to_string(),
    })
}

#[test]
fn cpus_and_caches_are_described_by_what_is_there() {
    let amd = "cpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n\nprocessor\t: 1\nmodel name\t: other\n";
    let arm = "CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
    for (info, is_x86, said) in [
        (amd, true, Some("AMD EPYC (family 25, model 17)")),
        (amd, false, None),
        (arm, false, Some("Arm implementer 0x41, part 0xd0c")),
        ("", true, None),
    ] {
        assert_eq!(describe_cpu(info, is_x86).as_deref(), said);
    }
    assert!(cache(2).is_none_or(|bytes| (64 << 10..1 << 30).contains(&bytes)));
}
