//! Two cores, one for each side of a litmus test.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The two, as long as this is held: two tests at a time would be four threads on them.
pub(crate) struct Cores {
    cpus: [usize; 2],
    _turn: MutexGuard<'static, ()>,
}

impl Cores {
    /// None where this process may use one core only.
    pub(crate) fn take() -> Option<Cores> {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let cpus = allowed();
        // Far apart: neighbours in number may be the two threads of one core.
        Some(Cores { cpus: [*cpus.first()?, *cpus.last().filter(|_| cpus.len() > 1)?], _turn: turn })
    }

    /// Binds this thread to one of them, where the system lets us.
    pub(crate) fn pin(&self, side: usize) {
        pin(self.cpus[side]);
    }
}

#[cfg(target_os = "linux")]
fn allowed() -> Vec<usize> {
    // SAFETY: all zeros are an empty set, which the system fills; a number below CPU_SETSIZE is one that a set can hold.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        assert_eq!(
            libc::sched_getaffinity(0, size_of_val(&set), &raw mut set),
            0,
            "the system does not say where we run"
        );
        (0..libc::CPU_SETSIZE as usize).filter(|&cpu| libc::CPU_ISSET(cpu, &set)).collect()
    }
}

#[cfg(target_os = "linux")]
fn pin(cpu: usize) {
    // SAFETY: all zeros are an empty set; the number came out of one.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(cpu, &mut set);
        // A test that is not pinned is still a test.
        let _ = libc::sched_setaffinity(0, size_of_val(&set), &raw const set);
    }
}

#[cfg(not(target_os = "linux"))]
fn allowed() -> Vec<usize> {
    (0..std::thread::available_parallelism().map_or(1, |n| n.get())).collect()
}

#[cfg(not(target_os = "linux"))]
fn pin(_cpu: usize) {}
