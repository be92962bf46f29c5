//! Licence expressions (SPDX 2.3, annex D), as far as a list of allowed licences answers them.

/// Whether one may use what is under `expression` if one accepts the licences in `allowed`. `A WITH exception` is a licence of
/// its own there. A slash is how OR was written once.
///
/// # Errors
/// If it is no expression.
pub(super) fn is_allowed(expression: &str, allowed: &[String]) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, allowed };
    let answer = reader.any().filter(|_| reader.words.is_empty());
    answer.ok_or_else(|| format!("`{expression}` is no licence expression"))
}

struct Reader<'a> {
    words: &'a [&'a str],
    allowed: &'a [String],
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.first() == Some(&word);
        if is_next {
            self.words = &self.words[1..];
        }
        is_next
    }

    /// OR binds less than AND. Both sides are always read.
    fn any(&mut self) -> Option<bool> {
        let mut allowed = self.all()?;
        while self.take("OR") {
            allowed |= self.all()?;
        }
        Some(allowed)
    }

    fn all(&mut self) -> Option<bool> {
        let mut allowed = self.one()?;
        while self.take("AND") {
            allowed &= self.one()?;
        }
        Some(allowed)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let allowed = self.any()?;
            return self.take(")").then_some(allowed);
        }
        let mut name = self.licence()?;
        if self.take("WITH") {
            name = format!("{name} WITH {}", self.licence()?);
        }
        Some(self.allowed.contains(&name))
    }

    fn licence(&mut self) -> Option<String> {
        let (first, rest) = self.words.split_first()?;
        let is_name = !["(", ")", "AND", "OR", "WITH"].contains(first)
            && first.chars().all(|c| c.is_ascii_alphanumeric() || "-.+:".contains(c));
        self.words = rest;
        is_name.then(|| first.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        let allowed = ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_string);
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT OR Apache-2.0", true),
            ("Apache-2.0/MIT", true),
            ("MIT AND Apache-2.0", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(GPL-2.0 OR Apache-2.0) AND Unicode-3.0", false),
            // AND binds more.
            ("GPL-2.0 AND Apache-2.0 OR MIT", true),
            ("MIT OR GPL-2.0 AND Apache-2.0", true),
            ("MIT AND (GPL-2.0 OR Apache-2.0)", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
            ("GPL-2.0 WITH LLVM-exception OR ISC", false),
        ] {
            assert_eq!(is_allowed(expression, &allowed), Ok(expected), "{expression}");
        }
        for none in ["", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT Apache-2.0", "MIT, Apache-2.0", "MIT WITH", "()"] {
            assert!(is_allowed(none, &allowed).is_err(), "{none}");
        }
    }
}
