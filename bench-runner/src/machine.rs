//! What a measurement ran on, by what Linux says of itself; None where it does not say. Here, because the program that measures may
//! be on another machine than the one that asks.

use std::fs;
use std::path::Path;

use memcpy_streaming::Tuning;

/// The CPU's name, and its family and model: virtual machines often hide the name.
pub fn cpu() -> Option<String> {
    let is_x86 = cfg!(any(target_arch = "x86", target_arch = "x86_64"));
    describe_cpu(&fs::read_to_string("/proc/cpuinfo").ok()?, is_x86)
}

/// The kernel's name and release.
pub fn kernel() -> Option<String> {
    let text = |name: &str| fs::read_to_string(Path::new("/proc/sys/kernel").join(name)).ok();
    Some(format!("{} {}", text("ostype")?.trim(), text("osrelease")?.trim()))
}

/// The C library, as the program is linked with it.
pub fn libc() -> String {
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

/// The sizes and distances that this process copies by, and whose line of the table they are.
pub fn tuning() -> String {
    let tuning = Tuning::active();
    format!("{}: {tuning}", tuning.cpu().unwrap_or("no line of the table"))
}

/// Bytes of the first CPU's cache of a level that holds data.
pub fn cache(level: u32) -> Option<u64> {
    let folder = Path::new("/sys/devices/system/cpu/cpu0/cache");
    let text = |index: u32, name: &str| fs::read_to_string(folder.join(format!("index{index}/{name}"))).ok();
    (0..8).find_map(|index| {
        let matches = text(index, "level")?.trim() == level.to_string() && text(index, "type")?.trim() != "Instruction";
        // `1024K`
        let kibibytes: u64 = text(index, "size")?.trim().strip_suffix('K')?.parse().ok()?;
        matches.then_some(kibibytes << 10)
    })
}

/// Only x86 has names there; if another architecture has one, it is that of the machine under an emulator.
fn describe_cpu(info: &str, is_x86: bool) -> Option<String> {
    let fields = info.lines().filter_map(|line| line.split_once(':')).map(|(key, value)| (key.trim(), value.trim()));
    let field = |name| fields.clone().find(|(key, _)| *key == name).map(|(_, value)| value);
    if is_x86 {
        let name = field("model name")?;
        return Some(match (field("cpu family"), field("model")) {
            (Some(family), Some(model)) => format!("{name} (family {family}, model {model})"),
            _ => name.to_string(),
        });
    }
    // arm64 has numbers only.
    let (implementer, part) = (field("CPU implementer")?, field("CPU part")?);
    Some(format!("Arm implementer {implementer}, part {part}"))
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
