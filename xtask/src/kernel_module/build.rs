//! The module, built as the kernel's own code is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::failure::Failure;
use crate::guest::{KernelPackage, cannot, make};
use crate::interrupt::Interrupt;
use crate::process::{self, quiet};
use crate::toolchain::Toolchain;

/// Core takes a minute and a half, once.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// The crate, as its artefacts are called.
const CRATE: &str = "kernel_module";

/// The module's name.
pub(super) const MODULE: &str = "memcpy_streaming_test";

/// What the module is built of, and where.
pub(super) struct Build<'a> {
    pub(super) kernel: &'a KernelPackage,
    /// Into which the headers were unpacked.
    pub(super) headers: &'a Path,
    /// The example's folder.
    pub(super) source: &'a Path,
    /// Where cargo builds.
    pub(super) target_dir: &'a Path,
    /// A folder for everything else, which goes.
    pub(super) work: &'a Path,
}

/// Code as this kernel's own is: for its code model, without a GOT, and with the mitigations that it has.
fn flags(kernel: &KernelPackage) -> String {
    let mut flags = "-Ccode-model=kernel -Crelocation-model=static -Cpanic=abort -Zplt=yes -Cjump-tables=n".to_string();
    // Their names since 6.9, and those before it.
    let has = |name: &str| kernel.has(name) || kernel.has(&format!("MITIGATION_{name}"));
    for (option, flag) in [
        ("RETHUNK", "-Zfunction-return=thunk-extern"),
        ("RETPOLINE", "-Zretpoline-external-thunk"),
        ("SLS", "-Ctarget-feature=+harden-sls-ret,+harden-sls-ijmp"),
        ("X86_KERNEL_IBT", "-Zcf-protection=branch"),
    ] {
        if has(option) {
            flags += " ";
            flags += flag;
        }
    }
    flags
}

/// Builds it, and gives its file.
///
/// # Errors
/// If anything fails, or if objtool or modpost have anything to say.
pub(super) fn module(build: &Build<'_>, toolchain: Toolchain, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let object = object(build, toolchain, interrupt)?;
    without_vectors(&object, interrupt)?;
    let folder = build.work.join("module");
    make(&folder)?;
    for name in ["Kbuild", "kernel_module.h", "glue.c", "copies.c", "memmaps.c"] {
        copy(&build.source.join(name), &folder.join(name))?;
    }
    copy(&object, &folder.join("rust.o_shipped"))?;
    let headers = headers(build)?;
    let mut said = Vec::new();
    let mut builder = Command::new("make");
    builder.arg("-C").arg(&headers).arg(format!("M={}", folder.display())).arg("modules").env("LC_ALL", "C");
    // A module's types take pahole, and the whole kernel's, which is in no package of headers.
    builder.arg("CONFIG_DEBUG_INFO_BTF_MODULES=");
    let status = process::run_whole(&mut builder, LIMIT, interrupt, |line| {
        said.push(line.to_string());
        Ok(())
    })?;
    if !status.success() {
        let why = said.iter().find(|line| line.contains("rror")).map_or("it said nothing of an error", String::as_str);
        return Err(Failure::run(format_args!("{status} of `{}`: {why}", process::show(&builder))));
    }
    let complaint = said.iter().find(|line| line.to_ascii_lowercase().contains("warning") || line.contains("ERROR"));
    if let Some(complaint) = complaint {
        return Err(Failure::run(format_args!("the kernel's build is not silent: {complaint}")));
    }
    Ok(folder.join(format!("{MODULE}.ko")))
}

/// Cargo's code as one object, with a section of each kind.
fn object(build: &Build<'_>, toolchain: Toolchain, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    const TRIPLE: &str = "x86_64-unknown-none";
    let mut cargo = crate::cargo::cargo();
    cargo.current_dir(build.source).args(["build", "--release", "--locked", "--quiet", "--target", TRIPLE]);
    let target_dir = build.target_dir.join(toolchain.folder());
    cargo.arg("--target-dir").arg(&target_dir).env("RUSTFLAGS", flags(build.kernel));
    toolchain.apply_source("core", &mut cargo);
    quiet(&mut cargo, LIMIT, interrupt)?;
    let archive = target_dir.join(TRIPLE).join(format!("release/lib{CRATE}.a"));
    // Only the crate's own object: memcpy and its like are to be the kernel's, and not compiler_builtins'.
    let mut own = Vec::new();
    process::run(Command::new("ar").arg("t").arg(&archive), LIMIT, interrupt, |name| {
        if name.starts_with(CRATE) {
            own.push(name.to_string());
        }
        Ok(())
    })?;
    let folder = build.work.join("object");
    make(&folder)?;
    quiet(Command::new("ar").arg("x").arg(&archive).args(&own).current_dir(&folder), LIMIT, interrupt)?;
    let merged = build.work.join("rust.o");
    let mut ld = Command::new("ld");
    ld.args(["-r", "-m", "elf_x86_64", "-T"]).arg(build.source.join("merge.lds")).arg("-o").arg(&merged);
    quiet(ld.args(own.iter().map(|name| folder.join(name))), LIMIT, interrupt)?;
    Ok(merged)
}

/// A kernel's code may not use vector registers: they are the user's.
fn without_vectors(object: &Path, interrupt: &Interrupt) -> Result<(), Failure> {
    let (mut instructions, mut found) = (0_u64, None);
    process::run(Command::new("objdump").args(["-d", "--no-show-raw-insn"]).arg(object), LIMIT, interrupt, |line| {
        instructions += u64::from(line.contains(":\t"));
        if ["%xmm", "%ymm", "%zmm", "%mm", "%st"].iter().any(|register| line.contains(register)) {
            found = found.take().or(Some(line.to_string()));
        }
        Ok(())
    })?;
    match found {
        Some(line) => Err(Failure::run(format_args!("a vector register is used: {line}"))),
        None if instructions < 1000 => Err(Failure::run(format_args!("only {instructions} instructions were built"))),
        None => Ok(()),
    }
}

/// The folder to build in. The packages name each other by absolute paths, as if they were installed.
fn headers(build: &Build<'_>) -> Result<PathBuf, Failure> {
    let sources = build.headers.join("usr/src");
    let folder = sources.join(format!("linux-headers-{}", build.kernel.release));
    let makefile = folder.join("Makefile");
    let text = fs::read_to_string(&makefile).map_err(|error| cannot("read", &makefile, &error))?;
    let here = format!("{}/", sources.display());
    let text: String = text
        .lines()
        .map(|line| format!("{}\n", line.replace(&here, "/usr/src/").replace("/usr/src/", &here)))
        .collect();
    fs::write(&makefile, text).map_err(|error| cannot("write", &makefile, &error))?;
    Ok(folder)
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::copy(from, to).map(drop).map_err(|error| cannot("copy", from, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernels_mitigations_are_its_modules() {
        let of = |config: &str| flags(&KernelPackage::described("6.1.0", config));
        let none = of("");
        assert!(none.contains("-Ccode-model=kernel") && !none.contains("thunk") && !none.contains("sls"), "{none}");
        let old = of("RETHUNK=y RETPOLINE=y SLS=y");
        assert_eq!(old, of("MITIGATION_RETHUNK=y MITIGATION_RETPOLINE=y MITIGATION_SLS=y"));
        for flag in ["-Zfunction-return=thunk-extern", "-Zretpoline-external-thunk", "+harden-sls-ret"] {
            assert!(old.contains(flag), "{old}");
        }
        assert!(of("X86_KERNEL_IBT=y").contains("-Zcf-protection=branch"));
    }
}
