//! Macros that make items: as much of `macro_rules!` as this workspace has, and an error for the rest.
//!
//! A macro has one rule. What it repeats is left out, so it may repeat neither items nor anything of a signature: function
//! bodies and values, of which the listing has nothing. Whatever else could make a public item is refused, never overlooked.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{Item, ItemMacro};

/// The macros of a crate, by name.
#[derive(Default)]
pub(super) struct Macros {
    rules: HashMap<String, Rule>,
    /// Those with several rules, if they could make a public item.
    opaque: HashSet<String>,
}

struct Rule {
    pattern: Vec<TokenTree>,
    makes: TokenStream,
}

impl Macros {
    /// Remembers a definition.
    pub(super) fn define(&mut self, definition: &ItemMacro) -> Result<(), String> {
        let Some(name) = &definition.ident else { return Ok(()) };
        let parts: Vec<_> = definition.mac.tokens.clone().into_iter().collect();
        // `(pattern) => { what it makes };`: anything longer has several rules.
        if let [TokenTree::Group(pattern), _, _, TokenTree::Group(makes), ..] = &parts[..]
            && parts.len() <= 5
        {
            let pattern = pattern.stream().into_iter().collect();
            self.rules.insert(name.to_string(), Rule { pattern, makes: makes.stream() });
        } else if makes_public(definition.mac.tokens.clone()) {
            self.opaque.insert(name.to_string());
        }
        Ok(())
    }

    /// The items that a call makes.
    pub(super) fn expand(&self, call: &ItemMacro) -> Result<Vec<Item>, String> {
        let name = call.mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let refused = |why: &str| format!("the listing of public items cannot see through `{name}!`: {why}");
        let Some(rule) = self.rules.get(&name) else {
            return if self.opaque.contains(&name) || makes_public(call.mac.tokens.clone()) {
                Err(refused("there may be public items in it; write them outside of it"))
            } else {
                Ok(Vec::new())
            };
        };
        let given = bind(&rule.pattern, call.mac.tokens.clone());
        let items = substitute(rule.makes.clone(), &given).map_err(refused)?;
        let file: syn::File = syn::parse2(items).map_err(|error| refused(&error.to_string()))?;
        if file.items.iter().any(|item| matches!(item, Item::Macro(_))) {
            return Err(refused("it makes macros"));
        }
        Ok(file.items)
    }
}

/// What stands for each `$name` of the pattern, up to its first repetition; each is one token.
fn bind(pattern: &[TokenTree], given: TokenStream) -> HashMap<String, TokenTree> {
    let mut bound = HashMap::new();
    let mut given = given.into_iter();
    let mut at = 0;
    while let (Some(expected), Some(token)) = (pattern.get(at), given.next()) {
        match (is_punct(expected, '$'), pattern.get(at + 1)) {
            // `$name:kind`
            (true, Some(TokenTree::Ident(name))) => {
                bound.insert(name.to_string(), token);
                at += 4;
            }
            (true, _) => break,
            (false, _) => at += 1,
        }
    }
    bound
}

fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// Puts what is bound in its places, and leaves repetitions out.
fn substitute(tokens: TokenStream, bound: &HashMap<String, TokenTree>) -> Result<TokenStream, &'static str> {
    let mut made = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match (&token, tokens.peek()) {
            (TokenTree::Punct(mark), Some(TokenTree::Ident(name))) if mark.as_char() == '$' => {
                // `$crate` is `crate`, and a name that is only bound in a repetition cannot be outside of one.
                made.push(bound.get(&name.to_string()).cloned().unwrap_or_else(|| name.clone().into()));
                tokens.next();
            }
            (TokenTree::Punct(mark), Some(TokenTree::Group(repeated))) if mark.as_char() == '$' => {
                if makes_public(repeated.stream()) {
                    return Err("it repeats public items");
                }
                tokens.next();
                // An operator, perhaps after a separator.
                while tokens.next().is_some_and(|token| !['+', '*', '?'].iter().any(|mark| is_punct(&token, *mark))) {}
            }
            (TokenTree::Group(group), _) => {
                let inside = substitute(group.stream(), bound)?;
                made.push(Group::new(group.delimiter(), inside).into());
            }
            _ => made.push(token),
        }
    }
    Ok(made.into_iter().collect())
}

/// Whether there is a `pub` (not `pub(crate)`), an `impl`, or an exported macro among the tokens.
fn makes_public(tokens: TokenStream) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let found = match &token {
            TokenTree::Ident(word) if word == "pub" => {
                !matches!(tokens.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
            }
            TokenTree::Ident(word) => word == "impl" || word == "macro_export",
            TokenTree::Group(group) => makes_public(group.stream()),
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    fn expand(source: &str) -> Result<String, String> {
        let mut macros = Macros::default();
        let mut made = String::new();
        for item in syn::parse_file(source).unwrap().items {
            let Item::Macro(item) = item else { panic!("macros only") };
            if item.ident.is_some() {
                macros.define(&item)?;
            } else {
                for item in macros.expand(&item)? {
                    made += &item.to_token_stream().to_string();
                }
            }
        }
        Ok(made)
    }

    #[test]
    fn names_are_put_in_and_repetitions_left_out() {
        let made = expand(
            "macro_rules! named { ($type:ident, $what:literal, $($v:ident => $n:literal),+ $(,)?) => {
                 impl $type { pub const fn name(self) -> &'static str { match self { $($type::$v => $n),+ } } }
                 impl From<$type> for $crate::Name { fn from(_: $type) -> Self { [$($n),+] } }
             }; }
             named!(Mode, \"mode\", A => \"a\", B => \"b\");",
        );
        let made = made.unwrap().replace(' ', "");
        assert_eq!(
            made,
            "implMode{pubconstfnname(self)->&'staticstr{matchself{}}}implFrom<Mode>forcrate::Name{fnfrom(_:Mode)->Self{[]}}"
        );
    }

    #[test]
    fn what_could_hide_a_public_item_is_refused() {
        let repeated = expand("macro_rules! all { ($($n:ident),*) => { $(pub fn $n() {})* }; } all!(a, b);");
        assert!(repeated.unwrap_err().contains("repeats public items"));
        let foreign = expand("cfg_if::cfg_if! { if #[cfg(unix)] { pub fn a() {} } }");
        assert!(foreign.unwrap_err().contains("`cfg_if!`"));
        assert_eq!(expand("cfg_if::cfg_if! { if #[cfg(unix)] { pub(crate) use x::*; } }").unwrap(), "");
        let two = "macro_rules! m { (a) => { pub fn a() {} }; (b) => { pub fn b() {} }; } m! { a }";
        assert!(expand(two).is_err());
    }
}
