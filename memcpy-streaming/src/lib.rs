//! Copy and fill memory past the cache.
//!
//! Memory that is written once and not read back soon does not belong in the cache: a page that is checkpointed, a record
//! that is logged, a block that is zeroed for another thread, an array of descriptors that is set up at boot. Ordinary
//! stores mostly read each line from memory first, evict something useful to keep it in the cache, and write it back later.
//! *Streaming* (non-temporal) stores gather a line in a write-combining buffer and send it to memory.
//!
//! ```
//! let page = [7_u8; 8192];
//! let mut frame = [0; 8192];
//! memcpy_streaming::copy(&mut frame, &page);
//! assert_eq!(frame, page);
//! ```
//!
//! # What to call
//!
//! | call | who may call it | when it returns |
//! |--|--|--|
//! | [`copy`], [`copy_uninit`], [`fill`], [`fill_uninit`], [`fill_pattern`] | anyone: slices of any `T: Copy` | drained |
//! | [`copy_to`], [`fill_to`], [`fill_with`], [`map`], [`copy_rows`] | anyone: slices, and memory that is [only written](WriteOnly) | drained |
//! | [`scope`] | anyone: many copies and fills, one drain | drained when the scope ends, by return or by panic |
//! | [`Writer`], from [`Scope::writer`] and [`Scope::writer_to`] | anyone: appends of any size | lines leave when its buffer of 2 KiB is full; `drain`, `finish` and drop write the rest and drain |
//! | [`memcpy_streaming`], [`memcpy_rows_streaming`], [`memset_streaming`], [`memset_pattern_bytes_streaming`], [`memset_pattern_streaming`], [`memset_pattern_stepped_streaming`] | `unsafe`: raw pointers | *not drained*: not accessed, freed, unmapped or handed to a device before [`memcpy_streaming_drain`] |
//! | [`memcpy_streaming_fixed`] | `unsafe`: raw, a constant size | the same; straight-line code, no dispatch |
//! | [`load`], [`load_uninit`]; [`memcpy_streaming_load`] | anyone; `unsafe`: raw pointers | stored by ordinary stores: nothing to drain |
//! | [`Registers`]; [`memcpy_mmio`], [`memset_mmio`] | anyone who was given one; `unsafe`: raw pointers | stored, in order; no fence |
//! | [`copy_persist`], [`fill_persist`], [`persist`]; [`memcpy_persist`], [`memset_persist`], [`persist_range`] | anyone; `unsafe`: raw pointers | [past the caches](#persistence), and ordered |
//! | `copy_parallel`, `fill_parallel` (feature `std`) | anyone: slices of any `T: Copy + Send + Sync` | drained, and the threads have ended |
//!
//! The free functions use the best [`Backend`] of the CPU. A [`Streamer`] is bound to one backend, and has them all as
//! methods.
//!
//! # Which call for which memory
//!
//! | memory, or work | call |
//! |--|--|
//! | ordinary memory: heap, stack, mapped files | [`copy`], [`fill`], [`fill_pattern`]; many of them in a [`scope`]; appends by a [`Writer`] |
//! | memory that is not initialised | [`copy_uninit`], [`fill_uninit`], which give it back initialised; [`copy_to`] and the others of its row take it too |
//! | mapped write-combining: a frame buffer, a PCIe BAR | a [`WriteOnly`] of [`Memory::WriteCombining`], for [`copy_to`], [`fill_to`], [`fill_with`], [`map`], [`copy_rows`], also in a [`scope`], and for [`Scope::writer_to`] |
//! | shared with another process, a guest, a device that looks into the caches | the same, of [`Memory::Shared`] |
//! | rows of an image, a texture, a tensor | [`copy_rows`]; raw: [`memcpy_rows_streaming`] |
//! | values that are computed, or converted from others | [`fill_with`], [`map`] |
//! | a *source* that is mapped write-combining or uncached | [`load`], [`load_uninit`]; raw: [`memcpy_streaming_load`] |
//! | registers or memory of a device, which take stores of a given width | [`Registers`]; raw: [`memcpy_mmio`], [`memset_mmio`] |
//! | persistent memory, mapped with DAX | [`copy_persist`], [`fill_persist`], [`persist`]; raw: [`memcpy_persist`], [`memset_persist`], [`persist_range`]; see [below](#persistence) |
//! | many megabytes of ordinary memory, on several threads | `copy_parallel`, `fill_parallel` (feature `std`) |
//!
//! # When to stream, and when not
//!
//! Stream when the destination is larger than the cache can spare for it, and is not read soon. Do not stream when
//!
//! * **the destination is read again soon.** It then comes back from memory. Guests of hyperlight slowed down when picolibc
//!   streamed silently, and FreeBSD took its non-temporal page copy out again.
//! * **the destination is in the cache already.** The store evicts it.
//! * **the copies are tiny and each must be ordered.** A drain waits for the lines that are on their way, 100 ns and more.
//!   So the safe functions use ordinary stores below a size that depends on the CPU ([`Tuning`], never less than
//!   [`DRAINED_BYPASS_LEN`]). [`scope`] has one drain for all its copies.
//! * **more than about ten places are written in turn.** There are about as many write-combining buffers. A buffer that must
//!   be emptied half full costs more than an ordinary store.
//! * **the core does it by itself.** Most Arm cores detect long runs of stores and stop allocating lines for them (write
//!   streaming mode). Zen 4 does not: there [only non-temporal stores avoid these reads](https://arxiv.org/abs/2409.08108). Fills
//!   by one core do not show it, because the core's link to memory is the limit. Fills by several threads may, and cold copies
//!   show it with one.
//!
//! Whether streaming pays depends on your machine and your program. Measure both. The benchmarks of this crate (`cargo bench`)
//! compare with libc, `rep movsb`, a cached loop and libpmem, drains included.
//!
//! # Which CPU
//!
//! Distances and sizes depend on the CPU: a [`Tuning`] holds them. [`Tuning::active`] and the `Debug` of a [`Streamer`] say which one a process
//! uses.
//!
//! | line of the table | prefetch | pages in turn | partial lines from | drained copies from | drained fills from |
//! |--|--|--|--|--|--|
//! | Emerald Rapids (Intel, family 6, model 207) | second level, 3 KiB ahead, from 8 KiB | 4, from 256 KiB | 512 bytes | 2 KiB | 4 KiB |
//! | Zen 4 (AMD, family 25, models 16 to 31 and 96 to 175) | first level, 1 KiB ahead, from 32 KiB | no | 512 bytes | 1 KiB | 32 KiB |
//! | Zen 3 (AMD, family 25, models 0 to 15 and 32 to 95) | first level, 1 KiB ahead, from 32 KiB | no | 256 bytes | 1 KiB | 1 KiB |
//! | all others, cautious | first level, 1 KiB ahead, from 32 KiB | no | 512 bytes | 4 KiB | 64 KiB |
//!
//! # The contract
//!
//! Streaming stores are weakly ordered. On x86 only a fence, or a locked or serialising instruction, orders them. A release
//! store does not, an unlock that is one does not, and the end of a function does not. So the standard library has this rule for its own intrinsics
//! ([`_mm_sfence`](https://doc.rust-lang.org/core/arch/x86_64/fn._mm_sfence.html)): after a streaming store, and before *any*
//! other access to that memory, the thread that issued the store calls the fence. This includes the thread's own reads. It is not enough that
//! another thread fences, because the buffers of the issuing thread must be emptied. The memory must not be freed, unmapped, or handed to a
//! device before the fence either. On aarch64 `stnp` to ordinary memory is ordered like any store, so a store barrier is enough.
//!
//! Safe functions have drained when they return. A [`scope`] keeps its destinations mutably borrowed until it has drained. A guard
//! that drains when it is dropped would not be sound: it can be forgotten ([`core::mem::forget`]), and then the borrow ends without a drain. So
//! there is no such guard: a [`Writer`] comes from a scope, or from an `unsafe` constructor.
//!
//! [`memcpy_streaming_drain`] is a fence between CPUs. It orders what was streamed before what this thread stores next. To
//! publish the memory to another thread, then do the usual: a release store, an unlock, a join. The drain does **not** wait
//! until the data has reached a device, and it makes nothing persistent. That takes the device's own protocol, `msync`,
//! or the flush of persistent memory.
//!
//! All of that is about ordinary memory. Other memory is a [`WriteOnly`], which says what it is. There every byte is stored once, no byte is
//! read, and a drained call fences whatever its size. Of the raw functions [`memcpy_streaming`] and [`memcpy_rows_streaming`] are suited, with a
//! drain behind them: they store the bytes of a partial line perhaps twice, with the same value. Raw fills may read what they have just written.
//! Neither is for registers of devices, nor, on AArch64, for memory of type Device: stores that are not aligned fault there, and so do DC ZVA
//! and the platform's memcpy. [`memcpy_mmio`] and [`Registers`] are for both, and nothing else here is.
//!
//! # Persistence
//!
//! [`memcpy_persist`], [`copy_persist`], [`persist`] and their like return when the bytes have left the caches of the CPU, behind one fence. A drain
//! does not do that, and a crash of the program alone asks for neither. Whether the bytes then survive a loss of power, the platform decides:
//!
//! * **x86.** What the fence has ordered has been accepted by the memory controllers. On platforms for persistent memory these save their queues when
//!   the power fails (ADR; all have it, which is why [PCOMMIT was given up](https://www.intel.com/content/www/us/en/developer/articles/technical/deprecate-pcommit-instruction.html)).
//!   With eADR the caches are saved, too; then nothing would have to be written back, and it does no harm. PMDK's
//!   [`pmem_memcpy_persist`](https://manpages.debian.org/bookworm/libpmem-dev/pmem_memcpy_persist.3.en.html) does the same by the same instructions.
//! * **aarch64.** `dc cvap` writes to the point of persistence, if memory has one, and the `dsb` waits for it (Arm ARM, FEAT_DPB). Without FEAT_DPB
//!   `dc cvac` writes to the point of coherency, and it depends on the machine what that is worth. Linux' own `arch_wb_cache_pmem` takes the same way.
//! * **Everywhere else**, and on other operating systems than Linux on aarch64: [`NoPersistence`].
//!
//! And the mapping must be the memory itself: a `/dev/dax` device, or a file on a file system that is mounted with
//! [DAX](https://docs.kernel.org/filesystems/dax.html) and mapped with [`MAP_SYNC`](https://man7.org/linux/man-pages/man2/mmap.2.html), without which the
//! file system may still owe the blocks that it promised. In any other mapping of a file it takes `msync`, which does the same and more.
//!
//! It is no transaction: when the power fails in the middle, any of the lines may be there. What must be valid as a whole is made so by a second, small
//! store: persist the record, then store the word that says so, and [`persist`] that.
//!
//! # Linux's `memcpy_nontemporal()`
//!
//! The raw functions have the names and the shape of [version 2] of a Linux series of May 2026: `memcpy_streaming()`, and
//! `memcpy_streaming_drain()` before what follows. What was applied at the end of August 2026 is called [`memcpy_nontemporal()`], and is
//! only a copy. It has no drain: the code that publishes the memory orders it, in a kernel mostly by a locked instruction. [`memcpy_streaming`]
//! without the drain is that function. Here the drain stays part of the contract: a release store or an unlock in Rust need not be such an
//! instruction, and one fence for many copies costs nothing.
//!
//! [version 2]: https://lkml.iu.edu/2605.2/10087.html
//! [`memcpy_nontemporal()`]: https://git.kernel.org/pub/scm/linux/kernel/git/akpm/mm.git/commit/?id=1f0d15093bea9c5d760c95997d5e99f302bf635a
//!
//! # Backends
//!
//! | backend | instruction | where |
//! |--|--|--|
//! | [`Avx512`](Backend::Avx512) | `vmovntdq` zmm | x86_64, x86; by default only with VBMI2, which came after the CPUs that slow down for it |
//! | [`Avx2`](Backend::Avx2) | `vmovntdq` ymm | x86_64, x86 |
//! | [`Sse2`](Backend::Sse2) | `movntdq` | x86_64, x86 |
//! | [`Movnti`](Backend::Movnti) | `movnti`, from general registers | x86_64, x86; kernels (`x86_64-unknown-none`) |
//! | [`Movdir64b`](Backend::Movdir64b) | `movdir64b` | x86_64, x86; only on request |
//! | [`Neon`](Backend::Neon) | `stnp` of vector registers | aarch64 |
//! | [`Stnp`](Backend::Stnp) | `stnp`, no vector registers | aarch64; kernels (`aarch64-unknown-none-softfloat`) |
//! | [`Sve`](Backend::Sve) | `stnt1b`, vectors of any length | aarch64 with SVE, on Linux; only on request |
//! | [`Mops`](Backend::Mops) | `cpyfpwn`, `setpn` and those that follow | aarch64 with FEAT_MOPS, on Linux; only on request |
//! | [`Zihintntl`](Backend::Zihintntl) | `ntl.all` before each store | riscv64; only on request |
//! | [`Mvcl`](Backend::Mvcl) | `mvcl` with padding byte 0xb0 | s390x; only on request |
//! | [`Portable`](Backend::Portable) | the platform's memcpy | everywhere |
//!
//! A program has no vector registers if it is *built* for such a target, as kernels are. Elsewhere `movnti` is one backend of
//! several: its streaming stores need no vector registers, but short copies may go by libc's memcpy, and a [`Writer`] stages
//! records with whatever the build has.
//!
//! Fills with zeros from 4 KiB on use CLZERO (not with AVX-512, whose stores are no slower), DC ZVA, or CBO.ZERO on riscv64 (nobody has
//! measured the last two yet). Under Miri, and under sanitizers that watch
//! memory, everything is ordinary stores and the active backend is `portable`.
//!
//! # Targets
//!
//! The crate builds for every target whose pointers have 32 or 64 bits, with or without atomics, of either byte order. The build script
//! refuses all others in one line. It streams on the targets in the table. On all others it is `portable`, among them
//! x86_64 and aarch64 with pointers of 32 bits (`gnux32`, `ilp32`, `arm64_32`), and `arm64ec`.
//!
//! # Features
//!
//! The crate is `no_std` and needs no allocator. Feature `std` adds `std::io::Write` for [`Writer`], `copy_parallel` and `fill_parallel`, and
//! `Backend::from_env`, which reads the variable `MEMCPY_STREAMING_BACKEND` for programs that let a person choose. It only
//! adds items: a program behaves the same if another crate in its tree turns it on.
//!
//! The C library is made of the crate `memcpy-streaming-capi`.
//!
//! `RUSTFLAGS="--cfg memcpy_streaming_portable"` builds the crate with the portable backend alone, for tools that cannot follow
//! assembly. Under Miri and under sanitizers that watch memory the build script sets it.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(test, feature = "std"))]
extern crate std;

mod arch;
mod backend;
mod choice;
mod here;
mod kernels;
#[cfg(test)]
mod listing;
mod load;
mod mmio;
mod names;
#[cfg(feature = "std")]
mod parallel;
mod pattern;
mod persist;
mod produce;
mod raw;
mod rows;
mod safe;
mod scope;
mod stepped;
mod streamer;
mod to;
mod tuning;
mod undrained;
mod width;
mod write_only;
mod writer;

pub use backend::Backend;
pub use backend::error::{UnavailableBackend, UnknownBackend};
#[cfg(feature = "std")]
pub use backend::from_env::FromEnvError;
pub use load::{load, load_uninit, memcpy_streaming_load};
pub use mmio::{Registers, memcpy_mmio, memset_mmio};
pub use names::UnknownName;
#[cfg(feature = "std")]
pub use parallel::{PARALLEL_LEN, copy_parallel, fill_parallel};
pub use persist::{NoPersistence, copy_persist, fill_persist, memcpy_persist, memset_persist, persist, persist_range};
pub use produce::{fill_with, map};
pub use rows::copy_rows;
pub use safe::{copy, copy_uninit, fill, fill_pattern, fill_uninit};
pub use scope::{Scope, scope};
pub use streamer::Streamer;
pub use to::{copy_to, fill_to};
#[cfg(feature = "std")]
pub use tuning::from_env::TuningFromEnvError;
pub use tuning::{InvalidTuning, Prefetch, Tuning};
pub use undrained::{
    memcpy_rows_streaming, memcpy_streaming, memcpy_streaming_drain, memcpy_streaming_fixed,
    memset_pattern_bytes_streaming, memset_pattern_stepped_streaming, memset_pattern_streaming, memset_streaming,
    prefetch,
};
pub use width::Width;
pub use write_only::{Memory, WriteOnly};
pub use writer::{WriteError, Writer};

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// So is the program of the first steps.
#[cfg(doctest)]
#[doc = include_str!("../FIRST-STEPS.md")]
struct FirstSteps;

/// Raw copies and fills, and those of a [`scope`], of fewer bytes than this use ordinary stores unless they are whole
/// aligned lines, whatever the [`Tuning`]: the partial lines at their ends would outweigh what streaming wins. On this CPU it is
/// [`Tuning::bypass`].
///
/// ```
/// const { assert!(memcpy_streaming::BYPASS_LEN.is_multiple_of(64)) }
/// ```
pub const BYPASS_LEN: usize = 256;

/// Safe copies and fills of fewer bytes than this use ordinary stores, whatever the [`Tuning`], because each would need a drain of its
/// own. On this CPU it is [`Tuning::drained_copy`] and [`Tuning::drained_fill`].
///
/// Cold random blocks, drained each, against the best of the peers' ordinary copies: on Zen 4 0.8 times as fast with 512
/// bytes and 1.2 times with 1024; on Zen 3 about as fast with 256 and 1.2 times with 1024; on Emerald Rapids 0.7 times with 512 and 1.1
/// times with 1024, but half as fast if the blocks follow each other. Into warm memory a short copy by ordinary stores is over before
/// the fence would be.
pub const DRAINED_BYPASS_LEN: usize = 1024;
