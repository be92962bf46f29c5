//! Memmaps in files: whole, right, and where they should be.

use std::fs;
use std::path::Path;

use crate::person::{files, xtask};

const HEAD_PFN: &str = "0x101200";
const BASE: &str = "0xffd4000000000000";
const PGMAP: &str = "0xff11000005ec5180";

fn dump(folder: &Path, out: &str, args: &[&str]) {
    let fixed = ["memmap-dump", "--vmemmap-base", BASE, "--pgmap", PGMAP, "--out", out];
    let output = xtask(folder, &[&fixed, args].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.is_empty() && output.stdout.is_empty(), "machine-readable output goes to the file only");
}

/// Word `word` of page `page`.
fn word(memmap: &[u8], page: usize, word: usize) -> u64 {
    let at = page * 64 + word * 8;
    u64::from_ne_bytes(memmap[at..at + 8].try_into().unwrap())
}

#[test]
fn a_devdax_memmap_has_the_kernels_words_by_every_strategy() {
    let folder = tempfile::tempdir().unwrap();
    for strategy in ["slow", "template", "streaming", "stamped"] {
        let args = ["--mode", "devdax", "--start-pfn", HEAD_PFN, "--nr-pages", "1024", "--strategy", strategy];
        dump(folder.path(), strategy, &args);
        let memmap = fs::read(folder.path().join(strategy)).unwrap();
        assert_eq!(memmap.len(), 1024 * 64);
        for head in [0, 512] {
            assert_eq!(word(&memmap, head, 0), 0x0027_ffff_c000_2040);
            assert_eq!(word(&memmap, head, 1), 0xff11_0000_05ec_5180);
            assert_eq!(word(&memmap, head + 1, 0), 0x0027_ffff_c000_2009);
            assert_eq!(word(&memmap, head + 511, 1), 0xffff_ffff_ffff_8001);
            // The deferred list of the second tail: its own address.
            let second = 0xffd4_0000_0000_0000 + 64 * (0x10_1200 + head as u64 + 2) + 16;
            assert_eq!(word(&memmap, head + 2, 2), second);
        }
    }
    assert_eq!(files(folder.path()), ["slow", "stamped", "streaming", "template"]);
}

#[test]
fn options_reach_the_memmap() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--mode", "fsdax", "--start-pfn", "1053184", "--nr-pages", "3", "--kernel", "6.12", "--nid", "5"];
    dump(folder.path(), "out", &args);
    let memmap = fs::read(folder.path().join("out")).unwrap();
    assert_eq!(memmap.len(), 3 * 64);
    assert_eq!(word(&memmap, 2, 0), 0x0027_ffff_c000_2000 | 5 << 54);
    assert_eq!(word(&memmap, 2, 6), 0x0000_0001_ffff_ffff);
}

#[test]
fn parts_join_without_a_seam() {
    // More than one part of 2^20 pages, and an uneven rest.
    let folder = tempfile::tempdir().unwrap();
    let pages = (1 << 20) + 1024;
    dump(folder.path(), "whole", &["--mode", "devdax", "--start-pfn", HEAD_PFN, "--nr-pages", &pages.to_string()]);
    let seam = format!("{:#x}", 0x10_1200 + (1 << 20) - 512);
    dump(folder.path(), "seam", &["--mode", "devdax", "--start-pfn", &seam, "--nr-pages", "1536"]);
    let whole = fs::read(folder.path().join("whole")).unwrap();
    assert_eq!(whole.len(), pages * 64);
    assert!(whole.ends_with(&fs::read(folder.path().join("seam")).unwrap()));
}

#[test]
fn a_device_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    dump(folder.path(), "/dev/null", &["--mode", "fsdax", "--start-pfn", "0", "--nr-pages", "512"]);
    let output = xtask(
        folder.path(),
        &[
            "memmap-dump",
            "--vmemmap-base",
            BASE,
            "--pgmap",
            PGMAP,
            "--mode",
            "fsdax",
            "--start-pfn",
            "0",
            "--nr-pages",
            "512",
            "--out",
            "/dev/full",
        ],
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1);
}
