//! Where items are to be found: which are public and by what path, and what a name in a signature means.

use std::collections::{BTreeMap, HashMap};

use syn::{Item, ItemUse, UseTree, Visibility};

use super::source::{Module, conditions};

/// Re-exports of re-exports: more than these is a circle.
const DEPTH: usize = 16;

/// A public item: where it is reached, and under which conditions.
pub(super) struct Exposure {
    pub(super) path: String,
    /// Those of the modules and re-exports on the way to it.
    pub(super) conditions: Vec<String>,
    /// Its own; none if it is defined more than once, under different ones.
    own: Vec<String>,
}

impl Exposure {
    pub(super) fn all_conditions(&self) -> Vec<String> {
        joined(&self.conditions, &self.own)
    }
}

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A module of the crate.
    Module(Vec<String>),
    /// An item of the crate by its module and name, and what follows in the path (a variant).
    Item(Vec<String>, String),
    /// Something of another crate, or built in.
    Foreign(String),
}

/// The names of a crate.
pub(super) struct Names<'a> {
    krate: &'a str,
    modules: HashMap<&'a [String], &'a Module>,
    /// By module and name of the definition.
    pub(super) exposed: BTreeMap<(Vec<String>, String), Exposure>,
    /// Second paths, and what is of another crate: path, target, conditions.
    pub(super) aliases: Vec<(String, String, Vec<String>)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(krate: &'a str, modules: &'a [Module]) -> Names<'a> {
        let by_path = modules.iter().map(|module| (module.path.as_slice(), module)).collect();
        let mut names = Names { krate, modules: by_path, exposed: BTreeMap::new(), aliases: Vec::new() };
        names.expose_module(&[], krate, &[], 0);
        names
    }

    /// Enters what is public in a module that is reached by `path`.
    fn expose_module(&mut self, module: &[String], path: &str, around: &[String], depth: usize) {
        let Some(module) = self.modules.get(module).copied().filter(|_| depth < DEPTH) else { return };
        let around = joined(around, &module.conditions);
        for item in &module.items {
            if let Some((name, Visibility::Public(_), attributes)) = parts(item) {
                let definition = (module.path.clone(), name.clone());
                self.expose(definition, format!("{path}::{name}"), around.clone(), conditions(attributes));
            }
        }
        let mut children: Vec<_> =
            self.modules.values().filter(|child| child.is_public && is_child(child, module)).copied().collect();
        children.sort_by_key(|child| &child.path);
        for child in children {
            let name = child.path.last().expect("the root is nobody's child");
            self.expose_module(&child.path, &format!("{path}::{name}"), &around, depth + 1);
        }
        // Last, so that what is public where it is defined has that path, and the others are second ones.
        for item in &module.items {
            if let Item::Use(item) = item
                && matches!(item.vis, Visibility::Public(_))
            {
                self.expose_use(module, item, path, &joined(&around, &conditions(&item.attrs)), depth);
            }
        }
    }

    fn expose_use(&mut self, module: &Module, item: &ItemUse, path: &str, around: &[String], depth: usize) {
        for leaf in leaves(item) {
            let path = format!("{path}::{}", leaf.name);
            match self.resolve(&module.path, &leaf.path, 0) {
                Target::Module(target) if leaf.name == "*" => {
                    self.expose_module(&target, path.trim_end_matches("::*"), around, depth + 1);
                }
                Target::Module(target) => self.expose_module(&target, &path, around, depth + 1),
                Target::Item(home, name) => {
                    let home_conditions = self.modules.get(home.as_slice()).map(|home| home.conditions.clone());
                    let own = self.item(&home, &name).map(|item| conditions(attributes(item))).unwrap_or_default();
                    let all = joined(around, &home_conditions.unwrap_or_default());
                    self.expose((home, name), path, all, own);
                }
                Target::Foreign(target) => self.aliases.push((path, target, around.to_vec())),
            }
        }
    }

    fn expose(&mut self, definition: (Vec<String>, String), path: String, conditions: Vec<String>, own: Vec<String>) {
        match self.exposed.get_mut(&definition) {
            // Defined twice: under different conditions, or a type and a function.
            Some(first) if first.path == path => first.own.clear(),
            Some(first) => self.aliases.push((path, first.path.clone(), joined(&conditions, &own))),
            None => {
                self.exposed.insert(definition, Exposure { path, conditions, own });
            }
        }
    }

    /// The item of a module with a name; of a type and a function of one name, the first.
    fn item(&self, module: &[String], name: &str) -> Option<&'a Item> {
        let module = self.modules.get(module)?;
        module.items.iter().find(|item| parts(item).is_some_and(|(found, ..)| found == name))
    }

    /// Follows a path that is written in `module`.
    pub(super) fn resolve(&self, module: &[String], path: &[String], depth: usize) -> Target {
        let foreign = || Target::Foreign(path.join("::"));
        let Some((first, rest)) = path.split_first().filter(|_| depth < DEPTH) else { return foreign() };
        let start = match first.as_str() {
            "crate" => Target::Module(Vec::new()),
            "self" => Target::Module(module.to_vec()),
            "super" => Target::Module(module[..module.len().saturating_sub(1)].to_vec()),
            _ => match self.find(module, first, depth) {
                Some(target) => target,
                None => return foreign(),
            },
        };
        let mut target = start;
        for segment in rest {
            target = match target {
                Target::Module(home) if segment == "super" => {
                    Target::Module(home[..home.len().saturating_sub(1)].to_vec())
                }
                Target::Module(home) => match self.find(&home, segment, depth) {
                    Some(target) => target,
                    None => return foreign(),
                },
                Target::Item(home, name) => Target::Item(home, format!("{name}::{segment}")),
                Target::Foreign(path) => Target::Foreign(format!("{path}::{segment}")),
            };
        }
        target
    }

    /// What a name stands for in a module: an item of its own, a module in it, or an import.
    fn find(&self, module: &[String], name: &str, depth: usize) -> Option<Target> {
        if self.item(module, name).is_some() {
            return Some(Target::Item(module.to_vec(), name.to_string()));
        }
        let child = [module, &[name.to_string()]].concat();
        if self.modules.contains_key(child.as_slice()) {
            return Some(Target::Module(child));
        }
        for item in &self.modules.get(module)?.items {
            let Item::Use(item) = item else { continue };
            if let Some(leaf) = leaves(item).into_iter().find(|leaf| leaf.name == name) {
                // An import of a crate by its own name would find itself.
                return Some(if leaf.path == [name] {
                    Target::Foreign(name.to_string())
                } else {
                    self.resolve(module, &leaf.path, depth + 1)
                });
            }
        }
        None
    }

    /// What a path in a signature is in full, if it is ours or imported.
    pub(super) fn full(&self, module: &[String], path: &[String]) -> Option<String> {
        let is_known = match path {
            // A method's receiver.
            [only] if only == "self" => false,
            [first, ..] => {
                ["crate", "self", "super"].contains(&first.as_str()) || self.find(module, first, 0).is_some()
            }
            [] => false,
        };
        is_known.then(|| self.text(&self.resolve(module, path, 0)))
    }

    /// The path of a target: where it is reached if it is public, else where it is.
    pub(super) fn text(&self, target: &Target) -> String {
        match target {
            Target::Foreign(path) => path.clone(),
            Target::Module(path) => [&[self.krate.to_string()], path.as_slice()].concat().join("::"),
            Target::Item(home, name) => {
                let (item, rest) = name.split_once("::").map_or((name.as_str(), None), |(a, b)| (a, Some(b)));
                let path = match self.exposed.get(&(home.clone(), item.to_string())) {
                    Some(exposure) => exposure.path.clone(),
                    None => [self.krate, &home.join("::"), item].iter().filter(|part| !part.is_empty()).fold(
                        String::new(),
                        |path, part| if path.is_empty() { part.to_string() } else { path + "::" + part },
                    ),
                };
                rest.map_or(path.clone(), |rest| format!("{path}::{rest}"))
            }
        }
    }
}

fn is_child(child: &Module, parent: &Module) -> bool {
    child.path.len() == parent.path.len() + 1 && child.path.starts_with(&parent.path)
}

/// Conditions and more of them, each once.
pub(super) fn joined(some: &[String], more: &[String]) -> Vec<String> {
    let mut all = some.to_vec();
    all.extend(more.iter().filter(|condition| !some.contains(condition)).cloned());
    all
}

/// The name, visibility and attributes of an item that has a name.
pub(super) fn parts(item: &Item) -> Option<(String, &Visibility, &[syn::Attribute])> {
    let (name, visibility, attributes) = match item {
        Item::Const(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Enum(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Fn(item) => (&item.sig.ident, &item.vis, &item.attrs),
        Item::Static(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Struct(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Trait(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Type(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Union(item) => (&item.ident, &item.vis, &item.attrs),
        _ => return None,
    };
    Some((name.to_string(), visibility, attributes))
}

fn attributes(item: &Item) -> &[syn::Attribute] {
    parts(item).map(|(_, _, attributes)| attributes).unwrap_or_default()
}

/// One name that a `use` brings; `*` for all.
struct Leaf {
    path: Vec<String>,
    name: String,
}

fn leaves(item: &ItemUse) -> Vec<Leaf> {
    fn walk(tree: &UseTree, path: &[String], leaves: &mut Vec<Leaf>) {
        let with = |name: &syn::Ident| [path, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(inner) => walk(&inner.tree, &with(&inner.ident), leaves),
            UseTree::Group(group) => group.items.iter().for_each(|tree| walk(tree, path, leaves)),
            UseTree::Glob(_) => leaves.push(Leaf { path: path.to_vec(), name: "*".to_string() }),
            UseTree::Rename(inner) => {
                leaves.push(Leaf { path: with(&inner.ident), name: inner.rename.to_string() });
            }
            // `use a::{self}` is `a`.
            UseTree::Name(inner) if inner.ident == "self" => {
                let name = path.last().cloned().unwrap_or_default();
                leaves.push(Leaf { path: path.to_vec(), name });
            }
            UseTree::Name(inner) => leaves.push(Leaf { path: with(&inner.ident), name: inner.ident.to_string() }),
        }
    }
    let mut found = Vec::new();
    walk(&item.tree, &[], &mut found);
    found
}
