//! A small experiment from end to end.

use serde_json::Value;

use crate::trial::Trial;

/// What it prints, and the rows of its JSON; `expected` are fields of the JSON itself. What follows from what in a row, unit tests say.
fn rebind(args: &str, expected: &[(&str, Value)]) -> (String, Vec<Value>) {
    let trial = Trial::new();
    let ended = trial.run(&format!("rebind --json out {args}"));
    // No progress bar in a pipe.
    ended.assert(0, &[]);
    trial.assert_left(&["out"], args);
    let json = trial.json("out");
    assert!(json["machine"]["kernel"].is_string() && json["limit_gb_s"].as_f64() > Some(0.0), "{args}: {json}");
    for (name, value) in expected {
        assert_eq!(json[name], *value, "{args}: {name}");
    }
    let rows = json["results"].as_array().unwrap();
    for row in rows {
        assert_eq!(row["identical"], true, "{args}: {row}");
        let figure = |figure: &Value| figure.as_f64().unwrap_or_else(|| panic!("{args}: {row}"));
        let [first, faults, init] =
            [&row["first_ms"], &row["first"]["faults_ms"], &row["first"]["init_ms"]].map(figure);
        // Pages that are there before the first binding are not a part of it.
        let parts = if json["prefault"] == "no" { faults + init } else { init };
        assert!(faults >= 0.0 && init > 0.0 && (parts - first).abs() < 1e-6, "{args}: {row}");
        assert!(figure(&row["rebind_ms"]["min"]) > 0.0 && figure(&row["of_limit"]) > 0.0, "{args}: {row}");
    }
    (ended.stdout, rows.clone())
}

fn columns<const N: usize>(rows: &[Value], names: [&str; N]) -> Vec<String> {
    rows.iter().map(|row| names.map(|name| row[name].to_string().replace('"', "")).join(" ")).collect()
}

#[test]
fn every_strategy_in_both_modes() {
    let backend = memcpy_streaming::Backend::active().name();
    let (text, rows) = rebind("--size 1GiB --rebinds 2 --verbose", &[("backend", backend.into())]);
    let all = ["fsdax", "devdax"]
        .map(|mode| ["slow", "template", "streaming", "stamped"].map(|strategy| format!("{mode} {strategy} 257536")));
    assert_eq!(columns(&rows, ["mode", "strategy", "struct_pages"]), all.concat());
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
fn threads_and_dedup_are_rows_of_their_own() {
    let args = "--size 1G --map mem --mode devdax --rebinds 2 --strategy slow,stamped --dedup yes,no --threads 1,2";
    let (text, rows) = rebind(args, &[]);
    let expected = ["devdax true 262144 65536", "devdax false 262144 262144"]
        .map(|pages| ["slow 1", "slow 2", "stamped 1", "stamped 2"].map(|row| format!("{pages} {row}")));
    let names = ["mode", "dedup", "pages", "struct_pages", "strategy", "threads"];
    assert_eq!(columns(&rows, names), expected.concat());
    assert!(text.contains("stamped x2, dedup") && text.contains("65536 are written"), "{text}");
    // fsdax has no compounds: nothing to share, and so no second experiment. Without slow, memmaps are still compared.
    let (_, rows) = rebind("--size 64M --map mem --rebinds 1 --mode fsdax --dedup yes,no --strategy stamped", &[]);
    assert_eq!(rows.len(), 1);
}

#[test]
fn other_struct_pages_and_ways_to_get_memory() {
    for (bytes, with) in
        [(56, ""), (64, "--with virtual"), (80, "--with virtual,sections"), (96, ""), (88, "--with sections")]
    {
        let args = format!("--size 64M --rebinds 1 --map mem --struct-page {bytes} {with}");
        rebind(&args, &[("struct_page_bytes", bytes.into())]);
    }
    for prefault in ["no", "touch", "populate"] {
        let args = format!("--size 64M --rebinds 2 --prefault {prefault} --threads 2");
        rebind(&args, &[("prefault", prefault.into())]);
    }
}
