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
pub(crate) fn time(threads: &mut [Box<dyn Work>]) -> u64 {
    let barrier = Barrier::new(threads.len());
    let lap = |work: &mut Box<dyn Work>| {
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
