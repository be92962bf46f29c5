//! CHANGELOG.md, in the form of keepachangelog.com.

use cargo_metadata::semver::Version;

const KINDS: [&str; 6] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

/// What is wrong with the changelog of a workspace at `version`.
pub(super) fn check(text: &str, version: &Version) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.lines().next() != Some("# Changelog") {
        wrong.push("the first line is not `# Changelog`".to_string());
    }
    let mut sections: Vec<(&str, usize)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let at = |what: String| format!("line {number}: {what}");
        if let Some(title) = line.strip_prefix("## ") {
            match name(title) {
                Some(name) => sections.push((name, 0)),
                None => wrong.push(at(format!("`{title}` is neither `[Unreleased]` nor `[X.Y.Z] - YYYY-MM-DD`"))),
            }
        } else if let Some(kind) = line.strip_prefix("### ") {
            if !KINDS.contains(&kind) {
                wrong.push(at(format!("`{kind}` is not one of {}", KINDS.join(", "))));
            }
        } else if line.starts_with("- ")
            && let Some((_, entries)) = sections.last_mut()
        {
            *entries += 1;
        }
    }
    if sections.first().is_none_or(|(name, _)| *name != "Unreleased") {
        wrong.push("the first section is not `## [Unreleased]`".to_string());
    }
    let released: Vec<_> = sections.iter().filter_map(|(name, _)| Version::parse(name).ok()).collect();
    if let Some(pair) = released.windows(2).find(|pair| pair[0] <= pair[1]) {
        wrong.push(format!("{} stands above {}: the newest comes first, each once", pair[0], pair[1]));
    }
    // A version that is not released yet is described by what is under [Unreleased].
    let describes =
        |(name, entries): &(&str, usize)| *entries > 0 && (*name == version.to_string() || *name == "Unreleased");
    if !sections.iter().any(describes) {
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
    let is_date = date.len() == 10
        && date.bytes().enumerate().all(|(at, c)| if at == 4 || at == 7 { c == b'-' } else { c.is_ascii_digit() });
    (is_date && Version::parse(name).is_ok()).then_some(name)
}

#[cfg(test)]
mod tests {
    fn check(text: &str, version: &str) -> Vec<String> {
        super::check(text, &version.parse().unwrap())
    }

    const GOOD: &str = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-03-01\n\n### Added\n\n- a\n\n\
        ## [0.1.0] - 2026-01-31\n\n### Fixed\n\n- b\n";

    #[test]
    fn the_form_is_that_of_keep_a_changelog() {
        assert_eq!(check(GOOD, "0.2.0"), Vec::<String>::new());
        for (from, to, says) in [
            ("# Changelog\n", "# History\n", "first line"),
            ("## [Unreleased]\n", "", "first section"),
            ("### Added", "### New", "line 7: `New`"),
            ("[0.2.0] - 2026-03-01", "0.2.0", "line 5"),
            ("2026-03-01", "1 March", "line 5"),
            ("0.2.0", "0.2", "line 5"),
            ("0.1.0", "0.3.0", "newest comes first"),
        ] {
            let wrong = check(&GOOD.replacen(from, to, 1), "0.2.0").join("\n");
            assert!(wrong.contains(says), "{to}: {wrong}");
        }
    }

    #[test]
    fn a_version_is_described_before_or_after_its_release() {
        assert!(check(GOOD, "0.3.0")[0].contains("what 0.3.0 changes"));
        assert!(check(&GOOD.replace("[Unreleased]\n", "[Unreleased]\n\n### Changed\n\n- c\n"), "0.3.0").is_empty());
    }
}
