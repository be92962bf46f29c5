//! The first process of the emulated PC that `cargo xtask test` boots in Bochs: runs the programs in `/tests`, tells how
//! they ended, and switches the PC off. It is compiled for the guest by itself, without dependencies.
//!
//! Its own lines begin with `@@`: `@@UP`, `@@EXIT status program`, `@@DONE programs`.

use std::ffi::{CString, c_char, c_int, c_ulong, c_void};
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::{fs, ptr};

unsafe extern "C" {
    fn mount(
        source: *const c_char,
        target: *const c_char,
        fstype: *const c_char,
        flags: c_ulong,
        data: *const c_void,
    ) -> c_int;
    safe fn reboot(command: c_int) -> c_int;
    safe fn tcdrain(fd: c_int) -> c_int;
}

/// `LINUX_REBOOT_CMD_POWER_OFF`
const POWER_OFF: c_int = 0x4321_fedc;

fn main() {
    if std::process::id() != 1 {
        eprintln!("this is the first process of an emulated PC; `cargo xtask test` boots it");
        std::process::exit(2);
    }
    for (filesystem, at) in [("devtmpfs", "/dev"), ("proc", "/proc"), ("tmpfs", "/tmp")] {
        mount_at(filesystem, at);
    }
    say("\n@@UP");
    let env = fs::read_to_string("/env").unwrap_or_default();
    let env: Vec<_> = env.lines().filter_map(|line| line.split_once('=')).collect();
    let entries = fs::read_dir("/tests").into_iter().flatten().flatten();
    let mut programs: Vec<_> = entries.map(|entry| entry.path()).collect();
    programs.sort();
    for program in &programs {
        say(&format!("\n     Running {}", program.display()));
        match Command::new(program).envs(env.iter().copied()).current_dir("/tmp").status() {
            // As a shell has it: 128 and the signal.
            Ok(status) => {
                let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
                say(&format!("@@EXIT {code} {}", program.display()));
            }
            Err(error) => say(&format!("@@SPAWN {} {error}", program.display())),
        }
    }
    say(&format!("@@DONE {}", programs.len()));
    reboot(POWER_OFF);
    loop {
        std::thread::park();
    }
}

/// A mount that fails is not the end: a program that needs it will say so.
fn mount_at(filesystem: &str, at: &str) {
    let (filesystem, at) = (CString::new(filesystem).expect("no NUL"), CString::new(at).expect("no NUL"));
    // SAFETY: three strings that end with NUL and outlive the call, which copies them; these file systems take no data.
    unsafe { mount(filesystem.as_ptr(), at.as_ptr(), filesystem.as_ptr(), 0, ptr::null()) };
}

/// Prints a line, and waits until it has left the serial port: after the last one the PC is off.
fn say(line: &str) {
    let mut out = io::stdout();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    tcdrain(1);
}
