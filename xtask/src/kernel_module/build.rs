//! The module, built as the kernel's own code is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::{cargo, workspace};
use crate::failure::{self, Failure, cannot, make_folder};
use crate::guest::{self, KernelPackage};
use crate::process::{self, quiet};
use crate::toolchain::Toolchain;

const CRATE: &str = "kernel_module";
pub(super) const MODULE: &str = "memcpy_streaming_test";

fn source() -> PathBuf {
    workspace().join("memcpy-streaming/examples/kernel-module")
}

/// Code as this kernel's own is: for its code model, without a GOT, and with the mitigations that it has.
fn flags(kernel: &KernelPackage) -> String {
    let mut flags = "-Ccode-model=kernel -Crelocation-model=static -Cpanic=abort -Zplt=yes -Cjump-tables=n".to_string();
    for (option, flag) in [
        ("RETHUNK", " -Zfunction-return=thunk-extern"),
        ("RETPOLINE", " -Zretpoline-external-thunk"),
        ("SLS", " -Ctarget-feature=+harden-sls-ret,+harden-sls-ijmp"),
        ("X86_KERNEL_IBT", " -Zcf-protection=branch"),
    ] {
        // Their names since 6.9 are longer.
        if kernel.has(option) || kernel.has(&format!("MITIGATION_{option}")) {
            flags += flag;
        }
    }
    flags
}

/// Builds it in a folder that goes, against the headers that were unpacked into another, and gives its file. objtool and modpost must
/// have nothing to say.
pub(super) fn module(kernel: &KernelPackage, headers: &Path, work: &Path) -> Result<PathBuf, Failure> {
    let object = object(kernel, work)?;
    without_vectors(&object)?;
    let folder = work.join("module");
    make_folder(&folder)?;
    let sources = ["Kbuild", "kernel_module.h", "glue.c", "copies.c", "memmaps.c"];
    let sources = sources.map(|name| (source().join(name), name));
    for (from, name) in sources.into_iter().chain([(object, "rust.o_shipped")]) {
        fs::copy(&from, folder.join(name)).map_err(cannot("copy", &from))?;
    }
    let mut make = Command::new("make");
    make.env("LC_ALL", "C").arg("-C").arg(build_folder(kernel, headers)?).arg(format!("M={}", folder.display()));
    // A module's types take pahole, and the whole kernel's, which is in no package of headers.
    make.args(["modules", "CONFIG_DEBUG_INFO_BTF_MODULES="]);
    let (status, said) = process::whole(&mut make)?;
    if !status.success() {
        let why = said.iter().find(|line| line.contains("rror")).or(said.last()).map_or("nothing said", |line| line);
        return Err(Failure::run(format_args!("{status} of `{}`: {why}", process::show(&make))));
    }
    match said.iter().find(|line| line.to_ascii_lowercase().contains("warning") || line.contains("ERROR")) {
        Some(complaint) => Err(Failure::run(format_args!("the kernel's build is not silent: {complaint}"))),
        None => Ok(folder.join(format!("{MODULE}.ko"))),
    }
}

/// Cargo's code as one object, with a section of each kind.
fn object(kernel: &KernelPackage, work: &Path) -> Result<PathBuf, Failure> {
    const TRIPLE: &str = "x86_64-unknown-none";
    let toolchain = Toolchain::with_source().map_err(|need| Failure::run(need.what))?;
    let mut cargo = cargo();
    cargo.current_dir(source()).args(["build", "--release", "--locked", "--quiet", "--target", TRIPLE]);
    let target_dir = guest::folder()?.join("kernel-module").join(toolchain.folder());
    cargo.arg("--target-dir").arg(&target_dir).env("RUSTFLAGS", flags(kernel));
    toolchain.apply_source("core", &mut cargo);
    quiet(&mut cargo)?;
    let archive = target_dir.join(TRIPLE).join(format!("release/lib{CRATE}.a"));
    // Only the crate's own object: memcpy and its like are to be the kernel's, and not compiler_builtins'.
    let (_, mut own) = process::whole(Command::new("ar").arg("t").arg(&archive))?;
    own.retain(|name| name.starts_with(CRATE));
    let folder = work.join("object");
    make_folder(&folder)?;
    quiet(Command::new("ar").arg("x").arg(&archive).args(&own).current_dir(&folder))?;
    let merged = work.join("rust.o");
    let mut ld = Command::new("ld");
    ld.args(["-r", "-m", "elf_x86_64", "-T"]).arg(source().join("merge.lds")).arg("-o").arg(&merged);
    quiet(ld.args(&own).current_dir(&folder))?;
    Ok(merged)
}

/// A kernel's code may not use vector registers: they are the user's.
fn without_vectors(object: &Path) -> Result<(), Failure> {
    let mut objdump = Command::new("objdump");
    let (_, code) = process::whole(objdump.args(["-d", "--no-show-raw-insn"]).arg(object))?;
    let registers = ["%xmm", "%ymm", "%zmm", "%mm", "%st"];
    let instructions = code.iter().filter(|line| line.contains(":\t")).count();
    match code.iter().find(|line| registers.iter().any(|register| line.contains(register))) {
        Some(line) => Err(Failure::run(format_args!("a vector register is used: {line}"))),
        None if instructions < 1000 => Err(Failure::run(format_args!("only {instructions} instructions were built"))),
        None => Ok(()),
    }
}

/// The folder to build in. The packages name each other by absolute paths, as if they were installed.
fn build_folder(kernel: &KernelPackage, headers: &Path) -> Result<PathBuf, Failure> {
    let sources = headers.join("usr/src");
    let folder = sources.join(format!("linux-headers-{}", kernel.release));
    let makefile = folder.join("Makefile");
    let here = format!("{}/", sources.display());
    // An earlier run may have done it.
    let text = failure::read(&makefile)?.replace(&here, "/usr/src/").replace("/usr/src/", &here);
    fs::write(&makefile, text).map_err(cannot("write", &makefile))?;
    Ok(folder)
}
