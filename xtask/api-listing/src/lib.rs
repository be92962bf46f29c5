//! A listing of everything public in a library, from its source.
//!
//! It is committed, so that each change of the API is seen in a diff, and none is made by accident. It comes from the source and not from rustdoc, whose
//! output is another with each Rust and for each target: a listing has all targets and features, with their conditions.
//!
//! What it does not see: whether a type is `Send`, `Sync` or `Unpin` by what its private fields are; the value of a constant; what a
//! function does.

mod attributes;
mod expand;
mod impls;
mod items;
mod names;
mod pattern;
mod source;
mod spell;
#[cfg(test)]
mod tests;

use std::path::Path;

use syn::Item;

use items::Lister;
use names::Names;

/// The listing of a crate whose root is `root`. `features` are its features and what they switch on.
///
/// # Errors
/// If there is something in the source that the listing could miss.
pub fn listing(name: &str, features: &[String], root: &Path) -> Result<String, String> {
    let krate = name.replace('-', "_");
    let modules = source::read(root)?;
    let names = Names::new(&krate, &modules);
    let whole = modules.first().map(|root| root.conditions.clone()).unwrap_or_default();
    let mut lines = Vec::new();
    for module in &modules {
        let lister = Lister { names: &names, module };
        for item in &module.items {
            if let Item::Impl(item) = item {
                if !source::is_test(&item.attrs) {
                    lines.extend(lister.implementation(item)?);
                }
                continue;
            }
            let exposure = names::parts(item)
                .and_then(|(name, _, attributes)| (!source::is_test(attributes)).then_some(name))
                .and_then(|name| names.exposed.get(&(module.path.clone(), name)));
            match exposure {
                Some(exposure) => lines.extend(lister.item(item, &exposure.path, &exposure.conditions)?),
                None => lines.extend(lister.symbol(item)),
            }
        }
    }
    lines.sort();
    let mut text = format!("# The public items of {name}. `cargo xtask release --update` writes this file.\n");
    // What holds for the whole crate is said once.
    whole.iter().for_each(|condition| text += &format!("crate {condition}\n"));
    features.iter().for_each(|feature| text += &format!("feature {feature}\n"));
    let mut aliases = names.aliases.clone();
    aliases.sort();
    let aliases = aliases.into_iter().map(|(path, target, conditions)| {
        conditions.into_iter().chain([format!("pub use {path} = {target}")]).collect::<Vec<_>>().join(" ")
    });
    for line in aliases.chain(lines.into_iter().map(|line| line.text)) {
        text += &whole.iter().fold(line, |line, condition| line.replacen(&format!("{condition} "), "", 1));
        text.push('\n');
    }
    Ok(text)
}

/// The lines that are in one listing only: `-` for those that are gone, `+` for new ones.
pub fn difference(old: &str, new: &str) -> Vec<String> {
    let only = |mark: char, some: &str, others: &str| -> Vec<String> {
        let others: std::collections::HashSet<_> = others.lines().collect();
        some.lines().filter(|line| !others.contains(line)).map(|line| format!("{mark} {line}")).collect()
    };
    [only('-', old, new), only('+', new, old)].concat()
}
