//! Axes of the matrix that a person may choose: sizes, and numbers of threads.

use std::str::FromStr;

use crate::failure::Failure;

/// The smallest block: a line.
const SMALLEST: u64 = 64;
/// The largest: an arena is a multiple of it, twice.
const LARGEST: u64 = 1 << 30;

/// A range of sizes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sizes {
    from: u64,
    to: u64,
}

impl Sizes {
    pub(crate) fn new(from: u64, to: u64) -> Result<Sizes, String> {
        if !(SMALLEST..=LARGEST).contains(&from) || !(from..=LARGEST).contains(&to) {
            return Err("write FROM..TO, smaller first, from 64 to 1GiB".to_string());
        }
        Ok(Sizes { from, to })
    }

    /// The sizes: `from`, and four times the one before as long as it is not above `to`.
    pub(crate) fn all(self) -> impl Iterator<Item = u64> {
        std::iter::successors(Some(self.from), |size| size.checked_mul(4)).take_while(move |size| *size <= self.to)
    }

    /// The largest.
    pub(crate) fn largest(self) -> u64 {
        self.all().last().unwrap_or(self.from)
    }
}

/// How many threads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Threads {
    Count(usize),
    All,
}

impl Threads {
    /// The number, if there are as many cores.
    pub(crate) fn count(self, cores: usize) -> Result<usize, Failure> {
        match self {
            Threads::All => Ok(cores),
            Threads::Count(count) if (1..=cores).contains(&count) => Ok(count),
            Threads::Count(count) if cores == 1 => {
                Err(Failure::input(format_args!("--threads {count}: there is one CPU to run on; use 1, or all")))
            }
            Threads::Count(count) => Err(Failure::input(format_args!(
                "--threads {count}: there are {cores} CPUs to run on; use 1 to {cores}, or all"
            ))),
        }
    }
}

impl FromStr for Threads {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            return Ok(Threads::All);
        }
        match text.parse() {
            Ok(0) | Err(_) => Err("write a number from 1 on, or all"),
            Ok(count) => Ok(Threads::Count(count)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_four_times_each_other() {
        let sizes: Vec<_> = Sizes::new(64, 5000).unwrap().all().collect();
        assert_eq!(sizes, [64, 256, 1024, 4096]);
        assert_eq!(Sizes::new(64, 64 << 20).unwrap().largest(), 64 << 20);
        assert_eq!(Sizes::new(100, 100).unwrap().largest(), 100);
        assert!(Sizes::new(4096, 64).is_err() && Sizes::new(0, 64).is_err() && Sizes::new(64, u64::MAX).is_err());
    }

    #[test]
    fn there_are_no_more_threads_than_cpus() {
        let refused = |count: usize, cores| match Threads::Count(count).count(cores) {
            Err(Failure::Input(line)) => line,
            other => panic!("{other:?}"),
        };
        assert!(refused(3, 2).contains("2 CPUs"));
        assert!(refused(2, 1).contains("one CPU"));
        assert_eq!(Threads::Count(2).count(2).unwrap(), 2);
        assert_eq!(Threads::All.count(1).unwrap(), 1);
    }
}
