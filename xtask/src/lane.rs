//! Jobs side by side: an emulator is one thread's work, and leaves the other CPUs idle.

use std::cell::RefCell;
use std::fmt::Display;
use std::sync::Mutex;
use std::thread;

thread_local! {
    /// What this thread's lines begin with.
    static LABEL: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A line, behind the name of the job that says it, where several run.
pub(crate) fn labelled(line: impl Display) -> String {
    LABEL.with_borrow(|label| line.to_string().split('\n').map(|line| format!("{label}{line}\n")).collect())
}

pub(crate) type Job<'a, T, E> = (String, Box<dyn Fn() -> Result<Vec<T>, E> + Sync + 'a>);

/// Runs jobs, begun in their order, two at a time; their answers are in that order, too. After a failure none begins.
pub(crate) fn run<T: Send, E: Send>(jobs: &[Job<'_, T, E>]) -> Result<Vec<T>, E> {
    if let [(_, job)] = jobs {
        return job();
    }
    let waiting = Mutex::new(jobs.iter().enumerate());
    let answers = Mutex::new(Vec::new());
    let begin = || waiting.lock().expect("nothing panics that holds it").next();
    let lane = || {
        while let Some((at, (name, job))) = begin() {
            LABEL.set(format!("[{name}] "));
            let answer = job().inspect_err(|_| while begin().is_some() {});
            answers.lock().expect("nothing panics that holds it").push((at, answer));
        }
    };
    thread::scope(|scope| {
        scope.spawn(lane);
        scope.spawn(lane);
    });
    let mut answers = answers.into_inner().expect("nothing panics that holds it");
    answers.sort_by_key(|(at, _)| *at);
    let answers: Result<Vec<_>, E> = answers.into_iter().map(|(_, answer)| answer).collect();
    Ok(answers?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_in_the_order_of_the_jobs_and_after_a_failure_none_begins() {
        let job = |name: &str| -> Job<'_, String, ()> { (name.to_string(), Box::new(|| Ok(vec![labelled("\na")]))) };
        let expected = ["[x] \n[x] a\n", "[z] \n[z] a\n", "[y] \n[y] a\n"];
        assert_eq!(run(&["x", "z", "y"].map(job)).unwrap(), expected);
        // Alone it needs no name.
        assert_eq!(run(&[job("x")]).unwrap(), ["\na\n"]);
        let begun = Mutex::new(Vec::new());
        let fails = |name: usize| -> Job<'_, (), usize> {
            let job = || {
                begun.lock().unwrap().push(());
                Err(7)
            };
            (name.to_string(), Box::new(job))
        };
        assert_eq!(run(&[0; 100].map(fails)), Err(7));
        assert!(begun.lock().unwrap().len() <= 2);
    }
}
