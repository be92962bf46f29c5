//! Makes `memcpy-streaming/include/memcpy_streaming.h` of `src/capi.rs`, as cargo-c would; with `--check`, fails if that is not
//! what is there.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let args: Vec<_> = env::args_os().skip(1).collect();
    let check = args == ["--check"];
    if !check && !args.is_empty() {
        eprintln!("error: the only argument is --check, to write nothing and fail if the header is not in step");
        return ExitCode::from(2);
    }
    match run(check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(check: bool) -> Result<(), Box<dyn Error>> {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../memcpy-streaming").canonicalize()?;
    let path = library.join("include/memcpy_streaming.h");
    let mut made = Vec::new();
    cbindgen::Builder::new()
        .with_config(cbindgen::Config::from_file(library.join("cbindgen.toml"))?)
        .with_src(library.join("src/capi.rs"))
        .generate()?
        .write(&mut made);
    if fs::read(&path).is_ok_and(|kept| kept == made) {
        return Ok(());
    }
    if check {
        return Err(
            "memcpy_streaming.h is not in step with src/capi.rs; run `cargo run -p c-header` and commit it".into()
        );
    }
    fs::write(&path, made)?;
    println!("wrote {}", path.display());
    Ok(())
}
