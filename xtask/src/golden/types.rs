//! A kernel's types, as it has them itself (BTF, `/sys/kernel/btf/vmlinux`): as much as the memmap needs of them.

use std::collections::{HashMap, HashSet};

/// The format's first bytes, on a little-endian machine.
pub(super) const MAGIC: [u8; 2] = [0x9f, 0xeb];

const STRUCT: u32 = 4;
const UNION: u32 = 5;
const ENUM: u32 = 6;
const ENUM64: u32 = 19;

#[derive(Debug, PartialEq)]
pub(super) struct Types {
    /// `sizeof(struct page)`.
    pub(super) struct_page: u64,
    /// The names of its fields, those of what is unnamed in it too.
    pub(super) fields: HashSet<String>,
    pub(super) constants: HashMap<String, u64>,
}

pub(super) fn read(bytes: &[u8]) -> Option<Types> {
    let u32_at = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize);
    let section = |at: usize| {
        let start = u32_at(4)? + u32_at(at)?;
        bytes.get(start..start.checked_add(u32_at(at + 4)?)?)
    };
    let (types, strings) = if bytes.starts_with(&MAGIC) { (section(8)?, section(16)?) } else { return None };
    let name = |offset: u32| {
        let rest = strings.get(offset as usize..)?;
        std::str::from_utf8(&rest[..rest.iter().position(|&byte| byte == 0)?]).ok()
    };
    let words: Vec<_> = types.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
    // The members of structures and unions, by their own numbers: names, and the numbers of types.
    let mut members = HashMap::<u32, Vec<(&str, u32)>>::new();
    let (mut constants, mut page) = (HashMap::new(), None);
    let (mut at, mut id) = (0, 1);
    while let Some(&[own, info, size]) = words.get(at..at + 3) {
        let (kind, count) = (info >> 24 & 0x1f, (info & 0xffff) as usize);
        let (once, each) = words_behind(kind)?;
        let behind = words.get(at + 3..at + 3 + once + each * count)?;
        match kind {
            STRUCT | UNION => {
                let all = behind.chunks_exact(each).map(|member| Some((name(member[0])?, member[1])));
                members.insert(id, all.collect::<Option<_>>()?);
                if name(own)? == "page" && count > 0 {
                    page = Some((id, size));
                }
            }
            ENUM | ENUM64 => {
                for constant in behind.chunks_exact(each) {
                    let high = if kind == ENUM64 { constant[2] } else { 0 };
                    constants.insert(name(constant[0])?.to_string(), u64::from(high) << 32 | u64::from(constant[1]));
                }
            }
            _ => {}
        }
        (at, id) = (at + 3 + behind.len(), id + 1);
    }
    let (page, size) = page?;
    let (mut fields, mut open) = (HashSet::new(), vec![page]);
    while let Some(id) = open.pop() {
        // Each is looked into once: damaged types may be inside themselves.
        for (name, of_type) in members.remove(&id).unwrap_or_default() {
            if name.is_empty() { open.push(of_type) } else { _ = fields.insert(name.to_string()) }
        }
    }
    Some(Types { struct_page: size.into(), fields, constants })
}

/// Words behind a type's first three: so many, and so many for each of what it counts.
fn words_behind(kind: u32) -> Option<(usize, usize)> {
    Some(match kind {
        1 | 14 | 17 => (1, 0),                  // Integers, variables, and the tags of declarations.
        3 => (3, 0),                            // Arrays.
        STRUCT | UNION | 15 | ENUM64 => (0, 3), // 15: sections of data.
        ENUM | 13 => (0, 2),                    // 13: the parameters of functions.
        2 | 7..=12 | 16 | 18 => (0, 0),         // Pointers, qualifiers, names, floating point.
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_struct_page_and_constants_are_found() {
        let strings = b"\0int\0page\0flags\0memcg_data\0zone_type\0ZONE_DEVICE\0";
        let [int, page, flags, memcg_data, zone_type, device] = [1, 5, 10, 16, 27, 37];
        let int = [int, 1 << 24, 4, 32];
        let union = [0, UNION << 24 | 1, 8, memcg_data, 1, 0];
        // The second field is the union, which has no name.
        let page = [page, STRUCT << 24 | 2, 64, flags, 1, 0, 0, 2, 0];
        let zones = [zone_type, ENUM << 24 | 1, 4, device, 4];
        let types = [&int[..], &union, &page, &zones].concat();
        let header = [0x0001_eb9f, 24, 0, 4 * types.len() as u32, 4 * types.len() as u32, strings.len() as u32];
        let words = [&header[..], &types].concat();
        let bytes = [words.iter().flat_map(|word| word.to_le_bytes()).collect(), strings.to_vec()].concat();
        let fields = ["flags", "memcg_data"].map(str::to_string).into();
        let constants = HashMap::from([("ZONE_DEVICE".to_string(), 4)]);
        assert_eq!(read(&bytes), Some(Types { struct_page: 64, fields, constants }));
        // Any part of it, and anything else, is none.
        assert!((0..bytes.len()).all(|len| read(&bytes[..len]).is_none()) && read(&[0; 100]).is_none());
    }
}
