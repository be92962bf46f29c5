//! The few elements that the report consists of.

/// Text that is not markup.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A section with a heading, or nothing if it is empty.
pub(super) fn section(heading: &str, content: &str) -> String {
    match content {
        "" => String::new(),
        content => format!("<section>\n<h2>{}</h2>\n{content}</section>\n", escape(heading)),
    }
}

/// A paragraph.
pub(super) fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escape(text))
}

/// A table whose columns from `numbers` on are numbers; nothing without rows. It scrolls by itself where it is too wide.
pub(super) fn table(header: &[&str], numbers: usize, rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let class = |column: usize| if column >= numbers { " class=\"n\"" } else { "" };
    let mut text = String::from("<div class=\"wide\"><table>\n<thead><tr>");
    for (column, name) in header.iter().enumerate() {
        text += &format!("<th{}>{}</th>", class(column), escape(name));
    }
    text += "</tr></thead>\n<tbody>\n";
    for row in rows {
        text += "<tr>";
        for (column, cell) in row.iter().enumerate() {
            text += &format!("<td{}>{}</td>", class(column), escape(cell));
        }
        text += "</tr>\n";
    }
    text + "</tbody></table></div>\n"
}
