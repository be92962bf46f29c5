//! Which CPU it is, as its maker numbers it.

#[cfg(not(target_env = "sgx"))]
use super::leaves::Cpu;

/// Whose CPU it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::arch::x86) enum Vendor {
    /// Anybody else, or nobody who says so.
    Other,
    /// `GenuineIntel`.
    Intel,
    /// `AuthenticAMD`.
    Amd,
}

/// Vendor, family and model, with the extended ones added in as both makers say (Intel SDM volume 2, CPUID; AMD64 manual volume
/// 3, appendix E): the numbers that `/proc/cpuinfo` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::arch::x86) struct Identity {
    pub(in crate::arch::x86) vendor: Vendor,
    pub(in crate::arch::x86) family: u32,
    pub(in crate::arch::x86) model: u32,
}

impl Identity {
    /// Of a CPU that cannot be asked.
    pub(super) const UNKNOWN: Identity = Identity { vendor: Vendor::Other, family: 0, model: 0 };

    #[cfg(not(target_env = "sgx"))]
    pub(super) fn of(cpu: &impl Cpu) -> Identity {
        let Some(leaf0) = cpu.leaf(0) else { return Identity::UNKNOWN };
        if leaf0.eax == 0 {
            return Identity::UNKNOWN;
        }
        let Some(leaf1) = cpu.leaf(1) else { return Identity::UNKNOWN };
        let vendor = [leaf0.ebx, leaf0.edx, leaf0.ecx].map(u32::to_le_bytes);
        let vendor = match vendor.as_flattened() {
            b"GenuineIntel" => Vendor::Intel,
            b"AuthenticAMD" => Vendor::Amd,
            _ => Vendor::Other,
        };
        let (base_family, base_model) = (leaf1.eax >> 8 & 0xf, leaf1.eax >> 4 & 0xf);
        let family = if base_family == 0xf { base_family + (leaf1.eax >> 20 & 0xff) } else { base_family };
        let has_extended_model = matches!(base_family, 6 | 0xf);
        let model = if has_extended_model { base_model | (leaf1.eax >> 16 & 0xf) << 4 } else { base_model };
        Identity { vendor, family, model }
    }

    /// As 19 bits.
    pub(super) const fn pack(self) -> u32 {
        (self.vendor as u32) << 17 | self.family << 8 | self.model
    }

    /// What [`pack`](Identity::pack) made.
    pub(super) const fn unpack(bits: u32) -> Identity {
        let vendor = match bits >> 17 & 3 {
            1 => Vendor::Intel,
            2 => Vendor::Amd,
            _ => Vendor::Other,
        };
        Identity { vendor, family: bits >> 8 & 0x1ff, model: bits & 0xff }
    }
}

#[cfg(test)]
mod tests {
    use super::super::leaves::Leaf;
    use super::*;

    /// A CPU that knows who it is.
    struct Known(&'static [u8; 12], u32);

    impl Cpu for Known {
        fn leaf(&self, number: u32) -> Option<Leaf> {
            let word = |at: usize| u32::from_le_bytes(self.0[at..at + 4].try_into().unwrap());
            Some(match number {
                0 => Leaf { eax: 7, ebx: word(0), edx: word(4), ecx: word(8) },
                _ => Leaf { eax: self.1, ..Leaf::default() },
            })
        }

        fn xcr0(&self) -> u64 {
            0
        }
    }

    #[test]
    fn families_and_models_are_those_of_proc_cpuinfo() {
        use Vendor::{Amd, Intel, Other};
        for (signature, name, expected) in [
            (0x000c_06f2, b"GenuineIntel", (Intel, 6, 207)), // Emerald Rapids.
            (0x0005_0654, b"GenuineIntel", (Intel, 6, 85)),  // Skylake-SP.
            (0x0000_0f4a, b"GenuineIntel", (Intel, 15, 4)),  // Prescott.
            (0x0000_0543, b"GenuineIntel", (Intel, 5, 4)),   // Pentium MMX.
            (0x00a2_0f10, b"AuthenticAMD", (Amd, 25, 33)),   // Vermeer, Zen 3.
            (0x00a1_0f11, b"AuthenticAMD", (Amd, 25, 17)),   // Genoa, Zen 4.
            (0x00a0_0f11, b"HygonGenuine", (Other, 25, 1)),
            (0x0fff_0fff, b"AuthenticAMD", (Amd, 270, 255)), // The most that there can be.
        ] {
            let identity = Identity::of(&Known(name, signature));
            let (vendor, family, model) = expected;
            assert_eq!(identity, Identity { vendor, family, model }, "{signature:#x}");
            assert_eq!(Identity::unpack(identity.pack()), identity);
            assert!(identity.pack() < 1 << 19);
        }
    }
}
