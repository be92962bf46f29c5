//! A limit on memory: `ulimit -v`.

use crate::commands::{BENCH, DUMP, REBIND, Trial};

/// Below this the system itself cannot load the program: no word of ours is then heard.
const LOADED: u64 = 20 << 20;

#[test]
fn whatever_the_limit_is_it_runs_or_says_why_not() {
    for (args, step, most) in [(REBIND, 6, 96), (DUMP, 2, 40), (BENCH, 450, 1000)] {
        let mut ran = false;
        let mut refused = false;
        for megabytes in (LOADED >> 20..=most).step_by(step) {
            let trial = Trial::new();
            // Without a core dump, should it come to that.
            let limit = format!("ulimit -c 0; ulimit -v {}", megabytes << 10);
            let ended = trial.run(&["sh", "-c", &format!("{limit}; exec \"$0\" \"$@\"")], args);
            let what = format!("{args} with {limit}");
            if ended.output.status.code() == Some(127) && ended.stderr.contains("shared librar") {
                continue;
            }
            if ended.output.status.success() {
                ran = true;
                continue;
            }
            assert!(!ran, "{what}: less was enough");
            refused = true;
            ended.assert(2, &["error: too little memory: ", "needs ", "address-space limit (ulimit -v) leaves "]);
            trial.assert_nothing_left(&what);
        }
        assert!(refused, "{args} is never refused");
        // cargo needs more than we do.
        assert!(ran || args == BENCH, "{args} never ran");
    }
}
