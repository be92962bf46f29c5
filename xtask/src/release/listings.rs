//! The committed listings of what is public, compared and renewed.

use std::fs;
use std::path::PathBuf;

use cargo_metadata::Package;

use super::Verdict;
use super::public::{self, Missing};
use super::workspace::Workspace;
use crate::cargo::target_dir;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::Output;

/// Lines that are shown of a difference.
const SHOWN: usize = 20;

/// The listing of a crate, in the workspace.
fn path(workspace: &Workspace, library: &Package) -> PathBuf {
    workspace.root.join("api").join(format!("{}.txt", library.name))
}

pub(super) fn check(workspace: &Workspace, interrupt: &Interrupt) -> Result<Verdict, Failure> {
    let (mut wrong, mut count) = (Vec::new(), 0);
    let target_dir = target_dir(&workspace.root, interrupt)?;
    for library in &workspace.libraries {
        let path = path(workspace, library);
        let shown = path.strip_prefix(&workspace.root).unwrap_or(&path).display();
        let now = match public::listing(library, &workspace.root, &target_dir, interrupt) {
            Ok(now) => now,
            Err(Missing::Wrong(what)) => {
                wrong.push(what);
                continue;
            }
            Err(Missing::Unreadable { why, fix }) => return Ok(Verdict::Skipped { why, fix }),
            Err(Missing::Failure(failure)) => return Err(failure),
        };
        match fs::read_to_string(&path) {
            Ok(then) if now == then => count += now.lines().count(),
            Ok(then) => {
                let lines = public::difference(&then, &now);
                let more = lines.len().saturating_sub(SHOWN);
                let mut what = format!(
                    "{shown} is not in step; if the change is meant, or another Rust only spells it otherwise, `cargo xtask release --update`"
                );
                lines.iter().take(SHOWN).for_each(|line| what += &format!("\n    {line}"));
                what += &if more > 0 { format!("\n    and {more} more lines") } else { String::new() };
                wrong.push(what);
            }
            Err(error) => wrong.push(format!("cannot read {shown}: {error}; `cargo xtask release --update` makes it")),
        }
    }
    Ok(Verdict::of(wrong, || format!("{count} lines, in step with the source")))
}

/// Writes the listings anew; answers which files have changed.
pub(super) fn update(workspace: &Workspace, interrupt: &Interrupt) -> Result<Vec<PathBuf>, Failure> {
    let mut changed = Vec::new();
    let target_dir = target_dir(&workspace.root, interrupt)?;
    for library in &workspace.libraries {
        let path = path(workspace, library);
        let now = match public::listing(library, &workspace.root, &target_dir, interrupt) {
            Ok(now) => now,
            Err(Missing::Wrong(what)) => return Err(Failure::run(what)),
            Err(Missing::Unreadable { why, fix }) => return Err(Failure::run(format_args!("{why}; {fix}"))),
            Err(Missing::Failure(failure)) => return Err(failure),
        };
        if fs::read_to_string(&path).is_ok_and(|then| then == now) {
            continue;
        }
        let folder = path.with_file_name("");
        fs::create_dir_all(&folder)
            .map_err(|error| Failure::input(format_args!("cannot create `{}`: {error}", folder.display())))?;
        let mut output = Output::create(&path)?;
        output.write_all(now.as_bytes())?;
        output.finish()?;
        changed.push(path);
    }
    Ok(changed)
}
