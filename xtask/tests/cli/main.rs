//! The commands from outside: what they print, which files they leave, and how they end.

mod bench_matrix;
mod command_lines;
mod memmap;
mod readme_tables;
mod rebind;
mod release;
mod shells;
mod skips;
#[path = "../common/trial.rs"]
mod trial;
mod tune;

/// Writes a file of a trial, and makes the folders that it is in.
fn write(trial: &trial::Trial, name: &str, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(trial.path(name).parent().expect("a folder")).unwrap();
    std::fs::write(trial.path(name), text).unwrap();
}
