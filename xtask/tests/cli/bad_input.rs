//! Bad input: one line that says what is wrong, exit code 2, and no file.

use crate::person::{files, xtask};

/// Runs `args`, which must be refused with a line that has all of `mentioned` in it.
fn refused(args: &str, mentioned: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let output = xtask(folder.path(), &args.split_whitespace().collect::<Vec<_>>());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{args}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{args}: {stderr}");
    assert!(stderr.starts_with("error: "), "{args}: {stderr}");
    assert!(output.stdout.is_empty(), "{args} printed something");
    assert!(files(folder.path()).is_empty(), "{args} left {:?}", files(folder.path()));
    for word in mentioned {
        assert!(stderr.contains(word), "{args}: {word} is not mentioned: {stderr}");
    }
}

#[test]
fn commands_and_options() {
    refused("", &["rebind", "memmap-dump", "test"]);
    refused("reband", &["rebind", "memmap-dump", "test"]);
    refused("test everything", &["everything"]);
    refused("rebind --sise 1G", &["--sise", "--size"]);
    refused("rebind --size", &["--size", "value"]);
    refused("rebind --size 1G --size 2G --json out", &["--size", "multiple"]);
}

#[test]
fn targets_and_cpu_models() {
    refused("test --target mips-unknown-linux-gnu", &["mips", "aarch64-unknown-linux-gnu", "x86_64-unknown-none"]);
    refused("test --cpu pentium", &["pentium", "cortex-a72", "max,sve=off", "tigerlake"]);
    refused("test --target s390x-unknown-linux-gnu --cpu Haswell", &["Haswell", "s390x", "`qemu`"]);
    refused("test --step lint --cpu Haswell", &["--step", "--cpu"]);
    refused("test --step lnt", &["lnt", "lint", "miri"]);
    refused("asm --target mips-unknown-linux-gnu", &["mips", "aarch64-unknown-linux-gnu"]);
    refused("asm --bles", &["--bles", "--bless"]);
    refused("test --all --step tests", &["--all", "--step"]);
}

#[test]
fn tune() {
    refused("tune --seconds 0", &["--seconds", "1..=86400"]);
    refused("tune --seconds soon", &["soon", "--seconds"]);
    refused("tune --json no/such/folder/out", &["no/such/folder/out"]);
    refused("tune now", &["now"]);
}

#[test]
fn fuzz_targets() {
    refused("fuzz everything", &["everything", "copy_family", "parsers"]);
    refused("fuzz --seconds 0", &["--seconds", "1 to 2147483647"]);
    refused("fuzz --sanitizer thread", &["thread", "none, address"]);
}

#[test]
fn names() {
    refused("rebind --mode fsdax,raw --json out", &["raw", "fsdax, devdax"]);
    refused("rebind --mode , --json out", &["fsdax, devdax"]);
    refused("rebind --map disk --json out", &["disk", "dev, mem"]);
    refused("rebind --kernel 5.15 --json out", &["5.15", "6.1, 6.12, 6.15, 7.0, 7.1, 7.2"]);
    refused("rebind --strategy slow,fast --json out", &["fast", "slow, template, streaming, stamped"]);
    refused("rebind --hugepages maybe --json out", &["maybe", "yes, no"]);
    refused("rebind --align 8K --json out", &["8K", "4K, 2M, 1G, 16K, 32M, 64K, 512M"]);
}

#[test]
fn namespace_sizes() {
    for size in ["0", "-1", "", "1.5G", "12XB", "G", "99999999999999999999", "17179869184G"] {
        refused(&format!("rebind --json out --size={size}"), &["--size"]);
    }
    // Nothing left once the end is cut; no room behind the memmap; beyond the last pfn; beyond the vmemmap.
    for size in ["3M", "1000000", "2M", "0xffffffffffe00000", "4096P"] {
        refused(&format!("rebind --json out --size {size}"), &["--size"]);
    }
    refused("rebind --mode devdax --align 1G --size 1536M --json out", &["1610612736", "2147483648"]);
    refused("rebind --mode devdax --align 1G --size 512M --json out", &["536870912", "2147483648"]);
    refused("rebind --mode devdax --align 1G --size 1G --json out", &["no space"]);
}

#[test]
fn pairs_and_counts() {
    for (align, page_size, known) in [
        ("16K", "4K", "4K, 2M, 1G"),
        ("2M", "16K", "16K, 32M"),
        ("32M", "64K", "64K, 512M"),
        ("512M", "16K", "16K, 32M"),
    ] {
        let pages = format!("--arch arm64 --page-size {page_size} --align {align}");
        for mode in ["fsdax", "devdax"] {
            refused(&format!("rebind --mode {mode} {pages} --json out"), &["--align", align, known, "--page-size"]);
            let range = "--start-pfn 0 --nr-pages 262144 --vmemmap-base 0xffd4000000000000 --pgmap 0x1000 --out out";
            refused(&format!("memmap-dump --mode {mode} {pages} {range}"), &["--align", align, known]);
        }
    }
    for rebinds in ["0", "-1", "4294967296", "many"] {
        refused(&format!("rebind --rebinds {rebinds} --json out"), &["--rebinds"]);
    }
}

#[test]
fn architectures_and_their_pages() {
    let dump = |rest: &str| dump("0x101200", "512", &format!("--out out {rest}"));
    let inspect = |rest: &str| format!("memmap inspect none {rest}");
    for command in [&dump as &dyn Fn(&str) -> String, &|rest| format!("rebind --json out {rest}"), &inspect] {
        refused(&command("--arch sparc64"), &["sparc64", "x86_64, arm64"]);
        refused(&command("--page-size 8K"), &["8K", "4K, 16K, 64K"]);
        for page_size in ["16K", "64K"] {
            refused(&command(&format!("--arch x86_64 --page-size {page_size}")), &["--page-size", "4K", "arm64"]);
        }
    }
    refused(&dump("--arch arm64 --nid 16"), &["16", "15"]);
    refused(&inspect("--arch arm64 --nid 16"), &["--nid 16", "15"]);
    refused(&inspect("--nid 1024"), &["--nid 1024", "1023"]);
}

#[test]
fn struct_pages_that_a_device_does_not_hold() {
    for size in ["72", "80", "96"] {
        let args = format!("rebind --struct-page {size} --map dev --size 1GiB --json out");
        refused(&args, &["--struct-page", size, "64", "memory debug options", "--map mem", "--nvdimm-kmsan"]);
        refused(&format!("{args} --kernel 6.12"), &["memory debug options"]);
    }
}

#[test]
fn struct_pages_threads_and_faults() {
    for size in ["0", "60", "65", "104", "x"] {
        refused(&format!("rebind --struct-page {size} --json out"), &["--struct-page"]);
    }
    refused("rebind --struct-page 56 --with virtual --json out", &["virtual", "64, 72, 80, 88 or 96", "56"]);
    refused("rebind --with index --json out", &["index", "virtual, sections"]);
    for threads in ["0", "-1", "65536", "1,x"] {
        refused(&format!("rebind --threads {threads} --json out"), &["--threads"]);
    }
    refused("rebind --prefault maybe --json out", &["maybe", "no, touch, populate"]);
    refused("rebind --dedup maybe --json out", &["maybe", "yes, no"]);
}

#[test]
fn too_little_memory_says_how_much_is_needed() {
    // 16 TiB: four memmaps of 256 GiB.
    refused("rebind --size 16T --json out", &["too little memory", "256.00 GiB", "needs", "leaves"]);
}

#[test]
fn captures() {
    let golden = |rest: &str| format!("golden --kernel-package linux-image-6.12-amd64 --out out {rest}");
    refused("golden", &["--arch", "--kernel-package", "--mode", "--out"]);
    refused(&golden("--arch riscv64 --mode fsdax"), &["riscv64", "x86_64, arm64"]);
    refused(&golden("--arch x86_64 --mode raw"), &["raw", "fsdax, devdax"]);
    refused(&golden("--arch x86_64 --mode fsdax --align 16K"), &["--align 16K", "4K, 2M, 1G"]);
    refused(&golden("--arch x86_64 --mode fsdax --align 8K"), &["8K"]);
    refused(&golden("--arch x86_64 --mode fsdax --node 8"), &["8", "--node"]);
    refused(&golden("--arch arm64 --mode fsdax --node 1"), &["--node 1", "node 0"]);
    for size in ["0", "3M", "2M", "1G --align 1G", "0xffffffffffe00000"] {
        refused(&golden(&format!("--arch x86_64 --mode devdax --size {size}")), &["--size"]);
    }
    // What is left of it is no whole section.
    refused(&golden("--arch x86_64 --mode devdax --size 200M"), &["--size 209715200", "134217728"]);
    refused(&golden("--arch x86_64 --mode fsdax --limit 0"), &["--limit"]);
    refused("golden --arch x86_64 --kernel-package x --mode fsdax --out none/out", &["none/out"]);
    refused("kernel-module --mode raw", &["raw", "fsdax, devdax"]);
    refused("kernel-module --limit -1", &["--limit"]);
}

#[test]
fn unwritable_output_is_found_before_the_run() {
    // 100 GiB and 30 rebinds: not what a test waits for.
    refused("rebind --json none/out", &["none/out", "No such file"]);
    refused("rebind --json .", &["`.`", "directory"]);
    refused("rebind --json out/", &["`out/`", "directory"]);
    refused(&dump("0x101200", "512", "--out none/out"), &["none/out"]);
    refused(&dump("0x101200", "512", "--out ."), &["directory"]);
}

#[test]
fn dump_ranges() {
    let beyond = ["0x10000000000000", "18446744073709551615", "0xfffffffffffffffff"];
    for pfn in ["0x101201", "0x", "0xg", "-512", "1e6"].iter().chain(&beyond) {
        refused(&dump(pfn, "512", "--out out"), &[]);
    }
    for pages in ["0", "511", "-512", "512.0"].iter().chain(&beyond) {
        refused(&dump("0x101200", pages, "--out out"), &[]);
    }
    // 2^50 bytes: whole compounds, representable, and on no disk.
    refused(&dump("0", "0x100000000000", "--out out"), &["aside"]);
}

#[test]
fn dump_addresses_and_nodes() {
    let with = |rest: &str| format!("memmap-dump --mode devdax --start-pfn 0x101200 --nr-pages 512 --out out {rest}");
    refused(&with("--vmemmap-base 0xffd4000000000000 --pgmap 0"), &["pgmap"]);
    refused(&with("--vmemmap-base 0xffd4000000000000 --pgmap 0xff11000005ec5181"), &["pgmap"]);
    refused(&with("--vmemmap-base 0xffd4000000000001 --pgmap 0xff11000005ec5180"), &["vmemmap"]);
    refused(&with("--vmemmap-base 0xfffffffffffffff0 --pgmap 0xff11000005ec5180"), &["vmemmap"]);
    refused(&with("--vmemmap-base 0xffd4000000000000"), &["--pgmap"]);
    refused(&dump("0x101200", "512", "--out out --nid 1024"), &["1024", "1023"]);
    refused(&dump("0x101200", "512", "--out out --nid -1"), &["--nid"]);
    refused(&dump("0x101200", "512", "--out out --align 1G"), &["262144"]);
    refused(&dump("0x101200", "512", "--out out --strategy fastest"), &["slow, template, streaming, stamped"]);
}

fn dump(start_pfn: &str, nr_pages: &str, rest: &str) -> String {
    format!(
        "memmap-dump --mode devdax --start-pfn={start_pfn} --nr-pages={nr_pages} \
         --vmemmap-base 0xffd4000000000000 --pgmap 0xff11000005ec5180 {rest}"
    )
}

#[test]
fn bench_matrix() {
    refused("bench-matrix --targets mars --out out", &["mars", "host, x86_64-unknown-linux-gnu"]);
    refused("bench-matrix --backends avx1024 --out out", &["avx1024", "avx512, avx2"]);
    refused("bench-matrix --ops copy,move --out out", &["move", "copy, batch"]);
    for sizes in [
        "4X",
        "1M..64",
        "0",
        "0..64",
        "64..",
        "..64",
        "64...4K",
        "64..2GiB",
        "32",
        "64..99999999999999999999",
        "64..16777216T",
    ] {
        refused(&format!("bench-matrix --out out --sizes={sizes}"), &["--sizes"]);
    }
    refused("bench-matrix --threads 0 --out out", &["'0'", "--threads", "from 1 on", "all"]);
    refused("bench-matrix --threads 0 --list", &["--threads"]);
    refused("bench-matrix --threads 99999 --out out", &["--threads 99999", "CPUs"]);
    refused("bench-matrix --threads -1 --out out", &["-1"]);
    refused("bench-matrix --threads few --out out", &["few", "all"]);
    refused("bench-matrix --out /dev/null", &["/dev/null", "folder"]);
    refused("bench-matrix --out /proc/results", &["/proc/results"]);
    refused("bench-matrix --out /proc/results/of/many", &["/proc/results"]);
    refused("bench-matrix --baseline . --out out", &["--baseline .", "directory"]);
    refused("bench-matrix --quick --ops copy --sizes 64 --out out", &["no point of the quick part", "--list --quick"]);
    refused("bench-matrix --ops mix --sizes 64 --out out", &["no point", "--ops", "--sizes"]);
    refused(
        "bench-matrix --targets riscv64gc-unknown-linux-gnu --backends neon --out out",
        &["no backend neon", "portable"],
    );
    refused("bench-matrix --baseline none.json --out out", &["none.json", "No such file"]);
    let board = "bench-matrix --targets aarch64-unknown-linux-gnu --runner ssh --out out";
    refused(&format!("{board} --ops mix --sizes 64"), &["no point"]);
    let others = "aarch64-unknown-linux-gnu,riscv64gc-unknown-linux-gnu";
    for targets in ["", "--targets host", "--targets host,aarch64-unknown-linux-gnu", &format!("--targets {others}")] {
        refused(&format!("bench-matrix {targets} --runner ssh --out out"), &["--runner", "--targets"]);
    }
}

#[test]
fn release_completions_and_man() {
    refused("release", &["--check", "cargo xtask release --help"]);
    refused("release --check --update", &["--check", "--update", "cannot be used"]);
    refused("release --publish", &["--publish", "--check, --update"]);
    refused("release --check 0.1.0", &["0.1.0"]);
    refused("completions", &["SHELL"]);
    refused("completions tcsh", &["tcsh", "bash, elvish, fish, powershell, zsh"]);
    refused("man rebind", &["rebind"]);
    refused("man --out", &["--out", "value"]);
    refused("readme-tables --chek", &["--chek", "--check"]);
}

#[test]
fn capi() {
    refused("capi", &["--prefix"]);
    refused("capi --prefix", &["--prefix", "value"]);
    refused("capi --prefix=/dev/null", &["/dev/null/include", "Not a directory"]);
    refused("capi --prefix /proc/installed", &["/proc/installed/include", "name a folder"]);
}
