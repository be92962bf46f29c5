//! What the leaves of CPUID say.

use super::Features;

/// The registers that CPUID answers in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) eax: u32,
    pub(super) ebx: u32,
    pub(super) ecx: u32,
    pub(super) edx: u32,
}

/// What can be asked of a CPU; tests have CPUs that are none.
pub(super) trait Cpu {
    /// CPUID, or None on a CPU without it.
    fn leaf(&self, number: u32) -> Option<Leaf>;

    /// The register XCR0: which registers the operating system saves. Asked only where OSXSAVE is set.
    fn xcr0(&self) -> u64;
}

// Bits of CPUID: Intel SDM volume 2, CPUID; AMD64 manual volume 3, appendix E.
pub(super) const LEAF1_EDX_SSE2: u32 = 1 << 26;
pub(super) const LEAF1_EDX_CLFLUSH: u32 = 1 << 19;
/// Where in EBX of leaf 1 a byte counts how many times 8 bytes the lines have that CLFLUSH and CLFLUSHOPT flush.
pub(super) const LEAF1_EBX_LINE_AT: u32 = 8;
pub(super) const LEAF1_ECX_SSE41: u32 = 1 << 19;
pub(super) const LEAF1_ECX_OSXSAVE: u32 = 1 << 27;
pub(super) const LEAF1_ECX_AVX: u32 = 1 << 28;
pub(super) const LEAF7_EBX_AVX2: u32 = 1 << 5;
pub(super) const LEAF7_EBX_AVX512F: u32 = 1 << 16;
pub(super) const LEAF7_EBX_CLFLUSHOPT: u32 = 1 << 23;
pub(super) const LEAF7_EBX_CLWB: u32 = 1 << 24;
pub(super) const LEAF7_ECX_AVX512VBMI2: u32 = 1 << 6;
pub(super) const LEAF7_ECX_MOVDIR64B: u32 = 1 << 28;
pub(super) const EXTENDED: u32 = 0x8000_0000;
pub(super) const LEAF_EXTENDED8: u32 = 0x8000_0008;
pub(super) const LEAF_EXTENDED8_EBX_CLZERO: u32 = 1;

// Bits of XCR0: Intel SDM volume 1, 13.3.
/// The registers of SSE and their upper halves.
pub(super) const XCR0_YMM: u64 = 0b110;
/// Those; the mask registers; the upper halves of zmm0 to 15; and zmm16 to 31.
pub(super) const XCR0_ZMM: u64 = XCR0_YMM | 0b111 << 5;

/// The features of a CPU.
pub(super) fn features(cpu: &impl Cpu) -> Features {
    // A leaf that does not exist has no bits.
    let leaf = |first: u32, number: u32| {
        let highest = cpu.leaf(first)?.eax;
        let exists = highest & EXTENDED == first & EXTENDED && highest >= number;
        if exists { cpu.leaf(number) } else { None }
    };
    let leaf1 = leaf(0, 1).unwrap_or_default();
    let leaf7 = leaf(0, 7).unwrap_or_default();
    let extended8 = leaf(EXTENDED, LEAF_EXTENDED8).unwrap_or_default();

    let saved = if leaf1.ecx & LEAF1_ECX_OSXSAVE != 0 { cpu.xcr0() } else { 0 };
    let avx = leaf1.ecx & LEAF1_ECX_AVX != 0 && saved & XCR0_YMM == XCR0_YMM;
    let avx2 = avx && leaf7.ebx & LEAF7_EBX_AVX2 != 0;
    let avx512f = avx2 && leaf7.ebx & LEAF7_EBX_AVX512F != 0 && saved & XCR0_ZMM == XCR0_ZMM;
    let clflush = leaf1.edx & LEAF1_EDX_CLFLUSH != 0 && leaf1.ebx >> LEAF1_EBX_LINE_AT & 0xff >= 64 / 8;
    Features::NONE
        .with_if(leaf1.edx & LEAF1_EDX_SSE2 != 0, Features::SSE2)
        .with_if(leaf1.ecx & LEAF1_ECX_SSE41 != 0, Features::SSE41)
        .with_if(clflush, Features::CLFLUSH)
        .with_if(clflush && leaf7.ebx & LEAF7_EBX_CLFLUSHOPT != 0, Features::CLFLUSHOPT)
        .with_if(clflush && leaf7.ebx & LEAF7_EBX_CLWB != 0, Features::CLWB)
        .with_if(avx2, Features::AVX2)
        .with_if(avx512f, Features::AVX512F)
        .with_if(avx512f && leaf7.ecx & LEAF7_ECX_AVX512VBMI2 != 0, Features::AVX512VBMI2)
        .with_if(leaf7.ecx & LEAF7_ECX_MOVDIR64B != 0, Features::MOVDIR64B)
        .with_if(extended8.ebx & LEAF_EXTENDED8_EBX_CLZERO != 0, Features::CLZERO)
}
