//! CPUs that are none: what is found on each, whatever the machine of the tests is.

use super::Features;
use super::leaves::*;

/// What a CPU answers. A leaf beyond the highest is answered as by the worst of hypervisors: with every bit set.
#[derive(Clone, Copy)]
struct Model {
    cpuid: bool,
    /// The highest leaf, and the highest of the extended ones.
    highest: [u32; 2],
    leaf1: Leaf,
    leaf7: Leaf,
    extended8: Leaf,
    xcr0: u64,
}

impl Cpu for Model {
    fn leaf(&self, number: u32) -> Option<Leaf> {
        let all = u32::MAX;
        let [basic, extended] = self.highest;
        let highest = |eax| Leaf { eax, ebx: all, ecx: all, edx: all };
        let answer = match number {
            0 => highest(basic),
            1 if basic >= 1 => self.leaf1,
            7 if basic >= 7 => self.leaf7,
            EXTENDED => highest(extended),
            LEAF_EXTENDED8 if extended & EXTENDED != 0 && extended >= number => self.extended8,
            _ => highest(all),
        };
        self.cpuid.then_some(answer)
    }

    fn xcr0(&self) -> u64 {
        assert!(self.leaf1.ecx & LEAF1_ECX_OSXSAVE != 0, "XGETBV is illegal without OSXSAVE");
        self.xcr0
    }
}

const ALL_YMM: u64 = 0b111;
const ALL_ZMM: u64 = 0b1110_0111;

/// With SSE2, and no leaf 7.
const NORTHWOOD: Model = Model {
    cpuid: true,
    highest: [2, 0x8000_0004],
    leaf1: Leaf { edx: LEAF1_EDX_SSE2 | LEAF1_EDX_CLFLUSH, ecx: 0, eax: 0, ebx: 8 << LEAF1_EBX_LINE_AT },
    leaf7: Leaf { eax: 0, ebx: 0, ecx: 0, edx: 0 },
    extended8: Leaf { eax: 0, ebx: 0, ecx: 0, edx: 0 },
    xcr0: 0,
};
const SANDY_BRIDGE: Model = Model {
    highest: [13, 0x8000_0008],
    leaf1: Leaf { ecx: LEAF1_ECX_SSE41 | LEAF1_ECX_OSXSAVE | LEAF1_ECX_AVX, ..NORTHWOOD.leaf1 },
    xcr0: ALL_YMM,
    ..NORTHWOOD
};
const HASWELL: Model = Model { leaf7: Leaf { ebx: LEAF7_EBX_AVX2, ..NORTHWOOD.leaf7 }, ..SANDY_BRIDGE };
/// Of which CLWB came later, with Zen 2.
const ZEN: Model = Model {
    leaf7: Leaf { ebx: LEAF7_EBX_AVX2 | LEAF7_EBX_CLFLUSHOPT, ..HASWELL.leaf7 },
    extended8: Leaf { ebx: LEAF_EXTENDED8_EBX_CLZERO, ..NORTHWOOD.extended8 },
    ..HASWELL
};
const SKYLAKE_SP: Model = Model {
    leaf7: Leaf { ebx: LEAF7_EBX_AVX2 | LEAF7_EBX_AVX512F | LEAF7_EBX_CLFLUSHOPT | LEAF7_EBX_CLWB, ..HASWELL.leaf7 },
    xcr0: ALL_ZMM,
    ..HASWELL
};
const VNNI: u32 = 1 << 11;
const CASCADE_LAKE: Model = Model { leaf7: Leaf { ecx: VNNI, ..SKYLAKE_SP.leaf7 }, ..SKYLAKE_SP };
const ICE_LAKE: Model = Model { leaf7: Leaf { ecx: VNNI | LEAF7_ECX_AVX512VBMI2, ..SKYLAKE_SP.leaf7 }, ..SKYLAKE_SP };
const ZEN_4: Model = Model { extended8: ZEN.extended8, ..ICE_LAKE };
const TIGER_LAKE: Model =
    Model { leaf7: Leaf { ecx: ICE_LAKE.leaf7.ecx | LEAF7_ECX_MOVDIR64B, ..ICE_LAKE.leaf7 }, ..ICE_LAKE };
/// No AVX-512, and MOVDIR64B.
const ALDER_LAKE: Model = Model { leaf7: Leaf { ecx: LEAF7_ECX_MOVDIR64B, ..HASWELL.leaf7 }, ..HASWELL };

const NONE: Features = Features::NONE;
const SSE2: Features = Features::SSE2.with(Features::CLFLUSH);
const SSE41: Features = SSE2.with(Features::SSE41);
const AVX2: Features = SSE41.with(Features::AVX2);
const CLWB: Features = Features::CLFLUSHOPT.with(Features::CLWB);
const AVX512F: Features = AVX2.with(CLWB).with(Features::AVX512F);
const AVX512VBMI2: Features = AVX512F.with(Features::AVX512VBMI2);

#[test]
fn each_generation_has_what_it_came_with() {
    for (name, model, found) in [
        ("a 486", Model { cpuid: false, ..TIGER_LAKE }, NONE),
        ("Pentium", Model { highest: [1, 0], leaf1: Leaf::default(), ..NORTHWOOD }, NONE),
        ("Northwood", NORTHWOOD, SSE2),
        ("Sandy Bridge", SANDY_BRIDGE, SSE41),
        ("Haswell", HASWELL, AVX2),
        ("Zen", ZEN, AVX2.with(Features::CLFLUSHOPT).with(Features::CLZERO)),
        ("Skylake-SP", SKYLAKE_SP, AVX512F),
        ("Cascade Lake", CASCADE_LAKE, AVX512F),
        ("Ice Lake", ICE_LAKE, AVX512VBMI2),
        ("Zen 4", ZEN_4, AVX512VBMI2.with(Features::CLZERO)),
        ("Tiger Lake", TIGER_LAKE, AVX512VBMI2.with(Features::MOVDIR64B)),
        ("Alder Lake", ALDER_LAKE, AVX2.with(Features::MOVDIR64B)),
    ] {
        assert_eq!(features(&model), found, "{name}");
    }
}

#[test]
fn a_leaf_that_does_not_exist_is_not_believed() {
    let everything = Model { extended8: ZEN.extended8, ..TIGER_LAKE };
    for highest in 0..20 {
        let found = features(&Model { highest: [highest, 0x8000_0008], ..everything });
        let expected = match highest {
            0 => NONE,
            1..7 => SSE41,
            7.. => AVX512VBMI2.with(Features::MOVDIR64B),
        };
        assert_eq!(found, expected.with(Features::CLZERO), "leaf {highest}");
    }
    // Without extended leaves the question for the highest of them is answered with another leaf's bits.
    for highest in [0, 1, 7, 0x7fff_ffff, 0x8000_0000, 0x8000_0007] {
        let found = features(&Model { highest: [13, highest], ..everything });
        assert_eq!(found, AVX512VBMI2.with(Features::MOVDIR64B), "leaf {highest:#x}");
    }
    // Nor is a basic leaf believed because the answer looks like an extended one's.
    assert_eq!(features(&Model { highest: [0x8000_0008, 0], ..everything }), NONE);
}

#[test]
fn registers_that_nobody_saves_are_not_used() {
    let xsave_off = |model: Model| {
        let ecx = model.leaf1.ecx & !LEAF1_ECX_OSXSAVE;
        Model { leaf1: Leaf { ecx, ..model.leaf1 }, ..model }
    };
    let avx_hidden = |model: Model| {
        let ecx = model.leaf1.ecx & !LEAF1_ECX_AVX;
        Model { leaf1: Leaf { ecx, ..model.leaf1 }, ..model }
    };
    for (model, expected) in [(HASWELL, SSE41), (SKYLAKE_SP, SSE41.with(CLWB)), (ICE_LAKE, SSE41.with(CLWB))] {
        assert_eq!(features(&xsave_off(model)), expected);
        assert_eq!(features(&avx_hidden(model)), expected);
    }
    for saved in 0..=0xff_u64 {
        let found = features(&Model { xcr0: saved, ..ICE_LAKE });
        // macOS saves no zmm registers before their first use.
        let expected = match (saved & 0b110 == 0b110, saved & 0b1110_0000 == 0b1110_0000) {
            (true, true) => AVX512VBMI2,
            (true, false) => AVX2.with(CLWB),
            (false, _) => SSE41.with(CLWB),
        };
        assert_eq!(found, expected, "XCR0 = {saved:#b}");
    }
    // MOVDIR64B and CLZERO use no such registers.
    let more = CLWB.with(Features::MOVDIR64B).with(Features::CLZERO);
    assert_eq!(features(&xsave_off(Model { extended8: ZEN.extended8, ..TIGER_LAKE })), SSE41.with(more));
}

/// We flush every 64 bytes.
#[test]
fn shorter_lines_are_not_flushed() {
    for (eights, flushes) in [(0, false), (4, false), (7, false), (8, true), (16, true), (255, true)] {
        let leaf1 = Leaf { ebx: eights << LEAF1_EBX_LINE_AT | 0xff, ..ICE_LAKE.leaf1 };
        let found = features(&Model { leaf1, ..ICE_LAKE });
        let all = CLWB.with(Features::CLFLUSH);
        assert_eq!(found.has(all), flushes, "lines of {eights} times 8 bytes");
        assert_eq!(found.has(Features::CLFLUSH) || found.has(Features::CLWB), flushes);
    }
}

/// By default only where it does not lower the clock.
#[cfg(target_feature = "sse2")]
#[test]
fn avx512_is_chosen_on_the_generations_that_keep_their_clock() {
    for (model, runs, is_chosen) in [
        (HASWELL, false, false),
        (ALDER_LAKE, false, false),
        (SKYLAKE_SP, true, false),
        (CASCADE_LAKE, true, false),
        (ICE_LAKE, true, true),
        (ZEN_4, true, true),
        (TIGER_LAKE, true, true),
        (Model { xcr0: ALL_YMM, ..ICE_LAKE }, false, false),
    ] {
        let features = features(&model);
        assert_eq!((features.has(Features::AVX512F), crate::arch::x86::keeps_its_clock(features)), (runs, is_chosen));
    }
}
