//! What a person types; the options are those of all the programs.

use std::process::Command;

#[test]
fn bad_input_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name).display().to_string();
    let (empty, missing) = (inside("empty"), inside("missing"));
    std::fs::write(&empty, "").unwrap();
    let json = inside("missing/results.json");
    for (words, mentioned) in [
        (&[&*missing][..], "missing"),
        (&[&empty], "1 byte"),
        (&[&inside("")], "an image is a file"),
        (&[&empty, &empty], "IMAGE"),
        (&["--slow"], "--quick"),
        (&["--dir", &missing], "--dir"),
        (&["--json", &json], "results.json"),
        (&["--json"], "--json"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_with-vm-memory")).arg("--quick").args(words).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let line = said.strip_prefix("built without --release: times mean nothing\n").unwrap_or(&said);
        assert_eq!((output.status.code(), line.lines().count()), (Some(2), 1), "{words:?}: {said}");
        assert!(line.contains(mentioned), "{words:?}: {line}");
    }
    let backend = Command::new(env!("CARGO_BIN_EXE_with-vm-memory")).env("MEMCPY_STREAMING_BACKEND", "fast").output();
    assert_eq!(backend.unwrap().status.code(), Some(2));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
