//! The tables, as Markdown.

use bench_runner::protocol::Kind;
use bench_runner::{Cache, Ends, Op, Reread};
use serde_json::Value;

use crate::bench::results::{Line, Run};
use crate::bench::text;
use crate::bench::verdict::{self, Duel};
use crate::failure::Failure;

/// A row.
fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn header(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| (*name).to_string()).collect();
    row(&names) + &format!("|{}\n", "--|".repeat(names.len()))
}

/// Where the figures are from.
fn source(machine: &Value, record: &str) -> String {
    let fact = |name: &str| machine[name].as_str().unwrap_or("unknown");
    format!("{}, {}, {}; [record](records/{record})", fact("cpu"), fact("kernel"), fact("libc"))
}

/// Sizes of cold copies that a reader is shown.
const COLD: [u64; 5] = [256, 4 << 10, 64 << 10, 1 << 20, 16 << 20];

/// Copies: ours against the best ordinary one.
pub(super) fn copies(run: &Run, record: &str) -> String {
    let plain = Line::plain(Op::Copy);
    let lines = [
        ("cold", plain),
        ("cold, ends not aligned", Line { ends: Ends::Misaligned, ..plain }),
        ("source in the cache", Line { cache: Cache::HotSource, ..plain }),
        ("destination re-read at once", Line { reread: Reread::Yes, ..plain }),
        ("both sides in the cache", Line { cache: Cache::Hot, ..plain }),
    ];
    let mut table = header(&["copy", "block", "streaming, GB/s", "best ordinary, GB/s", "ratio (95 % limits)"]);
    for (what, line) in lines {
        for duel in verdict::duels(run, line) {
            let Duel { size, ours, theirs, peer, .. } = &duel;
            let (low, high) = duel.limits();
            if (line == plain && COLD.contains(size)) || *size == 64 << 10 {
                table += &row(&[
                    what.to_string(),
                    text::bytes(*size),
                    format!("{ours:.1}"),
                    format!("{theirs:.1} ({peer})"),
                    format!("{:.2} ({low:.2}..{high:.2})", duel.ratio()),
                ]);
            }
        }
    }
    format!(
        "{table}\nRandom blocks, one thread, drained each; backend `{}`. {}.\n",
        run.leading_backend(),
        source(&run.machine, record)
    )
}

/// Everyone who copied cold random blocks, the fastest at the largest size first.
pub(super) fn peers(run: &Run, record: &str) -> String {
    let races: Vec<_> =
        run.races().into_iter().filter(|race| Line::of(&race.point()) == Line::plain(Op::Copy)).collect();
    let at = |size: u64| races.iter().find(|race| race.point().size == size);
    let sizes: Vec<_> = COLD.into_iter().filter(|&size| at(size).is_some()).collect();
    let mut entrants: Vec<_> =
        sizes.last().and_then(|&largest| at(largest)).map(|race| race.0.clone()).unwrap_or_default();
    entrants.retain(|row| !row.is(Kind::Limit));
    entrants.sort_by(|a, b| b.gb_s().total_cmp(&a.gb_s()));
    let mut names = vec!["GB/s".to_string(), "streams".to_string()];
    names.extend(sizes.iter().map(|&size| text::bytes(size)));
    let mut table = header(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for entrant in entrants {
        let name = &entrant.entrant.name;
        let shown = if entrant.is(Kind::Ours) { format!("**ours, {name}**") } else { name.clone() };
        let mut cells = vec![shown, if entrant.entrant.streamed == "yes" { "yes" } else { "" }.to_string()];
        let speed = |&size: &u64| at(size).and_then(|race| race.named(name)).map(|row| format!("{:.1}", row.gb_s()));
        cells.extend(sizes.iter().map(|size| speed(size).unwrap_or_default()));
        table += &row(&cells);
    }
    let versions: Vec<_> = run.versions.iter().map(|(name, version)| format!("{name}: {version}")).collect();
    format!(
        "{table}\nCold random blocks, aligned, one thread, drained each. {}. {}.\n",
        versions.join("; "),
        source(&run.machine, record)
    )
}

/// The strategies.
pub(super) fn memmap(run: &Run, record: &str) -> String {
    let mut table = header(&["memmap", "threads", "strategy", "GB/s", "against slow"]);
    for race in run.races() {
        let (Op::MemmapFsdax | Op::MemmapDevdax) = race.point().op else { continue };
        let slow = race.named("slow").map(|slow| slow.gb_s());
        for entrant in race.0.iter().filter(|row| !row.is(Kind::Limit)) {
            table += &row(&[
                entrant.point.op.to_string(),
                entrant.point.threads.to_string(),
                entrant.entrant.name.clone(),
                format!("{:.1}", entrant.gb_s()),
                slow.map(|slow| format!("{:.2}", entrant.gb_s() / slow)).unwrap_or_default(),
            ]);
        }
    }
    format!("{table}\n{}.\n", source(&run.machine, record))
}

/// The experiment of the Linux patch.
pub(super) fn rebind(json: &Value, record: &str) -> Result<String, Failure> {
    let broken = || {
        Failure::input(format_args!(
            "records/{record}/rebind.json has no results as `cargo xtask rebind --json` writes them"
        ))
    };
    let mut table = header(&[
        "mode",
        "strategy",
        "median rebind, ms (min..max)",
        "ns per struct page",
        "GB/s",
        "against slow",
        "of the write limit",
    ]);
    let rows = json["results"].as_array().filter(|rows| !rows.is_empty()).ok_or_else(broken)?;
    for result in rows {
        let figure = |value: &Value| value.as_f64().ok_or_else(broken);
        let ms = &result["rebind_ms"];
        let word = |name: &str| result[name].as_str().map(str::to_string).ok_or_else(broken);
        table += &row(&[
            word("mode")?,
            word("strategy")?,
            format!("{:.1} ({:.1}..{:.1})", figure(&ms["median"])?, figure(&ms["min"])?, figure(&ms["max"])?),
            format!("{:.2}", figure(&result["ns_per_page"])?),
            format!("{:.1}", figure(&result["gb_s"])?),
            result["vs_slow"].as_f64().map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            format!("{:.0} %", 100.0 * figure(&result["of_limit"])?),
        ]);
    }
    let size = json["size_bytes"].as_u64().ok_or_else(broken)?;
    Ok(format!("{table}\nA namespace of {}; {}.\n", text::bytes(size), source(&json["machine"], record)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::bench::json;

    fn run() -> Run {
        json::read(include_str!("../bench/report/fixed.json")).unwrap()
    }

    #[test]
    fn copies_have_the_duels() {
        let table = copies(&run(), "there");
        for part in [
            "| cold | 4 KiB | 9.0 | 6.0 (libc) | 1.50 (",
            "| destination re-read at once | 64 KiB | 3.0 | 6.0 (libc) | 0.50 (",
            "[record](records/there)",
        ] {
            assert!(table.contains(part), "{part} is missing in\n{table}");
        }
    }

    #[test]
    fn peers_are_in_the_order_of_their_speed() {
        let table = peers(&run(), "there");
        let place = |row: &str| table.find(row).unwrap_or_else(|| panic!("{row} is missing in\n{table}"));
        assert!(place("| **ours, avx2** | yes | ") < place("| libc |  | "), "{table}");
        assert!(!table.contains("limit"), "{table}");
    }

    #[test]
    fn strategies_are_compared_with_slow() {
        let table = memmap(&run(), "there");
        assert!(table.contains("| memmap-devdax | 1 | stamped | 20.0 | 2.22 |"), "{table}");
        assert!(!table.contains("limit"), "{table}");
    }

    #[test]
    fn rebinds_are_taken_as_they_are() {
        let result = json!({
            "mode": "fsdax", "strategy": "stamped", "rebind_ms": { "median": 62.04, "min": 61.0, "max": 70.0 }, "ns_per_page": 2.4, "gb_s": 26.6,
            "vs_slow": 1.31, "of_limit": 0.975,
        });
        let json = json!({ "size_bytes": 100_u64 << 30, "machine": { "cpu": "A" }, "results": [result] });
        let table = rebind(&json, "there").unwrap();
        assert!(table.contains("| fsdax | stamped | 62.0 (61.0..70.0) | 2.40 | 26.6 | 1.31 | 98 % |"), "{table}");
        assert!(table.contains("100 GiB"));
        assert!(rebind(&json!({}), "there").is_err());
    }
}
