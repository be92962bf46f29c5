//! What `tune` says, and its file.

use memcpy_streaming::{Backend, Prefetch, Tuning};
use serde_json::{Value, json};

use super::knobs::{CopyLoop, Knobs};
use super::loops::{SIZES, Speeds};
use super::verdict::Group;
use crate::bench::table::Table;
use crate::machine::Machine;
use crate::number::short;

pub(super) fn before(machine: &Machine, backend: Backend, in_use: &Tuning, seconds: u32) -> String {
    format!(
        "{}, {} CPUs, {}; backend {backend}\nin use: {in_use} ({})\nmeasuring for {seconds} seconds\n\n",
        machine.cpu,
        machine.cores,
        machine.kernel,
        in_use.cpu().map_or("no line of the table".to_string(), |cpu| format!("the line of {cpu}")),
    )
}

pub(super) struct Findings {
    pub(super) page_mode: String,
    pub(super) loops: Vec<Speeds>,
    pub(super) found: Knobs,
    pub(super) groups: Vec<Group>,
    pub(super) recommended: Option<Knobs>,
}

impl Findings {
    /// Figures, a verdict, and what to do with it.
    pub(super) fn text(&self) -> String {
        let Findings { page_mode, loops, found, groups, recommended } = self;
        let mut text = format!(
            "Cold copies, drained each, by loop: times as fast as one without prefetches ({page_mode})\n{}\n\nfound: {}\n\n",
            loop_table(loops),
            found.text()
        );
        if groups.iter().any(|group| !group.rows.is_empty()) {
            text += "What was found against what is in use (95 % limits)\n";
            text += &format!("{}\n\n", gain_table(groups));
        }
        let (better, others): (Vec<_>, Vec<_>) =
            groups.iter().filter(|group| !group.rows.is_empty()).partition(|group| group.is_better());
        for group in others {
            let name = group.name();
            text += &format!("{name}: not better than what is in use by more than the noise; left as they are\n");
        }
        let Some(knobs) = recommended else { return text + "recommended: nothing; keep what is in use\n" };
        let (names, as_text) = (better.iter().map(|group| group.name()).collect::<Vec<_>>().join(", "), knobs.text());
        text + &format!(
            "recommended ({names}): {as_text}\n\n\
             For a program, without a new release of the crate: Tuning::from_env, with\n  \
             MEMCPY_STREAMING_TUNING=\"{as_text}\"\n\
             The line for memcpy-streaming/src/arch/x86/tuned.rs, with the folder of records/ that shows it:\n{}",
            line(*knobs)
        )
    }

    pub(super) fn document(&self, machine: &Machine, backend: Backend, in_use: &Tuning) -> Value {
        json!({
            "machine": machine.json(&self.page_mode),
            "backend": backend.name(),
            "cpu": in_use.cpu(),
            "in_use": in_use.to_string(),
            "found": self.found.text(),
            "recommended": self.recommended.map(Knobs::text),
            "loops": self.loops.iter().map(|one| json!({
                "loop": loop_name(one.copy),
                "sizes": SIZES,
                "times_as_fast_as_plain": one.at,
            })).collect::<Vec<_>>(),
            "comparisons": self.groups.iter().map(|group| json!({
                "group": group.name(),
                "better": group.is_better(),
                "rows": group.rows.iter().map(|(work, gain)| json!({
                    "what": work.to_string(),
                    "size": work.size,
                    "times_as_fast": gain,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        })
    }
}

fn loop_table(loops: &[Speeds]) -> String {
    let sizes = SIZES.map(|size| short(size as u64));
    let names: Vec<&str> = ["loop"].into_iter().chain(sizes.iter().map(String::as_str)).collect();
    let names: [&str; SIZES.len() + 1] = names.try_into().expect("as many");
    let rows = loops.iter().map(|one| {
        let mut cells = [loop_name(one.copy)].into_iter().chain(one.at.map(|speed| format!("{speed:.2}")));
        names.map(|_| cells.next().unwrap_or_default())
    });
    Table::new("", 1, names, rows).text()
}

fn loop_name(copy: CopyLoop) -> String {
    match (copy.pages, copy.prefetch) {
        (1, Prefetch::None) => "plain".to_string(),
        (1, prefetch) => format!("{prefetch}, {} ahead", copy.ahead),
        (pages, _) => format!("{pages} pages in turn"),
    }
}

fn gain_table(groups: &[Group]) -> String {
    let rows = groups.iter().flat_map(|group| &group.rows).map(|(work, gain)| {
        let times = format!("{:.2} ({:.2}..{:.2})", gain.median, gain.low, gain.high);
        [work.to_string(), short(work.size as u64), times]
    });
    Table::new("", 3, ["what", "size", "times as fast"], rows).text()
}

/// A line of the table, for this CPU as Linux numbers it.
fn line(knobs: Knobs) -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let fact = |name: &str| {
        let mut facts = info.lines().filter_map(|line| line.split_once(':'));
        facts.find(|(key, _)| key.trim() == name).map_or("?", |(_, value)| value.trim())
    };
    let vendor = match fact("vendor_id") {
        "GenuineIntel" => "Intel",
        "AuthenticAMD" => "Amd",
        _ => "Other",
    };
    let (family, model) = (fact("cpu family"), fact("model"));
    let mut line = format!(
        "    Line {{\n        vendor: Vendor::{vendor},\n        family: {family},\n        models: &[({model}, {model})],\n        \
         tuning: Tuning {{\n            cpu: Some(\"NAME\"),\n"
    );
    // The fields have the names of the keys, and the variants of Prefetch those of its values.
    for (key, value) in knobs.text().split(' ').filter_map(|word| word.split_once('=')) {
        let value = if key == "prefetch" { format!("Prefetch::{:?}", knobs.copy.prefetch) } else { value.to_string() };
        line += &format!("            {}: {value},\n", key.replace('-', "_"));
    }
    line + "        },\n    },\n"
}
