//! The table of measured CPUs: a line for each microarchitecture, and the record behind it.

use super::cpu::{Identity, Vendor};
use crate::Tuning;
use crate::tuning::Prefetch;

/// A line of the table.
struct Line {
    vendor: Vendor,
    family: u32,
    models: &'static [(u32, u32)],
    tuning: Tuning,
}

/// One line for each. Records are folders of `records/`, and say which machine was measured; what is of a neighbouring model of the same
/// microarchitecture is taken to be the same. Models of Zen are told apart as Linux does (`arch/x86/kernel/cpu/amd.c`, `bsp_init_amd`).
static LINES: &[Line] = &[
    // records/intel-xeon-emr-2026-11-27. Fences cost more than on AMD. Long copies are fastest with several pages in turn; the second-level
    // cache is the better place for a prefetch.
    Line {
        vendor: Vendor::Intel,
        family: 6,
        models: &[(207, 207)],
        tuning: Tuning {
            cpu: Some("Emerald Rapids"),
            prefetch: Prefetch::L2,
            ahead: 3072,
            prefetch_from: 8192,
            pages: 4,
            pages_from: 262_144,
            bypass: 512,
            raw_lines: 512,
            drained_copy: 2048,
            drained_fill: 4096,
        },
    },
    // records/amd-epyc-zen4-2026-11-26. One core fills memory as fast by ordinary stores, if it need not wait for a fence.
    Line {
        vendor: Vendor::Amd,
        family: 25,
        models: &[(0x10, 0x1f), (0x60, 0xaf)],
        tuning: Tuning {
            cpu: Some("Zen 4"),
            prefetch: Prefetch::L1,
            ahead: 1024,
            prefetch_from: 32_768,
            pages: 1,
            pages_from: 1 << 20,
            bypass: 512,
            raw_lines: 192,
            drained_copy: 1024,
            drained_fill: 32_768,
        },
    },
    // Measured before there were records. Pages in turn collapse to a quarter here.
    Line {
        vendor: Vendor::Amd,
        family: 25,
        models: &[(0x00, 0x0f), (0x20, 0x5f)],
        tuning: Tuning {
            cpu: Some("Zen 3"),
            prefetch: Prefetch::L1,
            ahead: 1024,
            prefetch_from: 32_768,
            pages: 1,
            pages_from: 1 << 20,
            bypass: 256,
            raw_lines: 192,
            drained_copy: 1024,
            drained_fill: 1024,
        },
    },
];

const _: () = {
    let mut i = 0;
    while i < LINES.len() {
        assert!(LINES[i].tuning.is_valid());
        i += 1;
    }
};

/// The line of a CPU.
pub(super) fn of(cpu: Identity) -> &'static Tuning {
    static CAUTIOUS: Tuning = Tuning::CAUTIOUS;
    let is_it = |line: &&Line| {
        line.vendor == cpu.vendor
            && line.family == cpu.family
            && line.models.iter().any(|(first, last)| (*first..=*last).contains(&cpu.model))
    };
    LINES.iter().find(is_it).map_or(&CAUTIOUS, |line| &line.tuning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn name(vendor: Vendor, family: u32, model: u32) -> Option<&'static str> {
        of(Identity { vendor, family, model }).cpu()
    }

    #[test]
    fn each_cpu_gets_its_line_and_all_others_the_cautious_one() {
        use Vendor::{Amd, Intel, Other};
        for (vendor, family, model, expected) in [
            (Intel, 6, 207, Some("Emerald Rapids")),
            (Intel, 6, 206, None),
            (Intel, 6, 208, None),
            (Intel, 6, 143, None), // Sapphire Rapids: the same core, another cache; nobody has measured it.
            (Intel, 6, 106, None), // Ice Lake.
            (Intel, 6, 85, None),  // Skylake-SP.
            (Intel, 25, 17, None),
            (Amd, 6, 207, None),
            (Amd, 25, 0x01, Some("Zen 3")), // Milan.
            (Amd, 25, 0x21, Some("Zen 3")), // Vermeer.
            (Amd, 25, 0x50, Some("Zen 3")), // Cezanne.
            (Amd, 25, 0x11, Some("Zen 4")), // Genoa.
            (Amd, 25, 0x61, Some("Zen 4")), // Raphael.
            (Amd, 25, 0xa0, Some("Zen 4")), // Bergamo.
            (Amd, 25, 0xb0, None),
            (Amd, 23, 0x31, None), // Rome, Zen 2.
            (Amd, 26, 0x02, None), // Turin, Zen 5.
            (Other, 25, 0x01, None),
            (Other, 0, 0, None),
        ] {
            assert_eq!(name(vendor, family, model), expected, "{vendor:?} {family} {model}");
        }
    }

    #[test]
    fn no_cpu_has_two_lines() {
        for (i, line) in LINES.iter().enumerate() {
            for model in 0..=0xff {
                let cpu = Identity { vendor: line.vendor, family: line.family, model };
                let lines: Vec<_> = LINES
                    .iter()
                    .filter(|other| other.vendor == line.vendor && other.family == line.family)
                    .filter(|other| other.models.iter().any(|(first, last)| (*first..=*last).contains(&model)))
                    .collect();
                assert!(lines.len() <= 1, "line {i}, {cpu:?}");
            }
        }
    }
}
