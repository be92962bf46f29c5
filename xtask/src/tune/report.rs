//! What `tune` says, and its file.

use std::fmt::Write;

use memcpy_streaming::{Backend, Prefetch, Tuning};
use serde_json::{Value, json};

use super::knobs::Knobs;
use super::loops::{Loops, SIZES};
use super::verdict::{Group, Row};
use crate::bench::table::Table;
use crate::machine::Machine;
use crate::number::short;

/// Before it starts.
pub(super) fn before(machine: &Machine, backend: Backend, in_use: &Tuning, seconds: u32) -> String {
    format!(
        "{}, {} CPUs, {}; backend {backend}\nin use: {in_use} ({})\nmeasuring for {seconds} seconds\n\n",
        machine.cpu,
        machine.cores,
        machine.kernel,
        in_use.cpu().map_or("no line of the table".to_string(), |cpu| format!("the line of {cpu}")),
    )
}

/// The end: figures, a verdict, and what to do with it.
pub(super) fn after(
    page_mode: &str,
    loops: &Loops,
    found: Knobs,
    groups: &[Group],
    recommended: Option<Knobs>,
) -> String {
    let mut text = String::new();
    let _ = write!(
        text,
        "Cold copies, drained each, by loop: times as fast as one without prefetches ({page_mode})\n{}\n\n",
        loop_table(loops)
    );
    let _ = writeln!(text, "found: {}\n", found.text());
    if groups.iter().any(Group::differs) {
        let _ = write!(text, "What was found against what is in use (95 % limits)\n{}\n\n", gain_table(groups));
    }
    for group in groups.iter().filter(|group| group.differs() && !group.is_better()) {
        let _ =
            writeln!(text, "{}: not better than what is in use by more than the noise; left as they are", group.name);
    }
    let Some(knobs) = recommended else {
        text.push_str("recommended: nothing; keep what is in use\n");
        return text;
    };
    let better: Vec<_> = groups.iter().filter(|group| group.is_better()).map(|group| group.name).collect();
    let _ = write!(
        text,
        "recommended ({}): {text_form}\n\n\
        For a program, without a new release of the crate: Tuning::from_env, with\n  \
        MEMCPY_STREAMING_TUNING=\"{text_form}\"\n\
        The line for memcpy-streaming/src/arch/x86/tuned.rs, with the folder of records/ that shows it:\n{line}",
        better.join(", "),
        text_form = knobs.text(),
        line = line(&cpu_of_proc(), knobs),
    );
    text
}

fn loop_table(loops: &Loops) -> String {
    let sizes = SIZES.map(|size| short(size as u64));
    let mut names = [""; SIZES.len() + 1];
    names[0] = "loop";
    names[1..].iter_mut().zip(&sizes).for_each(|(name, size)| *name = size);
    let rows = loops.0.iter().map(|one| {
        let mut cells = std::iter::once(loop_name(one.knobs)).chain(one.at.iter().map(|speed| format!("{speed:.2}")));
        names.map(|_| cells.next().unwrap_or_default())
    });
    Table::new("", 1, names, rows).text()
}

/// A loop for a person.
fn loop_name(knobs: Knobs) -> String {
    match (knobs.pages, knobs.prefetch) {
        (1, Prefetch::None) => "plain".to_string(),
        (1, prefetch) => format!("{prefetch}, {} ahead", knobs.ahead),
        (pages, _) => format!("{pages} pages in turn"),
    }
}

fn gain_table(groups: &[Group]) -> String {
    let rows = groups.iter().flat_map(|group| &group.rows).map(|Row { work, gain }| {
        let times = format!("{:.2} ({:.2}..{:.2})", gain.median, gain.low, gain.high);
        [work.to_string(), short(work.size as u64), times]
    });
    Table::new("", 3, ["what", "size", "times as fast"], rows).text()
}

/// Vendor, family and model, as Linux numbers them.
fn cpu_of_proc() -> [String; 3] {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let value = info.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == name);
        value.map_or_else(|| "?".to_string(), |(_, value)| value.trim().to_string())
    };
    ["vendor_id", "cpu family", "model"].map(field)
}

/// A line of the table.
fn line([vendor, family, model]: &[String; 3], knobs: Knobs) -> String {
    let vendor = match vendor.as_str() {
        "GenuineIntel" => "Intel",
        "AuthenticAMD" => "Amd",
        _ => "Other",
    };
    let prefetch = match knobs.prefetch {
        Prefetch::L1 => "L1",
        Prefetch::L2 => "L2",
        _ => "None",
    };
    format!(
        "    Line {{\n        vendor: Vendor::{vendor},\n        family: {family},\n        models: &[({model}, {model})],\n        \
        tuning: Tuning {{\n            cpu: Some(\"NAME\"),\n            prefetch: Prefetch::{prefetch},\n            ahead: {},\n            \
        prefetch_from: {},\n            pages: {},\n            pages_from: {},\n            bypass: {},\n            raw_lines: {},\n            \
        drained_copy: {},\n            drained_fill: {},\n        }},\n    }},\n",
        knobs.ahead,
        knobs.prefetch_from,
        knobs.pages,
        knobs.pages_from,
        knobs.bypass,
        knobs.raw_lines,
        knobs.drained_copy,
        knobs.drained_fill,
    )
}

/// The file.
#[allow(clippy::too_many_arguments)]
pub(super) fn document(
    machine: &Machine,
    page_mode: &str,
    backend: Backend,
    in_use: &Tuning,
    loops: &Loops,
    found: Knobs,
    groups: &[Group],
    recommended: Option<Knobs>,
) -> Value {
    json!({
        "machine": machine.json(page_mode),
        "backend": backend.name(),
        "cpu": in_use.cpu(),
        "in_use": in_use.to_string(),
        "found": found.text(),
        "recommended": recommended.map(Knobs::text),
        "loops": loops.0.iter().map(|one| json!({
            "loop": loop_name(one.knobs),
            "sizes": SIZES,
            "times_as_fast_as_plain": one.at,
        })).collect::<Vec<_>>(),
        "comparisons": groups.iter().map(|group| json!({
            "group": group.name,
            "better": group.is_better(),
            "rows": group.rows.iter().map(|Row { work, gain }| json!({
                "what": work.to_string(),
                "size": work.size,
                "times_as_fast": gain,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}
