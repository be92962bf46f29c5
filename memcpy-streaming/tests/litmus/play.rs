//! A writer and a reader that take turns, each on its own core.

use crate::cores::Cores;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{hint, thread};

/// When a play is over.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) rounds: u64,
    /// Where somebody else has the cores a round takes a time slice of the system, not a microsecond.
    pub(crate) time: Duration,
}

/// What the reader found.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seen {
    /// How often it has looked.
    pub(crate) rounds: u64,
    /// Rounds in which something was not as it should be.
    pub(crate) wrong: u64,
    /// The first of them.
    pub(crate) first: Option<u64>,
}

/// Round after round: `write`, a release store, an acquire load on the other core, `look`. Nothing else orders the two.
///
/// What `look` needs is made by `prepare`, before: each nanosecond between the load and the look is one more in which late
/// bytes may arrive.
pub(crate) fn play<P>(
    cores: &Cores,
    limits: Limits,
    mut write: impl FnMut(u64) + Send,
    prepare: impl Fn(u64) -> P + Sync,
    look: impl Fn(P) -> bool + Sync,
) -> Seen {
    // Even: it is the writer's turn; odd: the reader's.
    let turn = AtomicU64::new(0);
    thread::scope(|threads| {
        threads.spawn(|| {
            let _end = EndOnPanic(&turn);
            cores.pin(0);
            let start = Instant::now();
            for round in 0..limits.rounds {
                if !wait(&turn, 2 * round) {
                    return;
                }
                if round % 64 == 63 && start.elapsed() > limits.time {
                    return turn.store(END, Ordering::Release);
                }
                write(round);
                turn.store(2 * round + 1, Ordering::Release);
            }
        });
        let reader = threads.spawn(|| {
            let _end = EndOnPanic(&turn);
            cores.pin(1);
            let mut seen = Seen::default();
            for round in 0..limits.rounds {
                let prepared = prepare(round);
                if !wait(&turn, 2 * round + 1) {
                    break;
                }
                if !look(prepared) {
                    seen.wrong += 1;
                    seen.first = seen.first.or(Some(round));
                }
                seen.rounds += 1;
                turn.store(2 * round + 2, Ordering::Release);
            }
            seen
        });
        reader.join().expect("the reader reads")
    })
}

/// Nobody's turn any more.
const END: u64 = u64::MAX;

/// Whether the turn has come; false if it never will.
fn wait(turn: &AtomicU64, for_turn: u64) -> bool {
    for tries in 0_u64.. {
        match turn.load(Ordering::Acquire) {
            END => return false,
            now if now == for_turn => return true,
            // The other one may have been sent off its core.
            _ if tries % 4096 == 4095 => thread::yield_now(),
            _ => hint::spin_loop(),
        }
    }
    unreachable!("it takes centuries to count that far")
}

/// Lets the other side go if this one does not come back.
struct EndOnPanic<'a>(&'a AtomicU64);

impl Drop for EndOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(END, Ordering::Release);
        }
    }
}
