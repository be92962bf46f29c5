//! One boot of the emulated PC: the test programs in an initramfs, their output from the serial line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::kit::{BIOS, ISOLINUX, Kit, LDLINUX, VGA_BIOS};
use crate::failure::{Failure, cannot, make_folder};
use crate::guest;
use crate::interrupt::Interrupt;
use crate::process::{self, quiet};

/// What is booted.
pub(crate) struct Guest<'a> {
    /// Bochs's name of the CPU.
    pub(crate) cpu: &'a str,
    /// What is added to it.
    pub(crate) features: &'a str,
    /// Run one after the other.
    pub(crate) programs: &'a [PathBuf],
    pub(crate) env: &'a [(&'a str, String)],
}

/// Some hundred million instructions a second, a boot of some five seconds.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// The guest's script, behind its environment.
const SCRIPT: &str = r#"
cd /tmp
say UP
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

/// Boots, and hands every line that the programs print to `line`.
///
/// # Errors
/// If the guest does not come to its end, or a program in it fails.
pub(crate) fn boot(
    kit: &Kit,
    guest: &Guest<'_>,
    interrupt: &Interrupt,
    mut line: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let work = tempfile::tempdir().map_err(|error| Failure::run(format_args!("no temporary folder: {error}")))?;
    let work = work.path();
    image(kit, guest, work, interrupt)?;
    let config = work.join("bochsrc");
    fs::write(&config, bochsrc(guest, work)).map_err(cannot("write", &config))?;
    let mut is_up = false;
    let mut bochs = Command::new(&kit.bochs);
    bochs.arg("-q").arg("-f").arg(&config);
    // Bochs ends with status 1 when the guest switches itself off.
    let console = guest::attend(&mut bochs, ("the guest in Bochs", 1), LIMIT, interrupt, |text| match text {
        "guest: UP" => {
            is_up = true;
            Ok(())
        }
        _ if is_up && !text.starts_with("guest: ") => line(text),
        _ => Ok(()),
    })?;
    let (ran, all) = (console.said("ran").unwrap_or("none"), guest.programs.len());
    if ran == all.to_string() {
        return Ok(());
    }
    Err(Failure::run(format_args!("the guest in Bochs ran {ran} of {all} programs")))
}

/// The CD that the PC boots from: isolinux, the kernel, and an initramfs with the programs.
fn image(kit: &Kit, guest: &Guest<'_>, work: &Path, interrupt: &Interrupt) -> Result<(), Failure> {
    let env: String = guest.env.iter().map(|(name, value)| format!("export {name}='{value}'\n")).collect();
    let mut extra = vec![("run.sh".to_string(), (env + SCRIPT).into_bytes())];
    for (i, program) in guest.programs.iter().enumerate() {
        let stripped = work.join("stripped");
        quiet(Command::new("strip").arg("-o").arg(&stripped).arg(program), process::LIMIT, interrupt)?;
        let name = program.file_name().unwrap_or_default().display();
        // Run in the order of their names.
        extra.push((format!("{i:02}-{name}"), fs::read(&stripped).map_err(cannot("read", &stripped))?));
    }
    let iso = work.join("iso");
    make_folder(&iso.join("isolinux"))?;
    for (from, name) in [
        (kit.kernel.as_path(), "vmlinuz"),
        (Path::new(ISOLINUX), "isolinux/isolinux.bin"),
        (Path::new(LDLINUX), "isolinux/ldlinux.c32"),
    ] {
        fs::copy(from, iso.join(name)).map_err(cannot("copy", from))?;
    }
    let config = format!(
        "DEFAULT t\nPROMPT 0\nTIMEOUT 0\nLABEL t\n  KERNEL /vmlinuz\n  INITRD /initrd.img\n  APPEND {KERNEL_COMMAND_LINE}\n"
    );
    let initramfs = guest::build(&kit.busybox, &[], &extra)?;
    for (name, contents) in [("initrd.img", initramfs), ("isolinux/isolinux.cfg", config.into_bytes())] {
        fs::write(iso.join(name), contents).map_err(cannot("write to", &iso))?;
    }
    let mut xorriso = Command::new("xorriso");
    xorriso.args(["-as", "mkisofs", "-quiet", "-b", "isolinux/isolinux.bin", "-c", "isolinux/boot.cat"]);
    xorriso.args(["-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", "-o"]);
    quiet(xorriso.arg(work.join("cd.iso")).arg(&iso), process::LIMIT, interrupt)
}

/// The PC: a CPU, 512 MiB, a CD drive, and a serial line that is our standard output.
fn bochsrc(guest: &Guest<'_>, work: &Path) -> String {
    let Guest { cpu, features, .. } = guest;
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
