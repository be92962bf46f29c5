//! What a kernel writes, by its own word: its version, its configuration, and its types where it has them.

use memmap_template::namespace::PageMap;
use memmap_template::{FlagsLayout, Kconfig, Kernel, PageSize, StructPageAlign};

use super::types::Types;
use crate::arch::Arch;
use crate::failure::Failure;
use crate::guest::KernelPackage;

/// Bits that are needed to tell as many things apart (`order_base_2`).
fn bits(count: u64) -> u32 {
    count.next_power_of_two().ilog2()
}

/// A kernel's profile.
pub(super) struct Profile {
    pub(super) kernel: Kernel,
    pub(super) kconfig: Kconfig,
    pub(super) flags: FlagsLayout,
}

/// Refuses a kernel that cannot have a memmap on a device.
pub(super) fn check(package: &KernelPackage) -> Result<(), Failure> {
    for option in ["ZONE_DEVICE", "NVDIMM_PFN", "NVDIMM_DAX", "ACPI_NFIT"] {
        if !package.has(option) {
            return Err(Failure::input(format_args!(
                "kernel {} is built without CONFIG_{option}; arm64 has it from 6.12 on",
                package.release
            )));
        }
    }
    Ok(())
}

/// `PAGE_SIZE`.
pub(crate) fn page_size(package: &KernelPackage) -> PageSize {
    if package.has("ARM64_16K_PAGES") || package.has("PAGE_SIZE_16KB") {
        PageSize::Size16K
    } else if package.has("ARM64_64K_PAGES") || package.has("PAGE_SIZE_64KB") {
        PageSize::Size64K
    } else {
        PageSize::Size4K
    }
}

/// Whose words a version writes.
pub(crate) fn kernel(package: &KernelPackage) -> Result<Kernel, Failure> {
    match package.version() {
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

/// How large the space on the device is: that of 6.1 is as in 6.1.12, which is older than any package of it that is still there.
pub(super) fn page_map(package: &KernelPackage) -> PageMap {
    if package.has("NVDIMM_KMSAN") { PageMap::Overridden } else { PageMap::Bytes64 }
}

/// All of it.
pub(super) fn of(arch: Arch, package: &KernelPackage, types: Option<&Types>) -> Result<Profile, Failure> {
    let field = |name: &str| types.map(|types| types.fields.iter().any(|field| field == name));
    let constant = |name: &str| types.and_then(|types| types.constants.get(name)).copied();
    // The rest is as the architecture's distribution kernel has it, and nothing that a memmap shows.
    let preset = arch.preset(page_size(package))?;
    let (mut kconfig, mut flags) = (preset.kconfig, preset.flags);
    kconfig.memcg = match (field("memcg_data"), field("_unused_slab_obj_exts")) {
        (Some(memcg), Some(slab)) => memcg || slab,
        _ => package.has("MEMCG") || package.has("SLAB_OBJ_EXT"),
    };
    kconfig.page_virtual = field("virtual").unwrap_or(false);
    kconfig.kmsan = field("kmsan_shadow").unwrap_or(package.has("KMSAN"));
    kconfig.struct_page_align =
        if package.has("HAVE_ALIGNED_STRUCT_PAGE") { StructPageAlign::Bytes16 } else { StructPageAlign::Bytes8 };
    kconfig.hvo = package.has("HUGETLB_PAGE_OPTIMIZE_VMEMMAP");
    // The memmap is on the device.
    kconfig.optimize_dax_vmemmap = false;

    // NORMAL and MOVABLE are always there, and DEVICE has been checked.
    let zones = 3 + u64::from(package.has("ZONE_DMA")) + u64::from(package.has("ZONE_DMA32"));
    flags.section_width = 0;
    flags.zone_width = bits(constant("__MAX_NR_ZONES").unwrap_or(zones));
    flags.zone_device = constant("ZONE_DEVICE").unwrap_or(zones - 1) as u32;
    flags.node_width = if package.has("NUMA") { package.number("NODES_SHIFT").unwrap_or(0) as u32 } else { 0 };
    flags.kasan_tag_width = if package.has("KASAN_SW_TAGS") || package.has("KASAN_HW_TAGS") { 8 } else { 0 };
    flags.lru_gen_width = if package.has("LRU_GEN") { 3 } else { 0 };
    let cpupid = if package.has("NUMA_BALANCING") { 8 + bits(package.number("NR_CPUS").unwrap_or(1)) } else { 0 };
    // `include/linux/page-flags-layout.h`: in the flag word if it fits, and else in a field of its own.
    let others = flags.zone_width + flags.node_width + flags.kasan_tag_width + flags.lru_gen_width;
    let low = constant("__NR_PAGEFLAGS").unwrap_or(21) as u32;
    (flags.last_cpupid_width, kconfig.last_cpupid_width) =
        if others + cpupid + low <= u64::BITS { (cpupid, 0) } else { (0, cpupid) };

    if let Some(types) = types
        && types.struct_page != kconfig.struct_page_size()
    {
        return Err(Failure::run(format_args!(
            "a struct page of kernel {} has {} bytes, and {} by its configuration: nothing is known of such a one",
            package.release,
            types.struct_page,
            kconfig.struct_page_size()
        )));
    }
    Ok(Profile { kernel: kernel(package)?, kconfig, flags })
}

#[cfg(test)]
mod tests {
    use memmap_template::Preset;

    use super::super::types::{self, tests::made};
    use super::*;

    fn package(release: &str, config: &str) -> KernelPackage {
        KernelPackage::described(release, config)
    }

    const X86_64: &str = "NUMA=y NUMA_BALANCING=y NODES_SHIFT=10 NR_CPUS=8192 ZONE_DMA=y ZONE_DMA32=y LRU_GEN=y MEMCG=y \
        HAVE_ALIGNED_STRUCT_PAGE=y HUGETLB_PAGE_OPTIMIZE_VMEMMAP=y ZONE_DEVICE=y";
    const ARM64_16K: &str = "NUMA=y NUMA_BALANCING=y NODES_SHIFT=4 NR_CPUS=512 ZONE_DMA=y ZONE_DMA32=y LRU_GEN=y MEMCG=y \
        HAVE_ALIGNED_STRUCT_PAGE=y ARM64_16K_PAGES=y";

    #[test]
    fn debians_kernels_are_the_presets() {
        for (arch, release, config, kernel, preset) in [
            (Arch::X86_64, "7.3.4+deb13-amd64", X86_64, Kernel::V7_2, Preset::X86_64_DISTRO),
            (Arch::Arm64, "6.12.107+deb13-arm64-16k", ARM64_16K, Kernel::V6_12, Preset::ARM64_16K),
        ] {
            let bytes = made(
                64,
                &["flags", "memcg_data"],
                &[("ZONE_DEVICE", 4), ("__MAX_NR_ZONES", 5), ("__NR_PAGEFLAGS", 24)],
            );
            for types in [None, types::read(&bytes)] {
                let profile = of(arch, &package(release, config), types.as_ref()).unwrap();
                assert_eq!((profile.kernel, profile.flags), (kernel, preset.flags));
                let mut kconfig = preset.kconfig;
                kconfig.optimize_dax_vmemmap = false;
                assert_eq!(profile.kconfig, kconfig);
            }
        }
    }

    #[test]
    fn what_does_not_fit_the_flag_word_leaves_it() {
        let config = format!("{X86_64} KASAN_SW_TAGS=y");
        let profile = of(Arch::X86_64, &package("6.12.1", &config), None).unwrap();
        assert_eq!((profile.flags.last_cpupid_width, profile.kconfig.last_cpupid_width), (0, 21));
        assert_eq!(profile.kconfig.struct_page_size(), 80);
        let bytes = made(72, &["flags", "memcg_data"], &[]);
        assert!(of(Arch::X86_64, &package("6.12.1", X86_64), types::read(&bytes).as_ref()).is_err());
    }

    #[test]
    fn versions_are_those_of_the_library() {
        let named = [
            ("6.1.0-56-amd64", "6.1"),
            ("6.14.2", "6.12"),
            ("6.16.12+deb13-amd64", "6.15"),
            ("6.18.1", "7.0"),
            ("7.0.13", "7.0"),
        ];
        for (release, name) in named {
            assert_eq!(kernel(&package(release, "")).unwrap().name(), name);
        }
        assert!(kernel(&package("5.10.0", "")).is_err() && kernel(&package("6.6.1", "")).is_err());
        assert!(check(&package("6.1.0", X86_64)).is_err());
    }
}
