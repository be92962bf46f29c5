//! Where packages are: of kernels, and of what is newer than this machine's.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::process;

/// Lists of eight suites, and packages of 170 MB.
pub(super) const LIMIT: Duration = Duration::from_secs(30 * 60);

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Suites that kernels are in: a new one is a line here. Not by the names that move on (stable, testing), which some mirrors are late with.
pub(crate) const KERNELS: &[&str] = &[
    "bookworm",
    "bookworm-backports",
    "bookworm-security",
    "trixie",
    "trixie-backports",
    "trixie-security",
    "forky",
    "sid",
    "experimental",
];

/// The suite of Debian 13.
pub(crate) const DEBIAN_13: &[&str] = &["trixie"];

/// What the names of suites end with that Debian's security team has elsewhere.
const SECURITY: &str = "-security";

/// Where this machine takes Debian from: the addresses of repositories with the names that these give themselves.
pub(super) fn repositories(interrupt: &Interrupt) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    let format = ["indextargets", "--format", "$(REPO_URI) $(LABEL)", "Created-By: Packages"];
    process::run(Command::new("apt-get").args(format), LIMIT, interrupt, |line| {
        if let Some((uri, label)) = line.split_once(' ') {
            let repository = (uri.to_string(), label.to_string());
            if !found.contains(&repository) {
                found.push(repository);
            }
        }
        Ok(())
    })?;
    if found.iter().any(|(_, label)| label == "Debian") {
        return Ok(found);
    }
    Err(Failure::run("apt knows no mirror of Debian; `apt-get update` may help"))
}

/// These suites of them, as apt has them in a file.
pub(super) fn list(repositories: &[(String, String)], arch: &str, suites: &[&str]) -> String {
    let signed = if Path::new(KEYRING).is_file() { format!(" signed-by={KEYRING}") } else { String::new() };
    let mut lines = String::new();
    for (uri, label) in repositories {
        let is_there = |suite: &&&str| match label.as_str() {
            "Debian" => !suite.ends_with(SECURITY),
            "Debian-Security" => suite.ends_with(SECURITY),
            _ => false,
        };
        for suite in suites.iter().filter(is_there) {
            lines += &format!("deb [arch={arch}{signed}] {uri} {suite} main\n");
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_those_of_debian_and_its_security_team() {
        let of = |label: &str| (format!("mirror/{label}"), label.to_string());
        let repositories = [of("Debian"), of("Debian-Security"), of("Node.js")];
        let list = |suites| super::list(&repositories, "arm64", suites);
        assert_eq!(
            list(DEBIAN_13).lines().map(|line| line.rsplit_once(" mirror/").unwrap().1).collect::<Vec<_>>(),
            ["Debian trixie main"]
        );
        let list = list(KERNELS);
        assert_eq!(list.lines().count(), KERNELS.len());
        assert!(list.lines().all(|line| line.starts_with("deb [arch=arm64") && line.ends_with(" main")), "{list}");
        assert!(
            list.contains(" mirror/Debian sid main\n")
                && list.contains(" mirror/Debian-Security trixie-security main\n")
        );
    }
}
