//! Items as lines of the listing.

use quote::ToTokens;
use syn::{Attribute, Fields, FnArg, Generics, Item, Pat, Signature, TraitItem, Visibility};

use super::attributes::{is_symbol, kept};
use super::names::{Names, joined};
use super::source::{Module, conditions};
use super::spell::Speller;

/// A line: sorted by the path of what it belongs to, and then in order of kind.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    path: String,
    /// 0 for the item itself, then its parts in the order of the source, impls last.
    order: usize,
    pub(super) text: String,
}

/// The name in a signature while it is spelled: a path cannot be in its place.
const PLACE: &str = "__the_name__";

/// Makes the lines of one module's items.
pub(super) struct Lister<'a> {
    pub(super) names: &'a Names<'a>,
    pub(super) module: &'a Module,
}

impl Lister<'_> {
    pub(super) fn spell(&self, tokens: &impl ToTokens) -> String {
        let resolve = |path: &[String]| self.names.full(&self.module.path, path);
        Speller { resolve: &resolve }.spell(tokens.to_token_stream())
    }

    /// The lines of an item that is reached by `path`.
    pub(super) fn item(&self, item: &Item, path: &str, around: &[String]) -> Result<Vec<Line>, String> {
        let mut lines = Vec::new();
        let mut push = |order, attributes: &[Attribute], text: String| {
            lines.push(self.line(path, order, around, attributes, text));
        };
        match item {
            Item::Fn(item) => push(0, &item.attrs, format!("pub {}", self.signature(&item.sig, path))),
            Item::Const(item) => push(0, &item.attrs, format!("pub const {path}: {}", self.spell(&item.ty))),
            Item::Static(item) => {
                let mutable = if matches!(item.mutability, syn::StaticMutability::Mut(_)) { "mut " } else { "" };
                push(0, &item.attrs, format!("pub static {mutable}{path}: {}", self.spell(&item.ty)));
            }
            Item::Type(item) => {
                let generics = self.generics(&item.generics);
                push(0, &item.attrs, format!("pub type {path}{generics} = {}", self.spell(&item.ty)));
            }
            Item::Struct(item) => {
                let hidden = if item.fields.iter().all(is_public) { "" } else { " { .. }" };
                let form = match &item.fields {
                    Fields::Named(_) => "",
                    Fields::Unnamed(_) => " (tuple)",
                    Fields::Unit => " (unit)",
                };
                push(0, &item.attrs, format!("pub struct {path}{}{form}{hidden}", self.generics(&item.generics)));
                self.fields(&item.fields, path, &mut push);
            }
            Item::Union(item) => {
                push(0, &item.attrs, format!("pub union {path}{}", self.generics(&item.generics)));
                self.fields(&Fields::Named(item.fields.clone()), path, &mut push);
            }
            Item::Enum(item) => {
                push(0, &item.attrs, format!("pub enum {path}{}", self.generics(&item.generics)));
                for (at, variant) in item.variants.iter().enumerate() {
                    let mut shown = variant.clone();
                    shown.attrs.clear();
                    shown.ident = syn::Ident::new(PLACE, variant.ident.span());
                    shown.fields.iter_mut().for_each(|field| field.attrs.clear());
                    let name = format!("{path}::{}", variant.ident);
                    push(1 + at, &variant.attrs, self.spell(&shown).replacen(PLACE, &name, 1));
                }
            }
            Item::Trait(item) => {
                let unsafety = if item.unsafety.is_some() { "unsafe " } else { "" };
                let bounds = if item.supertraits.is_empty() {
                    String::new()
                } else {
                    format!(": {}", self.spell(&item.supertraits))
                };
                let generics = self.generics(&item.generics);
                push(0, &item.attrs, format!("pub {unsafety}trait {path}{generics}{bounds}"));
                for (at, part) in item.items.iter().enumerate() {
                    let (attributes, text) = match part {
                        TraitItem::Fn(function) => {
                            let name = format!("{path}::{}", function.sig.ident);
                            let provided = if function.default.is_some() { " { .. }" } else { "" };
                            (&function.attrs, self.signature(&function.sig, &name) + provided)
                        }
                        TraitItem::Const(part) => {
                            let provided = if part.default.is_some() { " = .." } else { "" };
                            (&part.attrs, format!("const {path}::{}: {}{provided}", part.ident, self.spell(&part.ty)))
                        }
                        TraitItem::Type(part) => {
                            let bounds = self.spell(&part.bounds);
                            (&part.attrs, format!("type {path}::{}: {bounds}", part.ident))
                        }
                        _ => return Err(format!("cannot list all of trait {path}: it has a macro")),
                    };
                    push(1 + at, attributes, text);
                }
            }
            _ => return Err(format!("cannot list {path}: it is of an unknown kind")),
        }
        lines.extend(self.derived(item, path, around));
        Ok(lines)
    }

    fn fields(&self, fields: &Fields, path: &str, push: &mut impl FnMut(usize, &[Attribute], String)) {
        for (at, field) in fields.iter().enumerate().filter(|(_, field)| is_public(field)) {
            let name = field.ident.as_ref().map_or(at.to_string(), ToString::to_string);
            push(1 + at, &field.attrs, format!("pub {path}::{name}: {}", self.spell(&field.ty)));
        }
    }

    fn generics(&self, generics: &Generics) -> String {
        let (parameters, wheres) = (self.spell(generics), self.spell(&generics.where_clause));
        format!("{parameters} {wheres}").trim_end().to_string()
    }

    /// A signature as the caller sees it: `mut` before a parameter is the function's own business.
    pub(super) fn signature(&self, signature: &Signature, name: &str) -> String {
        let mut signature = signature.clone();
        signature.ident = syn::Ident::new(PLACE, signature.ident.span());
        for input in &mut signature.inputs {
            match input {
                FnArg::Receiver(receiver) => {
                    receiver.attrs.clear();
                    if receiver.reference.is_none() {
                        receiver.mutability = None;
                    }
                }
                FnArg::Typed(typed) => {
                    typed.attrs.clear();
                    match &mut *typed.pat {
                        Pat::Ident(pattern) => (pattern.by_ref, pattern.mutability) = (None, None),
                        pattern => {
                            *pattern = Pat::Wild(syn::PatWild { attrs: vec![], underscore_token: Default::default() })
                        }
                    }
                }
            }
        }
        self.spell(&signature).replacen(PLACE, name, 1)
    }

    pub(super) fn line(
        &self,
        path: &str,
        order: usize,
        around: &[String],
        attributes: &[Attribute],
        text: String,
    ) -> Line {
        let mut words = joined(around, &conditions(attributes));
        words.extend(attributes.iter().filter_map(kept));
        words.push(text);
        Line { path: path.to_string(), order, text: words.join(" ") }
    }

    /// A function that is a symbol of the library, wherever it is in the source.
    pub(super) fn symbol(&self, item: &Item) -> Option<Line> {
        let Item::Fn(item) = item else { return None };
        if !item.attrs.iter().any(is_symbol) {
            return None;
        }
        let name = item.sig.ident.to_string();
        let text = format!("symbol {}", self.signature(&item.sig, &name));
        Some(self.line(&name, 0, &self.module.conditions, &item.attrs, text))
    }
}

fn is_public(field: &syn::Field) -> bool {
    matches!(field.vis, Visibility::Public(_))
}
