//! Builds the arena, and the pool of the C library's examples that it stands on.

fn main() {
    let capi = "../../memcpy-streaming-capi";
    let (pool, include) = (format!("{capi}/examples/c"), format!("{capi}/include"));
    let files =
        ["src/arena.c".to_string(), "src/arena.h".to_string(), format!("{pool}/pool.c"), format!("{pool}/pool.h")];
    for file in files.iter().chain([&format!("{include}/memcpy_streaming.h")]) {
        println!("cargo:rerun-if-changed={file}");
    }
    let sources = files.iter().filter(|file| file.ends_with(".c"));
    cc::Build::new().files(sources).include(&pool).include(&include).std("c99").warnings(true).compile("arena");
}
