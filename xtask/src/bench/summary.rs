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
    let (mut text, mut line) = (String::new(), String::new());
    for word in sentence.split(' ') {
        let is_command = (text.matches('`').count() + line.matches('`').count()) % 2 == 1;
        let width = if is_command || word.contains('`') { WIDTH - CONTINUED.len() } else { WIDTH };
        if !line.is_empty() && line.len() + 1 + word.len() > width {
            text += &format!("{line}{}\n", if is_command { CONTINUED } else { "" });
            line.clear();
        } else if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    text + &line
}

#[cfg(test)]
mod tests {
    use bench_runner::protocol::Kind;

    use super::super::results::Foreign;
    use super::super::results::tests::{RUN, row};
    use super::*;

    #[test]
    fn it_fits_and_has_what_matters_and_a_command_can_be_pasted_from_broken_lines() {
        let mut run = RUN.clone();
        run.rows.insert(0, row("libc-norep", Kind::Peer, 256, 6.5));
        run.rows.insert(1, row("limit-copy", Kind::Limit, 256, 15.0));
        for words in 1..40 {
            let command = format!("apt-get install -y {}", "gcc-of-some-target ".repeat(words).trim_end());
            let missing = format!("{} `{command}` as root, or {}", "to run:".repeat(words % 7), "x ".repeat(90));
            run.foreign.push(Foreign { missing: Some(missing), ..run.foreign[0].clone() });
            let text = summary(&run);
            assert!(text.lines().all(|line| line.len() <= WIDTH), "too wide:\n{text}");
            assert!(text.replace("\\\n", "").contains(&format!("`{command}`")), "{text}");
            run.foreign.pop();
        }
        let text = summary(&run);
        let rows = ["libc 6.0", "2.33", "libpmem 7.0", "15.0", "neon", "qemu-s390x"];
        for part in rows.iter().chain(&["PARTIAL", "libc-norep: libc without", "stream copies from 4 KiB up"]) {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }
}
