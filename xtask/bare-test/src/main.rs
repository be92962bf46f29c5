//! The program: where the target has no standard library here, one that starts itself and makes its own system calls.
#![cfg_attr(all(target_os = "linux", target_arch = "aarch64", target_endian = "big"), no_std, no_main)]

#[cfg(all(target_os = "linux", target_arch = "aarch64", target_endian = "big"))]
mod bare;

#[cfg(not(all(target_os = "linux", target_arch = "aarch64", target_endian = "big")))]
fn main() {
    let mut said = String::new();
    bare_test::run(&mut said).expect("a string takes everything");
    print!("{said}");
}
