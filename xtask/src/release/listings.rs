//! The committed listings of what is public, compared and renewed.

use std::fs;
use std::path::PathBuf;

use super::Verdict;
use super::workspace::{Library, Workspace, text};
use crate::failure::Failure;
use crate::output::Output;

/// Lines that are shown of a difference.
const SHOWN: usize = 20;

/// The listing of a crate, in the workspace.
fn path(workspace: &Workspace, library: &Library) -> PathBuf {
    workspace.root.join("api").join(format!("{}.txt", library.name))
}

fn listing(library: &Library) -> Result<String, String> {
    let features = library.manifest["features"].as_object().into_iter().flatten().map(|(name, needs)| {
        let needs: Vec<_> = super::workspace::array(needs).map(text).collect();
        format!("{name} = [{}]", needs.join(", "))
    });
    let mut features: Vec<_> = features.collect();
    features.sort();
    api_listing::listing(&library.name, &features, &library.folder.join("src/lib.rs"))
}

pub(super) fn check(workspace: &Workspace) -> Verdict {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for library in &workspace.libraries {
        let path = path(workspace, library);
        let shown = path.strip_prefix(&workspace.root).unwrap_or(&path).display();
        let (now, then) = (listing(library), fs::read_to_string(&path));
        match (now, then) {
            (Ok(now), Ok(then)) if now == then => count += now.lines().count(),
            (Ok(now), Ok(then)) => {
                let lines = api_listing::difference(&then, &now);
                let more = lines.len().saturating_sub(SHOWN);
                let mut what =
                    format!("{shown} is not in step; if the change is meant, `cargo xtask release --update`");
                lines.iter().take(SHOWN).for_each(|line| what += &format!("\n    {line}"));
                what += &if more > 0 { format!("\n    and {more} more lines") } else { String::new() };
                wrong.push(what);
            }
            (Ok(_), Err(error)) => {
                wrong.push(format!("cannot read {shown}: {error}; `cargo xtask release --update` makes it"))
            }
            (Err(error), _) => wrong.push(error),
        }
    }
    Verdict::of(wrong, || format!("{count} lines, in step with the source"))
}

/// Writes the listings anew; answers which files have changed.
pub(super) fn update(workspace: &Workspace) -> Result<Vec<PathBuf>, Failure> {
    let mut changed = Vec::new();
    for library in &workspace.libraries {
        let path = path(workspace, library);
        let now = listing(library).map_err(Failure::run)?;
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
