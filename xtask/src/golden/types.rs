//! A kernel's types, as it has them itself (BTF, `/sys/kernel/btf/vmlinux`): as much as the memmap needs of them.

use std::collections::HashMap;

/// The format's first bytes, on a little-endian machine.
const MAGIC: [u8; 2] = [0x9f, 0xeb];

const STRUCT: u32 = 4;
const UNION: u32 = 5;
const ENUM: u32 = 6;
const ENUM64: u32 = 19;

/// What is known of the types.
pub(super) struct Types {
    /// `sizeof(struct page)`.
    pub(super) struct_page: u64,
    /// The names of its fields, those of what is unnamed in it too.
    pub(super) fields: Vec<String>,
    /// The constants of all enumerations.
    pub(super) constants: HashMap<String, u64>,
}

/// A structure or union.
struct Compound<'a> {
    name: &'a str,
    size: u64,
    /// Names and types.
    members: Vec<(&'a str, u32)>,
}

/// The types in these bytes; None if they are none.
pub(super) fn read(bytes: &[u8]) -> Option<Types> {
    let u32_at = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    if !bytes.starts_with(&MAGIC) {
        return None;
    }
    let header = u32_at(4)? as usize;
    let section = |at: usize| {
        let start = header + u32_at(at)? as usize;
        bytes.get(start..start.checked_add(u32_at(at + 4)? as usize)?)
    };
    let (types, strings) = (section(8)?, section(16)?);
    let name = |offset: u32| {
        let rest = strings.get(offset as usize..)?;
        std::str::from_utf8(&rest[..rest.iter().position(|&byte| byte == 0)?]).ok()
    };
    let mut compounds = HashMap::new();
    let mut constants = HashMap::new();
    let words: Vec<u32> =
        types.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect();
    let (mut at, mut id) = (0, 1);
    while let Some(&[own, info, size]) = words.get(at..at + 3) {
        let (kind, count) = (info >> 24 & 0x1f, (info & 0xffff) as usize);
        let per = words_behind(kind)?;
        let of_type = words.get(at + 3..at + 3 + per.0 + per.1 * count)?;
        match kind {
            STRUCT | UNION => {
                let members = of_type.chunks_exact(3).map(|member| Some((name(member[0])?, member[1])));
                let members = members.collect::<Option<_>>()?;
                compounds.insert(id, Compound { name: name(own)?, size: size.into(), members });
            }
            ENUM | ENUM64 => {
                for constant in of_type.chunks_exact(per.1) {
                    let high = if kind == ENUM64 { constant[2] } else { 0 };
                    constants.insert(name(constant[0])?.to_string(), u64::from(high) << 32 | u64::from(constant[1]));
                }
            }
            _ => {}
        }
        at += 3 + of_type.len();
        id += 1;
    }
    let page = compounds.values().find(|compound| compound.name == "page" && !compound.members.is_empty())?;
    let mut fields = Vec::new();
    collect(page, &compounds, 0, &mut fields);
    Some(Types { struct_page: page.size, fields, constants })
}

/// Words behind a type's first three: so many, and so many for each of what it counts.
fn words_behind(kind: u32) -> Option<(usize, usize)> {
    Some(match kind {
        // Integers, variables, and the tags of declarations.
        1 | 14 | 17 => (1, 0),
        // Arrays.
        3 => (3, 0),
        // Structures, unions, sections of data, enumerations of 64 bits.
        STRUCT | UNION | 15 | ENUM64 => (0, 3),
        // Enumerations, and the parameters of functions.
        ENUM | 13 => (0, 2),
        // What has nothing more: pointers, qualifiers, names, floating point.
        2 | 7..=12 | 16 | 18 => (0, 0),
        _ => return None,
    })
}

fn collect(compound: &Compound<'_>, compounds: &HashMap<u32, Compound<'_>>, depth: u32, fields: &mut Vec<String>) {
    for (name, id) in &compound.members {
        if !name.is_empty() {
            fields.push((*name).to_string());
        } else if let Some(inner) = compounds.get(id)
            && depth < 8
        {
            collect(inner, compounds, depth + 1, fields);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Types with a struct page of these fields, of which the last one is in an unnamed union, and these constants.
    pub(in crate::golden) fn made(size: u32, fields: &[&str], constants: &[(&str, u32)]) -> Vec<u8> {
        let mut strings = vec![0_u8];
        let mut text = |name: &str| {
            let at = strings.len() as u32;
            strings.extend_from_slice(name.as_bytes());
            strings.push(0);
            at
        };
        let [first @ .., last] = fields else { panic!("a struct page has fields") };
        let mut words = vec![text("int"), 1 << 24, 4, 32, 0, UNION << 24 | 1, 8, text(last), 1, 0];
        words.extend([text("page"), STRUCT << 24 | fields.len() as u32, size]);
        for field in first {
            words.extend([text(field), 1, 0]);
        }
        words.extend([0, 2, 0]);
        words.extend([text("zone_type"), ENUM << 24 | constants.len() as u32, 4]);
        for (name, value) in constants {
            words.extend([text(name), *value]);
        }
        let types: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let header = [24, 0, types.len() as u32, types.len() as u32, strings.len() as u32];
        let mut bytes = vec![0x9f, 0xeb, 1, 0];
        bytes.extend(header.iter().flat_map(|word| word.to_le_bytes()));
        [bytes, types, strings].concat()
    }

    #[test]
    fn a_struct_page_and_constants_are_found() {
        let bytes = made(64, &["flags", "memcg_data"], &[("ZONE_DEVICE", 4), ("__MAX_NR_ZONES", 5)]);
        let types = read(&bytes).unwrap();
        assert_eq!((types.struct_page, &types.fields[..]), (64, &["flags".to_string(), "memcg_data".to_string()][..]));
        assert_eq!(types.constants["__MAX_NR_ZONES"], 5);
        // Any part of it, and anything else, is none or less.
        for len in 0..bytes.len() {
            let _ = read(&bytes[..len]);
        }
        assert!(read(b"").is_none() && read(&[0x9f; 100]).is_none());
    }
}
