//! The backend that a person asks for, by an environment variable.

use super::error::Names;
use crate::Backend;
use std::ffi::OsString;
use std::string::String;
use std::{env, fmt};

/// The variable that [`Backend::from_env`] reads.
const VARIABLE: &str = "MEMCPY_STREAMING_BACKEND";

impl Backend {
    /// The backend that the environment variable `MEMCPY_STREAMING_BACKEND` names; [`Backend::active`] if it is not set, or
    /// empty.
    ///
    /// For programs that let a person choose: to measure, or to rule a backend out. Nothing in this crate reads the
    /// variable by itself. (The standard library guards the environment by a lock, so that reading it behind a program's
    /// back could hang the child of a process that forked while another thread set a variable.)
    ///
    /// # Errors
    /// If there is no backend of that name, or it is not available here. A program that was asked for a backend never
    /// silently uses another.
    ///
    /// ```
    /// use memcpy_streaming::Backend;
    ///
    /// Backend::from_env()?.make_active()?;
    /// println!("streaming with {}", Backend::active());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_env() -> Result<Backend, FromEnvError> {
        match env::var_os(VARIABLE) {
            Some(name) if !name.is_empty() => parse(name),
            _ => Ok(Backend::active()),
        }
    }
}

fn parse(name: OsString) -> Result<Backend, FromEnvError> {
    // A name that is no Unicode is no backend's.
    let name = name.to_string_lossy();
    match name.parse::<Backend>() {
        Ok(backend) if backend.is_available() => Ok(backend),
        Ok(backend) => Err(FromEnvError::Unavailable(backend)),
        Err(_) => Err(FromEnvError::Unknown(name.into_owned())),
    }
}

/// Why [`Backend::from_env`] has no answer; it prints the backends that would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FromEnvError {
    /// There is no backend of this name.
    Unknown(String),
    /// There is, but this CPU, or this build, cannot run it.
    Unavailable(Backend),
}

impl fmt::Display for FromEnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, why) = match self {
            FromEnvError::Unknown(name) => (name.as_str(), "which does not exist"),
            FromEnvError::Unavailable(backend) => (backend.name(), "which is not available here"),
        };
        let available = Names(Backend::available);
        write!(f, "{VARIABLE} asks for the backend `{name}`, {why}; available are {available}")
    }
}

impl std::error::Error for FromEnvError {}
