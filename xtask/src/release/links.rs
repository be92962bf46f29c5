//! The links in Markdown files: what they name is there, headings too. Addresses on the network are not asked for.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::Verdict;
use super::workspace::{Workspace, folder};

pub(super) fn check(workspace: &Workspace) -> Verdict {
    let mut files = Vec::new();
    collect(&workspace.root, &mut files);
    files.sort();
    // What a registry shows is not beside the other files.
    let published: Vec<_> = workspace.libraries.iter().map(|library| folder(library).join("README.md")).collect();
    let pages: HashMap<PathBuf, Page> =
        files.iter().filter_map(|path| Some((path.clone(), Page::read(&fs::read_to_string(path).ok()?)))).collect();
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in &files {
        let Some(page) = pages.get(file) else { continue };
        let name = file.strip_prefix(&workspace.root).unwrap_or(file).display();
        for link in page.links.iter().filter(|link| !is_absolute(link)) {
            count += 1;
            let broken = match published.contains(file) && !link.starts_with('#') {
                true => Some("the registry shows this file alone, so the link has to be a whole address".to_string()),
                false => broken(file, link, &pages),
            };
            wrong.extend(broken.map(|why| format!("{name}: `{link}`: {why}")));
        }
    }
    Verdict::of(wrong, || format!("{count} links in {} Markdown files lead somewhere", files.len()))
}

fn is_absolute(link: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| link.starts_with(scheme))
}

/// All Markdown files below a folder, but for what cargo or git has made.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if path.is_dir() && !path.is_symlink() && !is_hidden && !path.join("CACHEDIR.TAG").exists() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "md") && path.is_file() {
            files.push(path);
        }
    }
}

/// Why a link leads nowhere.
fn broken(file: &Path, link: &str, pages: &HashMap<PathBuf, Page>) -> Option<String> {
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let target = match path {
        "" => file.to_path_buf(),
        _ => match file.with_file_name("").join(path).canonicalize() {
            Ok(target) => target,
            Err(_) => return Some("there is no such file".to_string()),
        },
    };
    let anchor = anchor?;
    match pages.get(&target) {
        Some(page) if page.anchors.contains(anchor) => None,
        Some(_) => Some("there is no such heading".to_string()),
        None => Some("an anchor, but not in a Markdown file".to_string()),
    }
}

/// What is in a Markdown file.
struct Page {
    links: Vec<String>,
    anchors: HashSet<String>,
}

impl Page {
    fn read(text: &str) -> Page {
        let mut page = Page { links: Vec::new(), anchors: HashSet::new() };
        let mut heading: Option<String> = None;
        for event in Parser::new(text) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = anchor(&heading.take().unwrap_or_default());
                    let again = (1..).map(|n| format!("{anchor}-{n}"));
                    let free = std::iter::once(anchor.clone()).chain(again).find(|name| !page.anchors.contains(name));
                    page.anchors.extend(free);
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        page
    }
}

/// The name by which a heading is linked to, as code hosts make it.
fn anchor(heading: &str) -> String {
    let letters = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    letters.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::workspace::package;

    fn verdict(readme: &str, other: &str, crate_readme: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let write = |name: &str, text: &str| {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), text).unwrap();
        };
        write("README.md", readme);
        write("docs/other.md", other);
        write("lib/README.md", crate_readme);
        write("target/CACHEDIR.TAG", "");
        write("target/made.md", "[x](nowhere)");
        let library = package(serde_json::json!({ "manifest_path": root.join("lib/Cargo.toml") }));
        let rust_version = cargo_metadata::semver::Version::new(1, 89, 0);
        match check(&Workspace { root, libraries: vec![library], rust_version }) {
            Verdict::Wrong(wrong) => wrong,
            _ => Vec::new(),
        }
    }

    #[test]
    fn files_and_headings_must_be_there() {
        let other = "# A `code` heading, twice!\n\n# A code heading, twice\n\n[up](../README.md) [self](#a-code-heading-twice-1)";
        let readme = "[o](docs/other.md#a-code-heading-twice) [d](docs) [n]: x\n`[no](link)`\n\n    [no](link)\n\n\
            [ref][r] <https://example.com> [m](mailto:a@b.c)\n\n[r]: docs/other.md\n";
        assert_eq!(verdict(readme, other, "[h](#h)\n# h\n"), Vec::<String>::new());
        assert_eq!(verdict("[x](docs/none.md)", "", ""), ["README.md: `docs/none.md`: there is no such file"]);
        assert_eq!(
            verdict("[x](docs/other.md#b)", "# a", ""),
            ["README.md: `docs/other.md#b`: there is no such heading"]
        );
        assert_eq!(verdict("", "[x][r]\n\n[r]: ../none", ""), ["docs/other.md: `../none`: there is no such file"]);
    }

    #[test]
    fn a_published_readme_links_by_address() {
        let wrong = verdict("", "", "[x](../README.md)");
        assert!(wrong[0].starts_with("lib/README.md: `../README.md`: the registry"), "{wrong:?}");
    }
}
