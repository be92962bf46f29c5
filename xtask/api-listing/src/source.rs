//! The source of a crate: all its modules, each item with the conditions under which it is compiled.

use std::fs;
use std::path::Path;

use quote::ToTokens;
use syn::{Attribute, Item, Meta};

use super::expand::Macros;
use super::spell::Speller;

/// A module: its items, macros expanded, other modules not among them.
pub(super) struct Module {
    /// Names from the root, which has none.
    pub(super) path: Vec<String>,
    /// Whether its own `mod` is `pub`.
    pub(super) is_public: bool,
    /// The conditions of this module and all around it.
    pub(super) conditions: Vec<String>,
    pub(super) items: Vec<Item>,
}

/// Reads the crate whose root is `root`.
///
/// # Errors
/// If a file cannot be read or parsed, or has something that could hide items from us.
pub(super) fn read(root: &Path) -> Result<Vec<Module>, String> {
    let file = parse(root)?;
    let mut reader = Reader { modules: Vec::new(), macros: Macros::default() };
    let module = Module { path: Vec::new(), is_public: true, conditions: conditions(&file.attrs), items: Vec::new() };
    let folder = root.parent().unwrap_or(Path::new("."));
    reader.module(module, file.items, folder)?;
    reader.expand()?;
    Ok(reader.modules)
}

fn parse(path: &Path) -> Result<syn::File, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    syn::parse_file(&text).map_err(|error| {
        let at = error.span().start();
        format!("{}:{}: {error}", path.display(), at.line)
    })
}

struct Reader {
    modules: Vec<Module>,
    macros: Macros,
}

impl Reader {
    /// Takes a module in, and those in it; `folder` is where their files are.
    fn module(&mut self, mut module: Module, items: Vec<Item>, folder: &Path) -> Result<(), String> {
        let mut inner = Vec::new();
        for item in items {
            match item {
                Item::Mod(item) if !is_test(&item.attrs) => inner.push(item),
                Item::Mod(_) => {}
                Item::Macro(definition) if definition.mac.path.is_ident("macro_rules") => {
                    self.macros.define(&definition)?;
                    module.items.push(Item::Macro(definition));
                }
                other => module.items.push(other),
            }
        }
        let (path, around) = (module.path.clone(), module.conditions.clone());
        self.modules.push(module);
        for item in inner {
            let name = item.ident.to_string();
            if item.attrs.iter().any(|attribute| attribute.path().is_ident("path")) {
                return Err(format!("module {name} has a `path` of its own, which this listing does not follow"));
            }
            let folder = folder.join(&name);
            let (items, inside) = match item.content {
                Some((_, items)) => (items, Vec::new()),
                None => {
                    let beside = folder.with_extension("rs");
                    let file = parse(&if beside.is_file() { beside } else { folder.join("mod.rs") })?;
                    (file.items, file.attrs)
                }
            };
            let mut all = around.clone();
            for condition in conditions(&item.attrs).into_iter().chain(conditions(&inside)) {
                if !all.contains(&condition) {
                    all.push(condition);
                }
            }
            let is_public = matches!(item.vis, syn::Visibility::Public(_));
            let path = [path.as_slice(), &[name]].concat();
            self.module(Module { path, is_public, conditions: all, items: Vec::new() }, items, &folder)?;
        }
        Ok(())
    }

    /// Puts what they make in the place of macros, once all definitions are known.
    fn expand(&mut self) -> Result<(), String> {
        for module in &mut self.modules {
            let mut items = Vec::new();
            for item in std::mem::take(&mut module.items) {
                match item {
                    Item::Macro(call) if call.ident.is_none() => items.extend(self.macros.expand(&call)?),
                    other => items.push(other),
                }
            }
            module.items = items;
        }
        Ok(())
    }
}

/// The `cfg`s among attributes, as text.
pub(super) fn conditions(attributes: &[Attribute]) -> Vec<String> {
    let condition = |attribute: &Attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = Speller { resolve: &|_| None }.spell(list.tokens.to_token_stream());
            Some(format!("#[cfg({condition})]"))
        }
        _ => None,
    };
    attributes.iter().filter_map(condition).collect()
}

/// Whether an item exists in tests only.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    conditions(attributes).iter().any(|condition| ["#[cfg(test)]", "#[cfg(doctest)]"].contains(&&**condition))
}
