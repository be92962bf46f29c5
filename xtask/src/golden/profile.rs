//! What a kernel writes, by its own word: its version, its configuration, and its types where it has them.

use memmap_template::inspect::Reader;
use memmap_template::{Kernel, PageSize, StructPageAlign};

use super::types::Types;
use crate::arch::Arch;
use crate::failure::Failure;
use crate::guest::KernelPackage;
use crate::memmap;
use crate::needs::version;

/// Refuses a kernel that cannot have a memmap on a device, or that nothing is known of.
pub(super) fn check(package: &KernelPackage) -> Result<(), Failure> {
    let needed = ["ZONE_DEVICE", "NVDIMM_PFN", "NVDIMM_DAX", "ACPI_NFIT"];
    match needed.into_iter().find(|option| !package.has(option)) {
        None => kernel(package).map(drop),
        Some(option) => Err(Failure::input(format_args!(
            "kernel {} is built without CONFIG_{option}; arm64 has it from 6.12 on",
            package.release
        ))),
    }
}

pub(super) fn page_size(package: &KernelPackage) -> PageSize {
    match (package.has("ARM64_16K_PAGES"), package.has("ARM64_64K_PAGES")) {
        (true, _) => PageSize::Size16K,
        (_, true) => PageSize::Size64K,
        _ => PageSize::Size4K,
    }
}

/// Whose words a version writes.
fn kernel(package: &KernelPackage) -> Result<Kernel, Failure> {
    match version(&package.release, "") {
        Some((6, 1)) => Ok(Kernel::V6_1),
        Some((6, 12..=14)) => Ok(Kernel::V6_12),
        Some((6, 15..=17)) => Ok(Kernel::V6_15),
        Some((6, 18..) | (7, 0)) => Ok(Kernel::V7_0),
        Some((7, 1)) => Ok(Kernel::V7_1),
        Some((7.., _)) => Ok(Kernel::V7_2),
        _ => Err(Failure::input(format_args!(
            "nothing is known of the words of kernel {}: 6.1 and 6.12 and later are",
            package.release
        ))),
    }
}

pub(super) fn of(arch: Arch, package: &KernelPackage, types: Option<&Types>) -> Result<Reader, Failure> {
    let has = |option: &str| package.has(option);
    let number = |option: &str| package.config(option).and_then(|value| value.parse().ok());
    let field = |name: &str, option: &str| types.map_or(has(option), |types| types.fields.contains(name));
    let constant = |name: &str| types.and_then(|types| types.constants.get(name)).copied();
    // Bits that are needed to tell as many things apart (`order_base_2`).
    let bits = |count: u64| count.next_power_of_two().ilog2();
    // The rest is as the architecture's distribution kernel has it, and nothing that a memmap shows.
    let mut profile = memmap::profile(kernel(package)?, arch.preset(page_size(package))?, None);
    let Reader { kconfig, flags, .. } = &mut profile;
    kconfig.memcg = field("memcg_data", "MEMCG") || field("_unused_slab_obj_exts", "SLAB_OBJ_EXT");
    kconfig.page_virtual = field("virtual", "WANT_PAGE_VIRTUAL");
    kconfig.kmsan = field("kmsan_shadow", "KMSAN");
    if !has("HAVE_ALIGNED_STRUCT_PAGE") {
        kconfig.struct_page_align = StructPageAlign::Bytes8;
    }
    kconfig.hvo = has("HUGETLB_PAGE_OPTIMIZE_VMEMMAP");
    // The memmap is on the device.
    kconfig.optimize_dax_vmemmap = false;

    // NORMAL and MOVABLE are always there, and DEVICE has been checked.
    let zones = 3 + u64::from(has("ZONE_DMA")) + u64::from(has("ZONE_DMA32"));
    flags.section_width = 0;
    flags.zone_width = bits(constant("__MAX_NR_ZONES").unwrap_or(zones));
    flags.zone_device = constant("ZONE_DEVICE").unwrap_or(zones - 1) as u32;
    flags.node_width = if has("NUMA") { number("NODES_SHIFT").unwrap_or(0) as u32 } else { 0 };
    flags.kasan_tag_width = if has("KASAN_SW_TAGS") || has("KASAN_HW_TAGS") { 8 } else { 0 };
    flags.lru_gen_width = if has("LRU_GEN") { 3 } else { 0 };
    let cpupid = if has("NUMA_BALANCING") { 8 + bits(number("NR_CPUS").unwrap_or(1)) } else { 0 };
    // `include/linux/page-flags-layout.h`: in the flag word if it fits, and else in a field of its own.
    let others = flags.zone_width + flags.node_width + flags.kasan_tag_width + flags.lru_gen_width;
    let low = constant("__NR_PAGEFLAGS").unwrap_or(21) as u32;
    (flags.last_cpupid_width, kconfig.last_cpupid_width) =
        if others + cpupid + low <= u64::BITS { (cpupid, 0) } else { (0, cpupid) };

    let by_config = kconfig.struct_page_size();
    match types {
        Some(types) if types.struct_page != by_config => Err(Failure::run(format_args!(
            "a struct page of kernel {} has {} bytes, and {by_config} by its configuration: nothing is known of such a one",
            package.release, types.struct_page
        ))),
        _ => Ok(profile),
    }
}

#[test]
fn debians_kernels_are_the_presets() {
    use memmap_template::Preset;
    const COMMON: &str = "NUMA=y NUMA_BALANCING=y ZONE_DMA=y ZONE_DMA32=y LRU_GEN=y MEMCG=y HAVE_ALIGNED_STRUCT_PAGE=y";
    const X86_64: &str = "NODES_SHIFT=10 NR_CPUS=8192 HUGETLB_PAGE_OPTIMIZE_VMEMMAP=y";
    let constants = [("ZONE_DEVICE", 4), ("__MAX_NR_ZONES", 5), ("__NR_PAGEFLAGS", 24)];
    let constants = constants.map(|(name, value)| (name.to_string(), value)).into();
    let types = Types { struct_page: 64, fields: ["memcg_data".to_string()].into(), constants };
    for (arch, config, mut preset) in [
        (Arch::X86_64, X86_64, Preset::X86_64_DISTRO),
        (Arch::Arm64, "NODES_SHIFT=4 NR_CPUS=512 ARM64_16K_PAGES=y", Preset::ARM64_16K),
    ] {
        let package = KernelPackage::described("7.3.4+deb13-amd64", &format!("{COMMON} {config}"));
        preset.kconfig.optimize_dax_vmemmap = false;
        for types in [None, Some(&types)] {
            let profile = of(arch, &package, types).unwrap();
            assert_eq!((profile.flags, profile.kconfig), (preset.flags, preset.kconfig));
        }
    }
    // What does not fit the flag word leaves it.
    let package = KernelPackage::described("6.12.1", &format!("{COMMON} {X86_64} KASAN_SW_TAGS=y"));
    let profile = of(Arch::X86_64, &package, None).unwrap();
    assert_eq!((profile.flags.last_cpupid_width, profile.kconfig.last_cpupid_width), (0, 21));
    // It has a field of its own then, and another size than these types say.
    assert!(of(Arch::X86_64, &package, Some(&types)).is_err() && check(&package).is_err());
}

#[test]
fn versions_are_those_of_the_library() {
    let versions = ["5.10.0", "6.1.0-56-amd64", "6.6.1", "6.14.2", "6.16.12+deb13", "6.18.1", "7.0.13", "7.3.4"];
    let names = versions.map(|release| kernel(&KernelPackage::described(release, "")).map_or("", Kernel::name));
    assert_eq!(names, ["", "6.1", "", "6.12", "6.15", "7.0", "7.0", "7.2"]);
}
