//! Tokens as text: the same text however the source was broken into lines, and each name in full.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// How the text goes on after what was written last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing is to be kept apart from it.
    Open,
    /// A word; another word needs a space.
    Word,
    /// The end of generics or of a group; a word needs a space.
    Close,
    /// It has its space already.
    Spaced,
    /// A colon that the next one may double.
    PathSeparator,
}

/// Writes tokens. `resolve` has the full path for a path, if it knows one.
pub(super) struct Speller<'a> {
    pub(super) resolve: &'a dyn Fn(&[String]) -> Option<String>,
}

/// The names of the path that tokens begin with: `a::b::c`, up to generics.
fn path(tokens: &[TokenTree]) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = tokens;
    while let [TokenTree::Ident(name), after @ ..] = rest {
        names.push(name.to_string());
        match after {
            [TokenTree::Punct(one), TokenTree::Punct(two), next @ ..]
                if (one.as_char(), two.as_char()) == (':', ':') && matches!(next, [TokenTree::Ident(_), ..]) =>
            {
                rest = next;
            }
            _ => break,
        }
    }
    names
}

impl Speller<'_> {
    pub(super) fn spell(&self, tokens: TokenStream) -> String {
        let mut text = String::new();
        self.write(&mut text, tokens);
        text.trim().to_string()
    }

    fn write(&self, text: &mut String, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let punct = |at: usize| match tokens.get(at) {
            Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
            _ => None,
        };
        let mut last = Last::Open;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            // What stands before this token, for `->`, `=>` and `::`.
            let before = at.checked_sub(1).and_then(punct);
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::Brace => (" { ", " }"),
                        Delimiter::None => ("", ""),
                    };
                    if open == "[" && matches!(last, Last::Word | Last::Close) {
                        text.push(' ');
                    }
                    text.push_str(open);
                    self.write(text, group.stream());
                    text.push_str(close);
                    last = Last::Close;
                }
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    if matches!(last, Last::Word | Last::Close) {
                        text.push(' ');
                    }
                    // A name that something is given to (a parameter, an associated type) is nobody's path.
                    let is_given = match punct(at + 1) {
                        Some(':') => punct(at + 2) != Some(':'),
                        Some('=') => true,
                        _ => false,
                    };
                    let is_lifetime = before == Some('\'');
                    let starts_a_path = last != Last::PathSeparator && !is_lifetime && !is_given;
                    let path = if starts_a_path { path(&tokens[at..]) } else { vec![name.clone()] };
                    let full = if starts_a_path { (self.resolve)(&path) } else { None };
                    // A name takes one token, and each further one of its path three.
                    at += if full.is_some() { 3 * (path.len() - 1) } else { 0 };
                    text.push_str(&full.unwrap_or(name));
                    last = Last::Word;
                }
                TokenTree::Literal(literal) => {
                    if matches!(last, Last::Word | Last::Close) {
                        text.push(' ');
                    }
                    text.push_str(&literal.to_string());
                    last = Last::Word;
                }
                TokenTree::Punct(mark) => {
                    last = match mark.as_char() {
                        ':' if punct(at + 1) == Some(':') => {
                            at += 1;
                            text.push_str("::");
                            Last::PathSeparator
                        }
                        ':' | ',' | ';' => {
                            let mark = mark.as_char();
                            // A comma at the end is the formatter's.
                            if mark != ',' || at + 1 < tokens.len() {
                                text.push(mark);
                                text.push(' ');
                            }
                            Last::Spaced
                        }
                        '-' if punct(at + 1) == Some('>') => {
                            at += 1;
                            text.push_str(" -> ");
                            Last::Spaced
                        }
                        mark @ ('=' | '+' | '|') => {
                            text.push_str(&format!(" {mark} "));
                            Last::Spaced
                        }
                        '\'' => {
                            if matches!(last, Last::Word | Last::Close) {
                                text.push(' ');
                            }
                            text.push('\'');
                            Last::Open
                        }
                        '>' => {
                            // A comma before the end of generics is the formatter's too.
                            let end = text.trim_end_matches(", ").len();
                            text.truncate(end);
                            text.push('>');
                            Last::Close
                        }
                        mark @ ('&' | '*' | '#' | '!') => {
                            if matches!(last, Last::Word | Last::Close) {
                                text.push(' ');
                            }
                            text.push(mark);
                            // The type `!` is a word, the `!` of a negative bound is not.
                            if mark == '!' && last == Last::Spaced { Last::Close } else { Last::Open }
                        }
                        mark => {
                            text.push(mark);
                            Last::Open
                        }
                    };
                }
            }
            at += 1;
        }
        // A comma that stood at the end.
        let end = text.trim_end().len();
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(source: &str) -> String {
        let resolve = |path: &[String]| {
            let rest = path.strip_prefix(&["super".to_string()]).unwrap_or(path);
            (rest[0] == "Backend").then(|| format!("ours::{}", rest.join("::")))
        };
        Speller { resolve: &resolve }.spell(source.parse().unwrap())
    }

    #[test]
    fn spaces_are_where_people_put_them() {
        for text in [
            "pub unsafe fn copy<T: Copy + 'static>(dst: &mut [T], src: *const T) -> &'a mut [T] where T: ?Sized",
            "impl<'a, const N: usize> core::fmt::Debug for Page<'a, N>",
            "fn each(f: impl for<'x> FnMut(&'x u8) -> (u8, u8), ..) -> Option<<T as Trait>::Item>",
            "extern \"C\" fn(*mut u8, usize) -> !",
            "type Err = [u64; 4]",
            "#[cfg(all(feature = \"std\", not(miri)))]",
        ] {
            assert_eq!(spell(text), text);
        }
        assert_eq!(spell("fn a (\n x : u8 ,\n) -> Vec < u8 , >"), "fn a(x: u8) -> Vec<u8>");
    }

    #[test]
    fn names_are_written_in_full_unless_they_are_given_here() {
        assert_eq!(spell("fn a(Backend: &Backend) -> x::Backend"), "fn a(Backend: &ours::Backend) -> x::Backend");
        assert_eq!(spell("[super::Backend::Avx2]"), "[ours::Backend::Avx2]");
    }
}
