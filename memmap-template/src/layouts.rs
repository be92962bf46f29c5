//! Every layout that a configuration can have, as types: one of them is chosen per range.

/// Evaluates `$body` with `$layout` as the type of [`Layout`](crate::page::Layout) that struct pages with these
/// [`Fields`](crate::kconfig::Fields) have; of struct pages that are no whole words, rounded up.
macro_rules! with_layout {
    ($fields:expr, $layout:ident => $body:expr) => {
        $crate::layouts::with_layout!(@of $fields, $layout => $body;
            7 false, 8 false, 9 false, 10 false, 8 true, 9 true, 10 true, 11 true, 12 true)
    };
    (@of $fields:expr, $layout:ident => $body:expr; $($words:literal $rare:literal),*) => {
        match ($fields.words(), $fields.has_rare()) {
            $(($words, $rare) => {
                type $layout = $crate::page::Page<$words, { 8 * $words }, $rare>;
                $body
            })*
            (words, _) => unreachable!("no struct page has {words} words"),
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
                let kconfig = Kconfig {
                    memcg: bits & 1 != 0,
                    page_virtual: bits & 2 != 0,
                    last_cpupid_width: if bits & 4 != 0 { 21 } else { 0 },
                    kmsan: bits & 8 != 0,
                    struct_page_align,
                    ..Preset::X86_64_DISTRO.kconfig
                };
                let fields = Fields::new(&kconfig);
                with_layout!(fields, L => {
                    assert_eq!(L::SIZE, fields.size.next_multiple_of(8));
                    assert_eq!(L::HAS_RARE_FIELDS, kconfig.page_virtual || kconfig.last_cpupid_width > 0);
                    assert!(L::HAS_RARE_FIELDS || fields.whole_words());
                    assert!(fields.page_virtual.max(fields.last_cpupid) < L::ZERO.as_ref().len());
                });
            }
        }
    }
}
