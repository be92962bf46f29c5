//! Every layout that a configuration can have, as types: one of them is chosen per range.

use crate::kconfig::Kconfig;
use crate::page::{Common, WORD};

/// Which parts of a [`Page`](crate::page::Page) a configuration has.
#[derive(Clone, Copy)]
pub(crate) struct Parts {
    pub(crate) memcg: bool,
    pub(crate) page_virtual: bool,
    pub(crate) last_cpupid: bool,
    pub(crate) kmsan: bool,
    /// A word at the end, for the alignment.
    pub(crate) padding: bool,
}

impl Parts {
    pub(crate) fn new(kconfig: &Kconfig) -> Parts {
        let &Kconfig { memcg, page_virtual, kmsan, .. } = kconfig;
        let last_cpupid = kconfig.last_cpupid_width > 0;
        let common = (size_of::<Common>() / WORD) as u64;
        let words = common + u64::from(memcg) + u64::from(page_virtual) + u64::from(last_cpupid) + 2 * u64::from(kmsan);
        // No alignment is more than two words.
        let padding = kconfig.struct_page_size().div_ceil(8) > words;
        Parts { memcg, page_virtual, last_cpupid, kmsan, padding }
    }
}

/// Evaluates `$body` with `$layout` as the type of [`Layout`](crate::page::Layout) that struct pages of a [`Kconfig`] have; of
/// struct pages that are no whole words, rounded up.
///
/// Asks for one part after the other, and collects the parameters of [`Page`](crate::page::Page) on the way.
macro_rules! with_layout {
    ($kconfig:expr, $layout:ident => $body:expr) => {{
        let parts = $crate::layouts::Parts::new($kconfig);
        $crate::layouts::with_layout!(@of parts; memcg page_virtual last_cpupid kmsan padding; $layout => $body)
    }};
    (@of $parts:ident; $part:ident $($rest:ident)*; $layout:ident => $body:expr $(, $chosen:literal)*) => {
        if $parts.$part {
            $crate::layouts::with_layout!(@of $parts; $($rest)*; $layout => $body $(, $chosen)*, 1)
        } else {
            $crate::layouts::with_layout!(@of $parts; $($rest)*; $layout => $body $(, $chosen)*, 0)
        }
    };
    (@of $parts:ident; ; $layout:ident => $body:expr, $($chosen:literal),*) => {{
        type $layout = $crate::page::Page<$($chosen),*, { $crate::page::bytes($($chosen),*) }>;
        $body
    }};
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
                with_layout!(&kconfig, L => {
                    assert_eq!((L::VIRTUAL, L::LAST_CPUPID), (fields.page_virtual, fields.last_cpupid));
                    assert_eq!(L::SIZE, fields.size.next_multiple_of(8));
                    assert!(L::MAY_BE_RAGGED || fields.whole_words());
                });
            }
        }
    }
}
