//! What a Bochs run is made of, built or fetched once and kept below the target directory.
//!
//! Whatever the folder holds under its final name is whole: everything is made under a temporary name first, so an
//! interrupted run leaves nothing that the next one would trust.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::fetch::fetch;
use crate::failure::{Failure, cannot, tell};
use crate::interrupt::Interrupt;
use crate::needs::{Need, is_debian};
use crate::process::{self, LIMIT, quiet};

/// The version, and how often its build has changed.
const BOCHS: &str = "bochs-3.0-1";
/// Debian's package of the original source, below its mirrors.
const SOURCE: &str = "pool/main/b/bochs/bochs_3.0+dfsg.orig.tar.xz";
const SOURCE_SHA256: &str = "78f6c73d4a6472d5130a87ab9dc306d02c7c71ed8e25b3a8ef642e2a7acd282b";
const SOURCE_FOLDER: &str = "bochs-3.0";

/// No display, no debugger, one CPU; AVX-512, and all that makes it fast.
const CONFIGURE: [&str; 17] = [
    "--with-nogui",
    "--enable-cpu-level=6",
    "--enable-x86-64",
    "--enable-avx",
    "--enable-evex",
    "--enable-all-optimizations",
    "--enable-monitor-mwait",
    "--enable-pci",
    "--disable-debugger",
    "--disable-debugger-gui",
    "--disable-readline",
    "--disable-plugins",
    "--disable-docbook",
    "--disable-smp",
    "--disable-gameport",
    "--disable-xpm",
    "--disable-dependency-tracking",
];

/// Debian's kernel for virtual machines: the smallest that it builds. Its package is fetched, not installed.
const KERNEL: &str = "linux-image-cloud-amd64";

pub(super) const BIOS: &str = "/usr/share/bochs/BIOS-bochs-latest";
pub(super) const VGA_BIOS: &str = "/usr/share/vgabios/vgabios.bin";
pub(super) const ISOLINUX: &str = "/usr/lib/ISOLINUX/isolinux.bin";
pub(super) const LDLINUX: &str = "/usr/lib/syslinux/modules/bios/ldlinux.c32";

/// What building and running it needs.
pub(crate) fn needs() -> Vec<Need> {
    vec![
        Need::program("curl", "curl"),
        Need::program("xz", "xz-utils"),
        Need::program("g++", "g++"),
        Need::program("make", "make"),
        Need::program("strip", "binutils"),
        Need::program("cpio", "cpio"),
        Need::program("xorriso", "xorriso"),
        Need::file(BIOS, "bochsbios"),
        Need::file(VGA_BIOS, "vgabios"),
        Need::file(ISOLINUX, "isolinux"),
        Need::file(LDLINUX, "syslinux-common"),
        Need::file("/etc/ssl/certs/ca-certificates.crt", "ca-certificates"),
    ]
}

/// The parts that are ours to keep.
pub(crate) struct Kit {
    pub(super) bochs: PathBuf,
    pub(super) kernel: PathBuf,
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
        fs::create_dir_all(tools).map_err(cannot("create", tools))?;
        // Another run may be at it.
        let lock = tools.join(".lock");
        let lock = File::create(&lock).map_err(cannot("create", &lock))?;
        lock.lock().map_err(cannot("lock", tools))?;
        let work = tempfile::Builder::new().prefix(".partial-").tempdir_in(tools);
        let work = work.map_err(cannot("write to", tools))?;
        sweep(tools, &work);
        let kit = Kit { bochs: tools.join(BOCHS), kernel: tools.join("vmlinuz") };
        if !kit.bochs.is_file() {
            tell(format_args!("=== building Bochs 3.0 in {}: some two minutes, once", tools.display()));
            let built = build(tools, work.path(), interrupt)?;
            keep(&built, &kit.bochs)?;
        }
        if !kit.kernel.is_file() {
            tell(format_args!("=== fetching the kernel of Debian's {KERNEL}"));
            let fetched = kernel(work.path(), interrupt)?;
            keep(&fetched, &kit.kernel)?;
        }
        Ok(kit)
    }
}

/// Removes what killed runs have left; nobody else is here, because we hold the lock.
fn sweep(tools: &Path, ours: &TempDir) {
    for entry in fs::read_dir(tools).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with(".partial-") && path != ours.path() {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// Gives a finished file its name, once it is on the disk.
fn keep(from: &Path, to: &Path) -> Result<(), Failure> {
    let synced = File::open(from).and_then(|file| file.sync_all());
    synced.and_then(|()| fs::rename(from, to)).map_err(cannot("write", to))
}

fn build(tools: &Path, work: &Path, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let source = tools.join("bochs-3.0.tar.xz");
    fetch(&format!("{}{SOURCE}", mirror()?), SOURCE_SHA256, &source, interrupt)?;
    quiet(Command::new("tar").arg("-xf").arg(&source).arg("-C").arg(work), LIMIT, interrupt)?;
    let build = work.join("build");
    fs::create_dir(&build).map_err(cannot("create", &build))?;
    let mut configure = Command::new(work.join(SOURCE_FOLDER).join("configure"));
    configure.args(CONFIGURE).env("CFLAGS", "-O2 -pipe").env("CXXFLAGS", "-O2 -pipe -fno-strict-aliasing");
    quiet(configure.current_dir(&build), LIMIT, interrupt)?;
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    quiet(Command::new("make").args([&format!("-j{jobs}"), "bochs"]).current_dir(&build), LIMIT, interrupt)?;
    let stripped = work.join("bochs");
    quiet(Command::new("strip").arg("-o").arg(&stripped).arg(build.join("bochs")), LIMIT, interrupt)?;
    Ok(stripped)
}

/// The mirror that this machine takes Debian from.
fn mirror() -> Result<String, Failure> {
    let format = "$(REPO_URI) $(ORIGIN) $(LABEL)";
    let output = Command::new("apt-get").args(["indextargets", "--format", format, "Created-By: Packages"]).output();
    let output = output.map_err(|error| Failure::run(format_args!("cannot run `apt-get`: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let found = text.lines().find_map(|line| line.strip_suffix(" Debian Debian"));
    found.map(str::to_string).ok_or_else(|| Failure::run("apt knows no mirror of Debian; `apt-get update` may help"))
}

/// The kernel image of Debian's current package, which apt checks as any package.
fn kernel(work: &Path, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    if rustix::process::geteuid().is_root() {
        quiet(Command::new("apt-get").arg("update"), LIMIT, interrupt)?;
    }
    let mut package = None;
    process::run(Command::new("apt-cache").args(["depends", KERNEL]), LIMIT, interrupt, |line| {
        let name = line.trim().strip_prefix("Depends: ").filter(|name| name.starts_with("linux-image-"));
        package = package.take().or(name.map(str::to_string));
        Ok(())
    })?;
    let package = package.ok_or_else(|| Failure::run(format_args!("apt knows no {KERNEL}; try `apt-get update`")))?;
    quiet(Command::new("apt-get").args(["download", &package]).current_dir(work), LIMIT, interrupt)?;
    let deb = only(work, |name| name.ends_with(".deb"))?;
    let files = work.join("kernel");
    quiet(Command::new("dpkg").arg("-x").arg(&deb).arg(&files), LIMIT, interrupt)?;
    only(&files.join("boot"), |name| name.starts_with("vmlinuz-"))
}

/// The file in a folder whose name fits.
fn only(folder: &Path, fits: impl Fn(&str) -> bool) -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(folder).map_err(cannot("read", folder))?;
    let found = entries.flatten().find(|entry| fits(&entry.file_name().to_string_lossy()));
    found
        .map(|entry| entry.path())
        .ok_or_else(|| Failure::run(format_args!("`{}` holds no such file as it should", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_is_swept_away_and_finished_files_are_not() {
        let tools = tempfile::tempdir().unwrap();
        fs::create_dir(tools.path().join(".partial-old")).unwrap();
        fs::write(tools.path().join(".partial-old/bochs"), "half").unwrap();
        fs::write(tools.path().join("vmlinuz"), "whole").unwrap();
        let work = tempfile::Builder::new().prefix(".partial-").tempdir_in(tools.path()).unwrap();
        sweep(tools.path(), &work);
        assert!(!tools.path().join(".partial-old").exists());
        assert!(tools.path().join("vmlinuz").exists() && work.path().exists());
    }

    #[test]
    fn a_full_disk_or_a_folder_that_cannot_be_made_is_one_line() {
        let Err(Failure::Run(line)) = Kit::prepare(Path::new("/dev/null/tools"), &Interrupt::never()) else {
            panic!("nothing can be made there");
        };
        assert!(line.starts_with("cannot create `/dev/null/tools`: ") && !line.contains('\n'), "{line}");
    }
}
