//! Bochs emulates a whole PC in software, with the instructions that few CPUs have and qemu-user has not: AVX-512,
//! MOVDIR64B, CLZERO. It boots a stock kernel and our own first process, which runs the test programs.
//!
//! It shows results, alignment faults and dispatch. It does not show ordering: a streaming store is a plain one there.

mod boot;
mod kit;

pub(crate) use boot::{Guest, boot};
pub(crate) use kit::{Kit, needs};
