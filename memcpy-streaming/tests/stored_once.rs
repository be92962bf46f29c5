//! Memory that is not ordinary: each byte is stored once, by stores that are aligned, and none is read. Each access is counted.
#![cfg(all(
    target_arch = "x86_64",
    target_pointer_width = "64",
    target_os = "linux",
    not(miri),
    not(memcpy_streaming_portable)
))]

mod common;
#[path = "common/accesses.rs"]
mod watched;

use common::{for_each_backend, noise};
use memcpy_streaming::{Memory, Streamer, WriteOnly};
use watched::{Access, Kind, accesses, can_be_seen};

type Operation = fn(Streamer, WriteOnly<'_, u8>, &[u8]);

/// Bytes from one row to the next.
const PITCH: usize = 150;

/// Each of them makes the destination a copy of the source, or fills it with the source's first byte.
const COPIES: [(&str, Operation); 8] = [
    ("copy_to", |s, dst, src| s.copy_to(dst, src)),
    ("fill_with", |s, dst, src| s.fill_with(dst, |i| src[i])),
    ("map", |s, dst, src| s.map(dst, src, |byte| byte)),
    ("copy_rows", |s, mut dst, src| {
        let rows = src.len() / PITCH;
        for (at, width) in [(0, 100), (100, 50)] {
            if rows > 0 {
                s.copy_rows(dst.reborrow().slice(at..), PITCH, &src[at..], PITCH, width, rows);
            }
        }
        s.copy_to(dst.slice(rows * PITCH..), &src[rows * PITCH..]);
    }),
    ("scope, copy_to", |s, dst, src| {
        s.scope(|s| dst.chunks(90).zip(src.chunks(90)).for_each(|(dst, src)| s.copy_to(dst, src)));
    }),
    ("scope, map", |s, dst, src| s.scope(|s| s.map(dst, src, |byte| byte))),
    ("Writer", |s, dst, src| {
        s.scope(|s| {
            let mut writer = s.writer_to(dst);
            src.chunks(57).for_each(|record| writer.append(record).expect("it fits"));
            writer.drain();
        });
    }),
    ("Writer, one append", |s, dst, src| s.scope(|s| s.writer_to(dst).append(src).expect("it fits"))),
];

const FILLS: [(&str, Operation); 2] = [
    ("fill_to", |s, dst, src| s.fill_to(dst, src.first().copied().unwrap_or_default())),
    ("scope, fill_to", |s, dst, src| s.scope(|s| s.fill_to(dst, src.first().copied().unwrap_or_default()))),
];

/// The accesses of an operation on `len` bytes that begin `at` bytes behind a page's border; what it wrote is checked.
fn watch(
    streamer: Streamer,
    operation: Operation,
    memory: Memory,
    at: usize,
    src: &[u8],
    expected: &[u8],
) -> Vec<Access> {
    let mut all = vec![0; at + src.len() + 64];
    let seen = accesses(&mut all, |page| {
        // SAFETY: bytes of a mapping that only the operation uses.
        operation(streamer, unsafe { WriteOnly::from_raw_parts(page.add(at), src.len(), memory) }, src);
    });
    assert!(all[at..][..src.len()] == *expected, "what was written is wrong");
    seen
}

/// How often each byte is stored, if nothing is loaded and every store is aligned.
fn stores(seen: &[Access], len: usize) -> Vec<u8> {
    let mut stores = vec![0; len];
    for access in seen {
        assert_eq!(access.kind, Kind::Store, "{access:?}");
        assert!(access.len.is_power_of_two() && access.at.is_multiple_of(access.len), "{access:?}");
        stores[access.at..][..access.len].iter_mut().for_each(|count| *count += 1);
    }
    stores
}

#[test]
fn each_byte_is_stored_once_and_none_is_read() {
    if !can_be_seen() {
        return;
    }
    let data = noise(3000, 1);
    let blocks = [(0, 0), (0, 1), (5, 1), (1, 13), (8, 64), (64, 64), (3, 200), (63, 450), (0, 1024), (7, 3000)];
    for_each_backend(|streamer| {
        for memory in [Memory::WriteCombining, Memory::Shared] {
            for (at, len) in blocks {
                let src = &data[..len];
                let filled = vec![src.first().copied().unwrap_or_default(); len];
                let copies = COPIES.iter().map(|operation| (operation, src));
                for ((name, operation), expected) in copies.chain(FILLS.iter().map(|operation| (operation, &*filled))) {
                    let seen = watch(streamer, *operation, memory, at, src, expected);
                    let mut once = vec![0; at + len + 64];
                    once[at..at + len].fill(1);
                    let what = (streamer.backend(), name, memory, at, len);
                    assert!(stores(&seen, once.len()) == once, "{what:?}: {seen:?}");
                }
            }
        }
    });
}

/// Which is to be seen, so that the test above can fail: the platform's memcpy stores some bytes twice.
#[cfg(target_env = "gnu")]
#[test]
fn ordinary_memory_is_another_matter() {
    if !can_be_seen() {
        return;
    }
    let portable = Streamer::with_backend(memcpy_streaming::Backend::Portable).expect("there is always one");
    let src = noise(13, 2);
    let seen = watch(portable, |s, dst, src| s.copy_to(dst, src), Memory::Ordinary, 1, &src, &src);
    let twice = seen.iter().map(|access| access.len).sum::<usize>() > src.len();
    assert!(twice, "{seen:?}");
}
