//! The zone that a range belongs to.

use crate::flags::FlagsLayout;

/// A zone of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone {
    /// Index of the zone; only [`FlagsLayout::zone_device`] is accepted.
    pub index: u32,
    /// Node that the zone belongs to; has to fit [`FlagsLayout::node_width`].
    pub nid: u32,
}

impl Zone {
    /// ZONE_DEVICE of node `nid` in a kernel with [`FlagsLayout::X86_64_DISTRO`], where it has index 4.
    #[must_use]
    pub const fn device(nid: u32) -> Zone {
        Zone { index: FlagsLayout::X86_64_DISTRO.zone_device, nid }
    }
}
