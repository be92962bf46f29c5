//! What is looked at on which target.

use super::kernels::{Body, Fixed, Lines, Loads, Rule};

/// A target and its rules.
pub(crate) struct Plan {
    pub(crate) triple: &'static str,
    /// The files of kernels.
    pub(crate) kernels: &'static [Kernel],
    /// The copies of constant size. None: they do not stream, or their arguments come on the stack, and only the snapshot is
    /// compared.
    pub(crate) fixed: Option<Fixed>,
    /// The instruction that drains. None: the CPU orders its stores by itself, and safe functions owe no fence.
    pub(crate) fence: Option<&'static str>,
}

/// The functions of a module of kernels.
pub(crate) struct Kernel {
    /// The name of its snapshot.
    pub(crate) name: &'static str,
    pub(crate) rules: &'static [Rule],
}

/// The sizes of the copies that the crate asm-probe has.
pub(crate) const FIXED: [(&str, i64); 6] =
    [("fixed_8", 8), ("fixed_56", 56), ("fixed_64", 64), ("fixed_80", 80), ("fixed_96", 96), ("fixed_128", 128)];

/// A function whose loops are over lines.
const fn loops(path: &'static str, store: &'static str, width: i64, loads: Loads) -> Rule {
    Rule { path, body: Body::Loops(Lines { store, width, hint: None, loads }) }
}

/// A function with ordinary stores of words, each behind a hint.
const fn hinted(path: &'static str) -> Rule {
    Rule { path, body: Body::Loops(Lines { store: "sd", width: 8, hint: Some("ntl.all"), loads: Loads::Words }) }
}

const fn once(path: &'static str, sequence: &'static [&'static str]) -> Rule {
    Rule { path, body: Body::Once(sequence) }
}

/// `copy_lines` and `fill_lines` of a module, of which the latter takes the line by loads of this kind.
macro_rules! lines {
    ($crate_name:literal, $module:literal, $store:literal, $width:literal, $loads:ident) => {
        Kernel {
            name: $module,
            rules: &[
                loops(concat!($crate_name, "::", $module, "::copy_lines"), $store, $width, Loads::Bulk),
                loops(concat!($crate_name, "::", $module, "::fill_lines"), $store, $width, Loads::$loads),
            ],
        }
    };
}

const AVX512: Kernel = lines!("memcpy_streaming_x86", "avx512", "vmovntdq", 64, Words);
const AVX2: Kernel = lines!("memcpy_streaming_x86", "avx2", "vmovntdq", 32, Words);
const SSE2: Kernel = lines!("memcpy_streaming_x86", "sse2", "movntdq", 16, Words);
const MOVNTI64: Kernel = lines!("memcpy_streaming_x86", "movnti", "movntiq", 8, Words);
const MOVNTI32: Kernel = lines!("memcpy_streaming_x86", "movnti", "movntil", 4, Words);
const MOVDIR64B: Kernel = lines!("memcpy_streaming_x86", "movdir64b", "movdir64b", 64, Bulk);
const NEON: Kernel = lines!("memcpy_streaming_arm", "neon", "stnp", 32, Words);
const STNP: Kernel = lines!("memcpy_streaming_arm", "stnp", "stnp", 16, Words);
const SVE: Kernel = lines!("memcpy_streaming_arm", "sve", "stnt1b", 16, Bulk);

const CLZERO: Kernel =
    Kernel { name: "clzero", rules: &[loops("memcpy_streaming_x86::clzero::zero_lines", "clzero", 64, Loads::Bulk)] };

const MOPS: Kernel = Kernel {
    name: "mops",
    rules: &[
        once("memcpy_streaming_arm::mops::copy_lines", &["cpyfpwn", "cpyfmwn", "cpyfewn"]),
        once("memcpy_streaming_arm::mops::fill_lines", &["setpn", "setmn", "seten"]),
    ],
};

const ZVA: Kernel = Kernel { name: "zva", rules: &[once("memcpy_streaming_arm::zva::zero_blocks", &["dc"])] };

const ZIHINTNTL: Kernel = Kernel {
    name: "zihintntl",
    rules: &[
        hinted("memcpy_streaming_riscv::zihintntl::copy_lines"),
        hinted("memcpy_streaming_riscv::zihintntl::copy_shifted"),
        hinted("memcpy_streaming_riscv::zihintntl::fill_lines"),
    ],
};

const ZICBOZ: Kernel =
    Kernel { name: "zicboz", rules: &[once("memcpy_streaming_riscv::zicboz::zero_blocks", &["cbo.zero"])] };

const MVCL: Kernel = Kernel { name: "mvcl", rules: &[once("memcpy_streaming_s390x::mvcl::copy_lines", &["mvcl"])] };

pub(crate) const PLANS: &[Plan] = &[
    Plan {
        triple: "x86_64-unknown-linux-gnu",
        kernels: &[AVX512, AVX2, SSE2, MOVNTI64, MOVDIR64B, CLZERO],
        fixed: Some(Fixed { stores: &[("movntdq", 16), ("movntiq", 8)], rest: 0, arguments: ["%rdi", "%rsi"] }),
        fence: Some("sfence"),
    },
    Plan {
        triple: "x86_64-unknown-none",
        kernels: &[MOVNTI64, MOVDIR64B, CLZERO],
        fixed: Some(Fixed { stores: &[("movntiq", 8)], rest: 0, arguments: ["%rdi", "%rsi"] }),
        fence: Some("sfence"),
    },
    Plan {
        triple: "i686-unknown-linux-gnu",
        kernels: &[AVX512, AVX2, SSE2, MOVNTI32, MOVDIR64B],
        fixed: None,
        fence: Some("sfence"),
    },
    Plan {
        triple: "aarch64-unknown-linux-gnu",
        kernels: &[NEON, STNP, SVE, MOPS, ZVA],
        fixed: Some(Fixed { stores: &[("stnp", 16)], rest: 16, arguments: ["x0", "x1"] }),
        fence: Some("dmb"),
    },
    // The copies of constant size do not stream here: they are not dispatched, and the hint is on request.
    Plan { triple: "riscv64gc-unknown-linux-gnu", kernels: &[ZIHINTNTL, ZICBOZ], fixed: None, fence: Some("fence") },
    Plan { triple: "s390x-unknown-linux-gnu", kernels: &[MVCL], fixed: None, fence: None },
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
            let streaming = match rule.body {
                Body::Loops(lines) => lines.hint.unwrap_or(lines.store),
                Body::Once(sequence) => sequence[0],
            };
            // Zeros by blocks are ordered as stores are.
            assert!(is_streaming(streaming) || ["dc", "cbo.zero"].contains(&streaming), "{streaming}");
        }
    }
}
