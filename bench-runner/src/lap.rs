//! Laps: a fixed amount of work by one thread or by several, timed.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

/// One thread's share of a lap.
pub(crate) trait Work: Send {
    /// Brings the cache into the state that the lap is to find. Not timed.
    fn prepare(&mut self);

    /// The lap.
    fn run(&mut self);
}

/// Runs one lap on each thread and answers nanoseconds: from the first thread's start to the last one's end.
pub(crate) fn time(threads: &mut [Box<dyn Work>]) -> u64 {
    if let [work] = threads {
        work.prepare();
        let start = Instant::now();
        work.run();
        return nanoseconds(start, Instant::now());
    }
    let barrier = Barrier::new(threads.len());
    let times: Vec<_> = thread::scope(|scope| {
        let handles: Vec<_> = threads
            .iter_mut()
            .map(|work| {
                let barrier = &barrier;
                scope.spawn(move || {
                    work.prepare();
                    barrier.wait();
                    let start = Instant::now();
                    work.run();
                    (start, Instant::now())
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("a lap does not panic")).collect()
    });
    let start = times.iter().map(|(start, _)| *start).min().expect("a race has threads");
    let end = times.iter().map(|(_, end)| *end).max().expect("a race has threads");
    nanoseconds(start, end)
}

fn nanoseconds(start: Instant, end: Instant) -> u64 {
    u64::try_from((end - start).as_nanos()).unwrap_or(u64::MAX).max(1)
}
