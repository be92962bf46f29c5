//! Initialisation of a ZONE_DEVICE memmap, bit-exact with the Linux kernel, in user space.
#![no_std]

mod config;
mod error;
mod flags;
mod init;
mod kernel;
mod names;
pub mod namespace;
mod page;
mod pfn_fields;
mod pgmap;
mod profile;
mod range;
mod report;
mod slow;
mod stamped;
mod strategy;
mod streaming;
mod template;
mod zone;

pub use config::{AddressModel, Config, Gates, MAX_ORDER, PfnRange};
pub use error::ConfigError;
pub use flags::FlagsLayout;
pub use init::MemmapInit;
pub use kernel::Kernel;
pub use names::UnknownName;
pub use page::{STRUCT_PAGE_ALIGN, STRUCT_PAGE_SIZE};
pub use pgmap::{Altmap, MemoryType, Pgmap};
pub use report::{Fallback, InitReport};
pub use strategy::Strategy;
pub use zone::Zone;
