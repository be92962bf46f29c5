//! Patterns of `macro_rules!`: what a call binds to their names, and what comes of it.

use std::collections::HashMap;
use std::slice::Iter;

use proc_macro2::{Group, TokenStream, TokenTree};

/// What a name stands for.
#[derive(Clone)]
pub(super) enum Bound {
    One(Vec<TokenTree>),
    /// In a repetition: one after the other.
    Many(Vec<Bound>),
}

pub(super) type Names = HashMap<String, Bound>;

/// `$( ... ) separator operator`: what is repeated, the separator, and how many tokens it takes.
fn repetition(tokens: &[TokenTree]) -> Option<(&Group, Option<&TokenTree>, usize)> {
    let is_operator = |token: &TokenTree| ['+', '*', '?'].iter().any(|mark| is_punct(token, *mark));
    match tokens {
        [dollar, TokenTree::Group(group), operator, ..] if is_punct(dollar, '$') && is_operator(operator) => {
            Some((group, None, 3))
        }
        [dollar, TokenTree::Group(group), separator, ..] if is_punct(dollar, '$') => Some((group, Some(separator), 4)),
        _ => None,
    }
}

fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// Matches all of `given`. None: it does not fit, or only to a kind of pattern that this does not know.
pub(super) fn bind(pattern: TokenStream, given: TokenStream) -> Option<Names> {
    let (pattern, given): (Vec<_>, Vec<_>) = (pattern.into_iter().collect(), given.into_iter().collect());
    let mut rest = given.iter();
    let names = matched(&pattern, &mut rest)?;
    rest.next().is_none().then_some(names)
}

/// Matches the beginning of `given`, and takes it.
fn matched(pattern: &[TokenTree], given: &mut Iter<'_, TokenTree>) -> Option<Names> {
    let mut names = Names::new();
    let mut at = 0;
    while let Some(expected) = pattern.get(at) {
        if let Some((group, separator, length)) = repetition(&pattern[at..]) {
            let inner: Vec<_> = group.stream().into_iter().collect();
            let mut all = Vec::new();
            loop {
                let mut next = given.clone();
                let separated = match separator.filter(|_| !all.is_empty()) {
                    Some(separator) => next.next().is_some_and(|token| token.to_string() == separator.to_string()),
                    None => true,
                };
                let before = next.len();
                match matched(&inner, &mut next) {
                    // What takes nothing would be matched for ever.
                    Some(found) if separated && next.len() < before => all.push(found),
                    _ => break,
                }
                *given = next;
            }
            for name in bound_in(&inner) {
                let each = all.iter().filter_map(|found| found.get(&name).cloned()).collect();
                names.insert(name, Bound::Many(each));
            }
            at += length;
            continue;
        }
        match (expected, &pattern[at + 1..]) {
            // `$name:kind`
            (dollar, [TokenTree::Ident(name), _, TokenTree::Ident(kind), ..]) if is_punct(dollar, '$') => {
                let found = match kind.to_string().as_str() {
                    "ident" | "literal" | "tt" => vec![given.next()?.clone()],
                    // The inside of an attribute.
                    "meta" => given.by_ref().cloned().collect(),
                    _ => return None,
                };
                if kind == "ident" && !matches!(found[..], [TokenTree::Ident(_)]) {
                    return None;
                }
                names.insert(name.to_string(), Bound::One(found));
                at += 4;
            }
            (TokenTree::Group(group), _) => {
                let Some(TokenTree::Group(found)) = given.next() else { return None };
                if found.delimiter() != group.delimiter() {
                    return None;
                }
                names.extend(bind(group.stream(), found.stream())?);
                at += 1;
            }
            _ => {
                given.next().filter(|token| token.to_string() == expected.to_string())?;
                at += 1;
            }
        }
    }
    Some(names)
}

/// The names that a pattern or a repetition has.
fn bound_in(tokens: &[TokenTree]) -> Vec<String> {
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match (token, tokens.get(at + 1)) {
            (TokenTree::Group(group), _) => {
                names.extend(bound_in(&group.stream().into_iter().collect::<Vec<_>>()));
            }
            (dollar, Some(TokenTree::Ident(name))) if is_punct(dollar, '$') => names.push(name.to_string()),
            _ => {}
        }
    }
    names
}

/// Puts what is bound in its places. None: something is repeated that repeats nothing.
pub(super) fn substitute(tokens: TokenStream, names: &Names) -> Option<TokenStream> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut made: Vec<TokenTree> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if let Some((group, separator, length)) = repetition(&tokens[at..]) {
            let used = bound_in(&group.stream().into_iter().collect::<Vec<_>>());
            let many = used.iter().filter_map(|name| match names.get(name) {
                Some(Bound::Many(each)) => Some((name, each)),
                _ => None,
            });
            let many: Vec<_> = many.collect();
            let rounds = many.iter().map(|(_, each)| each.len()).max()?;
            for round in 0..rounds {
                let mut inner = names.clone();
                for (name, each) in &many {
                    inner.insert((*name).clone(), each.get(round)?.clone());
                }
                if round > 0 {
                    made.extend(separator.cloned());
                }
                made.extend(substitute(group.stream(), &inner)?);
            }
            at += length;
            continue;
        }
        match (token, tokens.get(at + 1)) {
            (dollar, Some(TokenTree::Ident(name))) if is_punct(dollar, '$') => {
                match names.get(&name.to_string()) {
                    Some(Bound::One(found)) => made.extend(found.iter().cloned()),
                    Some(Bound::Many(_)) => return None,
                    // `$crate` is `crate`.
                    None => made.push(name.clone().into()),
                }
                at += 2;
            }
            (TokenTree::Group(group), _) => {
                made.push(Group::new(group.delimiter(), substitute(group.stream(), names)?).into());
                at += 1;
            }
            _ => {
                made.push(token.clone());
                at += 1;
            }
        }
    }
    Some(made.into_iter().collect())
}
