//! Bochs emulates a whole PC in software, with the instructions that few CPUs have and qemu-user has not: AVX-512,
//! MOVDIR64B, CLZERO. It boots a stock kernel and our own first process, which runs the test programs.
//!
//! It shows results, alignment faults and dispatch. It does not show ordering: a streaming store is a plain one there.
//!
//! Here is what a run is made of, built or fetched once and kept below the target directory.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::arch::Arch;
use crate::failure::{Failure, cannot, make_folder, tell};
use crate::guest::{self, Apt, Kept, KernelPackage};
use crate::needs::{self, Need, is_debian};
use crate::process::quiet;

/// The version, and how often its build has changed.
const BOCHS: &str = "bochs-3.0-2";
/// Debian's package of the original source, below its mirrors.
const SOURCE: &str = "pool/main/b/bochs/bochs_3.0+dfsg.orig.tar.xz";
const SOURCE_HASH: &str = "SHA256:78f6c73d4a6472d5130a87ab9dc306d02c7c71ed8e25b3a8ef642e2a7acd282b";
const SOURCE_FOLDER: &str = "bochs-3.0";

/// No display, no debugger, one CPU; AVX-512, and all that makes it fast.
const CONFIGURE: &str = "--with-nogui --enable-cpu-level=6 --enable-x86-64 --enable-avx --enable-evex --enable-all-optimizations \
    --enable-monitor-mwait --enable-pci --disable-debugger --disable-debugger-gui --disable-readline --disable-plugins --disable-docbook \
    --disable-smp --disable-gameport --disable-xpm --disable-dependency-tracking";

const FLAGS: &str = "-O2 -pipe -fno-strict-aliasing";
/// What most of its 240 files begin with. Parsed for each of them it takes longer than what is in them.
const HEADERS: &str =
    "#define NEED_CPU_REG_SHORTCUTS 1\n#include \"bochs.h\"\n#include \"cpu/cpu.h\"\n#include \"iodev/iodev.h\"\n";
/// The file that needs more of them.
const DECODER: &str = "decoder/fetchdecode32.o";

/// Debian's kernel for virtual machines: the smallest that it builds. Its package is fetched, not installed.
const KERNEL: &str = "linux-image-cloud-amd64";
const IMAGE: &str = "vmlinuz";
const BUSYBOX: &str = "busybox";

const BIOS: &str = "/usr/share/bochs/BIOS-bochs-latest";
const VGA_BIOS: &str = "/usr/share/vgabios/vgabios.bin";
const ISOLINUX: &str = "/usr/lib/ISOLINUX/isolinux.bin";
const LDLINUX: &str = "/usr/lib/syslinux/modules/bios/ldlinux.c32";

pub(crate) fn missing() -> Vec<Need> {
    if !cfg!(target_arch = "x86_64") || !is_debian() {
        let why = "Bochs boots Debian's kernel with this machine's programs: it takes Debian on x86_64";
        return vec![Need::by_hand(why, "run it on such a machine")];
    }
    needs::missing(&[
        ("xz", "xz-utils"),
        ("g++", "g++"),
        ("make", "make"),
        ("strip", "binutils"),
        ("xorriso", "xorriso"),
        (BIOS, "bochsbios"),
        (VGA_BIOS, "vgabios"),
        (ISOLINUX, "isolinux"),
        (LDLINUX, "syslinux-common"),
    ])
}

/// Builds and fetches what is not there yet.
fn prepare(tools: &Path) -> Result<(), Failure> {
    let kept = Kept::open(tools.to_path_buf())?;
    let work = kept.work()?;
    if !tools.join(BOCHS).is_file() {
        tell(format_args!("=== building Bochs 3.0 in {}: some two minutes, once", tools.display()));
        keep(&build(work.path())?, &tools.join(BOCHS))?;
    }
    if !tools.join(IMAGE).is_file() || !tools.join(BUSYBOX).is_file() {
        tell(format_args!("=== fetching the kernel of Debian's {KERNEL}, and busybox"));
        let apt = Apt::open(work.path(), Arch::X86_64, guest::DEBIAN_12)?;
        keep(&KernelPackage::fetch(&apt, KERNEL)?.image, &tools.join(IMAGE))?;
        keep(&apt.busybox()?, &tools.join(BUSYBOX))?;
    }
    Ok(())
}

/// Gives a finished file its name, once it is on the disk.
fn keep(from: &Path, to: &Path) -> Result<(), Failure> {
    let synced = File::open(from).and_then(|file| file.sync_all());
    synced.and_then(|()| fs::rename(from, to)).map_err(cannot("write", to))
}

fn build(work: &Path) -> Result<PathBuf, Failure> {
    let (source, build, stripped) = (work.join("source"), work.join("build"), work.join("bochs"));
    let mirror = guest::repositories()?.into_iter().find(|(_, label)| label == "Debian");
    let url = mirror.map(|(uri, _)| uri).unwrap_or_default() + SOURCE;
    // It checks the hash. The folder is ours: apt's own user cannot write to it.
    let mut download = Command::new("/usr/lib/apt/apt-helper");
    download.args(["-o", "APT::Sandbox::User=root", "download-file", &url]).arg(&source).arg(SOURCE_HASH);
    quiet(&mut download)?;
    quiet(Command::new("tar").arg("-xf").arg(&source).arg("-C").arg(work))?;
    make_folder(&build)?;
    let (folder, headers) = (work.join(SOURCE_FOLDER), build.join("headers.h"));
    let mut configure = Command::new(folder.join("configure"));
    configure.args(CONFIGURE.split(' ')).env("CFLAGS", "-O2 -pipe").env("CXXFLAGS", FLAGS);
    quiet(configure.current_dir(&build))?;
    quiet(Command::new("make").args(["-C", "cpu", DECODER]).current_dir(&build))?;
    fs::write(&headers, HEADERS).map_err(cannot("write", &headers))?;
    let mut precompile = Command::new("g++");
    precompile.args(FLAGS.split(' ')).args([
        "-D_FILE_OFFSET_BITS=64",
        "-D_LARGE_FILES",
        "-I.",
        "-Iinstrument/stubs",
        "-I",
    ]);
    quiet(precompile.arg(&folder).arg("-I").arg(folder.join("instrument/stubs")).arg(&headers).current_dir(&build))?;
    let (jobs, compiler) = (std::thread::available_parallelism().map_or(1, usize::from), headers.display());
    let mut make = Command::new("make");
    quiet(make.args([&format!("-j{jobs}"), &format!("CXX=g++ -include {compiler}"), "bochs"]).current_dir(&build))?;
    quiet(Command::new("strip").arg("-o").arg(&stripped).arg(build.join("bochs")))?;
    Ok(stripped)
}

/// Some hundred million instructions a second, a boot of some five seconds.
const BOOT_LIMIT: Duration = Duration::from_secs(15 * 60);

/// The guest's script, behind its environment.
const SCRIPT: &str = r#"
cd /tmp
ran=0
for program in /extra/*-*; do
    printf '\n     Running %s\n' "$program"
    "$program" || { echo; say "FAILED: status $? of $program"; }
    ran=$((ran + 1))
done
say "ran $ran"
"#;

/// * `panic`: an end instead of a wait if our process fails.
/// * `clearcpuid=321,323`: Bochs reports a size of the compacted state that the kernel finds inconsistent; it would then
///   switch off AVX-512.
/// * `clearcpuid=580`: with FSRM the boot hangs on Tiger Lake.
/// * The rest makes a boot take five seconds instead of thirty.
const KERNEL_COMMAND_LINE: &str = "console=ttyS0 panic=-1 quiet loglevel=1 nokaslr mitigations=off random.trust_cpu=on \
    lapic=notscdeadline lpj=10000 clearcpuid=321,323,580 cryptomgr.notests initcall_blacklist=load_system_certificate_list";

/// Boots on a CPU, by Bochs's name of it and what is added to it, runs the programs one after the other, and hands every line that they
/// print to `line`. Fails if the guest does not come to its end, or a program in it fails.
pub(crate) fn boot(
    tools: &Path,
    cpu: (&str, &str),
    programs: &[PathBuf],
    env: &[(&str, &str)],
    line: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    prepare(tools)?;
    let work = tempfile::tempdir().map_err(|error| Failure::run(format_args!("no temporary folder: {error}")))?;
    let work = work.path();
    image(tools, programs, env, work)?;
    let config = work.join("bochsrc");
    fs::write(&config, bochsrc(cpu, work)).map_err(cannot("write", &config))?;
    let mut bochs = Command::new(tools.join(BOCHS));
    bochs.arg("-q").arg("-f").arg(&config);
    // Bochs ends with status 1 when the guest switches itself off.
    let console = guest::attend(&mut bochs, ("the guest in Bochs", 1), BOOT_LIMIT, line)?;
    let (ran, all) = (console.said("ran").unwrap_or("none"), programs.len());
    if ran == all.to_string() {
        return Ok(());
    }
    Err(Failure::run(format_args!("the guest in Bochs ran {ran} of {all} programs")))
}

/// The CD that the PC boots from: isolinux, the kernel, and an initramfs with the programs.
fn image(tools: &Path, programs: &[PathBuf], env: &[(&str, &str)], work: &Path) -> Result<(), Failure> {
    let env: String = env.iter().map(|(name, value)| format!("export {name}='{value}'\n")).collect();
    let mut extra = vec![("run.sh".to_string(), (env + SCRIPT).into_bytes())];
    for (i, program) in programs.iter().enumerate() {
        let stripped = work.join("stripped");
        quiet(Command::new("strip").arg("-o").arg(&stripped).arg(program))?;
        let name = program.file_name().unwrap_or_default().display();
        // Run in the order of their names.
        extra.push((format!("{i:02}-{name}"), fs::read(&stripped).map_err(cannot("read", &stripped))?));
    }
    let iso = work.join("iso");
    make_folder(&iso.join("isolinux"))?;
    for (from, name) in [
        (&*tools.join(IMAGE), "vmlinuz"),
        (Path::new(ISOLINUX), "isolinux/isolinux.bin"),
        (Path::new(LDLINUX), "isolinux/ldlinux.c32"),
    ] {
        fs::copy(from, iso.join(name)).map_err(cannot("copy", from))?;
    }
    let config = format!(
        "DEFAULT t\nPROMPT 0\nTIMEOUT 0\nLABEL t\n  KERNEL /vmlinuz\n  INITRD /initrd.img\n  APPEND {KERNEL_COMMAND_LINE}\n"
    );
    let initramfs = guest::initramfs(&tools.join(BUSYBOX), &Vec::new(), &extra)?;
    for (name, contents) in [("initrd.img", initramfs), ("isolinux/isolinux.cfg", config.into_bytes())] {
        fs::write(iso.join(name), contents).map_err(cannot("write to", &iso))?;
    }
    let mut xorriso = Command::new("xorriso");
    xorriso.args(["-as", "mkisofs", "-quiet", "-b", "isolinux/isolinux.bin", "-c", "isolinux/boot.cat"]);
    xorriso.args(["-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", "-o"]);
    quiet(xorriso.arg(work.join("cd.iso")).arg(&iso))
}

/// The PC: a CPU, 512 MiB, a CD drive, and a serial line that is our standard output.
fn bochsrc((cpu, features): (&str, &str), work: &Path) -> String {
    let features = if features.is_empty() { String::new() } else { format!(", add_features=\"{features}\"") };
    let cd = work.join("cd.iso");
    format!(
        "config_interface: textconfig\n\
         display_library: nogui\n\
         cpu: model={cpu}, count=1, ips=20000000, reset_on_triple_fault=0{features}\n\
         memory: guest=512, host=512\n\
         romimage: file={BIOS}, options=fastboot\n\
         vgaromimage: file={VGA_BIOS}\n\
         ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14\n\
         ata0-master: type=cdrom, path={}, status=inserted\n\
         boot: cdrom\n\
         com1: enabled=1, mode=file, dev=/dev/stdout\n\
         log: -\n\
         clock: sync=none, time0=1700000000\n\
         panic: action=fatal\n\
         error: action=ignore\n\
         info: action=ignore\n\
         debug: action=ignore\n",
        cd.display(),
    )
}
