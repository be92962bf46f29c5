//! The tuning that a person asks for, by an environment variable.

use crate::{InvalidTuning, Tuning};
use std::{env, fmt};

/// The variable that [`Tuning::from_env`] reads.
const VARIABLE: &str = "MEMCPY_STREAMING_TUNING";

impl Tuning {
    /// The tuning in the environment variable `MEMCPY_STREAMING_TUNING`, as text; the [`active`](Tuning::active) one if it is not
    /// set, or empty.
    ///
    /// For programs that let a person use what `cargo xtask tune` found. Nothing in this crate reads the variable by itself. What
    /// was read is kept for the rest of the process, a hundred bytes a call.
    ///
    /// # Errors
    /// If the text is no tuning.
    ///
    /// ```
    /// use memcpy_streaming::Tuning;
    ///
    /// Tuning::from_env()?.make_active();
    /// # Ok::<_, memcpy_streaming::TuningFromEnvError>(())
    /// ```
    pub fn from_env() -> Result<&'static Tuning, TuningFromEnvError> {
        match env::var_os(VARIABLE) {
            Some(text) if !text.is_empty() => {
                let tuning = text.to_string_lossy().parse().map_err(TuningFromEnvError)?;
                Ok(std::boxed::Box::leak(std::boxed::Box::new(tuning)))
            }
            _ => Ok(Tuning::active()),
        }
    }
}

/// Why [`Tuning::from_env`] has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TuningFromEnvError(InvalidTuning);

impl TuningFromEnvError {
    /// What is wrong with the text.
    #[must_use]
    pub fn invalid(self) -> InvalidTuning {
        self.0
    }
}

impl fmt::Display for TuningFromEnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VARIABLE}: {}", self.0)
    }
}

impl std::error::Error for TuningFromEnvError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
