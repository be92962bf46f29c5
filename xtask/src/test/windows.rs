//! The row of Windows: its programs on this machine's own CPU, by Wine, and the C library for it: a DLL with its import library, and
//! a static one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::c_abi;
use super::libtest::Tally;
use crate::cargo::{target_dir, workspace};
use crate::failure::{Failure, cannot, make_folder};
use crate::needs::{self, Need, each_once};
use crate::process::{self, lines};
use crate::targets::{MINGW, Target};
use crate::toolchain::Toolchain;
use crate::{capi, compile};

/// Debian's package has no link to it on the search path.
const WINE: &str = "/usr/lib/wine/wine64";
const SERVER: &str = "/usr/lib/wine/wineserver64";

const DLL: &str = "memcpy_streaming_capi.dll";
/// What a program is linked with, for the DLL and without it.
const LIBRARIES: [&str; 2] = ["libmemcpy_streaming_capi.dll.a", "libmemcpy_streaming_capi.a"];

pub(super) fn missing() -> Vec<Need> {
    if !cfg!(target_arch = "x86_64") {
        return vec![Need::by_hand("Wine runs x86_64 programs on an x86_64 CPU", "run it on such a machine")];
    }
    needs::missing(&[(WINE, "wine64"), (MINGW, "gcc-mingw-w64-x86-64")])
}

/// A Windows of its own. It ends when this is dropped.
pub(super) struct Wine {
    prefix: PathBuf,
    libraries: PathBuf,
}

impl Wine {
    /// Starts it, and builds the library that older versions lack.
    pub(super) fn start(tools: &Path) -> Result<Wine, Failure> {
        let wine = Wine { prefix: tools.join("wine"), libraries: tools.join("wine-libraries") };
        make_folder(&wine.prefix)?;
        make_folder(&wine.libraries)?;
        let mut gcc = Command::new(MINGW);
        gcc.args(["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-o"]);
        gcc.arg(wine.libraries.join("bcryptprimitives.dll"));
        gcc.arg(workspace().join("xtask/wine/bcryptprimitives.c")).arg("-ladvapi32");
        process::quiet(&mut gcc)?;
        process::quiet(wine.command(Path::new("wineboot")).arg("--init"))?;
        Ok(wine)
    }

    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(WINE);
        // Nothing of what it says about itself, no window, no menu of the person's desktop.
        command.env("WINEDEBUG", "-all").env("WINEDLLOVERRIDES", "winemenubuilder.exe=d;mscoree=d;mshtml=d");
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        // The file system is its drive Z:.
        let libraries = self.libraries.display().to_string();
        command.env("WINEPREFIX", &self.prefix).env("WINEPATH", format!("Z:{}", libraries.replace('/', "\\")));
        command.arg(program);
        command
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        // Its server would live on for some seconds.
        let mut server = Command::new(SERVER);
        server.arg("-k").env("WINEPREFIX", &self.prefix);
        let _ = server.status();
    }
}

/// Builds the libraries as cargo-c does, and runs `tests/c/abi.c` with each; it must find the backends of `expected`.
pub(super) fn library(
    wine: &Wine,
    target: &Target,
    toolchain: Toolchain,
    expected: &str,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let target_dir = target_dir()?.join(toolchain.folder());
    let mut cargo = capi::cargo();
    cargo.args(["--target", target.triple, "--target-dir"]).arg(&target_dir);
    cargo.env(compile::linker_variable(target), MINGW);
    toolchain.apply_source("core", &mut cargo);
    process::quiet(cargo.args(["--", "--cfg=cargo_c"]))?;

    let built = target_dir.join(target.triple).join("capi");
    c_abi::is_api(DLL, &exports(&built.join(DLL))?)?;
    let scratch = tempfile::tempdir().map_err(|error| Failure::run(format_args!("no temporary folder: {error}")))?;
    // A program finds a DLL in its own folder.
    fs::copy(built.join(DLL), scratch.path().join(DLL)).map_err(cannot("copy", &built))?;
    let include = workspace().join("memcpy-streaming-capi/include");
    for library in LIBRARIES {
        let (include, library) = (format!("-I{}", include.display()), built.join(library).display().to_string());
        // Static: its own library for threads is not in Wine.
        let flags = [include, library, "-static".to_string()];
        let program = c_abi::compile(MINGW, "c99", &["tests/c/abi.c"], &flags, scratch.path())?;
        tally.execute(wine.command(&program).arg(expected))?;
    }
    Ok(())
}

/// The functions that a DLL exports, in the order of their names.
fn exports(dll: &Path) -> Result<Vec<String>, Failure> {
    let said = lines(Command::new("x86_64-w64-mingw32-objdump").arg("-p").arg(dll))?;
    let table = said.iter().skip_while(|line| !line.starts_with("[Ordinal/Name Pointer] Table"));
    // `	[   0] name`, up to an empty line.
    let names = table.skip(1).map_while(|line| Some(line.split_once("] ")?.1.trim()));
    Ok(each_once(names).into_iter().map(str::to_string).collect())
}
