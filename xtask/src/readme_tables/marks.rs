//! The marks between which tables stand: `<!-- name -->` and `<!-- /name -->`, each on a line of its own.

/// The names of the marks that begin a table, in order.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let name = line.strip_prefix("<!-- ")?.strip_suffix(" -->")?;
        name.bytes().all(|c| c.is_ascii_lowercase() || c == b'-').then_some(name)
    })
}

/// Puts `table` between the marks of `name`. A mark without an end gets one; one that is there twice is refused.
pub(crate) fn replace(text: &str, name: &str, table: &str) -> Result<String, String> {
    let (begin, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let lines: Vec<_> = text.lines().collect();
    let places = |mark: &str| -> Vec<usize> { (0..lines.len()).filter(|&line| lines[line] == mark).collect() };
    let (&[start], ends) = (places(&begin).as_slice(), places(&end)) else {
        return Err(format!("the file must have the mark `{begin}` once"));
    };
    let rest = match ends[..] {
        [] => start + 1,
        [end] if end > start => end + 1,
        _ => return Err(format!("the file must have the mark `{end}` once, below `{begin}`")),
    };
    let mut new = lines[..=start].join("\n");
    new += &format!("\n{}\n{end}\n", table.trim_end());
    new += &lines[rest..].join("\n");
    Ok(new.trim_end().to_string() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_replaced_and_the_rest_stays() {
        let text = "a\n<!-- A remark. -->\n x <!-- memmap -->\n<!-- copies -->\n\nb\n";
        let once = replace(text, "copies", "| 1 |\n").unwrap();
        assert_eq!(once, text.replace("<!-- copies -->\n", "<!-- copies -->\n| 1 |\n<!-- /copies -->\n"));
        assert_eq!(replace(&once, "copies", "| 2 |").unwrap(), once.replace('1', "2"));
        assert_eq!(names(&once).collect::<Vec<_>>(), ["copies"]);
        for refused in ["<!-- a -->\n<!-- a -->\n", "<!-- /a -->\n<!-- a -->\n"] {
            assert!(replace(refused, "a", "").is_err());
        }
    }
}
