//! The links in Markdown files: what they name is there, headings too. Addresses on the network are not asked for.
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::Verdict;
use super::libraries::folder;
use crate::cargo::workspace;

pub(super) fn check(libraries: &[Package]) -> Verdict {
    let mut pages = BTreeMap::new();
    collect(workspace(), &mut pages);
    // What a registry shows is not beside the other files.
    let published: Vec<_> = libraries.iter().map(|library| folder(library).join("README.md")).collect();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (file, page) in &pages {
        let is_relative =
            |link: &&String| !["http:", "https:", "mailto:"].iter().any(|scheme| link.starts_with(scheme));
        for link in page.links.iter().filter(is_relative) {
            count += 1;
            let why = match published.contains(file) && !link.starts_with('#') {
                true => Some("the registry shows this file alone, so the link has to be a whole address"),
                false => broken(file, link, &pages),
            };
            let name = file.strip_prefix(workspace()).unwrap_or(file).display();
            wrong.extend(why.map(|why| format!("{name}: `{link}`: {why}")));
        }
    }
    Verdict::of(wrong, format!("{count} links in {} Markdown files lead somewhere", pages.len()))
}

/// All Markdown files below a folder, but for what cargo or git has made.
fn collect(folder: &Path, pages: &mut BTreeMap<PathBuf, Page>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if path.is_dir() && !path.is_symlink() && !is_hidden && !path.join("CACHEDIR.TAG").exists() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md")
            && let Ok(text) = fs::read_to_string(&path)
        {
            pages.insert(path, Page::read(&text));
        }
    }
}

/// Why a link leads nowhere.
fn broken(file: &Path, link: &str, pages: &BTreeMap<PathBuf, Page>) -> Option<&'static str> {
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let target = match path {
        "" => Ok(file.to_path_buf()),
        _ => file.with_file_name("").join(path).canonicalize(),
    };
    let Ok(target) = target else { return Some("there is no such file") };
    let anchor = anchor?;
    match pages.get(&target) {
        Some(page) if page.anchors.contains(anchor) => None,
        Some(_) => Some("there is no such heading"),
        None => Some("an anchor, but not in a Markdown file"),
    }
}

/// What is in a Markdown file.
#[derive(Default)]
struct Page {
    links: Vec<String>,
    anchors: HashSet<String>,
}

impl Page {
    fn read(text: &str) -> Page {
        let mut page = Page::default();
        let mut heading: Option<String> = None;
        for event in Parser::new(text) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    // As code hosts make it; the second one of a name has a number.
                    let letters = heading.take().unwrap_or_default().to_lowercase().replace(' ', "-");
                    let anchor = letters.replace(|c: char| !c.is_alphanumeric() && c != '-' && c != '_', "");
                    let again = (1..).map(|n| format!("{anchor}-{n}"));
                    let free = std::iter::once(anchor.clone()).chain(again).find(|name| !page.anchors.contains(name));
                    page.anchors.extend(free);
                }
                Event::Text(text) | Event::Code(text) => heading.iter_mut().for_each(|heading| *heading += &text),
                _ => {}
            }
        }
        page
    }
}
