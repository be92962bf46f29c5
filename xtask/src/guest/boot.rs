//! One boot, and what the guest said.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::initramfs;
use super::kernel::KernelPackage;
use crate::arch::Arch;
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::process;

/// What the guest's first process starts its own lines with.
const MARK: &str = "guest: ";

/// RAM besides the NVDIMM.
const RAM: u64 = 2 << 30;

/// Lines of a console that are shown of a boot that failed.
const LAST_LINES: usize = 20;

/// The most that a kernel's types take; they are some 8 MB.
const TYPES_LEN: u64 = 64 << 20;

/// The file that the NVDIMM is, in the folder of the boot.
pub(crate) const NVDIMM: &str = "nvdimm";

/// The modules that every namespace takes, those of the disk first; drivers last.
const MODULES: [&str; 7] = ["virtio_pci", "virtio_blk", "nfit", "nd_btt", "nd_pmem", "dax_pmem", "device_dax"];

/// The emulated NVDIMM.
pub(crate) struct Nvdimm {
    pub(crate) size: u64,
    pub(crate) node: u32,
}

/// What is booted.
pub(crate) struct Guest<'a> {
    pub(crate) arch: Arch,
    pub(crate) kernel: &'a KernelPackage,
    pub(crate) busybox: &'a Path,
    pub(crate) nvdimm: Nvdimm,
    /// `fsdax` or `devdax`.
    pub(crate) mode: &'a str,
    /// The namespace's alignment in bytes.
    pub(crate) align: u64,
    /// Files for the guest's folder /extra: its scripts run once the namespace is bound.
    pub(crate) extra: Vec<(String, Vec<u8>)>,
    pub(crate) limit: Duration,
}

/// What a guest said that came to its end.
pub(crate) struct Console {
    lines: Vec<String>,
    /// The kernel's types (BTF), if it has them.
    pub(crate) types: Option<Vec<u8>>,
}

impl Console {
    /// What the first process said after this word.
    pub(crate) fn said(&self, word: &str) -> Option<&str> {
        self.all(word).next()
    }

    /// Each time.
    pub(crate) fn all(&self, word: &str) -> impl Iterator<Item = &str> {
        let said = self.lines.iter().filter_map(|line| line.strip_prefix(MARK));
        said.filter_map(move |said| said.strip_prefix(word)?.strip_prefix(' '))
    }
}

/// Boots the guest in `work`, a folder that the caller removes.
///
/// # Errors
/// If it does not come to its end within its limit: the last lines of its console are then shown.
pub(crate) fn boot(guest: &Guest<'_>, work: &Path, interrupt: &Interrupt) -> Result<Console, Failure> {
    let cannot = |error: std::io::Error| Failure::run(format_args!("cannot write to `{}`: {error}", work.display()));
    let busybox = fs::read(guest.busybox).map_err(cannot)?;
    let initramfs = initramfs::build(guest.kernel, &busybox, &MODULES, &guest.extra)?;
    fs::write(work.join("initramfs"), initramfs).map_err(cannot)?;
    let types = work.join("types");
    for (file, len) in [(&types, TYPES_LEN), (&work.join(NVDIMM), guest.nvdimm.size)] {
        File::create(file).and_then(|file| file.set_len(len)).map_err(cannot)?;
    }
    let mut console = attend(&mut qemu(guest, work, &types), guest, interrupt)?;
    if let Some(len) = console.said("btf").and_then(|len| len.trim().parse().ok()) {
        let mut bytes = fs::read(&types).map_err(cannot)?;
        bytes.truncate(len);
        console.types = Some(bytes);
    }
    Ok(console)
}

/// Runs the machine until the guest has come to its end; if it does not, shows the last lines of its console.
fn attend(machine: &mut Command, guest: &Guest<'_>, interrupt: &Interrupt) -> Result<Console, Failure> {
    let (mut lines, began) = (Vec::new(), Instant::now());
    let ran = process::run_whole(machine, guest.limit, interrupt, |line| {
        // The firmware draws with escape sequences.
        lines.push(line.chars().filter(|c| !c.is_control()).collect());
        Ok(())
    });
    let console = Console { lines, types: None };
    let is_done = console.lines.iter().any(|line| line.strip_prefix(MARK) == Some("DONE"));
    let release = &guest.kernel.release;
    let why = match ran {
        Ok(status) if is_done && status.success() => return Ok(console),
        Ok(status) => match console.said("FAILED:") {
            Some(why) => format!("kernel {release}: {why}"),
            None => format!("kernel {release} did not come to its end: {status} of qemu"),
        },
        Err(Failure::Run(_)) if began.elapsed() >= guest.limit => {
            format!("kernel {release} did not come to its end within {} s", guest.limit.as_secs())
        }
        Err(other) => return Err(other),
    };
    let last = console.lines.len().saturating_sub(LAST_LINES);
    let shown = if console.lines.is_empty() { "(none)".to_string() } else { console.lines[last..].join("\n") };
    tell(format_args!("the last lines of its console:\n{shown}"));
    Err(Failure::run(why))
}

/// The machine.
fn qemu(guest: &Guest<'_>, work: &Path, types: &Path) -> Command {
    let Nvdimm { size, node } = guest.nvdimm;
    let nodes = u64::from(node) + 1;
    // A node without memory or processor is not online, and the namespace would go to the nearest one that is. So RAM is split.
    let share = (RAM / nodes) >> 21 << 21;
    let ram = share * nodes;
    let (mut qemu, console) = match guest.arch {
        Arch::X86_64 => {
            let mut qemu = Command::new("qemu-system-x86_64");
            qemu.args(["-machine", "pc,nvdimm=on,accel=tcg", "-cpu", "max"]);
            (qemu, "ttyS0")
        }
        Arch::Arm64 => {
            let mut qemu = Command::new("qemu-system-aarch64");
            qemu.args(["-machine", "virt,nvdimm=on,gic-version=3,accel=tcg", "-cpu", "max,pauth-impdef=on"]);
            qemu.args(["-bios", super::ARM64_FIRMWARE]);
            (qemu, "ttyAMA0")
        }
    };
    qemu.arg("-m").arg(format!("{ram}B,slots=2,maxmem={}B", ram + size + (4 << 30)));
    if node > 0 {
        for n in 0..nodes {
            qemu.arg("-object").arg(format!("memory-backend-ram,id=ram{n},size={share}"));
            qemu.arg("-numa").arg(format!("node,nodeid={n},memdev=ram{n}"));
        }
    }
    let file = escaped(&work.join(NVDIMM));
    qemu.arg("-object").arg(format!("memory-backend-file,id=mem1,share=on,mem-path={file},size={size}"));
    qemu.arg("-device").arg(format!("nvdimm,memdev=mem1,id=nv1,unarmed=off,node={node}"));
    qemu.arg("-drive").arg(format!("file={},if=none,id=types,format=raw", escaped(types)));
    qemu.args(["-device", "virtio-blk-pci,drive=types"]);
    qemu.args(["-smp", "1", "-display", "none", "-serial", "stdio", "-monitor", "none", "-nic", "none", "-no-reboot"]);
    qemu.arg("-kernel").arg(&guest.kernel.image).arg("-initrd").arg(work.join("initramfs"));
    // No KASLR, so that the addresses are the same each time.
    let parameters = format!("guest.mode={} guest.align={} guest.btf=vda", guest.mode, guest.align);
    qemu.arg("-append").arg(format!("console={console} nokaslr panic=-1 loglevel=8 {parameters}"));
    qemu
}

/// A file's name among others of qemu's, where a comma ends it and two are one.
fn escaped(file: &Path) -> String {
    file.display().to_string().replace(',', ",,")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_first_process_said_is_found() {
        let lines =
            ["[    1.0] guest: no", "guest: resource 0xc0000000", "guest: case 1", "guest: case 2", "guest: DONE"];
        let console = Console { lines: lines.map(str::to_string).to_vec(), types: None };
        assert_eq!(console.said("resource"), Some("0xc0000000"));
        assert_eq!(console.all("case").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((console.said("res"), console.said("DONE")), (None, None));
    }

    /// A machine that is a script, and what came of it within 2 seconds.
    fn attended(script: &str) -> Result<Console, String> {
        let kernel = KernelPackage::described("6.1.0", "");
        let guest = Guest {
            arch: Arch::X86_64,
            kernel: &kernel,
            busybox: Path::new("none"),
            nvdimm: Nvdimm { size: 0, node: 0 },
            mode: "fsdax",
            align: 0,
            extra: Vec::new(),
            limit: Duration::from_secs(2),
        };
        attend(Command::new("sh").args(["-c", script]), &guest, &Interrupt::never()).map_err(|failure| match failure {
            Failure::Run(line) => line,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn a_guest_comes_to_its_end_or_its_kernel_is_named() {
        let console = attended("printf 'noise \\033[0m\\nguest: resource 0x1\\nguest: DONE\\n'").unwrap();
        assert_eq!((console.said("resource"), console.lines[0].as_str()), (Some("0x1"), "noise [0m"));
        for (script, why) in [
            ("echo guest: FAILED: no namespace; exit 0", "kernel 6.1.0: no namespace"),
            ("echo Kernel panic; exit 0", "kernel 6.1.0 did not come to its end: exit status: 0 of qemu"),
            ("echo guest: DONE; exit 1", "kernel 6.1.0 did not come to its end: exit status: 1 of qemu"),
            ("echo up; while :; do :; done", "kernel 6.1.0 did not come to its end within 2 s"),
        ] {
            assert_eq!(attended(script).err().as_deref(), Some(why), "{script}");
        }
    }
}
