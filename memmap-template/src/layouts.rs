//! Every layout that a configuration can have, as types: one of them is chosen per range.

/// Evaluates `$body` with `$layout` as the type of [`Layout`](crate::page::Layout) that has these fields.
///
/// The positions of `virtual` and `_last_cpupid` and the number of words follow from the configuration; these are all that occur, those of
/// struct pages that are no whole words (rounded up) among them.
macro_rules! with_layout {
    ($fields:expr, $layout:ident => $body:expr) => {{
        let fields: $crate::kconfig::Fields = $fields;
        let key = (fields.size.div_ceil(8), fields.page_virtual, fields.last_cpupid);
        $crate::layouts::with_layout!(@key key, $layout => $body;
            (7, 0, 0) (8, 0, 0) (9, 0, 0) (10, 0, 0)
            (8, 7, 0) (10, 7, 0)
            (8, 0, 7) (10, 0, 7)
            (9, 8, 0) (10, 8, 0) (11, 8, 0) (12, 8, 0)
            (9, 0, 8) (10, 0, 8) (11, 0, 8) (12, 0, 8)
            (9, 7, 8) (10, 7, 8) (11, 7, 8) (12, 7, 8)
            (10, 8, 9) (12, 8, 9))
    }};
    (@key $key:ident, $layout:ident => $body:expr; $(($words:literal, $virtual:literal, $last_cpupid:literal))+) => {
        match $key {
            $(
                ($words, $virtual, $last_cpupid) => {
                    type $layout = $crate::page::Words<$words, $virtual, $last_cpupid>;
                    $body
                }
            )+
            other => unreachable!("no configuration has the layout {other:?}"),
        }
    };
}

pub(crate) use with_layout;

#[cfg(test)]
mod tests {
    use crate::kconfig::{Fields, Kconfig, StructPageAlign};
    use crate::page::Layout;
    use crate::preset::Preset;

    #[test]
    fn every_configuration_has_its_layout() {
        for bits in 0..16 {
            for struct_page_align in [StructPageAlign::Bytes16, StructPageAlign::Bytes8, StructPageAlign::Bytes4] {
                let fields = Fields::new(&Kconfig {
                    memcg: bits & 1 != 0,
                    page_virtual: bits & 2 != 0,
                    last_cpupid_width: if bits & 4 != 0 { 21 } else { 0 },
                    kmsan: bits & 8 != 0,
                    struct_page_align,
                    ..Preset::X86_64_DISTRO.kconfig
                });
                with_layout!(fields, L => {
                    assert_eq!((L::VIRTUAL, L::LAST_CPUPID), (fields.page_virtual, fields.last_cpupid));
                    assert_eq!(L::SIZE, fields.size.next_multiple_of(8));
                });
            }
        }
    }
}
