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
            let answer = run(job).inspect_err(|_| while begin().is_some() {})?;
            answers.push((at, answer));
        }
        Ok(answers)
    };
    let [one, other] = thread::scope(|scope| {
        let lanes = [scope.spawn(lane), scope.spawn(lane)];
        lanes.map(|lane| lane.join().unwrap_or_else(|payload| resume_unwind(payload)))
    });
    let (mut answers, other) = (one?, other?);
    answers.extend(other);
    answers.sort_by_key(|(at, _)| *at);
    Ok(answers.into_iter().flat_map(|(_, answer)| answer).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_in_the_order_of_the_jobs_and_after_a_failure_none_begins() {
        let name = |job: &u64| format!("job {job}");
        let said = |_: &u64| Ok::<_, ()>(vec![labelled("\na\nb")]);
        let expected = [3, 1, 2].map(|job| format!("[job {job}] \n[job {job}] a\n[job {job}] b\n"));
        assert_eq!(run(&[3, 1, 2], name, said).unwrap(), expected);
        // Alone it needs no name.
        assert_eq!(run(&[7], name, said).unwrap(), ["\na\nb\n"]);
        let begun = Mutex::new(0);
        let ended: Result<Vec<()>, _> = run(&[1; 100], name, |_| {
            *begun.lock().unwrap() += 1;
            Err(7)
        });
        assert!(ended == Err(7) && *begun.lock().unwrap() <= 2);
    }
}
