//! What is looked at on which target.

use super::kernels::{Fixed, Loads, Rule};

/// A target and its rules.
pub(crate) struct Plan {
    pub(crate) triple: &'static str,
    /// The files of kernels. None: nothing streams, and safe functions owe no fence.
    pub(crate) kernels: &'static [Kernel],
    /// The copies of constant size. None: they do not stream, or their arguments come on the stack, and only the snapshot is
    /// compared.
    pub(crate) fixed: Option<Fixed>,
    /// The instruction that drains.
    pub(crate) fence: &'static str,
}

/// The functions of a module of kernels.
pub(crate) struct Kernel {
    /// The name of its snapshot.
    pub(crate) name: &'static str,
    pub(crate) rules: &'static [Rule],
    /// An instruction that it must have besides.
    pub(crate) also: Option<&'static str>,
}

/// The sizes of the copies that the crate asm-probe has.
pub(crate) const FIXED: [(&str, i64); 6] =
    [("fixed_8", 8), ("fixed_56", 56), ("fixed_64", 64), ("fixed_80", 80), ("fixed_96", 96), ("fixed_128", 128)];

/// `copy_lines` and `fill_lines` of a module.
macro_rules! lines {
    ($crate_name:literal, $module:literal, $store:literal, $width:literal) => {
        Kernel {
            name: $module,
            rules: &[
                Rule {
                    path: concat!($crate_name, "::", $module, "::copy_lines"),
                    store: $store,
                    width: $width,
                    loads: Loads::Bulk,
                },
                Rule {
                    path: concat!($crate_name, "::", $module, "::fill_lines"),
                    store: $store,
                    width: $width,
                    loads: Loads::Words,
                },
            ],
            also: None,
        }
    };
}

const AVX512: Kernel = lines!("memcpy_streaming_x86", "avx512", "vmovntdq", 64);
const AVX2: Kernel = lines!("memcpy_streaming_x86", "avx2", "vmovntdq", 32);
const SSE2: Kernel = lines!("memcpy_streaming_x86", "sse2", "movntdq", 16);
const MOVNTI64: Kernel = lines!("memcpy_streaming_x86", "movnti", "movntiq", 8);
const MOVNTI32: Kernel = lines!("memcpy_streaming_x86", "movnti", "movntil", 4);
const NEON: Kernel = lines!("memcpy_streaming_arm", "neon", "stnp", 32);
const STNP: Kernel = lines!("memcpy_streaming_arm", "stnp", "stnp", 16);

const MOVDIR64B: Kernel = Kernel {
    name: "movdir64b",
    rules: &[
        Rule { path: "memcpy_streaming_x86::movdir64b::copy_lines", store: "movdir64b", width: 64, loads: Loads::Bulk },
        Rule { path: "memcpy_streaming_x86::movdir64b::fill_lines", store: "movdir64b", width: 64, loads: Loads::Bulk },
    ],
    also: None,
};

const CLZERO: Kernel = Kernel {
    name: "clzero",
    rules: &[Rule { path: "memcpy_streaming_x86::clzero::zero_lines", store: "clzero", width: 64, loads: Loads::Bulk }],
    also: None,
};

/// DC ZVA zeroes blocks whose size only the CPU knows; what is no whole block is streamed.
const ZVA: Kernel = Kernel {
    name: "zva",
    rules: &[Rule { path: "memcpy_streaming_arm::zva::zero_lines", store: "stnp", width: 16, loads: Loads::Words }],
    also: Some("dc zva"),
};

pub(crate) const PLANS: &[Plan] = &[
    Plan {
        triple: "x86_64-unknown-linux-gnu",
        kernels: &[AVX512, AVX2, SSE2, MOVNTI64, MOVDIR64B, CLZERO],
        fixed: Some(Fixed { stores: &[("movntdq", 16), ("movntiq", 8)], rest: 0, arguments: ["%rdi", "%rsi"] }),
        fence: "sfence",
    },
    Plan {
        triple: "x86_64-unknown-none",
        kernels: &[MOVNTI64, MOVDIR64B, CLZERO],
        fixed: Some(Fixed { stores: &[("movntiq", 8)], rest: 0, arguments: ["%rdi", "%rsi"] }),
        fence: "sfence",
    },
    Plan {
        triple: "i686-unknown-linux-gnu",
        kernels: &[AVX512, AVX2, SSE2, MOVNTI32, MOVDIR64B],
        fixed: None,
        fence: "sfence",
    },
    Plan {
        triple: "aarch64-unknown-linux-gnu",
        kernels: &[NEON, STNP, ZVA],
        fixed: Some(Fixed { stores: &[("stnp", 16)], rest: 16, arguments: ["x0", "x1"] }),
        fence: "dmb",
    },
    // Nothing streams here: what a drain must be where only the portable backend is.
    Plan { triple: "riscv64gc-unknown-linux-gnu", kernels: &[], fixed: None, fence: "fence" },
];

#[cfg(test)]
mod tests {
    use memcpy_streaming::Backend;

    use super::super::step::is_streaming;
    use super::*;

    #[test]
    fn every_backend_is_looked_at() {
        for backend in Backend::ALL.iter().filter(|backend| **backend != Backend::Portable) {
            let mut kernels = PLANS.iter().flat_map(|plan| plan.kernels);
            assert!(kernels.any(|kernel| kernel.name == backend.name()), "{backend}");
        }
    }

    #[test]
    fn every_store_needs_a_fence() {
        for rule in PLANS.iter().flat_map(|plan| plan.kernels).flat_map(|kernel| kernel.rules) {
            assert!(is_streaming(rule.store), "{}", rule.store);
        }
    }
}
