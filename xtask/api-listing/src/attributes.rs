//! Attributes that a user of an item can notice.

use quote::ToTokens;
use syn::Attribute;

use super::spell::Speller;

const KEPT: [&str; 7] = ["non_exhaustive", "repr", "target_feature", "no_mangle", "export_name", "unsafe", "cfg_attr"];
const KEPT_BY_NAME: [&str; 2] = ["must_use", "deprecated"];

/// An attribute as text, if a user of the item can notice it.
pub(super) fn kept(attribute: &Attribute) -> Option<String> {
    let name = attribute.path().get_ident()?.to_string();
    let text = Speller { resolve: &|_| None }.spell(attribute.meta.to_token_stream());
    if KEPT_BY_NAME.contains(&&*name) {
        return Some(format!("#[{name}]"));
    }
    let is_hidden = name == "doc" && text == "doc(hidden)";
    let is_for_documentation = name == "cfg_attr" && text.starts_with("cfg_attr(docsrs");
    (is_hidden || KEPT.contains(&&*name) && !is_for_documentation).then(|| format!("#[{text}]"))
}

/// Whether an attribute makes a symbol of the library out of a function.
pub(super) fn is_symbol(attribute: &Attribute) -> bool {
    let text = attribute.to_token_stream().to_string();
    text.contains("no_mangle") || text.contains("export_name")
}
