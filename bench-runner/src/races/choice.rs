//! The fastest of several ways to do the same.

use super::Threads;
use crate::lap;

/// Laps of each, in turn.
const LAPS: usize = 5;

/// Whoever has the smallest median of a few laps. Who is chosen runs again in the race: these laps are not among its times.
pub(super) fn fastest<T>(mut candidates: Vec<(T, Threads)>) -> Option<T> {
    let mut times = vec![Vec::new(); candidates.len()];
    for _ in 0..LAPS {
        for ((_, threads), times) in candidates.iter_mut().zip(&mut times) {
            times.push(lap::time(threads));
        }
    }
    let medians = times.into_iter().map(|mut times| {
        times.sort_unstable();
        times[LAPS / 2]
    });
    let chosen = candidates.into_iter().zip(medians).min_by_key(|(_, median)| *median);
    chosen.map(|((candidate, _), _)| candidate)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    struct Sleep(u64);

    impl lap::Work for Sleep {
        fn prepare(&mut self) {}

        fn run(&mut self) {
            std::thread::sleep(Duration::from_millis(self.0));
        }
    }

    #[test]
    fn the_fastest_is_chosen() {
        let candidate = |ms: u64| -> (u64, Threads) { (ms, vec![Box::new(Sleep(ms)), Box::new(Sleep(1))]) };
        assert_eq!(fastest([60, 5, 40].map(candidate).into()), Some(5));
        assert_eq!(fastest(Vec::<(u64, Threads)>::new()), None);
    }
}
