//! The figures that the patch's author published, to be read beside ours.

use memmap_template::namespace::Mode;

/// One kernel's row.
pub(crate) struct Published {
    pub(crate) mode: Mode,
    pub(crate) name: &'static str,
    pub(crate) first_ms: f64,
    pub(crate) mean_ms: f64,
    /// The base kernel's mean, where this row has something to be compared with.
    pub(crate) base_ms: Option<f64>,
}

/// Where these rows come from.
pub(crate) const SOURCE: &str = "published: the patch's own figures (version 2), of another machine: an Ice Lake VM, 100 GB namespace, map=dev, 30 rebinds;\n\
    kernel 7.1-rc3 without and with the patch";

pub(crate) const ROWS: [Published; 4] = [
    Published { mode: Mode::Fsdax, name: "published: base", first_ms: 1486.0, mean_ms: 273.52, base_ms: None },
    Published { mode: Mode::Fsdax, name: "published: patch", first_ms: 1389.0, mean_ms: 111.08, base_ms: Some(273.52) },
    Published { mode: Mode::Devdax, name: "published: base", first_ms: 1515.0, mean_ms: 313.45, base_ms: None },
    Published {
        mode: Mode::Devdax,
        name: "published: patch",
        first_ms: 1294.0,
        mean_ms: 110.24,
        base_ms: Some(313.45),
    },
];
