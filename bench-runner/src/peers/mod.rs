//! The copies and fills that others use.

#[cfg(target_arch = "aarch64")]
mod arm;
mod libc;
#[cfg(not(target_feature = "crt-static"))]
mod pmem;
#[cfg(not(target_feature = "crt-static"))]
mod pmem2;
#[cfg(feature = "stringzilla")]
mod stringzilla;
#[cfg(target_arch = "x86_64")]
mod x86;

/// A copy that is complete and ordered when it returns.
///
/// # Safety
/// As `memcpy`.
pub(crate) type Copy = unsafe fn(dst: *mut u8, src: *const u8, len: usize);

/// A fill with a byte, likewise.
///
/// # Safety
/// As `memset`.
pub(crate) type Fill = unsafe fn(dst: *mut u8, byte: u8, len: usize);

/// A fill with 64 bytes again and again, likewise.
///
/// # Safety
/// As `memset`; the pattern is valid for reads of 64 bytes.
pub(crate) type Pattern = unsafe fn(dst: *mut u8, pattern: *const u8, len: usize);

/// Somebody else's memory operations.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    pub(crate) copy: Option<Copy>,
    pub(crate) fill: Option<Fill>,
    pub(crate) pattern: Option<Pattern>,
    /// Whether it uses streaming stores whatever the size.
    pub(crate) streams: bool,
}

/// The peers that this machine has. Those that are not there are left out.
pub(crate) fn all() -> Vec<Peer> {
    let mut peers = vec![libc::peer()];
    #[cfg(target_arch = "x86_64")]
    peers.extend(x86::peers());
    #[cfg(target_arch = "aarch64")]
    peers.extend(arm::peers());
    #[cfg(not(target_feature = "crt-static"))]
    {
        peers.extend(pmem::peer());
        peers.extend(pmem2::peer());
    }
    #[cfg(feature = "stringzilla")]
    peers.push(stringzilla::peer());
    peers
}

/// The file that a loaded library came from, links followed: its name ends with the version.
#[cfg(not(target_feature = "crt-static"))]
fn loaded_file(name: &str) -> String {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let path = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).find(|path| path.contains(name));
    let file = path.and_then(|path| std::path::Path::new(path).file_name());
    file.map_or_else(|| name.to_string(), |file| file.to_string_lossy().into_owned())
}
