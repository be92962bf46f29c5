//! Memmaps in files: written whole and right, read back, and what is wrong with others.

use std::fs;

use crate::command_lines::assert_refused;
use crate::trial::{Ended, Trial};
use crate::write;

const DEVDAX: &str = "--mode devdax --start-pfn 0x101200 --nr-pages 1024";
const ADDRESSES: &str = "--vmemmap-base 0xffd4000000000000 --pgmap 0xff11000005ec5180";

/// A memmap in a folder of its own, and nothing else: machine-readable output goes to the file only.
fn dumped(args: &str) -> (Trial, Vec<u8>) {
    let trial = Trial::new();
    let Ended { stdout, stderr, .. } = trial.run(&format!("memmap-dump --out memmap {args}"));
    assert!(stdout.is_empty() && stderr.is_empty(), "{args}: {stdout}{stderr}");
    trial.assert_left(&["memmap"], args);
    let memmap = fs::read(trial.path("memmap")).unwrap();
    (trial, memmap)
}

#[test]
fn the_bytes_are_a_kernels_by_every_strategy() {
    let golden = include_str!("../../../memmap-template/tests/golden/README.md");
    for (image, options) in [
        (
            "linux-6.17.13-devdax-2m",
            "--mode devdax --kernel 6.15 --start-pfn 1049600 --nr-pages 31744 --vmemmap-base 0xffd4000000000000",
        ),
        (
            "linux-6.12.107-arm64-16k-fsdax",
            "--arch arm64 --page-size 16K --mode fsdax --align 16K --kernel 6.12 --start-pfn 0x30080 --nr-pages 16256 \
             --vmemmap-base 0xfffff03fc0000000",
        ),
    ] {
        let line = golden.lines().find(|line| line.contains(image)).expect("it is listed");
        let pgmap = line.split(' ').nth(3).expect("the second column");
        for strategy in ["slow", "template", "streaming", "stamped"] {
            let (_, memmap) = dumped(&format!("{options} --pgmap {pgmap} --strategy {strategy}"));
            let hash: String = hmac_sha256::Hash::hash(&memmap).iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(line.contains(&hash), "{image}, {strategy}: {hash}");
        }
    }
}

#[test]
fn parts_join_without_a_seam() {
    // More than one part of 2^20 pages, and an uneven rest.
    let pages = (1 << 20) + 1024;
    let (_, whole) = dumped(&format!("--mode devdax --start-pfn 0x101200 --nr-pages {pages} {ADDRESSES}"));
    assert_eq!(whole.len(), pages * 64);
    let seam = 0x10_1200 + (1 << 20) - 512;
    let (_, end) = dumped(&format!("--mode devdax --start-pfn {seam:#x} --nr-pages 1536 {ADDRESSES}"));
    assert!(whole.ends_with(&end));
}

#[test]
fn what_is_written_is_found_whole() {
    let kernels = [("6.1", "6.1"), ("6.12", "6.12"), ("6.15", "6.15"), ("7.0", "7.0"), ("7.1", "7.1 or 7.2")];
    for (kernel, named) in kernels.into_iter().chain([("7.2", "7.1 or 7.2")]) {
        let (trial, _) = dumped(&format!("{DEVDAX} {ADDRESSES} --kernel {kernel}"));
        let first = format!("1024 struct pages of 64 bytes, read as those of kernel {named} on x86_64\n");
        let parts = [&first, "2 heads, 1022 tails", "order 9", "zone 4 node 0 refcount 1"];
        trial.run("memmap inspect memmap").assert(0, &[]).assert_printed(&parts);
    }
    for (page_size, align, pages) in
        [("4K", "2M", 1024), ("16K", "32M", 4096), ("64K", "512M", 16384), ("16K", "16K", 1)]
    {
        let (trial, _) = dumped(&format!(
            "--arch arm64 --page-size {page_size} --mode devdax --align {align} --kernel 6.12 --nid 3 --start-pfn 0x32000 \
             --nr-pages {pages} --vmemmap-base 0xfffff03fc0000000 --pgmap 0xfff00000bc0e1800"
        ));
        // Said, half said, and found out.
        for how in [&format!("--arch arm64 --page-size {page_size} --nid 3"), "--arch arm64", ""] {
            let ended = trial.run(&format!("memmap inspect memmap {how}"));
            ended.assert(0, &[]).assert_printed(&["on arm64\n", "zone 4 node 3 refcount 1"]);
        }
        let other = trial.run("memmap inspect memmap --arch arm64 --nid 2");
        other.assert(1, &["page 0 breaks invariant 9: the node in the flag word"]);
    }
}

#[test]
fn the_first_broken_page_is_named_with_the_reason_and_one_page_is_shown() {
    let (trial, memmap) = dumped(&format!("{DEVDAX} {ADDRESSES} --kernel 7.1"));
    let third = trial.run("memmap inspect memmap --page 3");
    third.assert(0, &[]).assert_printed(&["mask for order 9", "dead000000000400"]);
    assert_refused(&trial.run("memmap inspect memmap --page 1024"), &["1023"]);
    for (byte, page, invariant) in [
        (64 * 700 + 52, "page 700 ", "invariant 26: _refcount"),
        (64 * 513 + 16, "page 513 ", "invariant 30"),
        // A pgmap that is another address is right for page 0, and wrong for the next head.
        (8, "page 512 ", ""),
    ] {
        let mut broken = memmap.clone();
        broken[byte] ^= 0x10;
        write(&trial, "memmap", broken);
        trial.run("memmap inspect memmap").assert(1, &[page, invariant]);
    }
}

#[test]
fn anything_else_is_one_line() {
    let trial = Trial::new();
    write(&trial, "empty", "");
    write(&trial, "short", [0; 63]);
    for args in ["empty", "short", "none", ".", "/dev/zero", "short --struct-page 65", "short --kernel 5.15", ""] {
        assert_refused(&trial.run(&format!("memmap inspect {args}")), &[]);
    }
    // Whole pages of anything: a reason, not a crash. The fuzz target `memmap_inspect` has many of them.
    write(&trial, "pages", [0xff; 6400]);
    trial.run("memmap inspect pages --lines 0").assert(1, &["error: ", "page 0 breaks invariant"]);
}
