//! A kernel in qemu, with one pmem namespace; and the archive of a guest's files that any boot takes.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use cpio::newc;

use super::apt::Apt;
use super::console::{Console, attend};
use super::kernel::{Files, KernelPackage};
use crate::arch::Arch;
use crate::failure::{Failure, cannot};

const INIT: &str = include_str!("init");
/// RAM besides the NVDIMM.
const RAM: u64 = 2 << 30;

/// The file that the NVDIMM is, in the folder of the boot.
pub(crate) const NVDIMM: &str = "nvdimm";
/// That with the kernel's types (BTF), if it has them: else of zeros.
pub(crate) const TYPES: &str = "types";
/// The most that the types take; they are some 8 MB.
const TYPES_LEN: u64 = 64 << 20;

/// The modules that every namespace takes, those of the disk first; drivers last.
const MODULES: &str = "virtio_pci,virtio_blk,nfit,nd_btt,nd_pmem,dax_pmem,device_dax";

pub(crate) struct Guest<'a> {
    pub(crate) arch: Arch,
    pub(crate) kernel: &'a KernelPackage,
    /// The NVDIMM's size, and its node.
    pub(crate) size: u64,
    pub(crate) node: u32,
    /// `fsdax` or `devdax`.
    pub(crate) mode: &'a str,
    pub(crate) align_bytes: u64,
    /// Files for the guest's folder /extra: its scripts run once the namespace is bound.
    pub(crate) extra: Files,
    pub(crate) limit_seconds: u32,
}

/// Boots the guest in `work`, a folder that the caller removes.
pub(crate) fn boot(guest: &Guest<'_>, apt: &Apt, work: &Path) -> Result<Console, Failure> {
    let mut modules = Files::new();
    guest.kernel.load(MODULES, &mut modules)?;
    let archive = initramfs(&apt.busybox()?, &modules, &guest.extra)?;
    fs::write(work.join("initramfs"), archive).map_err(cannot("write to", work))?;
    for (file, len) in [(TYPES, TYPES_LEN), (NVDIMM, guest.size)] {
        File::create(work.join(file)).and_then(|file| file.set_len(len)).map_err(cannot("write to", work))?;
    }
    let (name, limit) = (format!("kernel {}", guest.kernel.release), Duration::from_secs(guest.limit_seconds.into()));
    attend(&mut qemu(guest, work), (&name, 0), limit, |_| Ok(()))
}

/// Everything that a guest needs, as the kernel unpacks it (cpio, "newc"): its modules, and files for its folder /extra.
pub(crate) fn initramfs(busybox: &Path, modules: &Files, extra: &Files) -> Result<Vec<u8>, Failure> {
    let busybox = fs::read(busybox).map_err(cannot("read", busybox))?;
    let list: String = modules.iter().map(|(name, _)| format!("{name}\n")).collect();
    let mut archive = Vec::new();
    let mut entry = |name: &str, mode: u32, contents: &[u8]| {
        // A number that no other entry has: those with the same are one file.
        let number = archive.len() as u32 + 1;
        let mut entry = newc::Builder::new(name).ino(number).mode(mode).write(&mut archive, contents.len() as u32);
        entry.write_all(contents).and_then(|()| entry.finish()).expect("memory takes all of it");
    };
    for folder in ["bin", "modules", "extra"] {
        entry(folder, 0o040_755, &[]);
    }
    for (name, contents) in
        [("bin/busybox", &busybox[..]), ("init", INIT.as_bytes()), ("modules/list", list.as_bytes())]
    {
        entry(name, 0o100_755, contents);
    }
    for (folder, files) in [("modules", modules), ("extra", extra)] {
        files.iter().for_each(|(name, contents)| entry(&format!("{folder}/{name}"), 0o100_755, contents));
    }
    Ok(newc::trailer(archive).expect("memory takes all of it"))
}

fn qemu(guest: &Guest<'_>, work: &Path) -> Command {
    let Guest { size, node, mode, align_bytes, .. } = guest;
    let (program, machine, console) = match guest.arch {
        Arch::X86_64 => ("qemu-system-x86_64", "pc,nvdimm=on,accel=tcg -cpu max", "ttyS0"),
        Arch::Arm64 => {
            ("qemu-system-aarch64", "virt,nvdimm=on,gic-version=3,accel=tcg -cpu max,pauth-impdef=on", "ttyAMA0")
        }
    };
    let mut qemu = Command::new(program);
    qemu.arg("-machine").args(machine.split(' '));
    if guest.arch == Arch::Arm64 {
        qemu.args(["-bios", super::ARM64_FIRMWARE]);
    }
    // A node without memory or processor is not online, and the namespace would go to the nearest one that is. So RAM is split.
    let nodes = u64::from(*node) + 1;
    let share = (RAM / nodes) >> 21 << 21;
    let ram = share * nodes;
    qemu.arg("-m").arg(format!("{ram}B,slots=2,maxmem={}B", ram + size + (4 << 30)));
    for n in (0..nodes).filter(|_| nodes > 1) {
        qemu.arg("-object").arg(format!("memory-backend-ram,id=ram{n},size={share}"));
        qemu.arg("-numa").arg(format!("node,nodeid={n},memdev=ram{n}"));
    }
    // A comma would end a file's name, and two are one.
    let file = |name: &str| work.join(name).display().to_string().replace(',', ",,");
    let nvdimm = file(NVDIMM);
    qemu.arg("-object").arg(format!("memory-backend-file,id=mem1,share=on,mem-path={nvdimm},size={size}"));
    qemu.arg("-device").arg(format!("nvdimm,memdev=mem1,id=nv1,unarmed=off,node={node}"));
    qemu.arg("-drive").arg(format!("file={},if=none,id=types,format=raw", file(TYPES)));
    qemu.args(["-device", "virtio-blk-pci,drive=types"]);
    qemu.args(["-smp", "1", "-display", "none", "-serial", "stdio", "-monitor", "none", "-nic", "none", "-no-reboot"]);
    qemu.arg("-kernel").arg(&guest.kernel.image).arg("-initrd").arg(work.join("initramfs"));
    // No KASLR, so that the addresses are the same each time.
    let parameters = format!("guest.mode={mode} guest.align={align_bytes} guest.btf=vda");
    qemu.arg("-append").arg(format!("console={console} nokaslr panic=-1 loglevel=8 {parameters}"));
    qemu
}
