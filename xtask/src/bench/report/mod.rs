//! `report.html`: one file, no network, no script; light and dark, on a desk and on a phone.

mod figures;
mod html;
mod plot;
mod sections;
mod style;

use super::baseline::Comparison;
use super::results::Run;
use html::escape;

/// The whole file.
pub(crate) fn html(run: &Run, comparison: Option<&Comparison>) -> String {
    let mut body = sections::verdict(run);
    if let Some(comparison) = comparison {
        body += &sections::comparison(comparison);
    }
    body += &figures::plots(run);
    body += &sections::losses(run);
    body += &sections::extents(run);
    body += &sections::memmaps(run);
    body += &sections::limits(run);
    body += &sections::foreign(run);
    body += &sections::machine(run);
    let title = format!("memcpy-streaming on {}", super::facts::plain(&run.machine["cpu"]));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n",
        title = escape(&title),
        style = style::css(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::json;
    use super::*;

    /// A small results.json as it was once written.
    const FIXED: &str = include_str!("fixed.json");

    #[test]
    fn the_report_of_a_fixed_run() {
        let run = json::read(FIXED).unwrap();
        let html = html(&run, None);
        for part in [
            "stream copies from 4 KiB up",
            "PARTIAL",
            "<svg",
            "Test &lt;CPU&gt;",
            "rep-movsb",
            "aarch64-unknown-linux-gnu",
            "cortex-a72",
            "Ordinary copies are better",
            "stamped",
            "glibc 2.36",
        ] {
            assert!(html.contains(part), "{part} is missing");
        }
        assert!(!html.contains("<CPU>"), "text is escaped");
    }

    #[test]
    fn it_asks_nothing_of_a_network() {
        let html = html(&json::read(FIXED).unwrap(), None);
        for outside in ["http:", "https:", "src=", "@import", "<script", "url("] {
            // The name of the SVG format is an address that nobody fetches.
            let html = html.replace("http://www.w3.org/2000/svg", "");
            assert!(!html.contains(outside), "{outside}");
        }
    }

    #[test]
    fn every_element_is_closed() {
        let html = html(&json::read(FIXED).unwrap(), None);
        for element in ["section", "table", "tr", "td", "th", "figure", "details", "ul", "p", "svg", "main"] {
            let open = html.matches(&format!("<{element}>")).count() + html.matches(&format!("<{element} ")).count();
            assert_eq!(open, html.matches(&format!("</{element}>")).count(), "{element}");
        }
    }
}
