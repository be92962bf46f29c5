//! The commands from outside: what they print, which files they leave, and how they end.

mod bad_input;
mod bench_matrix;
mod memmap_dump;
mod memmap_inspect;
mod person;
#[path = "../common/programs.rs"]
mod programs;
mod readme_tables;
mod rebind;
mod release;
mod shells;
mod skips;
mod tune;
