//! The links in Markdown files: what they name is there, headings too. Addresses on the network are not asked for.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{Verdict, file};
use crate::cargo::workspace;
use crate::failure::{Failure, cannot};
use crate::mutants::files;

pub(super) fn check(libraries: &[Package]) -> Result<Verdict, Failure> {
    // What cargo or git has made, and what is elsewhere.
    let leave_out = |path: &Path| {
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        is_hidden || path.is_dir() && (path.is_symlink() || path.join("CACHEDIR.TAG").exists())
    };
    let mut files = files(workspace(), &leave_out).map_err(cannot("read the files of", workspace()))?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    let read = |file: PathBuf| fs::read_to_string(&file).ok().map(|text| (file, Page::read(&text)));
    let pages: BTreeMap<_, _> = files.into_iter().filter_map(read).collect();
    // What a registry shows is not beside the other files.
    let published: Vec<_> = libraries.iter().map(|library| file(library, "README.md")).collect();
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
