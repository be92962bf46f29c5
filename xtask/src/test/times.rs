//! How long it takes, as TESTING.md has it.

use std::path::Path;
use std::time::Duration;

use super::options::Extent;
use super::outcome::Outcome;
use crate::failure::{Failure, read};
use crate::machine::Machine;
use crate::output::Output;
use crate::readme_tables::marks;

const FILE: &str = "TESTING.md";

/// A time for people.
pub(super) fn minutes(took: Duration) -> String {
    format!("{} min {} s", took.as_secs() / 60, took.as_secs() % 60)
}

/// Enters the times of a run into TESTING.md, unless it was a part.
pub(super) fn record(workspace: &Path, extent: Extent, outcomes: &[Outcome], took: Duration) -> Result<(), Failure> {
    let name = match extent {
        Extent::Short => "times",
        Extent::All => "times-all",
        Extent::Part => return Ok(()),
    };
    let path = workspace.join(FILE);
    let text = read(&path)?;
    let machine = Machine::read();
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let table = format!("{}\n{}; {cpus} CPUs of {}.\n", table(outcomes), minutes(took), machine.cpu);
    let text = marks::replace(&text, name, &table).map_err(|why| Failure::run(format_args!("{FILE}: {why}")))?;
    let mut output = Output::create(&path)?;
    output.write_all(text.as_bytes())?;
    output.finish()
}

fn table(outcomes: &[Outcome]) -> String {
    let mut table = "| step or target | on | tests | seconds |\n|--|--|--|--|\n".to_string();
    for Outcome { what, cpu, tally, took, .. } in outcomes {
        let tests = if tally.run() > 0 { tally.run().to_string() } else { String::new() };
        table += &format!("| {what} | {cpu} | {tests} | {} |\n", took.as_secs_f64().round());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::end::End;
    use std::fs;

    use super::super::libtest::Tally;
    use super::*;

    #[test]
    fn each_run_has_its_table() {
        let mut tally = Tally::default();
        tally.line("test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out");
        let took = Duration::from_millis(61_700);
        let outcomes = [Outcome::new("tests", "this machine", tally, took, End::Passed)];
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        fs::write(&file, "a\n<!-- times -->\n<!-- /times -->\n<!-- times-all -->\n<!-- /times-all -->\n").unwrap();
        record(folder.path(), Extent::Short, &outcomes, took).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.contains("<!-- times -->\n| step or target") && text.contains("| tests | this machine | 7 | 62 |")
        );
        assert!(text.contains("1 min 1 s; ") && text.ends_with("<!-- times-all -->\n<!-- /times-all -->\n"), "{text}");
        record(folder.path(), Extent::Part, &outcomes, took).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}
