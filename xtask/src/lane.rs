//! Jobs side by side: an emulator is one thread's work, and leaves the other CPUs idle.

use std::cell::RefCell;
use std::fmt::Display;
use std::sync::Mutex;
use std::thread;

use crate::failure::Failure;

thread_local! {
    /// What this thread's lines begin with.
    static LABEL: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A line, behind the name of the job that says it, where several run.
pub(crate) fn labelled(line: impl Display) -> String {
    LABEL.with_borrow(|label| line.to_string().split('\n').map(|line| format!("{label}{line}\n")).collect())
}

pub(crate) type Job<'a, T> = (String, Box<dyn Fn() -> Result<Vec<T>, Failure> + Sync + 'a>);

/// Runs jobs, begun in their order, two at a time; their answers are in that order, too. After a failure none begins.
pub(crate) fn run<T: Send>(jobs: &[Job<'_, T>]) -> Result<Vec<T>, Failure> {
    if let [(_, job)] = jobs {
        return job();
    }
    let waiting = Mutex::new(jobs.iter().enumerate());
    let begin = || waiting.lock().expect("nothing panics that holds it").next();
    let lane = || {
        let mut answers = Vec::new();
        while let Some((at, (name, job))) = begin() {
            LABEL.set(format!("[{name}] "));
            answers.push((at, job().inspect_err(|_| while begin().is_some() {})));
        }
        answers
    };
    let mut answers: Vec<_> = thread::scope(|scope| {
        let lanes = [scope.spawn(lane), scope.spawn(lane)];
        lanes.into_iter().flat_map(|lane| lane.join().expect("no job panics")).collect()
    });
    answers.sort_by_key(|(at, _)| *at);
    let answers: Result<Vec<_>, _> = answers.into_iter().map(|(_, answer)| answer).collect();
    Ok(answers?.into_iter().flatten().collect())
}

#[test]
fn answers_are_in_the_order_of_the_jobs_and_after_a_failure_none_begins() {
    let job = |name: &str| -> Job<'_, _> { (name.to_string(), Box::new(|| Ok(vec![labelled("\na")]))) };
    let expected = ["[x] \n[x] a\n", "[z] \n[z] a\n", "[y] \n[y] a\n"];
    assert_eq!(run(&["x", "z", "y"].map(job)).unwrap(), expected);
    // Alone it needs no name.
    assert_eq!(run(&[job("x")]).unwrap(), ["\na\n"]);
    let begun = Mutex::new(0);
    let fails = |name: &str| -> Job<'_, ()> {
        let job = || {
            *begun.lock().unwrap() += 1;
            Err(Failure::Interrupted)
        };
        (name.to_string(), Box::new(job))
    };
    assert!(matches!(run(&["x"; 100].map(fails)), Err(Failure::Interrupted)));
    assert!(*begun.lock().unwrap() <= 2);
}
