//! Laps: a fixed amount of work by one thread or by several, timed.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

/// One thread's share of a lap.
pub(crate) trait Work: Send {
    /// Brings the cache into the state that the lap is to find. Not timed.
    fn prepare(&mut self) {}

    fn run(&mut self);
}

impl<F: FnMut() + Send> Work for F {
    fn run(&mut self) {
        self();
    }
}

/// Runs one lap on each thread and answers nanoseconds: from the first thread's start to the last one's end.
pub(crate) fn time<W: Work>(threads: &mut [W]) -> u64 {
    let barrier = Barrier::new(threads.len());
    let lap = |work: &mut W| {
        work.prepare();
        barrier.wait();
        let start = Instant::now();
        work.run();
        (start, Instant::now())
    };
    let laps: Vec<_> = match threads {
        [work] => vec![lap(work)],
        _ => thread::scope(|scope| {
            let handles: Vec<_> = threads.iter_mut().map(|work| scope.spawn(move || lap(work))).collect();
            handles.into_iter().map(|handle| handle.join().expect("a lap does not panic")).collect()
        }),
    };
    let (starts, ends): (Vec<_>, Vec<_>) = laps.into_iter().unzip();
    let took = ends.into_iter().max().zip(starts.into_iter().min()).map(|(end, start)| end - start);
    u64::try_from(took.expect("a race has threads").as_nanos()).unwrap_or(u64::MAX).max(1)
}

/// Whoever has the smallest median of a few laps, taken in turn. Who is chosen runs again in the race: these laps are not among its times.
pub(crate) fn fastest<T, W: Work>(mut candidates: Vec<(T, Vec<W>)>) -> T {
    let mut times = vec![[0; 5]; candidates.len()];
    for lap in 0..5 {
        for ((_, threads), times) in candidates.iter_mut().zip(&mut times) {
            times[lap] = time(threads);
        }
    }
    let medians = times.iter_mut().map(|times| *times.select_nth_unstable(2).1);
    let chosen = candidates.into_iter().zip(medians).min_by_key(|(_, median)| *median);
    chosen.expect("there are candidates").0.0
}
