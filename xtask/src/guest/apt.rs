//! Debian's packages, fetched by apt into a folder of our own: nothing is installed, and the machine's own lists stay as they are.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::Kept;
use crate::arch::Arch;
use crate::failure::{Failure, cannot, make_folder, tell};
use crate::process::{quiet, whole};

/// How old lists may be: point releases come every few weeks.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Suites that kernels are in. Not by the names that move on (stable, testing), which some mirrors are late with.
pub(crate) const KERNELS: &str =
    "bookworm bookworm-backports bookworm-security trixie trixie-backports trixie-security forky sid experimental";
pub(crate) const DEBIAN_12: &str = "bookworm bookworm-security";
pub(crate) const DEBIAN_13: &str = "trixie";

/// apt with a folder of its own, for packages of one architecture.
pub(crate) struct Apt {
    pub(crate) kept: Kept,
    arch: &'static str,
    suites: &'static str,
}

impl Apt {
    /// Uses, and makes, `folder`, which is for these suites alone; brings lists of packages that are too old up to date.
    pub(crate) fn open(folder: &Path, arch: Arch, suites: &'static str) -> Result<Apt, Failure> {
        let arch = match arch {
            Arch::X86_64 => "amd64",
            Arch::Arm64 => "arm64",
        };
        let apt = Apt { kept: Kept::open(folder.join(arch))?, arch, suites };
        for inner in ["lists/partial", "cache/archives/partial", "packages"] {
            make_folder(&apt.kept.path.join(inner))?;
        }
        let updated = apt.kept.path.join("updated");
        let at = fs::metadata(&updated).and_then(|found| found.modified());
        if !at.is_ok_and(|at| at.elapsed().is_ok_and(|age| age < DAY)) {
            apt.update()?;
            fs::write(&updated, "").map_err(cannot("write", &updated))?;
        }
        Ok(apt)
    }

    fn update(&self) -> Result<(), Failure> {
        let signed = if Path::new(KEYRING).is_file() { format!(" signed-by={KEYRING}") } else { String::new() };
        let mut list = String::new();
        for (uri, label) in repositories()? {
            // Debian's security team has its suites elsewhere.
            let home = |suite: &str| if suite.ends_with("-security") { "Debian-Security" } else { "Debian" };
            for suite in self.suites.split(' ').filter(|suite| label == home(suite)) {
                list += &format!("deb [arch={}{signed}] {uri} {suite} main\n", self.arch);
            }
        }
        let sources = self.kept.path.join("sources.list");
        fs::write(&sources, list).map_err(cannot("write", &sources))?;
        progress(format_args!("=== lists of Debian's packages for {}: up to half a minute, once a day", self.arch));
        match quiet(self.command("apt-get").args(["-q", "update"])) {
            // A suite that is not there is no loss, as long as another one has the package.
            Err(Failure::Run(why)) => progress(format_args!("=== some lists are missing: {why}")),
            other => other?,
        }
        Ok(())
    }

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

    /// Unpacks a package, and what it needs for which `follows` holds, into a folder that is named after it; [`Failure::Input`] if there is
    /// none. The folder's name can be in a search path.
    pub(crate) fn unpack(&self, name: &str, follows: impl Fn(&str) -> bool + Copy) -> Result<PathBuf, Failure> {
        let Some((version, _)) = self.show(name)? else {
            return Err(Failure::input(format_args!(
                "no package `{name}` for {} in {}; kernels are linux-image-{0} and linux-image-VERSION-{0}",
                self.arch, self.suites
            )));
        };
        let folder = self.kept.path.join(format!("packages/{name}_{}", version.replace(['/', ':'], "_")));
        if folder.is_dir() {
            return Ok(folder);
        }
        let work = self.kept.work()?;
        let unpacked = work.path().join("unpacked");
        make_folder(&unpacked)?;
        let (mut known, mut queue) = (HashSet::from([name.to_string()]), vec![name.to_string()]);
        while let Some(name) = queue.pop() {
            let Some((version, depends)) = self.show(&name)? else { continue };
            progress(format_args!("=== fetching {name} {version}"));
            let (exact, download) = (format!("{name}={version}"), work.path().join(&name));
            make_folder(&download)?;
            quiet(self.command("apt-get").args(["-q", "download", &exact]).current_dir(&download))?;
            let deb = fs::read_dir(&download).ok().and_then(|mut entries| entries.next()?.ok());
            let deb = deb.ok_or_else(|| Failure::run(format_args!("apt left no file of {exact}")))?;
            quiet(Command::new("dpkg").arg("-x").arg(deb.path()).arg(&unpacked))?;
            // The first one of the alternatives of each dependency, without its version.
            let needed = depends.split(',').filter_map(|one| one.split('|').next()?.split_whitespace().next());
            queue.extend(needed.filter(|name| follows(name) && known.insert(name.to_string())).map(str::to_string));
        }
        fs::rename(&unpacked, &folder).map_err(cannot("write", &folder))?;
        Ok(folder)
    }

    pub(crate) fn busybox(&self) -> Result<PathBuf, Failure> {
        let folder = self.unpack("busybox-static", |_| false)?;
        let found =
            ["bin/busybox", "usr/bin/busybox"].map(|name| folder.join(name)).into_iter().find(|it| it.is_file());
        found.ok_or_else(|| Failure::run("package busybox-static holds no busybox"))
    }

    /// Of the packages whose names are a number between these two, the one with the largest.
    pub(crate) fn newest(&self, before: &str, behind: &str) -> Result<String, Failure> {
        let names = whole(self.command("apt-cache").args(["pkgnames", before]))?.1;
        let number = |name: &String| name.strip_prefix(before)?.strip_suffix(behind)?.parse::<u32>().ok();
        let newest = names.iter().filter_map(number).max().map(|newest| format!("{before}{newest}{behind}"));
        newest.ok_or_else(|| Failure::run(format_args!("apt knows no {before}...{behind}; `apt-get update` may help")))
    }

    /// A package's version, and what it depends on.
    fn show(&self, name: &str) -> Result<Option<(String, String)>, Failure> {
        // What apt would take as an option, a pattern or a suite is no name.
        let is_name = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        if name.starts_with('-') || !name.chars().all(is_name) {
            return Ok(None);
        }
        let (_, said) = whole(self.command("apt-cache").args(["show", "--no-all-versions", name]))?;
        let field = |field: &str| said.iter().find_map(|line| line.strip_prefix(field)).map(str::to_string);
        Ok(field("Version: ").map(|version| (version, field("Depends: ").unwrap_or_default())))
    }
}

/// Where this machine takes Debian from: addresses of repositories, each with the name that it gives itself.
pub(crate) fn repositories() -> Result<BTreeSet<(String, String)>, Failure> {
    let format = ["indextargets", "--format", "$(REPO_URI) $(LABEL)", "Created-By: Packages"];
    let (_, said) = whole(Command::new("apt-get").args(format))?;
    let split = |line: &String| line.split_once(' ').map(|(uri, label)| (uri.to_string(), label.to_string()));
    let found: BTreeSet<_> = said.iter().filter_map(split).collect();
    if found.iter().any(|(_, label)| label == "Debian") {
        return Ok(found);
    }
    Err(Failure::run("apt knows no mirror of Debian; `apt-get update` may help"))
}

/// Says what takes long, to a person.
fn progress(line: std::fmt::Arguments<'_>) {
    if std::io::stderr().is_terminal() {
        tell(line);
    }
}
