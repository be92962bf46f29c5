//! One boot of the emulated PC: the test programs in an initramfs, their output from the serial line.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::kit::{BIOS, ISOLINUX, Kit, LDLINUX, VGA_BIOS};
use crate::failure::{Failure, cannot};
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
    /// The source of the guest's first process.
    pub(crate) init: &'a Path,
}

/// Some hundred million instructions a second, a boot of some five seconds.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// What the guest's first process starts its own lines with.
const MARK: &str = "@@";

/// * `rdinit`, `panic`: our process, and an end instead of a wait if it fails.
/// * `clearcpuid=321,323`: Bochs reports a size of the compacted state that the kernel finds inconsistent; it would then
///   switch off AVX-512.
/// * `clearcpuid=580`: with FSRM the boot hangs on Tiger Lake.
/// * The rest makes a boot take five seconds instead of thirty.
const KERNEL_COMMAND_LINE: &str = "console=ttyS0 rdinit=/init panic=-1 quiet loglevel=1 nokaslr mitigations=off \
    random.trust_cpu=on lapic=notscdeadline lpj=10000 clearcpuid=321,323,580 cryptomgr.notests \
    initcall_blacklist=load_system_certificate_list";

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
    write(&config, &bochsrc(guest, work))?;
    let mut bochs = Command::new(&kit.bochs);
    bochs.arg("-q").arg("-f").arg(&config).stderr(Stdio::null());
    let mut state = State::default();
    let mut last = String::new();
    // Bochs ends with status 1 when the guest switches itself off: what counts is what the guest has said.
    let status = process::run(&mut bochs, LIMIT, interrupt, |text| {
        if text.starts_with(MARK) {
            state.line(text);
        } else if state.up {
            line(text)?;
        }
        last = text.to_string();
        Ok(())
    })?;
    let shown = process::show(&bochs);
    match state.done {
        None => {
            let log = fs::read_to_string(work.join("bochs.log")).unwrap_or_default();
            let log = log.lines().last().unwrap_or("nothing");
            Err(Failure::run(format_args!(
                "the guest of `{shown}` did not finish ({status}); its last line: {last}; Bochs's: {log}"
            )))
        }
        Some(ran) if ran != guest.programs.len() => {
            Err(Failure::run(format_args!("the guest of `{shown}` ran {ran} of {} programs", guest.programs.len())))
        }
        Some(_) if !state.failed.is_empty() => Err(Failure::run(format_args!("in Bochs: {}", state.failed.join(", ")))),
        Some(_) => Ok(()),
    }
}

/// What the guest's first process has said.
#[derive(Default)]
struct State {
    /// Whether what comes is from the programs.
    up: bool,
    failed: Vec<String>,
    /// How many programs were run.
    done: Option<usize>,
}

impl State {
    fn line(&mut self, line: &str) {
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            ["@@UP"] => self.up = true,
            ["@@EXIT", "0", _] => {}
            ["@@EXIT", status, program] => self.failed.push(format!("status {status} of {program}")),
            ["@@DONE", ran] => {
                self.done = ran.parse().ok();
                self.up = false;
            }
            _ => self.failed.push(line.to_string()),
        }
    }
}

/// The CD that the PC boots from: isolinux, the kernel, and an initramfs with the programs.
fn image(kit: &Kit, guest: &Guest<'_>, work: &Path, interrupt: &Interrupt) -> Result<(), Failure> {
    let (root, iso) = (work.join("root"), work.join("iso"));
    for folder in [root.join("tests"), root.join("dev"), root.join("proc"), root.join("tmp"), iso.join("isolinux")] {
        fs::create_dir_all(&folder).map_err(cannot("write", &folder))?;
    }
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut compile = Command::new(rustc);
    compile.args(["--edition=2024", "--target=x86_64-unknown-linux-gnu", "-Copt-level=s", "-Cpanic=abort"]);
    compile.args(["-Cstrip=symbols", "-Ctarget-feature=+crt-static", "-Crelocation-model=static"]);
    quiet(compile.arg(guest.init).arg("-o").arg(root.join("init")), process::LIMIT, interrupt)?;
    let env: String = guest.env.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    write(&root.join("env"), &env)?;
    let mut files = ["init", "env", "dev", "proc", "tmp", "tests"].join("\n");
    for (i, program) in guest.programs.iter().enumerate() {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        // Run in the order of their names.
        let name = format!("tests/{i:02}-{name}");
        quiet(Command::new("strip").arg("-o").arg(root.join(&name)).arg(program), process::LIMIT, interrupt)?;
        files += &format!("\n{name}");
    }
    archive(&root, &files, &iso.join("initrd.img"))?;
    copy(&kit.kernel, &iso.join("vmlinuz"))?;
    copy(Path::new(ISOLINUX), &iso.join("isolinux/isolinux.bin"))?;
    copy(Path::new(LDLINUX), &iso.join("isolinux/ldlinux.c32"))?;
    let config = format!(
        "DEFAULT t\nPROMPT 0\nTIMEOUT 0\nLABEL t\n  KERNEL /vmlinuz\n  INITRD /initrd.img\n  APPEND {KERNEL_COMMAND_LINE}\n"
    );
    write(&iso.join("isolinux/isolinux.cfg"), &config)?;
    let mut xorriso = Command::new("xorriso");
    xorriso.args(["-as", "mkisofs", "-quiet", "-b", "isolinux/isolinux.bin", "-c", "isolinux/boot.cat"]);
    xorriso.args(["-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", "-o"]);
    quiet(xorriso.arg(work.join("cd.iso")).arg(&iso), process::LIMIT, interrupt)
}

/// An initramfs. It needs no device nodes: the kernel brings a console of its own, and init mounts the rest.
fn archive(root: &Path, files: &str, to: &Path) -> Result<(), Failure> {
    let out = fs::File::create(to).map_err(cannot("write", to))?;
    let mut cpio = Command::new("cpio");
    cpio.args(["--create", "--format=newc", "--owner=+0:+0", "--quiet"]).current_dir(root);
    let failed = |error| Failure::run(format_args!("cannot run `cpio`: {error}"));
    let mut child = cpio.stdin(Stdio::piped()).stdout(out).spawn().map_err(failed)?;
    // Its input is closed at the end of the statement; a cpio that has failed says so by its status.
    let _ = child.stdin.take().expect("it is piped").write_all(files.as_bytes());
    let status = child.wait().map_err(failed)?;
    if status.success() { Ok(()) } else { Err(Failure::run(format_args!("{status} of `{}`", process::show(&cpio)))) }
}

/// The PC: a CPU, 512 MiB, a CD drive, and a serial line that is our standard output.
fn bochsrc(guest: &Guest<'_>, work: &Path) -> String {
    let features =
        if guest.features.is_empty() { String::new() } else { format!(", add_features=\"{}\"", guest.features) };
    format!(
        "config_interface: textconfig\n\
         display_library: nogui\n\
         cpu: model={}, count=1, ips=20000000, reset_on_triple_fault=0{features}\n\
         memory: guest=512, host=512\n\
         romimage: file={BIOS}, options=fastboot\n\
         vgaromimage: file={VGA_BIOS}\n\
         ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14\n\
         ata0-master: type=cdrom, path={}, status=inserted\n\
         boot: cdrom\n\
         com1: enabled=1, mode=file, dev=/dev/stdout\n\
         log: {}\n\
         clock: sync=none, time0=1700000000\n\
         panic: action=fatal\n\
         error: action=ignore\n\
         info: action=ignore\n\
         debug: action=ignore\n",
        guest.cpu,
        work.join("cd.iso").display(),
        work.join("bochs.log").display(),
    )
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(cannot("write", path))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::copy(from, to).map(drop).map_err(cannot("write", to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guests_verdict_is_read() {
        let mut state = State::default();
        state.line("@@UP");
        assert!(state.up);
        for line in ["@@EXIT 0 /tests/00-copy", "@@EXIT 139 /tests/01-safe", "@@DONE 2"] {
            state.line(line);
        }
        assert!(!state.up);
        assert_eq!(state.failed, ["status 139 of /tests/01-safe"]);
        assert_eq!(state.done, Some(2));
        state.line("@@SPAWN 2 no memory");
        assert_eq!(state.failed.len(), 2);
    }
}
