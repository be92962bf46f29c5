//! The tables of the READMEs, each made of all records that are shown.

use bench_runner::protocol::Kind;
use bench_runner::{Cache, Ends, Op, Reread};
use serde_json::Value;

use super::records::Record;
use super::{source, table};
use crate::bench::measure::no_rep;
use crate::bench::results::{Duel, Line, line_of, plain_line};
use crate::bench::tables;
use crate::failure::Failure;
use crate::integrations::{Measured, NAMES};
use crate::machine::plain;
use crate::number::long;

/// Sizes of cold copies that a reader is shown.
const COLD: [u64; 5] = [256, 4 << 10, 64 << 10, 1 << 20, 16 << 20];
/// The size that stands for the others.
const MIDDLE: [u64; 1] = [64 << 10];

/// Copies: ours against the best ordinary one, with two columns for each machine.
pub(super) fn copies(records: &[Record]) -> String {
    let plain = plain_line(Op::Copy);
    let lines = [
        ("cold", plain, &COLD[..]),
        ("cold, ends not aligned", Line { ends: Ends::Misaligned, ..plain }, &MIDDLE),
        ("source in the cache", Line { cache: Cache::HotSource, ..plain }, &MIDDLE),
        ("destination re-read at once", Line { reread: Reread::Yes, ..plain }, &MIDDLE),
        ("both sides in the cache", Line { cache: Cache::Hot, ..plain }, &MIDDLE),
    ];
    let of_machine = |record: &Record| {
        [format!("{}: streaming / best ordinary, GB/s", record.machine), "ratio (95 % limits)".to_string()]
    };
    let names: Vec<_> =
        ["copy", "block"].map(String::from).into_iter().chain(records.iter().flat_map(of_machine)).collect();
    let mut rows = Vec::new();
    for (what, line, sizes) in lines {
        let duels: Vec<_> = records.iter().map(|record| record.run.duels_along(line)).collect();
        for &size in sizes {
            let of_size = |duels: &Vec<Duel<'_>>| {
                let Some(duel) = duels.iter().find(|duel| duel.size() == size) else { return Default::default() };
                let (ours, theirs) = (duel.ours.gb_s(), duel.theirs.gb_s());
                [format!("{ours:.1} / {theirs:.1} ({})", duel.peer()), duel.ratio.to_string()]
            };
            let cells: Vec<_> = duels.iter().flat_map(of_size).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push([vec![what.to_string(), long(size)], cells].concat());
            }
        }
    }
    let about = |record: &Record| {
        format!(" {}: backend `{}`; {}.", record.machine, record.run.leading_backend(), record.source())
    };
    let about: String = records.iter().map(about).collect();
    let text = format!("{}\nRandom blocks, one thread, drained each.{about}", table(&names, rows));
    format!("{text} {}", no_rep(&text)).trim_end().to_string() + "\n"
}

/// Everyone who copied cold random blocks, a table for each machine.
pub(super) fn peers(records: &[Record]) -> String {
    let tables: String = records.iter().map(|record| peers_of(record) + "\n").collect();
    tables + "Cold random blocks, aligned, one thread, drained each.\n"
}

/// The fastest at the largest size first.
fn peers_of(record: &Record) -> String {
    let run = &record.run;
    let races: Vec<_> = run.races().filter(|race| line_of(&race.point()) == plain_line(Op::Copy)).collect();
    let sized = |size| races.iter().find(|race| race.point().size == size).map(|race| (size, race));
    let shown: Vec<_> = COLD.into_iter().filter_map(sized).collect();
    let mut entrants = shown.last().map(|(_, race)| race.0.to_vec()).unwrap_or_default();
    entrants.retain(|row| !row.is(Kind::Limit));
    entrants.sort_by(|a, b| b.gb_s().total_cmp(&a.gb_s()));
    let mut names = vec![format!("{}, GB/s", record.machine), "streams".to_string()];
    names.extend(shown.iter().map(|(size, _)| long(*size)));
    let rows = entrants.iter().map(|row| {
        let name = &row.entrant.name;
        let mut cells = vec![if row.is(Kind::Ours) { format!("**ours, {name}**") } else { name.clone() }];
        cells.push(if row.entrant.streamed == "yes" { "yes" } else { "" }.to_string());
        cells.extend(
            shown.iter().map(|(_, race)| race.named(name).map(|row| format!("{:.1}", row.gb_s())).unwrap_or_default()),
        );
        cells
    });
    let versions: Vec<_> = run.versions.iter().map(|(name, version)| format!("{name}: {}", plain(version))).collect();
    format!("{}\n{}. {}.\n", table(&names, rows), versions.join("; "), record.source())
}

pub(super) fn memmap(records: &[Record]) -> String {
    let names = ["machine", "memmap", "threads", "strategy", "GB/s", "against slow"];
    let rows = records.iter().flat_map(|Record { machine, run, .. }| {
        tables::memmaps(run).rows.into_iter().map(|cells| {
            let [memmap, strategy, threads, gb_s, _, slow, _] = cells.try_into().expect("the table has seven columns");
            [machine.clone(), memmap, threads, strategy, gb_s, slow]
        })
    });
    let about: Vec<_> = records.iter().map(|record| format!("{}: {}.", record.machine, record.source())).collect();
    format!("{}\n{}\n", table(&names, rows), about.join(" "))
}

/// The experiment of the Linux patch, a group of rows for each machine.
pub(super) fn rebind(records: &[Record]) -> Result<String, Failure> {
    let mut names: Vec<_> = ["machine", "mode", "strategy", "median rebind, ms (min..max)"].into();
    names.extend(["ns per struct page", "GB/s", "against slow", "of the write limit"]);
    let (mut rows, mut sources) = (Vec::new(), Vec::new());
    for record in records {
        let (document, machine) = (record.rebind()?, &record.machine);
        let (size, from) = (long(document.size_bytes), source(&document.machine, &record.folder));
        sources.push(format!("{machine}: a namespace of {size}; {from}."));
        rows.extend(document.results.iter().map(|row| {
            [
                machine.clone(),
                row.mode.clone(),
                row.strategy.clone(),
                format!("{:.1} ({:.1}..{:.1})", row.rebind_ms.median, row.rebind_ms.min, row.rebind_ms.max),
                format!("{:.2}", row.ns_per_page),
                format!("{:.1}", row.gb_s),
                row.vs_slow.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
                row.of_limit_cell(0),
            ]
        }));
    }
    Ok(format!("{}\n{}\n", table(&names, rows), sources.join(" ")))
}

/// The table of one integration, or of all; None if none is called so.
pub(super) fn integrations(name: &str, records: &[Record]) -> Result<Option<String>, Failure> {
    let all = name == "integrations";
    let names: Vec<_> = NAMES.into_iter().filter(|known| all || *known == name).collect();
    let mut tables = String::new();
    for record in records {
        let measured = names.iter().filter_map(|name| record.integration(name).transpose());
        let measured = measured.collect::<Result<Vec<_>, _>>()?;
        if !measured.is_empty() {
            tables += &integrations_of(record, &measured, all);
        }
    }
    Ok(match names[..] {
        [] => None,
        _ if tables.is_empty() => Some("Not measured yet.\n".to_string()),
        _ => Some(tables),
    })
}

fn integrations_of(record: &Record, measured: &[Measured], all: bool) -> String {
    let names = ["program", "what, less is better", "without us", "ours", "theirs / ours (99 % limits)", ""];
    // A page of one does not say which one it is.
    let first = usize::from(!all);
    let mut rows = Vec::new();
    for one in measured {
        let program = format!("[{0}]({0})", one.integration);
        let figure = |value: f64| if value < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") };
        rows.extend(one.rows.iter().map(|row| {
            [
                program.clone(),
                format!("{}, {}", row.what, row.unit),
                format!("{}: {}", row.rival, figure(row.theirs)),
                figure(row.ours),
                format!("{:.2} ({:.2}..{:.2})", row.ratio, row.low, row.high),
                row.verdict.clone(),
            ]
        }));
        rows.extend(one.skipped.iter().map(|why| [&program, "not run", why, "", "", ""].map(str::to_string)));
    }
    let about = &measured[0];
    let version = |(name, version): (&String, &Value)| format!("{name} {}", version.as_str().unwrap_or("unknown"));
    let versions = about.versions.iter().map(version).collect::<Vec<_>>().join(", ");
    let (versions, up) = if all { (String::new(), "../") } else { (versions + "; ", "../../") };
    let from = source(&about.machine, &format!("{up}{}/integrations", record.folder));
    let table = table(&names[first..], rows.iter().map(|row| &row[first..]));
    format!("{table}\n{}: {versions}backend `{}`; {from}.\n", record.machine, about.backend)
}

// What the tables look like is seen in the READMEs, which `cargo xtask test` compares with the records. What no record has is here.
#[test]
fn what_was_not_measured_is_empty_or_says_why() {
    let run = crate::bench::files::read(include_str!("../bench/fixed.json")).unwrap();
    let empty = crate::bench::results::Run { rows: Vec::new(), ..run.clone() };
    let records = [run, empty].map(|run| Record { folder: String::new(), machine: String::new(), run });
    let text = copies(&records);
    assert!(text.contains("| cold | 4 KiB | 9.0 / 6.0 (libc) | 1.50 (1.40..1.61) |  |  |"), "{text}");
    let json = r#"{ "schema": 1, "integration": "direct-io", "quick": false, "backend": "avx2", "versions": {}, "rows": [],
        "skipped": "no O_DIRECT", "machine": { "cpu": "A CPU" } }"#;
    let text = integrations_of(&records[0], &[Measured::parse(json).unwrap()], true);
    for part in ["| [direct-io](direct-io) | not run | no O_DIRECT |", "A CPU, unknown, unknown; [record]("] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(integrations("redb", &[]).unwrap().as_deref(), Some("Not measured yet.\n"));
}
