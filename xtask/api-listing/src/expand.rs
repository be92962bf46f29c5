//! Macros that make items: as much of `macro_rules!` as this workspace has, and an error for the rest.
//!
//! A macro has one rule. Whatever else could make a public item is refused, never overlooked.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Item, ItemMacro};

use super::pattern;

/// The macros of a crate, by name.
#[derive(Default)]
pub(super) struct Macros {
    rules: HashMap<String, Rule>,
    /// Those with several rules, if they could make a public item.
    opaque: HashSet<String>,
}

struct Rule {
    pattern: TokenStream,
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
            self.rules.insert(name.to_string(), Rule { pattern: pattern.stream(), makes: makes.stream() });
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
        let unknown = || refused("its pattern has more than `ident`, `literal`, `tt`, `meta` and repetitions of those");
        let names = pattern::bind(rule.pattern.clone(), call.mac.tokens.clone()).ok_or_else(unknown)?;
        let items = pattern::substitute(rule.makes.clone(), &names).ok_or_else(unknown)?;
        let file: syn::File = syn::parse2(items).map_err(|error| refused(&error.to_string()))?;
        if file.items.iter().any(|item| matches!(item, Item::Macro(_))) {
            return Err(refused("it makes macros"));
        }
        Ok(file.items)
    }
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
    fn names_are_put_in_and_repetitions_repeated() {
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
            "implMode{pubconstfnname(self)->&'staticstr{matchself{Mode::A=>\"a\",Mode::B=>\"b\"}}}\
             implFrom<Mode>forcrate::Name{fnfrom(_:Mode)->Self{[\"a\",\"b\"]}}"
        );
    }

    #[test]
    fn repetitions_in_repetitions_and_attributes() {
        let made = expand(
            "macro_rules! all { ($(#[$a:meta])* pub enum E { $($(#[$b:meta])* $v:ident = $n:literal,)* }) => {
                 $(#[$a])* pub enum E { $($(#[$b])* $v,)* } $(pub fn $v() {})*
             }; }
             all! { #[repr(u8)] #[x] pub enum E { #[cfg(unix)] A = 1, B = 2, } }",
        );
        assert_eq!(made.unwrap().replace(' ', ""), "#[repr(u8)]#[x]pubenumE{#[cfg(unix)]A,B,}pubfnA(){}pubfnB(){}");
    }

    #[test]
    fn what_could_hide_a_public_item_is_refused() {
        let typed = expand("macro_rules! all { ($n:ty) => { pub fn a(_: $n) {} }; } all!(Vec<u8>);");
        assert!(typed.unwrap_err().contains("its pattern has more"));
        let foreign = expand("cfg_if::cfg_if! { if #[cfg(unix)] { pub fn a() {} } }");
        assert!(foreign.unwrap_err().contains("`cfg_if!`"));
        assert_eq!(expand("cfg_if::cfg_if! { if #[cfg(unix)] { pub(crate) use x::*; } }").unwrap(), "");
        let two = "macro_rules! m { (a) => { pub fn a() {} }; (b) => { pub fn b() {} }; } m! { a }";
        assert!(expand(two).is_err());
    }
}
