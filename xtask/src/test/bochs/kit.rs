//! What a Bochs run is made of, built or fetched once and kept below the target directory.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arch::Arch;
use crate::failure::{Failure, cannot, make_folder, tell};
use crate::guest::{self, Apt, Kept, KernelPackage};
use crate::interrupt::Interrupt;
use crate::needs::{Need, is_debian};
use crate::process::{LIMIT, quiet};

/// The version, and how often its build has changed.
const BOCHS: &str = "bochs-3.0-1";
/// Debian's package of the original source, below its mirrors.
const SOURCE: &str = "pool/main/b/bochs/bochs_3.0+dfsg.orig.tar.xz";
const SOURCE_SHA256: &str = "78f6c73d4a6472d5130a87ab9dc306d02c7c71ed8e25b3a8ef642e2a7acd282b";
const SOURCE_FOLDER: &str = "bochs-3.0";

/// No display, no debugger, one CPU; AVX-512, and all that makes it fast.
const CONFIGURE: &str = "--with-nogui --enable-cpu-level=6 --enable-x86-64 --enable-avx --enable-evex --enable-all-optimizations \
    --enable-monitor-mwait --enable-pci --disable-debugger --disable-debugger-gui --disable-readline --disable-plugins --disable-docbook \
    --disable-smp --disable-gameport --disable-xpm --disable-dependency-tracking";

/// Debian's kernel for virtual machines: the smallest that it builds. Its package is fetched, not installed.
const KERNEL: &str = "linux-image-cloud-amd64";

pub(super) const BIOS: &str = "/usr/share/bochs/BIOS-bochs-latest";
pub(super) const VGA_BIOS: &str = "/usr/share/vgabios/vgabios.bin";
pub(super) const ISOLINUX: &str = "/usr/lib/ISOLINUX/isolinux.bin";
pub(super) const LDLINUX: &str = "/usr/lib/syslinux/modules/bios/ldlinux.c32";

/// What building and running it needs.
pub(crate) fn needs() -> Vec<Need> {
    let programs = [("curl", "curl"), ("xz", "xz-utils"), ("g++", "g++"), ("make", "make"), ("strip", "binutils")];
    let files = [
        (BIOS, "bochsbios"),
        (VGA_BIOS, "vgabios"),
        (ISOLINUX, "isolinux"),
        (LDLINUX, "syslinux-common"),
        ("/etc/ssl/certs/ca-certificates.crt", "ca-certificates"),
    ];
    let programs =
        programs.into_iter().chain([("xorriso", "xorriso")]).map(|(name, package)| Need::program(name, package));
    programs.chain(files.map(|(path, package)| Need::file(path, package))).collect()
}

/// The parts that are ours to keep.
pub(crate) struct Kit {
    pub(super) bochs: PathBuf,
    pub(super) kernel: PathBuf,
    pub(super) busybox: PathBuf,
}

impl Kit {
    /// Whether one can be made here; if not, why.
    pub(crate) fn possible() -> Result<(), &'static str> {
        if !cfg!(target_arch = "x86_64") || !is_debian() {
            return Err("Bochs boots Debian's kernel with this machine's programs: it takes Debian on x86_64");
        }
        Ok(())
    }

    /// Builds and fetches what is not there yet.
    pub(crate) fn prepare(tools: &Path, interrupt: &Interrupt) -> Result<Kit, Failure> {
        let kept = Kept::open(tools.to_path_buf(), interrupt)?;
        let work = kept.work()?;
        let kit = Kit { bochs: tools.join(BOCHS), kernel: tools.join("vmlinuz"), busybox: tools.join("busybox") };
        if !kit.bochs.is_file() {
            tell(format_args!("=== building Bochs 3.0 in {}: some two minutes, once", tools.display()));
            keep(&build(work.path(), interrupt)?, &kit.bochs)?;
        }
        if !kit.kernel.is_file() || !kit.busybox.is_file() {
            match kit.fetch(work.path(), interrupt) {
                // It is not the person who has asked for a package.
                Err(Failure::Input(why)) => return Err(Failure::Run(why)),
                other => other?,
            }
        }
        Ok(kit)
    }

    fn fetch(&self, work: &Path, interrupt: &Interrupt) -> Result<(), Failure> {
        tell(format_args!("=== fetching the kernel of Debian's {KERNEL}, and busybox"));
        let apt = Apt::open(work, Arch::X86_64, guest::DEBIAN_12, interrupt)?;
        keep(&KernelPackage::fetch(&apt, KERNEL, interrupt)?.image, &self.kernel)?;
        keep(&apt.busybox(interrupt)?, &self.busybox)
    }
}

/// Gives a finished file its name, once it is on the disk.
fn keep(from: &Path, to: &Path) -> Result<(), Failure> {
    let synced = File::open(from).and_then(|file| file.sync_all());
    synced.and_then(|()| fs::rename(from, to)).map_err(cannot("write", to))
}

fn build(work: &Path, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let run = |command: &mut Command| quiet(command, LIMIT, interrupt);
    let (source, build, stripped) = (work.join("source"), work.join("build"), work.join("bochs"));
    let mut curl = Command::new("curl");
    curl.args(["--fail", "--silent", "--show-error", "--location", "--retry", "3", "--output"]);
    let mirror = guest::repositories(interrupt)?.into_iter().find(|(_, label)| label == "Debian");
    let url = mirror.map(|(uri, _)| uri).unwrap_or_default() + SOURCE;
    run(curl.arg(&source).arg(&url))?;
    let found = guest::sha256(&fs::read(&source).map_err(cannot("read", &source))?);
    if found != SOURCE_SHA256 {
        return Err(Failure::run(format_args!("{url} has the wrong SHA-256: {found} instead of {SOURCE_SHA256}")));
    }
    run(Command::new("tar").arg("-xf").arg(&source).arg("-C").arg(work))?;
    make_folder(&build)?;
    let mut configure = Command::new(work.join(SOURCE_FOLDER).join("configure"));
    configure.args(CONFIGURE.split(' ')).env("CFLAGS", "-O2 -pipe").env("CXXFLAGS", "-O2 -pipe -fno-strict-aliasing");
    run(configure.current_dir(&build))?;
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    run(Command::new("make").args([&format!("-j{jobs}"), "bochs"]).current_dir(&build))?;
    run(Command::new("strip").arg("-o").arg(&stripped).arg(build.join("bochs")))?;
    Ok(stripped)
}
