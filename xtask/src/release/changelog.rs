//! CHANGELOG.md, in the form of keepachangelog.com.

use cargo_metadata::Package;
use cargo_metadata::semver::Version;
use toml_datetime::Datetime;

use super::Verdict;
use crate::cargo::workspace;
use crate::failure::{Failure, read};

const KINDS: [&str; 6] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

pub(super) fn check(libraries: &[Package]) -> Result<Verdict, Failure> {
    let wrong = wrong(&read(&workspace().join("CHANGELOG.md"))?, &libraries[0].version);
    let wrong = wrong.iter().map(|what| format!("CHANGELOG.md: {what}")).collect();
    Verdict::of(wrong, "in form, and says what changes".to_string())
}

fn wrong(text: &str, version: &Version) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.lines().next() != Some("# Changelog") {
        wrong.push("the first line is not `# Changelog`".to_string());
    }
    // How many entries each has.
    let mut sections: Vec<(&str, usize)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(title) = line.strip_prefix("## ") {
            match name(title) {
                Some(name) => sections.push((name, 0)),
                None => {
                    wrong.push(format!("line {number}: `{title}` is neither `[Unreleased]` nor `[X.Y.Z] - YYYY-MM-DD`"))
                }
            }
        } else if let Some(kind) = line.strip_prefix("### ").filter(|kind| !KINDS.contains(kind)) {
            wrong.push(format!("line {number}: `{kind}` is not one of {}", KINDS.join(", ")));
        } else if line.starts_with("- ")
            && let Some((_, entries)) = sections.last_mut()
        {
            *entries += 1;
        }
    }
    if sections.first().is_none_or(|(name, _)| *name != "Unreleased") {
        wrong.push("the first section is not `## [Unreleased]`".to_string());
    }
    let released = sections.iter().filter_map(|(name, _)| Version::parse(name).ok());
    if !released.is_sorted_by(|above, below| above > below) {
        wrong.push("the versions are out of order: the newest comes first, each once".to_string());
    }
    // A version that is not released yet is described by what is under [Unreleased].
    let describes = |name: &str| name == "Unreleased" || name == version.to_string();
    if !sections.iter().any(|(name, entries)| *entries > 0 && describes(name)) {
        wrong.push(format!("nothing says what {version} changes, neither under [Unreleased] nor under [{version}]"));
    }
    wrong
}

/// The name of a section: a version with its date, or Unreleased.
fn name(title: &str) -> Option<&str> {
    if title == "[Unreleased]" {
        return Some("Unreleased");
    }
    let (name, date) = title.strip_prefix('[')?.split_once("] - ")?;
    let is_date = date.parse::<Datetime>().is_ok_and(|date| date.time.is_none());
    (is_date && Version::parse(name).is_ok()).then_some(name)
}
