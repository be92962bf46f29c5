//! What the terminal is told: at most 100 columns.

use super::results::Run;
use super::{measure, tables, verdict};

const WIDTH: usize = 100;
const LOSSES: usize = 8;

const SPEEDS: &str = "GB/s; cold random blocks, or one extent; aligned, one thread, drained each. limit: the fastest copy loop that is known, or a streaming fill, \
    drained once; or, with the name, whoever was faster still.";

pub(crate) fn summary(run: &Run) -> String {
    let wrap_all = |sentences: Vec<String>| sentences.iter().map(|text| wrap(text)).collect::<Vec<_>>().join("\n");
    let (speeds, mut losses) = (tables::speeds(run).text(), tables::losses(run));
    let more = losses.rows.len().saturating_sub(LOSSES);
    losses.rows.truncate(LOSSES);
    let (partial, losses) = ("PARTIAL: interrupted; what was measured until then:", losses.text());
    let mut parts = [
        if run.partial { partial.to_string() } else { String::new() },
        wrap_all(verdict::sentences(run)),
        run.machine["tuning"].as_str().map(|tuning| wrap(&format!("Tuning: {tuning}"))).unwrap_or_default(),
        if speeds.is_empty() { String::new() } else { format!("{speeds}\n{}", wrap(SPEEDS)) },
        tables::memmaps(run).text(),
        if more > 0 { format!("{losses}\n\n{more} more lines of the matrix are in report.html.") } else { losses },
    ]
    .to_vec();
    let explained = measure::no_rep(&parts.concat()).to_string();
    parts.extend([explained, tables::foreign(run).text(), wrap_all(tables::missing(run))]);
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

/// Breaks a sentence at spaces; within a command, in backticks, so that it can still be pasted into a shell.
fn wrap(sentence: &str) -> String {
    const CONTINUED: &str = " \\";
    let (mut text, mut column, mut in_command) = (String::new(), 0, false);
    for word in sentence.split(' ') {
        let was_in_command = in_command;
        in_command ^= word.matches('`').count() % 2 == 1;
        let width = if was_in_command || in_command { WIDTH - CONTINUED.len() } else { WIDTH };
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            text += if was_in_command { CONTINUED } else { "" };
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text += word;
        column += length;
    }
    text
}

#[cfg(test)]
mod tests {
    use bench_runner::protocol::Kind;

    use super::super::results::Foreign;
    use super::super::results::tests::{row, run};
    use super::*;

    #[test]
    fn it_fits_and_has_what_matters() {
        let mut run = run();
        let missing = Some(format!("no qemu-s390x; {}", "to run it: ".repeat(20)));
        run.foreign.push(Foreign { missing, ..run.foreign[0].clone() });
        run.rows.insert(0, row("libc-norep", Kind::Peer, 256, 6.5));
        run.rows.insert(1, row("limit-copy", Kind::Limit, 256, 15.0));
        let text = summary(&run);
        let rows = ["libc 6.0", "2.33", "libpmem 7.0", "15.0", "neon", "qemu-s390x"];
        for part in rows.iter().chain(&["PARTIAL", "libc-norep: libc without", "stream copies from 4 KiB up"]) {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "too wide:\n{text}");
        let empty = Run { rows: Vec::new(), foreign: Vec::new(), partial: false, ..run };
        assert_eq!(summary(&empty), "\n");
    }

    #[test]
    fn a_command_can_be_pasted_from_broken_lines() {
        for words in 1..40 {
            let command = format!("apt-get install -y {}", "gcc-of-some-target ".repeat(words).trim_end());
            let text =
                wrap(&format!("{} `{command}` as root, or else {}", "to run it:".repeat(words % 7), "x ".repeat(90)));
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "too wide:\n{text}");
            let pasted = text.split('`').nth(1).unwrap().replace("\\\n", "");
            assert_eq!(pasted, command);
        }
    }
}
