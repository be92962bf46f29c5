//! What `tune` says, and its file.

use bench_runner::machine::cpuinfo;
use memcpy_streaming::{Backend, Prefetch, Tuning};
use serde_json::{Value, json};

use super::loops::{SIZES, Speeds};
use super::thresholds::Group;
use crate::bench::table::Table;
use crate::machine::{Machine, facts};
use crate::number::short;

pub(super) struct Findings {
    pub(super) page_mode: String,
    pub(super) loops: Vec<Speeds>,
    pub(super) found: &'static Tuning,
    pub(super) groups: Vec<Group>,
    pub(super) recommended: Option<&'static Tuning>,
}

impl Findings {
    /// Figures, a verdict, and what to do with it.
    pub(super) fn text(&self) -> String {
        let Findings { page_mode, loops, found, groups, recommended } = self;
        let names = ["loop".to_string()].into_iter().chain(SIZES.map(|size| short(size as u64)));
        let speeds = |one: &Speeds| [&[loop_name(one.copy)][..], &one.at.map(|speed| format!("{speed:.2}"))].concat();
        let speeds = Table::new("", 1, names, loops.iter().map(speeds)).text();
        let mut text = format!(
            "Cold copies, drained each, by loop: times as fast as one without prefetches ({page_mode})\n{speeds}\n\nfound: {found}\n\n"
        );
        let rows = groups.iter().flat_map(|group| &group.rows);
        let rows = rows.map(|(work, gain)| [work.to_string(), short(work.size as u64), gain.to_string()]);
        let gains = Table::new("", 3, ["what", "size", "times as fast"], rows);
        if !gains.rows.is_empty() {
            text += &format!("What was found against what is in use (95 % limits)\n{}\n\n", gains.text());
        }
        let (better, others): (Vec<_>, Vec<_>) =
            groups.iter().filter(|group| !group.rows.is_empty()).partition(|group| group.is_better());
        for group in others {
            let name = group.part.name;
            text += &format!("{name}: not better than what is in use by more than the noise; left as they are\n");
        }
        let Some(tuning) = recommended else { return text + "recommended: nothing; keep what is in use\n" };
        let names = better.iter().map(|group| group.part.name).collect::<Vec<_>>().join(", ");
        text + &format!(
            "recommended ({names}): {tuning}\n\n\
             For a program, without a new release of the crate: Tuning::from_env, with\n  \
             MEMCPY_STREAMING_TUNING=\"{tuning}\"\n\
             The line for memcpy-streaming/src/arch/x86/tuned.rs, with the folder of records/ that shows it:\n{}",
            line(tuning)
        )
    }

    pub(super) fn document(&self, machine: &Machine, backend: Backend, in_use: &Tuning) -> Value {
        json!({
            "machine": facts(machine, Some(&self.page_mode)),
            "backend": backend.name(),
            "cpu": in_use.cpu(),
            "in_use": in_use.to_string(),
            "found": self.found.to_string(),
            "recommended": self.recommended.map(Tuning::to_string),
            "loops": self.loops.iter().map(|one| json!({
                "loop": loop_name(one.copy),
                "sizes": SIZES,
                "times_as_fast_as_plain": one.at,
            })).collect::<Vec<_>>(),
            "comparisons": self.groups.iter().map(|group| json!({
                "group": group.part.name,
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

fn loop_name(copy: &Tuning) -> String {
    match (copy.pages(), copy.prefetch()) {
        (1, Prefetch::None) => "plain".to_string(),
        (1, prefetch) => format!("{prefetch}, {} ahead", copy.ahead()),
        (pages, _) => format!("{pages} pages in turn"),
    }
}

/// A line of the table, for this CPU as Linux numbers it.
fn line(tuning: &Tuning) -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let fact = |name: &str| cpuinfo(&info, name).unwrap_or("?");
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
    for (key, value) in tuning.to_string().split(' ').filter_map(|word| word.split_once('=')) {
        let value = if key == "prefetch" { format!("Prefetch::{:?}", tuning.prefetch()) } else { value.to_string() };
        line += &format!("            {}: {value},\n", key.replace('-', "_"));
    }
    line + "        },\n    },\n"
}
