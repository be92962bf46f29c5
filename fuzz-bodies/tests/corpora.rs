//! What fuzzing has found worth keeping, run again: here, and on each kind of target (`cargo xtask test --all`).

use std::panic::catch_unwind;

use fuzz_bodies::BACKENDS;

/// The files and their bytes.
const CORPORA: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/corpora.rs"));

fn replay(target: &str, body: fn(&[u8], usize)) {
    // Without input there is nothing to do, and nothing to stumble over.
    body(&[], 0);
    let inputs: Vec<_> = CORPORA.iter().filter(|(path, _)| path.rsplit('/').nth(1) == Some(target)).collect();
    assert!(inputs.len() >= 20, "a corpus of {} inputs", inputs.len());
    for (path, input) in inputs {
        // Each operation with each backend.
        for first in 0..BACKENDS.len() {
            let done = catch_unwind(|| body(input, first));
            assert!(done.is_ok(), "failed: {path}, backends counted from {first}");
        }
    }
}

macro_rules! targets {
    ($($target:ident),*) => {$(
        #[test]
        fn $target() {
            replay(stringify!($target), fuzz_bodies::$target);
        }
    )*};
}

targets!(copy_family, writer, pattern_fill, page_layouts);
