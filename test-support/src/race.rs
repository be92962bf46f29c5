//! Interleaved runs. The speed of a machine drifts, so times that are minutes apart say little about each other: here every
//! lap of an entrant is next to one of each other entrant, and ratios are taken lap by lap.

use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, measurement::WallTime};
use std::time::{Duration, Instant};

/// One lap: a fixed amount of work.
type Lap<'a> = Box<dyn FnMut() + 'a>;

/// Entrants that do the same work. The first is the one that the others are compared with.
pub struct Race<'a> {
    name: String,
    /// Bytes written in a lap.
    bytes: u64,
    entrants: Vec<(String, Lap<'a>)>,
}

impl<'a> Race<'a> {
    /// One in whose laps so many bytes are written.
    pub fn new(name: impl Into<String>, bytes: usize) -> Race<'a> {
        Race { name: name.into(), bytes: bytes as u64, entrants: Vec::new() }
    }

    /// Adds an entrant.
    pub fn enter(&mut self, name: impl Into<String>, lap: impl FnMut() + 'a) {
        self.entrants.push((name.into(), Box::new(lap)));
    }

    /// Hands every entrant to Criterion, which times its laps while the others run theirs in between; then prints how the
    /// first compares with each other: the median of the ratios of neighbouring laps, and the middle half of them.
    pub fn run(mut self, criterion: &mut Criterion) {
        let mut laps: Vec<Vec<f64>> = vec![Vec::new(); self.entrants.len()];
        let mut group: BenchmarkGroup<'_, WallTime> = criterion.benchmark_group(&self.name);
        group.throughput(Throughput::Bytes(self.bytes)).sampling_mode(SamplingMode::Flat).sample_size(10);
        group.warm_up_time(Duration::from_millis(20)).measurement_time(Duration::from_millis(150));
        for timed in 0..self.entrants.len() {
            let name = self.entrants[timed].0.clone();
            group.bench_function(name, |bencher| {
                bencher.iter_custom(|passes| {
                    let mut total = Duration::ZERO;
                    for pass in 0..passes as usize {
                        // Who follows whom changes from pass to pass.
                        for i in 0..self.entrants.len() {
                            let entrant = (i + pass) % self.entrants.len();
                            let start = Instant::now();
                            (self.entrants[entrant].1)();
                            let took = start.elapsed();
                            laps[entrant].push(took.as_secs_f64());
                            if entrant == timed {
                                total += took;
                            }
                        }
                    }
                    total
                });
            });
        }
        group.finish();
        // None were run if Criterion was asked for other benchmarks.
        if laps.iter().all(|laps| !laps.is_empty()) {
            self.report(&laps);
        }
    }

    fn report(&self, laps: &[Vec<f64>]) {
        for ((name, _), times) in self.entrants.iter().zip(laps) {
            let ratios = times.iter().zip(&laps[0]).map(|(other, first)| other / first).collect();
            let [low, median, high] = quartiles(ratios);
            let [_, time, _] = quartiles(times.clone());
            let rate = self.bytes as f64 / time / 1e9;
            println!(
                "RESULT {:<28} {name:<24} {rate:6.1} GB/s; {} is {median:.2} times as fast ({low:.2}..{high:.2}, {} laps)",
                self.name,
                self.entrants[0].0,
                times.len()
            );
        }
    }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}
