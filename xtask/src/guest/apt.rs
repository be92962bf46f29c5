//! Debian's packages, fetched by apt into a folder of our own: nothing is installed, and the machine's own lists stay as they are.

use std::collections::HashSet;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Kept;
use crate::arch::Arch;
use crate::failure::{Failure, cannot, make_folder, tell};
use crate::interrupt::Interrupt;
use crate::process::{self, LIMIT, quiet};

/// How old lists may be: point releases come every few weeks.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

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
pub(crate) const DEBIAN_12: &[&str] = &["bookworm", "bookworm-security"];
pub(crate) const DEBIAN_13: &[&str] = &["trixie"];

/// apt with a folder of its own, for packages of one architecture.
pub(crate) struct Apt {
    pub(crate) kept: Kept,
    arch: &'static str,
    suites: &'static [&'static str],
}

/// A package as the lists have it.
struct Package {
    name: String,
    version: String,
    depends: String,
}

impl Apt {
    /// Uses, and makes, `folder`, which is for these suites alone; brings lists of packages that are too old up to date.
    pub(crate) fn open(
        folder: &Path,
        arch: Arch,
        suites: &'static [&'static str],
        interrupt: &Interrupt,
    ) -> Result<Apt, Failure> {
        let arch = match arch {
            Arch::X86_64 => "amd64",
            Arch::Arm64 => "arm64",
        };
        let apt = Apt { kept: Kept::open(folder.join(arch), interrupt)?, arch, suites };
        for inner in ["lists/partial", "cache/archives/partial", "packages"] {
            make_folder(&apt.kept.path.join(inner))?;
        }
        let updated = apt.kept.path.join("updated");
        let at = fs::metadata(&updated).and_then(|found| found.modified());
        if !at.is_ok_and(|at| at.elapsed().is_ok_and(|age| age < DAY)) {
            apt.update(interrupt)?;
            fs::write(&updated, "").map_err(cannot("write", &updated))?;
        }
        Ok(apt)
    }

    fn update(&self, interrupt: &Interrupt) -> Result<(), Failure> {
        let sources = self.kept.path.join("sources.list");
        let list = list(&repositories(interrupt)?, self.arch, self.suites);
        fs::write(&sources, list).map_err(cannot("write", &sources))?;
        progress(format_args!("=== lists of Debian's packages for {}: up to half a minute, once a day", self.arch));
        match quiet(self.command("apt-get").args(["-q", "update"]), LIMIT, interrupt) {
            // A suite that is not there is no loss, as long as another one has the package.
            Err(Failure::Run(why)) => progress(format_args!("=== some lists are missing: {why}")),
            other => other?,
        }
        Ok(())
    }

    /// apt for this folder and architecture.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let folder = self.kept.path.display();
        for option in [
            format!("Dir::Etc::SourceList={folder}/sources.list"),
            "Dir::Etc::SourceParts=/dev/null".to_string(),
            format!("Dir::State::Lists={folder}/lists"),
            format!("Dir::Cache={folder}/cache"),
            format!("APT::Architecture={}", self.arch),
            format!("APT::Architectures={}", self.arch),
            "Acquire::Languages=none".to_string(),
            // The folder is ours: apt's own user cannot write to it.
            "APT::Sandbox::User=root".to_string(),
        ] {
            command.arg("-o").arg(option);
        }
        command.env("LC_ALL", "C");
        command
    }

    /// Unpacks a package, and what it needs for which `follows` holds, into a folder that is named after it, without what cannot be in a
    /// search path; gives the folder.
    ///
    /// # Errors
    /// [`Failure::Input`] if there is no such package.
    pub(crate) fn unpack(
        &self,
        name: &str,
        follows: impl Fn(&str) -> bool + Copy,
        interrupt: &Interrupt,
    ) -> Result<PathBuf, Failure> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let package = if name.chars().all(is_name) { self.show(name, interrupt)? } else { None };
        let Some(package) = package else {
            let others = self.similar(name, interrupt)?;
            return Err(Failure::input(format_args!("no package `{name}` for {}; there are {others}", self.arch)));
        };
        let folder = format!("packages/{name}_{}", package.version.replace(['/', ':'], "_"));
        let folder = self.kept.path.join(folder);
        if folder.is_dir() {
            return Ok(folder);
        }
        let work = self.kept.work()?;
        let unpacked = work.path().join("unpacked");
        make_folder(&unpacked)?;
        let (mut known, mut queue) = (HashSet::from([package.name.clone()]), vec![package]);
        while let Some(package) = queue.pop() {
            progress(format_args!("=== fetching {} {}", package.name, package.version));
            let download = work.path().join(&package.name);
            make_folder(&download)?;
            let exact = format!("{}={}", package.name, package.version);
            quiet(self.command("apt-get").args(["-q", "download", &exact]).current_dir(&download), LIMIT, interrupt)?;
            let deb = fs::read_dir(&download).ok().and_then(|mut entries| entries.next()?.ok());
            let deb = deb.ok_or_else(|| Failure::run(format_args!("apt left no file of {exact}")))?;
            quiet(Command::new("dpkg").arg("-x").arg(deb.path()).arg(&unpacked), LIMIT, interrupt)?;
            for name in first_names(&package.depends).filter(|name| follows(name)) {
                if known.insert(name.to_string()) {
                    queue.extend(self.show(name, interrupt)?);
                }
            }
        }
        fs::rename(&unpacked, &folder).map_err(cannot("write", &folder))?;
        Ok(folder)
    }

    /// The static busybox.
    pub(crate) fn busybox(&self, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
        let folder = self.unpack("busybox-static", |_| false, interrupt)?;
        let found = ["bin/busybox", "usr/bin/busybox"].map(|name| folder.join(name));
        let found = found.into_iter().find(|file| file.is_file());
        found.ok_or_else(|| Failure::run("package busybox-static holds no busybox"))
    }

    /// Of the packages whose names are a number between these two, the one with the largest.
    pub(crate) fn newest(&self, before: &str, behind: &str, interrupt: &Interrupt) -> Result<String, Failure> {
        let names = lines(self.command("apt-cache").args(["pkgnames", before]), interrupt)?;
        let number = |name: &String| name.strip_prefix(before)?.strip_suffix(behind)?.parse::<u32>().ok();
        let newest = names.iter().filter_map(number).max().map(|newest| format!("{before}{newest}{behind}"));
        newest.ok_or_else(|| Failure::run(format_args!("apt knows no {before}...{behind}; `apt-get update` may help")))
    }

    fn show(&self, name: &str, interrupt: &Interrupt) -> Result<Option<Package>, Failure> {
        let mut command = self.command("apt-cache");
        let said = lines(command.args(["show", "--no-all-versions", name]).stderr(Stdio::null()), interrupt)?;
        let field = |field: &str| said.iter().find_map(|line| line.strip_prefix(field)).map(str::to_string);
        let depends = field("Depends: ").unwrap_or_default();
        Ok(field("Version: ").map(|version| Package { name: name.to_string(), version, depends }))
    }

    /// The kernels whose names are most like this one.
    fn similar(&self, name: &str, interrupt: &Interrupt) -> Result<String, Failure> {
        let mut names = lines(self.command("apt-cache").args(["pkgnames", "linux-image-"]), interrupt)?;
        let is_plain = |part: &str| !["dbg", "unsigned", "cloud", "rt", "template"].contains(&part);
        let has_version = |name: &str| name["linux-image-".len()..].starts_with(|c: char| c.is_ascii_digit());
        names.retain(|name| has_version(name) && name.split('-').all(is_plain));
        let alike = |other: &String| other.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
        names.sort_unstable_by(|a, b| (alike(b), b).cmp(&(alike(a), a)));
        names.truncate(6);
        Ok(if names.is_empty() { "none: `apt-get update` may help".to_string() } else { names.join(", ") })
    }
}

/// What a command prints.
pub(crate) fn lines(command: &mut Command, interrupt: &Interrupt) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    process::run(command, LIMIT, interrupt, |line| {
        lines.push(line.to_string());
        Ok(())
    })?;
    Ok(lines)
}

/// Where this machine takes Debian from: addresses of repositories, each with the name that it gives itself.
pub(crate) fn repositories(interrupt: &Interrupt) -> Result<Vec<(String, String)>, Failure> {
    let format = ["indextargets", "--format", "$(REPO_URI) $(LABEL)", "Created-By: Packages"];
    let said = lines(Command::new("apt-get").args(format), interrupt)?;
    let split = |line: &String| line.split_once(' ').map(|(uri, label)| (uri.to_string(), label.to_string()));
    let found: Vec<_> = said.iter().filter_map(split).collect();
    if found.iter().any(|(_, label)| label == "Debian") {
        return Ok(found);
    }
    Err(Failure::run("apt knows no mirror of Debian; `apt-get update` may help"))
}

/// These suites of repositories, as apt has them in a file.
fn list(repositories: &[(String, String)], arch: &str, suites: &[&str]) -> String {
    let signed = if Path::new(KEYRING).is_file() { format!(" signed-by={KEYRING}") } else { String::new() };
    let mut list = String::new();
    for (uri, label) in repositories {
        for suite in suites {
            // Debian's security team has its suites elsewhere.
            let home = if suite.ends_with("-security") { "Debian-Security" } else { "Debian" };
            let line = format!("deb [arch={arch}{signed}] {uri} {suite} main\n");
            if label == home && !list.contains(&line) {
                list += &line;
            }
        }
    }
    list
}

/// The first one of the alternatives of each dependency.
fn first_names(depends: &str) -> impl Iterator<Item = &str> {
    depends.split(',').filter_map(|one| one.split('|').next()?.split_whitespace().next())
}

/// Says what takes long, to a person.
fn progress(line: std::fmt::Arguments<'_>) {
    if std::io::stderr().is_terminal() {
        tell(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_alternatives_is_what_is_needed() {
        let depends = "kmod, initramfs-tools (>= 0.120) | linux-initramfs-tool, linux-base-7.2 (= 7.2.13-1)";
        assert_eq!(first_names(depends).collect::<Vec<_>>(), ["kmod", "initramfs-tools", "linux-base-7.2"]);
        assert_eq!(first_names("").count(), 0);
    }

    #[test]
    fn suites_are_those_of_debian_and_its_security_team() {
        let repositories = [("m/d", "Debian"), ("m/s", "Debian-Security"), ("m/n", "Node.js"), ("m/d", "Debian")];
        let repositories = repositories.map(|(uri, label)| (uri.to_string(), label.to_string()));
        let list = list(&repositories, "arm64", KERNELS);
        assert_eq!(list.lines().count(), KERNELS.len());
        assert!(list.lines().all(|line| line.starts_with("deb [arch=arm64") && line.ends_with(" main")), "{list}");
        assert!(list.contains("] m/d sid main\n") && list.contains("] m/s trixie-security main\n"), "{list}");
    }
}
