//! The list of targets in README.md, from the table that the step checks and the rows that execute.

use super::compiled::{Expected, TABLE};
use super::rows;

/// The block between the marks `targets`.
pub(crate) fn block() -> String {
    let mut text = "| compiled in | targets |\n|--|--|\n".to_string();
    let mut rest = TABLE;
    while let Some((_, expected)) = rest.first() {
        let same = rest.iter().take_while(|(_, other)| other == expected).count();
        let targets: Vec<_> = rest[..same].iter().map(|(triple, _)| shown(triple)).collect();
        text += &format!("| {} | {} |\n", cell(*expected), targets.join(", "));
        rest = &rest[same..];
    }
    text + "\n**Bold**: the tests are executed there by `cargo xtask test --all`, on hardware or emulated. The others are compiled, without a warning.\n"
}

fn cell(expected: Expected) -> String {
    match expected {
        Expected::Builds(names) => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        Expected::Refused(why) => format!("none: refused by a line that says \"{why}\""),
    }
}

fn shown(triple: &str) -> String {
    let is_run = rows().any(|row| row.target.triple == triple);
    if is_run { format!("**{triple}**") } else { triple.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_in_it_and_those_that_execute_are_bold() {
        let block = block();
        for (triple, _) in TABLE {
            assert!(block.contains(triple), "{triple}");
        }
        assert!(block.contains("**s390x-unknown-linux-gnu**") && !block.contains("**x86_64-unknown-none**"));
        // One line for each outcome, under two of the header.
        assert_eq!(block.lines().take_while(|line| line.starts_with('|')).count(), 2 + 8);
    }
}
