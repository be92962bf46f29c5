//! What `--record` enters: in HARDWARE.md what was executed on what, since when; in TESTING.md how long it took.

use std::path::Path;
use std::time::Duration;

use super::options::Extent;
use super::outcome::Outcome;
use super::this_machine::THIS_MACHINE;
use crate::failure::{Failure, read};
use crate::machine::Machine;
use crate::output::Output;
use crate::readme_tables;
use crate::targets::WINE_NAME;
use crate::verdict::Verdict;

const HEADER: &str = "| executed on | target | backends, best first | tests | first | last |";

pub(super) fn minutes(took: Duration) -> String {
    format!("{} min {} s", took.as_secs() / 60, took.as_secs() % 60)
}

/// Enters a run; how long it took unless it was a part.
pub(super) fn record(workspace: &Path, extent: Extent, outcomes: &[Outcome], took: Duration) -> Result<(), Failure> {
    let machine = Machine::read();
    rewrite(&workspace.join("HARDWARE.md"), |text| executed(text, outcomes, &machine))?;
    let name = match extent {
        Extent::Short => "times",
        Extent::All => "times-all",
        Extent::Part => return Ok(()),
    };
    let mut table = "| step or target | on | tests | seconds |\n|--|--|--|--|\n".to_string();
    for Outcome { what, cpu, tally, took, .. } in outcomes {
        let tests = if tally.run() > 0 { tally.run().to_string() } else { String::new() };
        table += &format!("| {what} | {cpu} | {tests} | {} |\n", took.as_secs_f64().round());
    }
    table += &format!("\n{}; {} CPUs of {}.\n", minutes(took), machine.cores, machine.cpu);
    rewrite(&workspace.join("TESTING.md"), |text| match text.contains(&format!("<!-- {name} -->\n")) {
        true => readme_tables::fill(text, |mark| Ok((mark == name).then(|| table.clone()))),
        false => Err(Failure::run(format_args!("TESTING.md has no mark `<!-- {name} -->`"))),
    })
}

fn rewrite(path: &Path, change: impl FnOnce(&str) -> Result<String, Failure>) -> Result<(), Failure> {
    let text = change(&read(path)?)?;
    Output::create(path)?.finish_with(text.as_bytes())
}

/// HARDWARE.md with what has executed our code: the rows that passed, and of the steps on this machine the one with the most tests. Renews
/// the line of the same machine and target, or adds one at the end of the table.
fn executed(text: &str, outcomes: &[Outcome], machine: &Machine) -> Result<String, Failure> {
    let version = env!("CARGO_PKG_VERSION");
    let missing = || Failure::run(format_args!("HARDWARE.md has no line `{HEADER}`"));
    let (before, table) = text.split_once(HEADER).ok_or_else(missing)?;
    let mut rows: Vec<_> = table.lines().map(str::to_string).collect();
    // The first is what is behind the header in its line: nothing.
    let end = rows.iter().skip(1).position(|line| !line.starts_with('|'));
    let behind = rows.split_off(end.map_or(rows.len(), |end| end + 1));
    let is_passed = |of: &&Outcome| matches!(of.end, Verdict::Good(_)) && of.tally.backends.is_some();
    let passed = outcomes.iter().filter(is_passed);
    let (native, emulated): (Vec<_>, Vec<_>) = passed.partition(|outcome| outcome.cpu == THIS_MACHINE);
    let native = native.into_iter().max_by_key(|outcome| outcome.tally.passed);
    for Outcome { what, cpu, tally, .. } in native.into_iter().chain(emulated) {
        let host = format!("{} {}", std::env::consts::ARCH, std::env::consts::OS);
        let (on, target) = match &**cpu {
            THIS_MACHINE => (format!("{}, {}", machine.cpu, machine.kernel), &host),
            // On this CPU, but not on this system.
            WINE_NAME => (format!("{}, {WINE_NAME}", machine.cpu), what),
            emulated => (emulated.to_string(), what),
        };
        let begin = format!("| {on} | {target} | ");
        let old = rows.iter_mut().find(|row| row.starts_with(&begin));
        let first = old.as_ref().and_then(|row| row.split('|').nth(5)).map_or(version, str::trim);
        let backends = tally.backends.as_deref().unwrap_or_default();
        let line = format!("{begin}{backends} | {} | {first} | {version} |", tally.passed);
        match old {
            Some(row) => *row = line,
            None => rows.push(line),
        }
    }
    Ok(format!("{before}{HEADER}{}\n", [rows, behind].concat().join("\n")))
}

#[test]
fn a_machine_has_one_line_with_its_first_version_and_each_extent_a_table_of_times() {
    let folder = tempfile::tempdir().unwrap();
    let [hardware, times] = ["HARDWARE.md", "TESTING.md"].map(|name| folder.path().join(name));
    let rule = "|--|--|--|--|--|--|";
    let first = "| one | arm | neon, portable | 70 | 0.0.1 | 0.0.2 |";
    std::fs::write(&hardware, format!("# Title\n{HEADER}\n{rule}\n{first}\n\nThe end.\n")).unwrap();
    std::fs::write(&times, "<!-- times -->\n<!-- times-all -->\n").unwrap();
    let all = [("arm", "two", 71), ("arm", "one", 90), ("tests", THIS_MACHINE, 3), ("b", THIS_MACHINE, 2)];
    let all = all.map(|(what, cpu, passed)| {
        let mut outcome = Outcome::not_run(what, cpu, Verdict::Good(String::new()));
        (outcome.tally.passed, outcome.tally.backends) = (passed, Some("neon, portable".to_string()));
        outcome
    });
    for extent in [Extent::Part, Extent::Short] {
        record(folder.path(), extent, &all, Duration::from_millis(61_700)).unwrap();
    }
    let (text, now) = (read(&hardware).unwrap(), env!("CARGO_PKG_VERSION"));
    let [title, header, under, one, native, two, rest @ ..] = &text.lines().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!((*title, *header, *under, rest), ("# Title", HEADER, rule, &["", "The end."][..]));
    assert_eq!(*one, format!("| one | arm | neon, portable | 90 | 0.0.1 | {now} |"));
    // The step with the most tests.
    assert!(native.ends_with(&format!(" | neon, portable | 3 | {now} | {now} |")), "{native}");
    assert_eq!(*two, format!("| two | arm | neon, portable | 71 | {now} | {now} |"));
    let text = read(&times).unwrap();
    assert!(text.starts_with("<!-- times -->\n| step or target") && text.ends_with("\n<!-- times-all -->\n"), "{text}");
    assert!(text.contains("\n| tests | this machine | 3 | 0 |\n") && text.contains("\n1 min 1 s; "), "{text}");
}
