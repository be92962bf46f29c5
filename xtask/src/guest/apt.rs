//! Debian's packages, fetched by apt into a folder of our own: nothing is installed, and the machine's own lists stay as they are.

use std::fs::{self, File, TryLockError};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::sources::{self, LIMIT};
use crate::arch::Arch;
use crate::failure::{Failure, tell};
use crate::interrupt::Interrupt;
use crate::process::{self, quiet};

/// How old lists may be: point releases come every few weeks.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How often a lock is tried.
const TICK: Duration = Duration::from_millis(100);

/// What the names of folders that go start with.
const WORK: &str = ".work-";

/// Names of other packages that an error tells.
const SIMILAR: usize = 6;

/// apt with a folder of its own, for packages of one architecture.
pub(crate) struct Apt {
    folder: PathBuf,
    arch: &'static str,
    suites: &'static [&'static str],
    /// Held as long as the folder is used: another run may be at it.
    _lock: File,
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
        let folder = folder.join(arch);
        for inner in ["lists/partial", "cache/archives/partial", "packages"] {
            make(&folder.join(inner))?;
        }
        let lock = lock(&folder, interrupt)?;
        let apt = Apt { folder, arch, suites, _lock: lock };
        apt.sweep();
        let updated = apt.folder.join("updated");
        let age =
            fs::metadata(&updated).and_then(|found| found.modified()).map(|at| SystemTime::now().duration_since(at));
        if !matches!(age, Ok(Ok(age)) if age < DAY) {
            apt.update(interrupt)?;
            fs::write(&updated, "").map_err(|error| cannot("write", &updated, &error))?;
        }
        Ok(apt)
    }

    /// Removes what killed runs have left: nobody else is here, because we hold the lock.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(WORK) {
                // What cannot be removed is in nobody's way.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// A folder for a run, which goes with it.
    pub(crate) fn work(&self) -> Result<TempDir, Failure> {
        let work = tempfile::Builder::new().prefix(WORK).tempdir_in(&self.folder);
        work.map_err(|error| cannot("write to", &self.folder, &error))
    }

    fn update(&self, interrupt: &Interrupt) -> Result<(), Failure> {
        let sources = self.folder.join("sources.list");
        fs::write(&sources, sources::list(&sources::repositories(interrupt)?, self.arch, self.suites))
            .map_err(|error| cannot("write", &sources, &error))?;
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
        let folder = self.folder.display();
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
            return Err(Failure::input(format_args!(
                "no package `{name}` for {}; there are {}",
                self.arch,
                self.similar(name, interrupt)?
            )));
        };
        let folder =
            self.folder.join("packages").join(format!("{}_{}", package.name, package.version.replace(['/', ':'], "_")));
        if folder.is_dir() {
            return Ok(folder);
        }
        let work = self.work()?;
        let unpacked = work.path().join("unpacked");
        make(&unpacked)?;
        let mut all = vec![package];
        let mut next = 0;
        while let Some(package) = all.get(next) {
            let needed: Vec<_> =
                first_names(&package.depends).filter(|name| follows(name)).map(str::to_string).collect();
            for name in needed {
                if all.iter().all(|known| known.name != name)
                    && let Some(package) = self.show(&name, interrupt)?
                {
                    all.push(package);
                }
            }
            next += 1;
        }
        for package in &all {
            progress(format_args!("=== fetching {} {}", package.name, package.version));
            let file = work.path().join(&package.name);
            make(&file)?;
            let exact = format!("{}={}", package.name, package.version);
            quiet(self.command("apt-get").args(["-q", "download", &exact]).current_dir(&file), LIMIT, interrupt)?;
            let deb = fs::read_dir(&file).ok().and_then(|mut entries| entries.next()?.ok());
            let deb = deb.ok_or_else(|| Failure::run(format_args!("apt left no file of {exact}")))?;
            quiet(Command::new("dpkg").arg("-x").arg(deb.path()).arg(&unpacked), LIMIT, interrupt)?;
        }
        fs::rename(&unpacked, &folder).map_err(|error| cannot("write", &folder, &error))?;
        Ok(folder)
    }

    /// The static busybox.
    pub(crate) fn busybox(&self, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
        let folder = self.unpack("busybox-static", |_| false, interrupt)?;
        let found =
            ["bin/busybox", "usr/bin/busybox"].map(|name| folder.join(name)).into_iter().find(|file| file.is_file());
        found.ok_or_else(|| Failure::run("package busybox-static holds no busybox"))
    }

    /// Of the packages whose names are a number between these two, the one with the largest.
    pub(crate) fn newest(&self, before: &str, behind: &str, interrupt: &Interrupt) -> Result<String, Failure> {
        let mut newest = None;
        process::run(self.command("apt-cache").args(["pkgnames", before]), LIMIT, interrupt, |line| {
            let number = line.strip_prefix(before).and_then(|rest| rest.strip_suffix(behind)?.parse::<u32>().ok());
            newest = newest.max(number);
            Ok(())
        })?;
        let newest = newest
            .ok_or_else(|| Failure::run(format_args!("apt knows no {before}...{behind}; `apt-get update` may help")))?;
        Ok(format!("{before}{newest}{behind}"))
    }

    fn show(&self, name: &str, interrupt: &Interrupt) -> Result<Option<Package>, Failure> {
        let mut package = Package { name: name.to_string(), version: String::new(), depends: String::new() };
        let mut command = self.command("apt-cache");
        command.args(["show", "--no-all-versions", name]).stderr(std::process::Stdio::null());
        let status = process::run(&mut command, LIMIT, interrupt, |line| {
            if let Some(version) = line.strip_prefix("Version: ") {
                package.version = version.to_string();
            } else if let Some(depends) = line.strip_prefix("Depends: ") {
                package.depends = depends.to_string();
            }
            Ok(())
        })?;
        Ok((status.success() && !package.version.is_empty()).then_some(package))
    }

    /// The kernels whose names are most like this one.
    fn similar(&self, name: &str, interrupt: &Interrupt) -> Result<String, Failure> {
        let mut names = Vec::new();
        process::run(self.command("apt-cache").args(["pkgnames", "linux-image-"]), LIMIT, interrupt, |line| {
            let is_plain = |part: &str| !["dbg", "unsigned", "cloud", "rt", "template"].contains(&part);
            let has_version = line["linux-image-".len()..].starts_with(|c: char| c.is_ascii_digit());
            if has_version && line.split('-').all(is_plain) {
                names.push(line.to_string());
            }
            Ok(())
        })?;
        let alike = |other: &String| other.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
        names.sort_unstable_by(|a, b| (alike(b), b).cmp(&(alike(a), a)));
        names.truncate(SIMILAR);
        Ok(if names.is_empty() { "none: `apt-get update` may help".to_string() } else { names.join(", ") })
    }
}

/// The first one of the alternatives of each dependency.
fn first_names(depends: &str) -> impl Iterator<Item = &str> {
    depends.split(',').filter_map(|one| one.split('|').next()?.split_whitespace().next())
}

/// Waits until nobody else uses the folder.
fn lock(folder: &Path, interrupt: &Interrupt) -> Result<File, Failure> {
    let file = File::create(folder.join(".lock")).map_err(|error| cannot("lock", folder, &error))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => interrupt.check()?,
            Err(TryLockError::Error(error)) => return Err(cannot("lock", folder, &error)),
        }
        std::thread::sleep(TICK);
    }
}

/// Says what takes long, to a person.
fn progress(line: std::fmt::Arguments<'_>) {
    if std::io::stderr().is_terminal() {
        tell(line);
    }
}

pub(crate) fn make(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| cannot("create", folder, &error))
}

pub(crate) fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::run(format_args!("cannot {what} `{}`: {error}", path.display()))
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
    fn a_folder_is_one_runs_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let held = lock(folder.path(), &Interrupt::never()).unwrap();
        let waits = std::thread::scope(|scope| {
            let second = scope.spawn(|| lock(folder.path(), &Interrupt::never()).is_ok());
            std::thread::sleep(3 * TICK);
            let waits = !second.is_finished();
            drop(held);
            waits && second.join().unwrap()
        });
        assert!(waits);
        let nowhere = lock(&folder.path().join("none"), &Interrupt::never());
        assert!(matches!(nowhere, Err(Failure::Run(line)) if line.starts_with("cannot lock `")));
    }
}
