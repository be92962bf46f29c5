//! The result file of `rebind`.

use std::num::NonZeroUsize;

use memcpy_streaming::Backend;
use serde_json::{Value, json};

use super::options::Options;
use super::results::Row;
use crate::machine::Machine;
use crate::stats::Summary;

/// The whole file.
pub(crate) fn document(
    options: &Options,
    machine: &Machine,
    page_mode: &str,
    backend: Backend,
    limits_gb_s: &[(NonZeroUsize, Summary)],
    ordinary_gb_s: Summary,
    rows: &[Row],
) -> Value {
    // The fewest threads, usually one, come first.
    let limit_gb_s = limits_gb_s[0].1;
    json!({
        "machine": machine.json(page_mode),
        "backend": backend.name(),
        "kernel": options.kernel.name(),
        "arch": options.arch.name(),
        "page_size": options.preset.kconfig.page_size.bytes(),
        "size_bytes": options.size,
        "map": options.map.name(),
        "rebinds": options.rebinds,
        "huge_pages": options.huge_pages,
        "struct_page_bytes": options.preset.kconfig.struct_page_size(),
        "prefault": options.prefault.to_string(),
        "limit_gb_s": limit_gb_s.median,
        "limit_gb_s_spread": summary(limit_gb_s),
        "ordinary_gb_s": ordinary_gb_s.median,
        "results": rows.iter().map(result).collect::<Vec<_>>(),
    })
}

fn result(row: &Row) -> Value {
    json!({
        "mode": row.mode.to_string(),
        "strategy": row.way.strategy.name(),
        "threads": row.way.threads.get(),
        "dedup": row.dedup,
        "pages": row.pages,
        "struct_pages": row.struct_pages,
        "bytes": row.bytes,
        "first_ms": row.first_ms,
        "first": { "faults_ms": row.first.faults_ms, "init_ms": row.first.init_ms },
        "rebind_ms": summary(row.rebind_ms),
        "ns_per_page": row.ns_per_page,
        "gb_s": row.gb_s,
        "limit_gb_s": row.limit_gb_s,
        "of_limit": row.of_limit,
        "of_limit_pairs": summary(row.of_limit_pairs),
        "vs_slow": row.vs_slow,
        "reduction": row.reduction,
        "identical": row.identical,
    })
}

fn summary(of: Summary) -> Value {
    json!({ "mean": of.mean, "median": of.median, "min": of.min, "max": of.max })
}
