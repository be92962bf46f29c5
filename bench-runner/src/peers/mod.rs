//! The copies and fills that others use.

#[cfg(target_arch = "aarch64")]
mod arm;
mod libc;
#[cfg(not(target_feature = "crt-static"))]
mod pmdk;
#[cfg(feature = "stringzilla")]
mod stringzilla;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::rep_movsb;

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
    /// A copy that has left the caches when it returns.
    pub(crate) persist: Option<Copy>,
    /// Whether it uses streaming stores whatever the size.
    pub(crate) streams: bool,
}

/// The peers that this machine has, libc first. Those that are not there are left out.
pub(crate) fn all() -> Vec<Peer> {
    let groups = [vec![libc::peer()], loops(), installed(), compiled()];
    groups.into_iter().flatten().collect()
}

/// What an architecture's own instructions do.
fn loops() -> Vec<Peer> {
    #[cfg(target_arch = "x86_64")]
    return x86::peers();
    #[cfg(target_arch = "aarch64")]
    return arm::peers();
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return Vec::new();
}

/// Libraries that are loaded. A static program cannot.
fn installed() -> Vec<Peer> {
    #[cfg(not(target_feature = "crt-static"))]
    return pmdk::peers().collect();
    #[cfg(target_feature = "crt-static")]
    return Vec::new();
}

/// Crates.
fn compiled() -> Vec<Peer> {
    #[cfg(feature = "stringzilla")]
    return vec![stringzilla::peer()];
    #[cfg(not(feature = "stringzilla"))]
    return Vec::new();
}
