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
    let mut table = header(&["copy", "block", "streaming, GB/s", "best ordinary, GB/s", "ratio"]);
    for (what, line) in lines {
        for duel in verdict::duels(run, line) {
            let Duel { size, ours, theirs, peer } = &duel;
            if (line == plain && *size >= 256) || [4 << 10, 64 << 10, 1 << 20].contains(size) {
                table += &row(&[
                    what.to_string(),
                    text::bytes(*size),
                    format!("{ours:.1}"),
                    format!("{theirs:.1} ({peer})"),
                    format!("{:.2}", duel.ratio()),
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
        "median rebind, ms",
        "ns per struct page",
        "GB/s",
        "against slow",
        "of the write limit",
    ]);
    let rows = json["results"].as_array().filter(|rows| !rows.is_empty()).ok_or_else(broken)?;
    for result in rows {
        let figure = |value: &Value| value.as_f64().ok_or_else(broken);
        let word = |name: &str| result[name].as_str().map(str::to_string).ok_or_else(broken);
        table += &row(&[
            word("mode")?,
            word("strategy")?,
            format!("{:.1}", figure(&result["rebind_ms"]["median"])?),
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
            "| cold | 4 KiB | 9.0 | 6.0 (libc) | 1.50 |",
            "| destination re-read at once | 4 KiB | 3.0 | 6.0 (libc) | 0.50 |",
            "[record](records/there)",
        ] {
            assert!(table.contains(part), "{part} is missing in\n{table}");
        }
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
            "mode": "fsdax", "strategy": "stamped", "rebind_ms": { "median": 62.04 }, "ns_per_page": 2.4, "gb_s": 26.6,
            "vs_slow": 1.31, "of_limit": 0.975,
        });
        let json = json!({ "size_bytes": 100_u64 << 30, "machine": { "cpu": "A" }, "results": [result] });
        let table = rebind(&json, "there").unwrap();
        assert!(table.contains("| fsdax | stamped | 62.0 | 2.40 | 26.6 | 1.31 | 98 % |"), "{table}");
        assert!(table.contains("100 GiB"));
        assert!(rebind(&json!({}), "there").is_err());
    }
}
