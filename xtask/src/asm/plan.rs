//! What is looked at on which target.

use std::slice;

use super::rules::{Fixed, Rule};

pub(super) struct Plan {
    pub(super) triple: &'static str,
    /// The last word of the name of the crate with its kernels.
    arch: &'static str,
    /// Which of these there are on the target is for the snapshots to say.
    kernels: &'static [&'static [Kernels]],
    /// The copies of constant size. None: they do not stream, or their arguments come on the stack.
    fixed: Option<Fixed>,
    /// The instruction that drains. None: the CPU orders its stores by itself, and safe functions owe no fence.
    pub(super) fence: Option<&'static str>,
}

/// The module of some kernels, which is a snapshot, too; the functions; and their rule.
type Kernels = (&'static str, &'static [&'static str], Rule);

impl Plan {
    /// Snapshots, the path of each function in them, and its rule; None: only the snapshot is compared.
    pub(super) fn functions(&'static self) -> impl Iterator<Item = (&'static str, String, Option<Rule>)> {
        let kernels = self.kernels.iter().copied().flatten().flat_map(|(module, functions, rule)| {
            let of_module = format!("memcpy_streaming_{}::{module}::", self.arch);
            functions.iter().map(move |function| (*module, format!("{of_module}{function}"), Some(*rule)))
        });
        // The sizes that the crate asm-probe has.
        let fixed = [8, 56, 64, 80, 96, 128]
            .map(|size| ("fixed", format!("fixed_{size}"), self.fixed.map(|fixed| Rule::Fixed(size, fixed))));
        let drain = self.fence.as_ref().map(|fence| Rule::Once(slice::from_ref(fence)));
        kernels.chain(fixed).chain([("drain", "drain".to_string(), drain)])
    }
}

/// Those whose listings are not kept: they are those of `copy_lines`, over and over.
pub(super) fn is_kept(path: &str) -> bool {
    !["copy_lines_l2", "copy_2_pages", "copy_4_pages"].iter().any(|name| path.ends_with(name))
}

const fn pages(store: &'static str, width: i64, pages: i64) -> Rule {
    Rule::Lines { store: (store, width), hint: None, by_words: false, pages }
}

const fn lines(store: &'static str, width: i64) -> Rule {
    pages(store, width, 1)
}

/// Those that fill with a line that may have been written just before.
const fn by_words(store: &'static str, width: i64) -> Rule {
    Rule::Lines { store: (store, width), hint: None, by_words: true, pages: 1 }
}

/// Ordinary stores of words, each behind a hint.
const HINTED: Rule = Rule::Lines { store: ("sd", 8), hint: Some("ntl.all"), by_words: true, pages: 1 };

const X86: &[Kernels] = &[
    ("avx512", &["copy_lines", "copy_lines_l2"], lines("vmovntdq", 64)),
    ("avx512", &["copy_2_pages"], pages("vmovntdq", 64, 2)),
    ("avx512", &["copy_4_pages"], pages("vmovntdq", 64, 4)),
    ("avx512", &["fill_lines"], by_words("vmovntdq", 64)),
    ("avx2", &["copy_lines", "copy_lines_l2"], lines("vmovntdq", 32)),
    ("avx2", &["copy_2_pages"], pages("vmovntdq", 32, 2)),
    ("avx2", &["copy_4_pages"], pages("vmovntdq", 32, 4)),
    ("avx2", &["fill_lines"], by_words("vmovntdq", 32)),
    ("sse2", &["copy_lines", "copy_lines_l2"], lines("movntdq", 16)),
    ("sse2", &["copy_2_pages"], pages("movntdq", 16, 2)),
    ("sse2", &["copy_4_pages"], pages("movntdq", 16, 4)),
    ("sse2", &["fill_lines"], by_words("movntdq", 16)),
    ("movdir64b", &["copy_lines", "copy_lines_l2", "fill_lines"], lines("movdir64b", 64)),
    ("flush", &["clwb"], Rule::Loops(&["clwb"], &[1])),
    ("flush", &["clflushopt"], Rule::Loops(&["clflushopt"], &[1])),
    ("flush", &["clflush"], Rule::Loops(&["clflush"], &[1])),
    ("loads", &["load_lines_64"], Rule::Loops(&["vmovntdqa", "vmovdqu64"], &[4, 1])),
    ("loads", &["load_lines_32"], Rule::Loops(&["vmovntdqa", "vmovdqu"], &[8, 2])),
    ("units", &["copy_u8"], Rule::Loops(&["movb", "movb"], &[1])),
    ("units", &["copy_u16"], Rule::Loops(&["movw", "movw"], &[1])),
    ("units", &["copy_u32"], Rule::Loops(&["movl", "movl"], &[1])),
];

const X86_64: &[Kernels] = &[
    ("units", &["copy_u64"], Rule::Loops(&["movq", "movq"], &[1])),
    ("loads", &["load_lines_16"], Rule::Loops(&["movntdqa", "movups"], &[16, 4])),
    ("movnti", &["copy_lines", "copy_lines_l2"], lines("movntiq", 8)),
    ("movnti", &["fill_lines"], by_words("movntiq", 8)),
    ("clzero", &["zero_lines"], lines("clzero", 64)),
];

const I686: &[Kernels] = &[
    // There are half as many registers.
    ("loads", &["load_lines_16"], Rule::Loops(&["movntdqa", "movups"], &[8, 4])),
    ("movnti", &["copy_lines", "copy_lines_l2"], lines("movntil", 4)),
    ("movnti", &["fill_lines"], by_words("movntil", 4)),
];

const ARM: &[Kernels] = &[
    ("neon", &["copy_lines", "copy_lines_l2"], lines("stnp", 32)),
    ("neon", &["fill_lines"], by_words("stnp", 32)),
    ("stnp", &["copy_lines", "copy_lines_l2"], lines("stnp", 16)),
    ("stnp", &["fill_lines"], by_words("stnp", 16)),
    ("sve", &["copy_lines", "copy_lines_l2", "fill_lines"], lines("stnt1b", 16)),
    ("mops", &["copy_lines"], Rule::Once(&["cpyfpwn", "cpyfmwn", "cpyfewn"])),
    ("mops", &["fill_lines"], Rule::Once(&["setpn", "setmn", "seten"])),
    ("zva", &["zero_blocks"], Rule::Once(&["dc"])),
    ("loads", &["load_lines_16"], Rule::Loops(&["ldnp", "stp"], &[2])),
    ("loads", &["load_lines_8"], Rule::Loops(&["ldnp", "stp"], &[4])),
    ("units", &["copy_u8"], Rule::Loops(&["ldrb", "strb"], &[1])),
    ("units", &["copy_u16"], Rule::Loops(&["ldrh", "strh"], &[1])),
    ("units", &["copy_u32", "copy_u64"], Rule::Loops(&["ldr", "str"], &[1])),
    ("flush", &["cvap", "cvac"], Rule::Loops(&["dc"], &[1])),
];

const RISCV: &[Kernels] = &[
    ("zihintntl", &["copy_lines", "copy_shifted", "fill_lines"], HINTED),
    ("zicboz", &["zero_blocks"], Rule::Once(&["cbo.zero"])),
];

const S390X: &[Kernels] = &[("mvcl", &["copy_lines"], Rule::Once(&["mvcl"]))];

const SSE2: Option<Fixed> = Some(Fixed { stores: &[("movntdq", 16), ("movntiq", 8)], rest: None, destination: "%rdi" });
const MOVNTI: Option<Fixed> = Some(Fixed { stores: &[("movntiq", 8)], rest: None, destination: "%rdi" });
const STNP: Option<Fixed> = Some(Fixed { stores: &[("stnp", 16)], rest: Some(16), destination: "x0" });
const SFENCE: Option<&str> = Some("sfence");

pub(super) static PLANS: [Plan; 6] = [
    Plan { triple: "x86_64-unknown-linux-gnu", arch: "x86", kernels: &[X86, X86_64], fixed: SSE2, fence: SFENCE },
    Plan { triple: "x86_64-unknown-none", arch: "x86", kernels: &[X86, X86_64], fixed: MOVNTI, fence: SFENCE },
    Plan { triple: "i686-unknown-linux-gnu", arch: "x86", kernels: &[X86, I686], fixed: None, fence: SFENCE },
    Plan { triple: "aarch64-unknown-linux-gnu", arch: "arm", kernels: &[ARM], fixed: STNP, fence: Some("dmb") },
    // Copies of constant size do not stream here: they are not dispatched, and the hint is on request.
    Plan { triple: "riscv64gc-unknown-linux-gnu", arch: "riscv", kernels: &[RISCV], fixed: None, fence: Some("fence") },
    Plan { triple: "s390x-unknown-linux-gnu", arch: "s390x", kernels: &[S390X], fixed: None, fence: None },
];

#[test]
fn every_backend_is_looked_at_and_every_store_needs_a_fence() {
    use super::snapshot;
    use super::step::is_streaming;
    use memcpy_streaming::Backend;
    let kernels: Vec<_> = PLANS.iter().flat_map(|plan| plan.kernels.concat()).collect();
    for backend in Backend::ALL.iter().filter(|backend| **backend != Backend::Portable) {
        assert!(kernels.iter().any(|(module, ..)| *module == backend.name()), "{backend}");
    }
    for (module, functions, rule) in kernels {
        for function in functions.iter().filter(|function| is_kept(function)) {
            let kept = PLANS.iter().filter_map(|plan| crate::failure::read(&snapshot::path(plan.triple, module)).ok());
            let name = format!("::{module}::{function}\n");
            assert!({ kept }.any(|text| text.contains(&name)), "no snapshot has {name}");
        }
        let store = match rule {
            Rule::Lines { store, hint, .. } => hint.unwrap_or(store.0),
            Rule::Once(sequence) => sequence[0],
            _ => continue,
        };
        // Zeros by blocks are ordered as stores are.
        assert!(is_streaming(store) || ["dc", "cbo.zero"].contains(&store), "{module}: {store}");
    }
}
