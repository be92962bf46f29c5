//! The first use of the crate in processes where looking at the machine, or at the environment, is not harmless.
#![cfg(all(unix, not(miri)))]

mod common;

use memcpy_streaming::{Backend, copy, fill};

/// Runs a test of this file in a process of its own, in which nothing has been used yet; answers what it printed.
fn alone(test: &str) -> String {
    let output = common::child(test, "MEMCPY_STREAMING_ALONE", Some("1"));
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{}: {text}", output.status);
    text
}

fn is_alone() -> bool {
    std::env::var_os("MEMCPY_STREAMING_ALONE").is_some()
}

/// Copies and fills by the active backend, long enough for all of its kernels.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn work() {
    let src = [7_u8; 65_536];
    let mut dst = [1_u8; 65_536];
    copy(&mut dst, &src);
    assert_eq!(dst, src);
    fill(&mut dst, 0);
    assert!(dst.iter().all(|&byte| byte == 0));
    fill(&mut dst, 9);
    assert!(dst.iter().all(|&byte| byte == 9));
}

/// A lock that another thread holds at the time of a fork is never unlocked in the child.
#[test]
fn a_child_of_a_busy_process_does_not_hang() {
    alone("forks_while_the_environment_changes");
}

/// Not a test by itself: what the one above runs.
#[test]
fn forks_while_the_environment_changes() {
    if !is_alone() {
        return;
    }
    for i in 0..3 {
        let name = format!("MEMCPY_STREAMING_TEST_{i}");
        std::thread::spawn(move || {
            let mut value = 0_u64;
            loop {
                value += 1;
                // SAFETY: all of this process's threads read and write the environment through the standard library,
                // which guards it by a lock.
                unsafe { std::env::set_var(&name, value.to_string()) };
            }
        });
    }
    // With a lock taken on the way, about one child in fifty hung.
    for _ in 0..if common::thin() { 20 } else { 300 } {
        // SAFETY: the child calls nothing but this crate, and what may be called after a fork: alarm and _exit.
        let child = unsafe { libc::fork() };
        assert!(child >= 0, "{}", std::io::Error::last_os_error());
        if child == 0 {
            // SAFETY: neither touches memory. A child that hangs is ended by the signal.
            unsafe {
                libc::alarm(60);
                copy(&mut [0_u8; 4096], &[1; 4096]);
                fill(&mut [1_u8; 8192], 0);
                libc::_exit(if Backend::active().is_available() { 0 } else { 1 });
            }
        }
        let mut status = 0;
        // SAFETY: `status` is a place for the status.
        assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
        assert_eq!(status, 0, "the child hung, or failed");
    }
}

/// Whatever has been used before it, CPUID may become illegal: rr and sandboxes make it so.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[test]
fn cpuid_may_be_forbidden_after_the_first_use() {
    if let Some(skipped) = alone("works_without_cpuid").lines().find(|line| line.starts_with("SKIPPED")) {
        println!("{skipped}");
    }
}

/// Not a test by itself: what the one above runs.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[test]
fn works_without_cpuid() {
    const ARCH_CPUID_SET: libc::c_long = 0x1012;
    if !is_alone() {
        return;
    }
    // Too short to be streamed, and nevertheless a first use.
    copy(&mut [0_u8; 64], &[1; 64]);
    // SAFETY: it changes nothing but what CPUID does in this thread.
    if unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_CPUID_SET, 0) } != 0 {
        println!("SKIPPED: this system cannot forbid CPUID: {}", std::io::Error::last_os_error());
        return;
    }
    work();
    for backend in Backend::available() {
        backend.make_active().expect("it is available");
        work();
    }
    assert!(Backend::ALL.iter().any(|backend| !backend.is_available()));
}
