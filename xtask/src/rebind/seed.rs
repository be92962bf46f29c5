//! The figures that the seed published, to be read beside ours.
//!
//! A 100 GB namespace, map=dev (devdax align 2 MiB), 30 rebinds, in a virtual machine on Intel Ice Lake: Linux 7.1-rc3 without and
//! with version 2 of the kernel series.

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

/// Where these rows come from, in one line.
pub(crate) const SOURCE: &str =
    "seed: as published, an Ice Lake VM, 100 GB namespace, 30 rebinds; kernel 7.1-rc3, and the same with the patch.";

pub(crate) const PUBLISHED: [Published; 4] = [
    Published { mode: Mode::Fsdax, name: "seed: base", first_ms: 1486.0, mean_ms: 273.52, base_ms: None },
    Published { mode: Mode::Fsdax, name: "seed: patch", first_ms: 1389.0, mean_ms: 111.08, base_ms: Some(273.52) },
    Published { mode: Mode::Devdax, name: "seed: base", first_ms: 1515.0, mean_ms: 313.45, base_ms: None },
    Published { mode: Mode::Devdax, name: "seed: patch", first_ms: 1294.0, mean_ms: 110.24, base_ms: Some(313.45) },
];
