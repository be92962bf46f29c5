//! Memmaps read back: ours, broken ones, and anything else.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::person::xtask;

/// A devdax memmap of two compounds.
fn dump(folder: &Path, kernel: &str) -> Vec<u8> {
    let args = "memmap-dump --mode devdax --start-pfn 0x101200 --nr-pages 1024 --vmemmap-base 0xffd4000000000000 \
        --pgmap 0xff11000005ec5180 --out memmap --kernel";
    let args: Vec<_> = args.split_whitespace().chain([kernel]).collect();
    assert!(xtask(folder, &args).status.success());
    fs::read(folder.join("memmap")).unwrap()
}

fn inspect(folder: &Path, args: &str) -> Output {
    let args: Vec<_> = "memmap inspect".split(' ').chain(args.split_whitespace()).collect();
    xtask(folder, &args)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn our_memmaps_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    for (kernel, named) in [
        ("6.1", "6.1"),
        ("6.12", "6.12"),
        ("6.15", "6.15"),
        ("7.0", "7.0"),
        ("7.1", "7.1 or 7.2"),
        ("7.2", "7.1 or 7.2"),
    ] {
        dump(folder.path(), kernel);
        let output = inspect(folder.path(), "memmap");
        let stdout = text(&output.stdout);
        assert!(output.status.success(), "{kernel}: {}{stdout}", text(&output.stderr));
        for part in [
            format!("1024 struct pages of 64 bytes, read as those of kernel {named} on x86_64\n"),
            "2 heads, 1022 tails".into(),
        ] {
            assert!(stdout.contains(&part), "{part} is missing in {stdout}");
        }
        assert!(stdout.contains("order 9") && stdout.contains("zone 4 node 0 refcount 1"), "{stdout}");
    }
}

#[test]
fn the_first_broken_page_is_named_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let memmap = dump(folder.path(), "7.1");
    for (byte, invariant) in [(64 * 700 + 52, "invariant 26: _refcount"), (64 * 513 + 16, "invariant 30"), (8, "")] {
        let mut broken = memmap.clone();
        broken[byte] ^= 0x10;
        fs::write(folder.path().join("memmap"), broken).unwrap();
        let output = inspect(folder.path(), "memmap");
        let stderr = text(&output.stderr);
        assert_eq!((output.status.code(), stderr.lines().count()), (Some(1), 1), "{stderr}");
        // A pgmap that is another address is right for page 0, and wrong for the next head.
        let page = if byte == 8 { 512 } else { byte / 64 };
        assert!(stderr.contains(&format!("page {page} ")) && stderr.contains(invariant), "{stderr}");
    }
}

#[test]
fn arm64s_memmaps_are_whole_too() {
    let folder = tempfile::tempdir().unwrap();
    for (page_size, align, pages) in
        [("4K", "2M", 1024), ("16K", "32M", 4096), ("64K", "512M", 16384), ("16K", "16K", 1)]
    {
        for mode in ["fsdax", "devdax"] {
            let args = format!(
                "memmap-dump --arch arm64 --page-size {page_size} --mode {mode} --align {align} --kernel 6.12 --nid 3 \
                 --start-pfn 0x32000 --nr-pages {pages} --vmemmap-base 0xfffff03fc0000000 --pgmap 0xfff00000bc0e1800 --out memmap"
            );
            let output = xtask(folder.path(), &args.split_whitespace().collect::<Vec<_>>());
            assert!(output.status.success(), "{args}: {}", text(&output.stderr));
            // Said, half said, and found out.
            for how in [&format!("--arch arm64 --page-size {page_size} --nid 3"), "--arch arm64", ""] {
                let output = inspect(folder.path(), &format!("memmap {how}"));
                let stdout = text(&output.stdout);
                assert!(output.status.success(), "{how}: {}{stdout}", text(&output.stderr));
                assert!(stdout.contains("on arm64\n") && stdout.contains("zone 4 node 3 refcount 1"), "{stdout}");
            }
            let output = inspect(folder.path(), "memmap --arch arm64 --nid 2");
            let stderr = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1));
            assert!(stderr.contains("page 0 breaks invariant 9: the node in the flag word"), "{stderr}");
        }
    }
}

#[test]
fn one_page_and_its_words() {
    let folder = tempfile::tempdir().unwrap();
    dump(folder.path(), "7.1");
    let output = inspect(folder.path(), "memmap --page 3");
    let stdout = text(&output.stdout);
    assert!(
        output.status.success() && stdout.contains("mask for order 9") && stdout.contains("dead000000000400"),
        "{stdout}"
    );
    let output = inspect(folder.path(), "memmap --page 1024");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("1023"));
}

#[test]
fn anything_else_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("empty"), "").unwrap();
    fs::write(folder.path().join("short"), [0; 63]).unwrap();
    for args in ["empty", "short", "none", ".", "/dev/zero", "short --struct-page 65", "short --kernel 5.15", ""] {
        let output = inspect(folder.path(), args);
        let stderr = text(&output.stderr);
        assert_eq!((output.status.code(), stderr.lines().count()), (Some(2), 1), "{args}: {stderr}");
        assert!(stderr.starts_with("error: ") && output.stdout.is_empty(), "{args}: {stderr}");
    }
    // Whole pages of anything: a reason, not a crash.
    let noise: Vec<u8> = (0..64 * 100_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (name, bytes) in [("zeros", vec![0; 6400]), ("ones", vec![0xff; 6400]), ("noise", noise)] {
        fs::write(folder.path().join(name), bytes).unwrap();
        for args in [name.to_string(), format!("{name} --start-pfn 0xffffffffffffffff --lines 0")] {
            let output = inspect(folder.path(), &args);
            let stderr = text(&output.stderr);
            assert_eq!((output.status.code(), stderr.lines().count()), (Some(1), 1), "{args}: {stderr}");
            assert!(stderr.contains("page 0 breaks invariant"), "{stderr}");
        }
    }
}
