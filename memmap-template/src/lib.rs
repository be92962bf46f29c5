//! Initialisation of a ZONE_DEVICE memmap in user space, bit-exact with the Linux kernel.
//!
//! The kernel describes every page of memory by a `struct page`. For persistent or device memory (ZONE_DEVICE) these are written by
//! `memmap_init_zone_device`: 1.65 GB of them for a namespace of 100 GiB whose memmap is on the device, each time its driver is bound. This
//! crate writes the same bytes to memory of the caller, in four ways ([`Strategy`]) that differ only in their stores: as the kernel does
//! it, field by field; by copies of a template; by such copies with streaming stores; and by final images, which streaming range
//! operations write. So a change of that code can be timed, and its bytes compared, without booting anything.
//!
//! A [`Config`] says what to write: which [`Kernel`], which [`Pgmap`] (memory type, order of compounds, altmap), which [`Zone`], which
//! pfns ([`PfnRange`]), and at which addresses the struct pages are said to be ([`AddressModel`]). [`MemmapInit::new`] checks
//! it, and [`MemmapInit::run`] writes. [`namespace`] works out the pfns of an NVDIMM namespace from its size.
//!
//! ```
//! use std::mem::MaybeUninit;
//!
//! use memcpy_streaming::Streamer;
//! use memmap_template::namespace::{Mode, Namespace};
//! use memmap_template::{AddressModel, Config, Kernel, MemmapInit, Strategy};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A 64 MiB device at 4 GiB, used as a character device with 2 MiB pages; its memmap is on the device itself.
//! let layout = Namespace::new(64 << 20, 0x100000, Mode::Devdax).layout()?;
//! let init = MemmapInit::new(Config::new(
//!     Kernel::V7_1,
//!     layout.pgmap(0xff11_0000_05ec_5180),
//!     layout.range,
//!     AddressModel::Vmemmap { base: 0xffd4_0000_0000_0000 },
//! ))?;
//!
//! // Whole cache lines are written if the memmap is aligned to 64.
//! let mut memory = vec![MaybeUninit::uninit(); init.buffer_len() as usize + 63];
//! let offset = memory.as_ptr().align_offset(64);
//! let report = init.run(&mut memory[offset..], Strategy::Stamped, Streamer::new())?;
//!
//! assert_eq!(report.ran, Strategy::Stamped);
//! assert_eq!((report.pages, init.compounds()), (15_872, 31));
//! assert_eq!(report.drains, 1);
//! # Ok(())
//! # }
//! ```
//!
//! # What is modelled
//!
//! Compounds of order 0 to [`MAX_ORDER`]; all memory types; the flag word by [`FlagsLayout`]; struct pages of 56 to 96 bytes and
//! pages of 4, 16 and 64 KiB by [`Kconfig`], for which there are [`Preset`]s; fields that depend on the pfn (`virtual`, section numbers); memmaps whose pages
//! are shared (dedup); the migrate types of pageblocks ([`Usemap`]); the `page_ref_set` tracepoint ([`Tracepoint`]) and the other gates of the fast
//! strategies. [`inspect`] reads a memmap back.
//!
//! Whole memmaps that stock Debian kernels (6.12.107, 6.17.13 and 7.3.4 of x86_64, 6.12.107 and 7.2.13 of arm64 with pages of 4 and 16 KiB) wrote are
//! among the tests of this crate, and all strategies reproduce them. What those kernels were not built with is from the kernel's sources.
//! `cargo xtask golden` in this crate's repository captures those of other kernels.
//!
//! [`Strategy::Streaming`] is [version 2] of the series, with its drains. What was applied in August 2026 copies by
//! [`memcpy_nontemporal()`], which has none, and leaves the same bytes.
//!
//! [version 2]: https://lkml.iu.edu/2605.2/10087.html
//! [`memcpy_nontemporal()`]: https://git.kernel.org/pub/scm/linux/kernel/git/akpm/mm.git/commit/?id=1f0d15093bea9c5d760c95997d5e99f302bf635a
//!
//! Words are the machine's own: on a big-endian machine the memmap is that of a big-endian kernel.
//!
//! # Features
//!
//! `std`: initialising on several threads (`MemmapInit::run_parallel`). It turns on nothing of `memcpy-streaming`, and changes nothing else.
//! This crate reads no environment variable: which stores are used is the caller's choice, a [`Streamer`](memcpy_streaming::Streamer).
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "std")]
extern crate std;

mod check;
mod config;
mod error;
mod flags;
mod hooks;
mod init;
pub mod inspect;
mod kconfig;
mod kernel;
mod layouts;
mod names;
pub mod namespace;
mod page;
mod pageblock;
#[cfg(feature = "std")]
mod parallel;
mod pfn_fields;
mod pgmap;
mod preset;
mod profile;
mod ragged;
mod range;
mod report;
mod run;
mod slow;
mod stamped;
mod strategy;
mod stream;
mod streaming;
mod template;
mod trace;
mod zone;

pub use config::{AddressModel, Config, Gates, MAX_ORDER, PfnRange};
pub use error::ConfigError;
pub use flags::FlagsLayout;
pub use hooks::Hooks;
pub use init::MemmapInit;
pub use kconfig::{Kconfig, PageSize, StructPageAlign};
pub use kernel::Kernel;
pub use memcpy_streaming::UnknownName;
pub use page::{STRUCT_PAGE_ALIGN, STRUCT_PAGE_SIZE};
pub use pageblock::{MIGRATE_MOVABLE, Usemap};
#[cfg(feature = "std")]
pub use parallel::ParallelError;
pub use pgmap::{Altmap, MemoryType, Pgmap};
pub use preset::Preset;
pub use report::{Fallback, InitReport};
pub use strategy::Strategy;
pub use trace::{PageRefSet, Tracepoint};
pub use zone::Zone;

/// The example in the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
