//! A small experiment from end to end.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::person::{command, files, xtask};
use serde_json::Value;

fn run(args: &[&str]) -> (String, Value) {
    let folder = tempfile::tempdir().unwrap();
    let args = [&["rebind", "--json", "out.json"], args].concat();
    let output = xtask(folder.path(), &args);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.is_empty(), "a progress bar in a pipe: {stderr}");
    assert_eq!(files(folder.path()), ["out.json"]);
    let json = fs::read(folder.path().join("out.json")).unwrap();
    (String::from_utf8(output.stdout).unwrap(), serde_json::from_slice(&json).unwrap())
}

#[test]
fn every_strategy_in_both_modes() {
    let (text, json) = run(&["--size", "1GiB", "--rebinds", "2", "--verbose"]);
    assert_eq!(json["backend"], memcpy_streaming::Backend::active().name());
    assert!(json["limit_gb_s"].as_f64().unwrap() > 0.0);
    assert!(json["machine"]["kernel"].is_string());
    let results = json["results"].as_array().unwrap();
    let names: Vec<_> = results
        .iter()
        .map(|row| format!("{} {}", row["mode"].as_str().unwrap(), row["strategy"].as_str().unwrap()))
        .collect();
    let all = ["fsdax", "devdax"]
        .iter()
        .flat_map(|mode| ["slow", "template", "streaming", "stamped"].map(|strategy| format!("{mode} {strategy}")));
    assert_eq!(names, all.collect::<Vec<_>>());
    for row in results {
        assert_eq!(row["struct_pages"], 257_536);
        assert_eq!(row["bytes"], 257_536 * 64);
        assert_eq!(row["identical"], true);
        let time = &row["rebind_ms"];
        let [min, median, mean, max] = ["min", "median", "mean", "max"].map(|name| time[name].as_f64().unwrap());
        assert!(0.0 < min && min <= median && median <= max && min <= mean && mean <= max);
        for figure in ["first_ms", "gb_s", "of_limit", "vs_slow"] {
            assert!(row[figure].as_f64().unwrap() > 0.0, "{figure}");
        }
    }
    // One line for each binding: a first one and two rebinds, four strategies, two modes.
    let bindings = text.lines().filter(|line| line.starts_with("initialised 257536 pages in "));
    assert_eq!(bindings.count(), 3 * 4 * 2);
    for part in ["pfn 0x101200", "503 compounds", "vs slow: of the means", "write limit: "] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    // The patch's figures are of another size.
    assert!(!text.contains("published") && !text.contains("273.52"), "{text}");
}

#[test]
fn without_slow_memmaps_are_still_compared() {
    let (_, json) = run(&["--size", "64M", "--rebinds", "1", "--mode", "devdax", "--strategy", "stamped"]);
    let row = &json["results"][0];
    assert_eq!(json["results"].as_array().unwrap().len(), 1);
    assert_eq!((&row["vs_slow"], &row["identical"]), (&Value::Null, &Value::Bool(true)));
}

#[test]
fn page_counts_are_the_kernels() {
    let pages = |args: &[&str]| {
        let (_, json) = run(&[args, &["--rebinds", "1", "--strategy", "stamped"]].concat());
        (json["results"][0]["pages"].as_u64().unwrap(), json["results"][0]["struct_pages"].as_u64().unwrap())
    };
    let mem = ["--size", "1G", "--map", "mem", "--mode", "devdax"];
    assert_eq!(pages(&mem), (262_144, 512 * 128));
    assert_eq!(pages(&[&mem[..], &["--dedup", "no"]].concat()), (262_144, 262_144));
    assert_eq!(pages(&["--size", "2G", "--align", "1G", "--mode", "devdax"]), (262_144, 262_144));
    assert_eq!(pages(&["--size", "1G", "--kernel", "6.12", "--mode", "fsdax", "--align", "4K"]), (257_536, 257_536));
}

#[test]
fn threads_and_dedup_are_rows_of_their_own() {
    let args = ["--size", "1G", "--map", "mem", "--mode", "devdax", "--rebinds", "2", "--strategy", "slow,stamped"];
    let (text, json) = run(&[&args[..], &["--dedup", "yes,no", "--threads", "1,2"]].concat());
    let rows: Vec<_> = json["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            assert_eq!((row["mode"].as_str(), row["identical"].as_bool()), (Some("devdax"), Some(true)));
            (row["dedup"].as_bool().unwrap(), row["strategy"].as_str().unwrap(), row["threads"].as_u64().unwrap())
        })
        .collect();
    let expected = [true, false]
        .map(|dedup| [(dedup, "slow", 1), (dedup, "slow", 2), (dedup, "stamped", 1), (dedup, "stamped", 2)]);
    assert_eq!(rows, expected.concat());
    assert!(text.contains("stamped x2, dedup") && text.contains("65536 are written"), "{text}");
    // fsdax has no compounds: nothing to share, and so no second experiment.
    let (_, json) = run(&["--size", "64M", "--map", "mem", "--rebinds", "1", "--mode", "fsdax", "--dedup", "yes,no"]);
    assert_eq!(json["results"].as_array().unwrap().len(), 4);
}

#[test]
fn other_struct_pages_and_pfn_fields() {
    for (size, with) in [("56", ""), ("64", "virtual"), ("80", "virtual,sections"), ("96", ""), ("88", "sections")] {
        let mut args = vec!["--size", "64M", "--rebinds", "1", "--map", "mem", "--struct-page", size];
        if !with.is_empty() {
            args.extend(["--with", with]);
        }
        let (_, json) = run(&args);
        let size: u64 = size.parse().unwrap();
        assert_eq!(json["struct_page_bytes"], size);
        for row in json["results"].as_array().unwrap() {
            assert_eq!(row["bytes"].as_u64().unwrap(), row["struct_pages"].as_u64().unwrap() * size);
            assert_eq!(row["identical"], true);
        }
    }
}

#[test]
fn namespaces_are_cut_as_the_kernel_cuts_them() {
    let places = |args: &str| {
        let args: Vec<_> = args.split(' ').chain(["--rebinds", "1", "--strategy", "stamped"]).collect();
        let (text, json) = run(&args);
        (text, json["results"][0]["pages"].as_u64().unwrap())
    };
    for (args, place, pages) in [
        ("--mode fsdax --align 2M --size 1GiB", "pfn 0x101200", 257_536),
        ("--mode fsdax --align 1G --size 4GiB", "pfn 0x140000", 786_432),
        ("--mode devdax --align 1G --size 2308M", "pfn 0x140000", 262_144),
        ("--mode devdax --arch arm64 --page-size 16K --align 32M --size 1GiB", "pfn 0x40800", 63_488),
        ("--mode fsdax --arch arm64 --page-size 64K --size 1GiB", "pfn 0x12000", 8192),
        // 128 bytes are set aside for each page; 80 bytes.
        ("--mode fsdax --kernel 6.1 --struct-page 80 --size 1GiB", "pfn 0x102200", 253_440),
        ("--mode fsdax --nvdimm-kmsan yes --struct-page 80 --size 1GiB", "pfn 0x101600", 256_512),
    ] {
        let (text, found) = places(args);
        assert_eq!(found, pages, "{args}");
        assert!(text.contains(place), "{args}: {place} is missing in\n{text}");
    }
}

#[test]
fn a_first_binding_is_split() {
    for prefault in ["no", "touch", "populate"] {
        let (_, json) = run(&["--size", "64M", "--rebinds", "2", "--prefault", prefault, "--threads", "2"]);
        assert_eq!(json["prefault"], prefault);
        for row in json["results"].as_array().unwrap() {
            let [faults, init] = ["faults_ms", "init_ms"].map(|part| row["first"][part].as_f64().unwrap());
            assert!(faults >= 0.0 && init > 0.0);
            let first = row["first_ms"].as_f64().unwrap();
            let sum = if prefault == "no" { faults + init } else { init };
            assert!((sum - first).abs() < 1e-6, "{sum} {first}");
        }
    }
}

#[test]
fn ctrl_c_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["rebind", "--size", "256M", "--rebinds", "1000000", "--verbose", "--json", "out.json"];
    let mut child = command(folder.path(), &args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("initialised") {
        line.clear();
        assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "it ended by itself");
    }
    assert_eq!(files(folder.path()).len(), 1, "the temporary");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    // Drained, lest the child waits for us.
    std::io::copy(&mut stdout, &mut std::io::sink()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1);
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["rebind", "--size", "256M", "--rebinds", "1000000", "--verbose", "--json", "out.json"];
    let mut child = command(folder.path(), &args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(141));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(files(folder.path()).is_empty());
}
