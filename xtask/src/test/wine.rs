//! Windows programs on this machine's own CPU, by Wine.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, make_folder};
use crate::interrupt::Interrupt;
use crate::needs::Need;
use crate::process::{self, LIMIT};
use crate::targets::MINGW;

/// Debian's package has no link to it on the search path.
const WINE: &str = "/usr/lib/wine/wine64";
const SERVER: &str = "/usr/lib/wine/wineserver64";

/// What running it needs.
pub(super) fn needs() -> Vec<Need> {
    vec![Need::file(WINE, "wine64"), Need::program(MINGW, "gcc-mingw-w64-x86-64")]
}

/// Whether it can run here; if not, why.
pub(super) fn possible() -> Result<(), &'static str> {
    if cfg!(target_arch = "x86_64") { Ok(()) } else { Err("Wine runs x86_64 programs on an x86_64 CPU") }
}

/// A Windows of its own. It ends when this is dropped.
pub(super) struct Wine {
    /// Where its files are.
    prefix: PathBuf,
    /// Where programs look for libraries besides.
    libraries: PathBuf,
}

impl Wine {
    /// Starts it, and builds the library that older versions lack.
    pub(super) fn start(tools: &Path, workspace: &Path, interrupt: &Interrupt) -> Result<Wine, Failure> {
        let wine = Wine { prefix: tools.join("wine"), libraries: tools.join("wine-libraries") };
        for folder in [&wine.prefix, &wine.libraries] {
            make_folder(folder)?;
        }
        let mut gcc = Command::new(MINGW);
        gcc.args(["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-o"]);
        gcc.arg(wine.libraries.join("bcryptprimitives.dll"));
        gcc.arg(workspace.join("xtask/wine/bcryptprimitives.c")).arg("-ladvapi32");
        process::quiet(&mut gcc, LIMIT, interrupt)?;
        let mut boot = wine.command(Path::new("wineboot"));
        process::quiet(boot.arg("--init"), LIMIT, interrupt)?;
        Ok(wine)
    }

    /// Runs a program.
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
        let _ = process::quiet(&mut server, LIMIT, &Interrupt::never());
    }
}
