//! Items as lines of the listing.

use quote::ToTokens;
use syn::{Attribute, Fields, FnArg, Generics, ImplItem, Item, ItemImpl, Pat, Signature, TraitItem, Type, Visibility};

use super::names::{Names, Target, joined};
use super::source::{Module, conditions, is_test};
use super::spell::Speller;

/// A line: sorted by the path of what it belongs to, and then in order of kind.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    path: String,
    /// 0 for the item itself, then its parts in the order of the source, impls last.
    order: usize,
    pub(super) text: String,
}

const INHERENT: usize = usize::MAX - 1;
const TRAIT: usize = usize::MAX;

/// The attributes that a user of an item can notice. The text of a message is not among what they notice.
const KEPT: [&str; 7] = ["non_exhaustive", "repr", "target_feature", "no_mangle", "export_name", "unsafe", "cfg_attr"];
const KEPT_BY_NAME: [&str; 2] = ["must_use", "deprecated"];

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

    /// The impls that a `derive` makes.
    fn derived(&self, item: &Item, path: &str, around: &[String]) -> Vec<Line> {
        let (generics, attributes) = match item {
            Item::Struct(item) => (&item.generics, &item.attrs),
            Item::Enum(item) => (&item.generics, &item.attrs),
            Item::Union(item) => (&item.generics, &item.attrs),
            _ => return Vec::new(),
        };
        let mut lines = Vec::new();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let _ = attribute.parse_nested_meta(|derived| {
                let Some(name) = derived.path.segments.last() else { return Ok(()) };
                let mut bound = generics.clone();
                for parameter in bound.type_params_mut() {
                    parameter.bounds.push(syn::parse_str(&name.ident.to_string())?);
                }
                let (bounds, names, wheres) = bound.split_for_impl();
                let bounds = self.spell(&bounds);
                let text =
                    format!("impl{bounds} {} for {path}{} {}", name.ident, self.spell(&names), self.spell(&wheres));
                lines.push(self.line(path, TRAIT, around, &[], text.trim_end().to_string()));
                Ok(())
            });
        }
        lines
    }

    /// The lines of an impl, if it is one of something public.
    pub(super) fn implementation(&self, item: &ItemImpl) -> Result<Vec<Line>, String> {
        let around = joined(&self.module.conditions, &conditions(&item.attrs));
        let of = self.spell(&item.self_ty);
        let (path, around) = match self.target(&item.self_ty) {
            Some(Target::Item(home, name)) => match self.names.exposed.get(&(home, name)) {
                Some(exposure) => (exposure.path.clone(), joined(&exposure.conditions, &around)),
                None => return Ok(Vec::new()),
            },
            _ => (of.clone(), around),
        };
        let (bounds, _, wheres) = item.generics.split_for_impl();
        let (bounds, wheres) = (self.spell(&bounds), self.spell(&wheres));
        let head = |what: String| format!("impl{bounds} {what} {wheres}").trim_end().to_string();
        let mut lines = Vec::new();
        if let Some((negative, of_trait, _)) = &item.trait_ {
            let segments: Vec<_> = of_trait.segments.iter().map(|segment| segment.ident.to_string()).collect();
            if let Target::Item(home, name) = self.names.resolve(&self.module.path, &segments, 0)
                && !self.names.exposed.contains_key(&(home, name))
            {
                return Ok(lines);
            }
            let types = item.items.iter().filter_map(|part| match part {
                ImplItem::Type(part) => Some(format!("type {} = {}", part.ident, self.spell(&part.ty))),
                _ => None,
            });
            let types: Vec<_> = types.collect();
            let types = if types.is_empty() { String::new() } else { format!(" {{ {} }}", types.join("; ")) };
            let not = if negative.is_some() { "!" } else { "" };
            let of_trait = self.spell(of_trait);
            let of_trait = short(&of_trait);
            let unsafety = if item.unsafety.is_some() { "unsafe " } else { "" };
            let text = unsafety.to_string() + &head(format!("{not}{of_trait} for {of}")) + &types;
            lines.push(self.line(&path, TRAIT, &around, &[], text));
            return Ok(lines);
        }
        for part in &item.items {
            let (visibility, attributes, text) = match part {
                ImplItem::Fn(part) => (&part.vis, &part.attrs, self.signature(&part.sig, &part.sig.ident.to_string())),
                ImplItem::Const(part) => {
                    (&part.vis, &part.attrs, format!("const {}: {}", part.ident, self.spell(&part.ty)))
                }
                ImplItem::Type(part) => {
                    (&part.vis, &part.attrs, format!("type {} = {}", part.ident, self.spell(&part.ty)))
                }
                _ => return Err(format!("cannot list all of the impl of {path}: it has a macro")),
            };
            if matches!(visibility, Visibility::Public(_)) && !is_test(attributes) {
                let text = format!("{} {{ pub {text} }}", head(of.clone()));
                lines.push(self.line(&path, INHERENT, &around, attributes, text));
            }
        }
        Ok(lines)
    }

    /// What a type is, references taken off.
    fn target(&self, of: &Type) -> Option<Target> {
        match of {
            Type::Reference(inner) => self.target(&inner.elem),
            Type::Path(path) => {
                let segments: Vec<_> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                Some(self.names.resolve(&self.module.path, &segments, 0))
            }
            _ => None,
        }
    }

    fn generics(&self, generics: &Generics) -> String {
        let (parameters, wheres) = (self.spell(generics), self.spell(&generics.where_clause));
        format!("{parameters} {wheres}").trim_end().to_string()
    }

    /// A signature as the caller sees it: `mut` before a parameter is the function's own business.
    fn signature(&self, signature: &Signature, name: &str) -> String {
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

    fn line(&self, path: &str, order: usize, around: &[String], attributes: &[Attribute], text: String) -> Line {
        let mut words = joined(around, &conditions(attributes));
        words.extend(attributes.iter().filter_map(kept));
        words.push(text);
        Line { path: path.to_string(), order, text: words.join(" ") }
    }

    /// A function that is a symbol of the library, wherever it is in the source.
    pub(super) fn symbol(&self, item: &Item) -> Option<Line> {
        let Item::Fn(item) = item else { return None };
        let is_symbol = |attribute: &Attribute| {
            let text = attribute.to_token_stream().to_string();
            text.contains("no_mangle") || text.contains("export_name")
        };
        if !item.attrs.iter().any(is_symbol) {
            return None;
        }
        let name = item.sig.ident.to_string();
        let text = format!("symbol {}", self.signature(&item.sig, &name));
        Some(self.line(&name, 0, &self.module.conditions, &item.attrs, text))
    }
}

/// A trait that can be derived, by the name that a derive has for it.
fn short(path: &str) -> &str {
    const DERIVED: [&str; 9] = ["Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];
    let name = path.rsplit("::").next().unwrap_or(path);
    let is_standard = ["core::", "std::", "alloc::"].iter().any(|root| path.starts_with(root));
    if is_standard && DERIVED.contains(&name) { name } else { path }
}

fn is_public(field: &syn::Field) -> bool {
    matches!(field.vis, Visibility::Public(_))
}

/// An attribute as text, if a user of the item can notice it.
fn kept(attribute: &Attribute) -> Option<String> {
    let name = attribute.path().get_ident()?.to_string();
    let text = Speller { resolve: &|_| None }.spell(attribute.meta.to_token_stream());
    if KEPT_BY_NAME.contains(&&*name) {
        return Some(format!("#[{name}]"));
    }
    let is_hidden = name == "doc" && text == "doc(hidden)";
    let is_for_documentation = name == "cfg_attr" && text.starts_with("cfg_attr(docsrs");
    (is_hidden || KEPT.contains(&&*name) && !is_for_documentation).then(|| format!("#[{text}]"))
}
