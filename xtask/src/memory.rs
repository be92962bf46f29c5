//! How much memory this process may still map, asked before mapping: the alternative is the OOM killer.

use std::fs;
use std::path::Path;

use bench_runner::memory::field;
use rustix::process::{Resource, getrlimit};

use crate::failure::Failure;
use crate::number::human;

/// Left to everything else on the machine.
const HEADROOM: u64 = 128 << 20;

/// What a process needs besides: for what it reads, formats and writes.
const RESERVE: u64 = 8 << 20;

/// Fails if `needed` bytes of fresh memory, for what `purpose` says, are more than there is.
pub(crate) fn require(needed: u64, purpose: &str) -> Result<(), Failure> {
    require_each(1, needed, purpose)
}

/// The same for several processes at a time that need as much each, and have our limits.
pub(crate) fn require_each(processes: u64, needed: u64, purpose: &str) -> Result<(), Failure> {
    let (all, each) = (needed.saturating_mul(processes), needed.saturating_add(RESERVE));
    let available = field("/proc/meminfo", "MemAvailable").map(|free| free.saturating_sub(HEADROOM));
    // A system that does not tell a limit is not second-guessed.
    let limits = [
        (available, all, "the machine (MemAvailable, less 128 MiB kept back)"),
        (rlimit(Resource::As, "VmSize"), each, "the address-space limit (ulimit -v)"),
        (rlimit(Resource::Data, "VmData"), each, "the data-segment limit (ulimit -d)"),
        (cgroup_free(), all, "the control group (memory.max)"),
    ];
    let limits = limits.into_iter().filter_map(|(free, needed, limit)| Some((free?, needed, limit)));
    let Some((free, needed, limit)) = limits.filter(|(free, needed, _)| free < needed).min() else {
        return Ok(());
    };
    Err(Failure::input(format_args!(
        "too little memory: {purpose} needs {} ({needed} bytes), but {limit} leaves {} ({free} bytes); free some, raise the limit or ask for less",
        human(needed),
        human(free),
    )))
}

/// What a resource limit leaves; `used` is the field of /proc/self/status that it limits.
fn rlimit(resource: Resource, used: &str) -> Option<u64> {
    Some(getrlimit(resource).current?.saturating_sub(field("/proc/self/status", used)?))
}

/// The tightest memory.max (cgroup v2) from our group up to the root.
fn cgroup_free() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let root = Path::new("/sys/fs/cgroup");
    let free = |folder: &Path| {
        let number = |file: &str| fs::read_to_string(folder.join(file)).ok()?.trim().parse::<u64>().ok();
        // `max` is no number: no limit.
        let (max, used) = (number("memory.max")?, number("memory.current")?);
        let stat = fs::read_to_string(folder.join("memory.stat")).ok()?;
        // The page cache gives way.
        let cache = stat.lines().find_map(|line| line.strip_prefix("inactive_file ")?.parse().ok()).unwrap_or(0);
        Some(max.saturating_sub(used.saturating_sub(cache)))
    };
    root.join(own).ancestors().take_while(|folder| folder.starts_with(root)).filter_map(free).min()
}
