//! What Linux lets programs use: the hardware capabilities, which it gives each process as it starts.
//!
//! They are read from `/proc/self/auxv`, because that takes no C library. The identification registers would do only from Linux 4.11 on;
//! before, reading one is an illegal instruction. Where the file cannot be read nothing is available: in a sandbox, in a process whose
//! memory others may not see, without `/proc`.

use super::Features;
use core::arch::asm;
use core::ffi::CStr;

/// Numbers of system calls.
const OPENAT: usize = 56;
const CLOSE: usize = 57;
const READ: usize = 63;

/// From the folder in which the process is; for a path from the root it does not matter.
const AT_FDCWD: isize = -100;
/// For reading only, and closed in what the process starts.
const O_CLOEXEC: usize = 0o2_000_000;

/// What entries are about.
const AT_HWCAP: usize = 16;
const AT_HWCAP2: usize = 26;

const HWCAP_DCPOP: usize = 1 << 16;
const HWCAP_SVE: usize = 1 << 22;
const HWCAP2_MOPS: usize = 1 << 43;

/// An entry: what it is about, and its value.
type Entry = [usize; 2];

pub(super) fn ask() -> Features {
    // Linux has about 25 of them.
    let mut entries = [[0; 2]; 64];
    let len = read(c"/proc/self/auxv", &mut entries);
    features(&entries[..len.min(entries.len())])
}

fn features(entries: &[Entry]) -> Features {
    let value = |about| entries.iter().find(|entry| entry[0] == about).map_or(0, |entry| entry[1]);
    Features::NONE
        .with_if(entries.iter().any(|entry| entry[0] == AT_HWCAP), Features::HWCAP)
        .with_if(value(AT_HWCAP) & HWCAP_DCPOP != 0, Features::DPB)
        .with_if(value(AT_HWCAP) & HWCAP_SVE != 0, Features::SVE)
        .with_if(value(AT_HWCAP2) & HWCAP2_MOPS != 0, Features::MOPS)
}

/// Reads the entries that a file begins with, and answers how many there were. One read is enough for such a file.
fn read(path: &CStr, entries: &mut [Entry]) -> usize {
    // SAFETY: the path is a string that ends with a zero byte; it opens a file and changes no memory of ours.
    let file = unsafe { call(OPENAT, [AT_FDCWD.cast_unsigned(), path.as_ptr().addr(), O_CLOEXEC, 0]) };
    if file < 0 {
        return 0;
    }
    let file = file.cast_unsigned();
    // SAFETY: so many bytes may be written there, and any bytes are values of an entry.
    let read = unsafe { call(READ, [file, entries.as_mut_ptr().expose_provenance(), size_of_val(entries), 0]) };
    // SAFETY: it closes the file that was opened above, and that nobody else knows.
    unsafe { call(CLOSE, [file, 0, 0, 0]) };
    usize::try_from(read).unwrap_or(0) / size_of::<Entry>()
}

/// A system call. What is negative is an error.
///
/// # Safety
/// What the call does with these arguments must be allowed.
unsafe fn call(number: usize, [a, b, c, d]: [usize; 4]) -> isize {
    let answer;
    // SAFETY: Linux takes the number in x8 and the arguments from x0 on, answers in x0, and keeps all other registers. That the call
    // itself is allowed is the condition of this function.
    unsafe {
        asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") a => answer,
            in("x1") b,
            in("x2") c,
            in("x3") d,
            options(nostack),
        );
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_count_in_their_own_entries() {
        let of = |entries: &[Entry]| features(entries);
        assert_eq!(of(&[]), Features::NONE);
        let told = |feature: Features| feature.with_if(true, Features::HWCAP);
        assert_eq!(of(&[[AT_HWCAP, HWCAP_SVE]]), told(Features::SVE));
        assert_eq!(of(&[[AT_HWCAP, HWCAP_DCPOP]]), told(Features::DPB));
        assert_eq!(of(&[[6, 4096], [AT_HWCAP2, HWCAP2_MOPS], [0, 0]]), Features::MOPS);
        assert_eq!(of(&[[AT_HWCAP, HWCAP2_MOPS], [AT_HWCAP2, HWCAP_SVE]]), told(Features::NONE));
        assert_eq!(of(&[[AT_HWCAP, !(HWCAP_SVE | HWCAP_DCPOP)], [AT_HWCAP2, !HWCAP2_MOPS]]), told(Features::NONE));
    }

    /// The C library keeps what the process was given.
    #[test]
    fn the_c_library_says_the_same() {
        // SAFETY: it answers 0 for what is not there.
        let entry = |about: usize| [about, unsafe { libc::getauxval(about as u64) } as usize];
        assert_ne!(entry(AT_HWCAP)[1], 0);
        assert_eq!(ask(), features(&[entry(AT_HWCAP), entry(AT_HWCAP2)]));
    }

    #[test]
    fn a_file_that_is_not_there_has_no_entries() {
        assert_eq!(read(c"/proc/self/no-such-file", &mut [[7; 2]; 2]), 0);
    }

    /// The first ones are those of the file, as it is read otherwise.
    #[test]
    fn entries_are_read_from_the_start() {
        let file = std::fs::read("/proc/self/auxv").expect("Linux has it");
        let mut entries = [[0; 2]; 2];
        assert_eq!(read(c"/proc/self/auxv", &mut entries), 2);
        let words = file.chunks_exact(8).map(|word| usize::from_ne_bytes(word.try_into().expect("8 bytes")));
        assert!(words.take(4).eq(entries.into_iter().flatten()));
    }
}
