//! `cargo xtask test`: what must hold before a change lands.

mod bochs;
mod c_abi;
mod checkers;
mod command;
mod compiled;
mod cross;
mod guests;
mod libtest;
pub(crate) mod options;
mod outcome;
mod record;
mod steps;
pub(crate) mod this_machine;
mod windows;

use std::sync::Mutex;
use std::time::Instant;

use crate::cargo::{target_dir, workspace};
use crate::failure::{Failure, tell};
use crate::machine::Machine;
use crate::needs::Need;
use crate::targets;
use crate::verdict::Verdict;
use crate::{args, asm, install, integrations, lane, readme_tables, release};
use options::{Extent, Plan};
use outcome::Outcome;
use steps::Step;

pub(crate) fn run(plan: &Plan) -> Result<(), Failure> {
    let start = Instant::now();
    let target_dir = target_dir()?;
    let installing = || install::install(|| missing(plan)).map(|()| Vec::new());
    let (mut beside, alone): (Vec<_>, Vec<_>) = plan.steps.iter().copied().partition(|step| step.runs_beside_others());
    // What is installed may be there at once; the litmus test is to have the machine for itself then.
    let quiet = Mutex::new(());
    let here = || -> Result<Vec<Outcome>, Failure> {
        let _quiet = quiet.lock().expect("no step panics");
        let outcomes = alone.iter().map(|&step| run_step(step, plan)).collect::<Result<Vec<_>, _>>()?;
        Ok(outcomes.into_iter().flatten().collect())
    };
    let mut jobs: Vec<lane::Job<'_, _>> = vec![("this machine".to_string(), Box::new(here))];
    if plan.extent == Extent::All {
        tell(format_args!(
            "=== all: first installs what is missing, then 25 minutes on two cores; leaves some 5 GB in {}, and 3 GB in rustup's folder",
            target_dir.display()
        ));
        // What the tests of this machine look for comes first, everything else while they run.
        install::install(command::missing)?;
        jobs.push(("installing".to_string(), Box::new(installing)));
        for step in beside.extract_if(.., |step| step.needs_no_installation()) {
            let quiet = &quiet;
            let run = move || {
                // Not before those end that are alone.
                drop(quiet.lock());
                run_step(step, plan)
            };
            jobs.push((step.name(), Box::new(run)));
        }
    } else if plan.install {
        installing()?;
    }
    let mut outcomes = lane::run(&jobs)?;
    let of_targets = plan.rows.chunk_by(|one, other| one.target.triple == other.target.triple);
    jobs = Vec::new();
    for rows in of_targets {
        jobs.push((rows[0].target.triple.to_string(), Box::new(|| cross::run(rows))));
    }
    // The first target's rows take longest: it has the emulated PCs.
    for (at, step) in (jobs.len().min(1)..).zip(beside) {
        jobs.insert(at, (step.name(), Box::new(move || run_step(step, plan))));
    }
    outcomes.extend(lane::run(&jobs)?);
    let took = start.elapsed();
    let mut report = format!("\n{}\n", outcome::table(&outcomes));
    report += &format!("{}: {}; {}\n", this_machine::THIS_MACHINE, Machine::read().cpu, record::minutes(took));
    for skip in outcome::skips(&outcomes, &command::missing()) {
        report += &format!("{skip}\n");
    }
    if plan.extent == Extent::Short {
        let steps: Vec<_> = Step::all().filter(|step| !step.is_short()).map(Step::name).collect();
        report += &format!(
            "not run: {}, the other targets' assembly, {} other targets and CPU models; `cargo xtask test --all` runs and installs all of it, \
             --step, --target and --cpu a part\n",
            steps.join(", "),
            targets::rows().count()
        );
    }
    args::say(&report)?;
    outcome::verdict(&outcomes, plan.extent == Extent::All)?;
    if plan.record { record::record(workspace(), plan.extent, &outcomes, took) } else { Ok(()) }
}

fn run_step(step: Step, plan: &Plan) -> Result<Vec<Outcome>, Failure> {
    let outcome = match step {
        Step::Tables => checked("README tables", "", || readme_tables::bring_in_step(false).map(Verdict::Good)),
        Step::Release => checked("release", "", || release::check(plan.extent != Extent::Short)),
        Step::Assembly => {
            let check = |triple: &&str| checked(triple, "(assembly)", || asm::check(triple, false));
            return plan.asm.iter().map(check).collect();
        }
        Step::CAbi => return c_abi::run(),
        Step::AddressSanitizer => return checkers::address_sanitizer(),
        Step::Valgrind => return checkers::valgrind(),
        Step::Miri => return checkers::miri(),
        Step::Targets => checked("targets", "", compiled::run),
        Step::Guests => return guests::run(),
        Step::Integrations => {
            let mut tests = integrations::tests();
            command::run("integrations", "cargo xtask integrations", tests.arg("--workspace"), &[], None)
        }
        _ => command::step(step, plan.exhaustive),
    };
    Ok(vec![outcome?])
}

/// All that is missing for what was asked for, of what can be installed.
fn missing(plan: &Plan) -> Vec<Need> {
    let of_step = |step: &Step| match step {
        Step::Tests | Step::XtaskTests => command::missing(),
        Step::Release => release::missing(),
        Step::CAbi => c_abi::missing(),
        Step::Valgrind => checkers::missing_valgrind(),
        Step::Miri => checkers::missing_miri(),
        Step::Targets => compiled::missing(),
        Step::Guests => guests::missing(),
        _ => Vec::new(),
    };
    let mut missing: Vec<_> = plan.steps.iter().flat_map(of_step).collect();
    missing.extend(plan.rows.iter().flat_map(|row| cross::missing(*row)));
    missing.extend(plan.asm.iter().filter_map(|triple| asm::toolchain(triple).err()));
    missing
}

fn checked(what: &str, cpu: &str, check: impl FnOnce() -> Result<Verdict, Failure>) -> Result<Outcome, Failure> {
    Outcome::of(what, cpu, format!("{what} {cpu}").trim_end(), |_| check())
}
