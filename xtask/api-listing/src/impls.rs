//! Impls as lines of the listing: those in the source, and those that a `derive` makes.

use syn::{ImplItem, Item, ItemImpl, Type, Visibility};

use super::items::{Line, Lister};
use super::names::{Target, joined};
use super::source::{conditions, is_test};

/// Behind whatever an item has by itself.
const INHERENT: usize = usize::MAX - 1;
const TRAIT: usize = usize::MAX;

impl Lister<'_> {
    /// The impls that a `derive` makes.
    pub(super) fn derived(&self, item: &Item, path: &str, around: &[String]) -> Vec<Line> {
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
                Some(exposure) => (exposure.path.clone(), joined(&exposure.all_conditions(), &around)),
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
}

/// A trait that can be derived, by the name that a derive has for it.
fn short(path: &str) -> &str {
    const DERIVED: [&str; 9] = ["Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];
    let name = path.rsplit("::").next().unwrap_or(path);
    let is_standard = ["core::", "std::", "alloc::"].iter().any(|root| path.starts_with(root));
    if is_standard && DERIVED.contains(&name) { name } else { path }
}
