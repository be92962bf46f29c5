//! Jobs side by side: an emulator is one thread's work, and leaves the other CPUs idle.

use std::cell::RefCell;
use std::fmt::Display;
use std::panic::resume_unwind;
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

/// Runs jobs, begun in their order, two at a time; their answers are in that order, too. After a failure none begins.
pub(crate) fn run<J: Sync, T: Send, E: Send>(
    jobs: &[J],
    name: impl Fn(&J) -> String + Sync,
    run: impl Fn(&J) -> Result<Vec<T>, E> + Sync,
) -> Result<Vec<T>, E> {
    if let [job] = jobs {
        return run(job);
    }
    let waiting = Mutex::new(jobs.iter().enumerate());
    let begin = || waiting.lock().expect("nothing panics that holds it").next();
    let lane = || {
        let mut answers = Vec::new();
        while let Some((at, job)) = begin() {
            LABEL.set(format!("[{}] ", name(job)));
            match run(job) {
                Ok(answer) => answers.push((at, answer)),
                Err(failure) => {
                    while begin().is_some() {}
                    return Err(failure);
                }
            }
        }
        Ok(answers)
    };
    let lanes = thread::scope(|scope| {
        let lanes = [scope.spawn(lane), scope.spawn(lane)];
        lanes.map(|lane| lane.join().unwrap_or_else(|payload| resume_unwind(payload)))
    });
    let mut answers = Vec::new();
    for lane in lanes {
        answers.extend(lane?);
    }
    answers.sort_by_key(|(at, _)| *at);
    Ok(answers.into_iter().flat_map(|(_, answer)| answer).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_in_the_order_of_the_jobs_and_lines_have_their_names() {
        let name = |job: &u64| format!("job {job}");
        let answers = run(&[3, 1, 2, 0], name, |job| {
            assert!(*job < 4);
            Ok::<_, ()>(vec![labelled("\na\nb")])
        });
        let expected = [3, 1, 2, 0].map(|job| format!("[job {job}] \n[job {job}] a\n[job {job}] b\n"));
        assert_eq!(answers.unwrap(), expected);
        // Alone it needs no name.
        assert_eq!(run(&[7], name, |_| Ok::<_, ()>(vec![labelled("a")])).unwrap(), ["a\n"]);
    }

    #[test]
    fn after_a_failure_none_begins() {
        let begun = Mutex::new(Vec::new());
        let ended: Result<Vec<()>, _> = run(&(0..100).collect::<Vec<_>>(), i32::to_string, |job| {
            begun.lock().unwrap().push(*job);
            Err(7)
        });
        assert!(ended == Err(7) && begun.lock().unwrap().len() <= 2);
    }
}
