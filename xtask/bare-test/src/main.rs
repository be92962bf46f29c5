//! The program: where the target has no standard library here, one that starts itself and makes its own system calls.
#![cfg_attr(all(target_os = "linux", target_arch = "aarch64", target_endian = "big"), no_std, no_main)]

cfg_if::cfg_if! {
    if #[cfg(all(target_os = "linux", target_arch = "aarch64", target_endian = "big"))] {
        mod bare;
    } else {
        /// Prints what the checks say.
        struct Output;

        impl std::fmt::Write for Output {
            fn write_str(&mut self, text: &str) -> std::fmt::Result {
                use std::io::Write;
                std::io::stdout().write_all(text.as_bytes()).map_err(|_| std::fmt::Error)
            }
        }

        fn main() -> std::process::ExitCode {
            match bare_test::run(&mut Output) {
                Ok(()) => std::process::ExitCode::SUCCESS,
                Err(_) => std::process::ExitCode::FAILURE,
            }
        }
    }
}
