//! Downloads that are what they should be.

use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::failure::{Failure, cannot};
use crate::interrupt::Interrupt;
use crate::process::{self, LIMIT};

/// Downloads `url` to `file`, unless it is there, and checks its SHA-256 in both cases. A file that is not what it
/// should be does not stay.
pub(crate) fn fetch(url: &str, sha256: &str, file: &Path, interrupt: &Interrupt) -> Result<(), Failure> {
    fetch_by(url, sha256, file, |partial| {
        let mut curl = Command::new("curl");
        curl.args(["--fail", "--silent", "--show-error", "--location", "--retry", "3", "--output"]);
        process::quiet(curl.arg(partial).arg(url), LIMIT, interrupt)
    })
}

/// The same with what downloads.
fn fetch_by(
    url: &str,
    sha256: &str,
    file: &Path,
    download: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if file.is_file() && hash(file)? == sha256 {
        return Ok(());
    }
    let partial = file.with_extension("partial");
    let done = download(&partial).and_then(|()| match hash(&partial)? {
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
    let bytes = fs::read(file).map_err(cannot("read", file))?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the bytes `right`.
    const SHA256: &str = "27042f4e6eca7d0b2a7ee4026df2ecfa51d3339e6d122aa099118ecd8563bad9";

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// A download that gives these bytes, or none.
    fn fetched(bytes: Option<&str>, to: &Path) -> Result<(), Failure> {
        fetch_by("the url", SHA256, to, |partial| {
            fs::write(partial, bytes.unwrap_or("ri")).unwrap();
            bytes.map(drop).ok_or(Failure::run("it broke off"))
        })
    }

    #[test]
    fn what_has_the_right_hash_is_kept_and_not_fetched_again() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("to");
        fetched(Some("right"), &to).unwrap();
        fetched(None, &to).unwrap();
        // A file that went bad is.
        fs::write(&to, "wrong").unwrap();
        assert!(fetched(None, &to).is_err());
        fetched(Some("right"), &to).unwrap();
        assert_eq!(fs::read(&to).unwrap(), b"right");
    }

    #[test]
    fn a_wrong_hash_or_a_failed_download_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("to");
        let Err(Failure::Run(line)) = fetched(Some("wrong"), &to) else { panic!("it was taken") };
        assert!(line.contains("the url has the wrong SHA-256") && line.contains(SHA256), "{line}");
        let Err(Failure::Run(line)) = fetched(None, &to) else { panic!("it was taken") };
        assert_eq!(line, "it broke off");
        assert!(names(folder.path()).is_empty());
    }
}
