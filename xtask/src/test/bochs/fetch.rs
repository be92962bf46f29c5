//! Downloads that are what they should be.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::super::process;
use crate::failure::Failure;
use crate::interrupt::Interrupt;

const LIMIT: Duration = Duration::from_secs(10 * 60);

/// Downloads `url` to `file`, unless it is there, and checks its SHA-256 in both cases. A file that is not what it
/// should be does not stay.
pub(crate) fn fetch(url: &str, sha256: &str, file: &Path, interrupt: &Interrupt) -> Result<(), Failure> {
    if file.is_file() && hash(file)? == sha256 {
        return Ok(());
    }
    let partial = file.with_extension("partial");
    let mut curl = Command::new("curl");
    curl.args(["--fail", "--silent", "--show-error", "--location", "--retry", "3", "--output"]);
    let done = process::quiet(curl.arg(&partial).arg(url), LIMIT, interrupt).and_then(|()| match hash(&partial)? {
        found if found == sha256 => fs::rename(&partial, file).map_err(Failure::run),
        found => Err(Failure::run(format_args!("{url} has the wrong SHA-256: {found} instead of {sha256}"))),
    });
    if done.is_err() {
        // It may not have been begun.
        let _ = fs::remove_file(&partial);
    }
    done
}

fn hash(file: &Path) -> Result<String, Failure> {
    let output = Command::new("sha256sum").arg("--").arg(file).output();
    let output = output.map_err(|error| Failure::run(format_args!("cannot run `sha256sum`: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    // A backslash before the hash says that the name is escaped.
    let hash = text.split_whitespace().next().map(|word| word.trim_start_matches('\\').to_string());
    hash.ok_or_else(|| {
        let why = String::from_utf8_lossy(&output.stderr).trim().to_string();
        Failure::run(format_args!("cannot hash `{}`: {why}", file.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the bytes `right`.
    const SHA256: &str = "27042f4e6eca7d0b2a7ee4026df2ecfa51d3339e6d122aa099118ecd8563bad9";

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn what_has_the_right_hash_is_kept_and_not_fetched_again() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::write(&from, "right").unwrap();
        let url = format!("file://{}", from.display());
        fetch(&url, SHA256, &to, &Interrupt::never()).unwrap();
        fs::remove_file(&from).unwrap();
        fetch(&url, SHA256, &to, &Interrupt::never()).unwrap();
        // A file that went bad is.
        fs::write(&to, "wrong").unwrap();
        assert!(fetch(&url, SHA256, &to, &Interrupt::never()).is_err());
        fs::write(&from, "right").unwrap();
        fetch(&url, SHA256, &to, &Interrupt::never()).unwrap();
        assert_eq!(fs::read(&to).unwrap(), b"right");
    }

    #[test]
    fn a_wrong_hash_or_a_failed_download_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let from = tempfile::NamedTempFile::new().unwrap();
        fs::write(from.path(), "wrong").unwrap();
        let to = folder.path().join("to");
        let url = format!("file://{}", from.path().display());
        let Err(Failure::Run(line)) = fetch(&url, SHA256, &to, &Interrupt::never()) else { panic!("it was taken") };
        assert!(line.contains("wrong SHA-256") && line.contains(SHA256) && !line.contains('\n'), "{line}");
        let Err(Failure::Run(line)) = fetch("file:///no/such/file", SHA256, &to, &Interrupt::never()) else {
            panic!("it was taken")
        };
        assert!(line.contains("curl") && line.contains("/no/such/file"), "{line}");
        assert!(names(folder.path()).is_empty());
    }
}
