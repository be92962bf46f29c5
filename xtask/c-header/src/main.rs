//! Makes `memcpy-streaming/include/memcpy_streaming.h` of `src/capi.rs`, as cargo-c would. Its test is that the header is in step.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    fs::write(path(), make()?)?;
    println!("wrote {}", path().display());
    Ok(())
}

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../memcpy-streaming")
}

fn path() -> PathBuf {
    library().join("include/memcpy_streaming.h")
}

fn make() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut made = Vec::new();
    cbindgen::Builder::new()
        .with_config(cbindgen::Config::from_file(library().join("cbindgen.toml"))?)
        .with_src(library().join("src/capi.rs"))
        .generate()?
        .write(&mut made);
    Ok(made)
}

#[test]
fn the_header_is_in_step() {
    let kept = fs::read(path()).unwrap_or_default();
    assert!(kept == make().unwrap(), "not in step with src/capi.rs: run `cargo run -p c-header` and commit the header");
}
