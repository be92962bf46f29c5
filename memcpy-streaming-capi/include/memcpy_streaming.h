/*
 * memcpy_streaming.h - copy and fill memory past the cache.
 *
 * Streaming (non-temporal) stores bypass the cache where the CPU has them; elsewhere the same functions use ordinary stores.
 * They are for memory that is written once and not read back soon.
 *
 * The rule: what a function here has written is not ordered until the thread that called it has called
 * memcpy_streaming_drain(). Before that nobody may read or write those bytes, the calling thread included, nor free or unmap
 * them, nor hand them to a device. A release store, a mutex or a join instead of the drain is not enough.
 *
 * Memory that is only written: mapped write-combining (a frame buffer, a BAR), or shared with another process, a guest, or a
 * device that looks into the caches. memcpy_streaming() and memcpy_rows_streaming() may be used there: they never read their
 * destination. Drain behind each call, or behind all that belong together, whatever their sizes: short copies are not ordered
 * there either. Bytes of whole lines (64 bytes at a border of 64) are written once, the others perhaps twice, with the same
 * value. memset_streaming() and memset_pattern_streaming() may read back what they have just written. That is slow where memory
 * is write-combining, and wrong where others write meanwhile. Nothing here is for registers of a device, nor, on AArch64, for
 * memory of type Device.
 *
 * All functions are safe to call from any thread and from signal handlers (what a handler streams, it drains). They start no
 * threads, allocate nothing, read no environment variables and leave errno alone.
 *
 * Do not define memcpy, memmove, memset, memcmp, bcmp or strlen by functions of this library: it calls those of the platform
 * for what is not streamed, and would call itself without end.
 *
 * Memory checkers:
 *   AddressSanitizer, ThreadSanitizer  cannot see streaming stores. In checked builds call
 *                                      memcpy_streaming_set_backend("portable") first: copies then go through the platform's
 *                                      memcpy, which they watch.
 *   MemorySanitizer                    takes what was written here for uninitialised: call __msan_unpoison(dst, len) after
 *                                      the function. It does not notice that a source was not initialised.
 *   valgrind memcheck                  sees every load and store, but knows no AVX-512.
 *   valgrind helgrind and drd          take the choice of the backend, which is made at the first call without a lock, for
 *                                      a race: call memcpy_streaming_backend() once before other threads are started.
 */
#ifndef MEMCPY_STREAMING_H
#define MEMCPY_STREAMING_H

#include <stddef.h>

/* The version of this header. */
#define MEMCPY_STREAMING_VERSION_MAJOR 0
#define MEMCPY_STREAMING_VERSION_MINOR 1
#define MEMCPY_STREAMING_VERSION_PATCH 0
#define MEMCPY_STREAMING_VERSION "0.1.0"

/* What functions return that can refuse. */
#define MEMCPY_STREAMING_OK 0
#define MEMCPY_STREAMING_UNKNOWN 1
#define MEMCPY_STREAMING_UNAVAILABLE 2
#define MEMCPY_STREAMING_INVALID 3

#if defined(__cplusplus)
#define MEMCPY_STREAMING_RESTRICT_ __restrict
#if __cplusplus >= 201103L || (defined(_MSVC_LANG) && _MSVC_LANG >= 201103L)
#define MEMCPY_STREAMING_NOEXCEPT_ noexcept
#else
#define MEMCPY_STREAMING_NOEXCEPT_ throw()
#endif
#else
#define MEMCPY_STREAMING_NOEXCEPT_
#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L
#define MEMCPY_STREAMING_RESTRICT_ restrict
#elif defined(__GNUC__) || defined(_MSC_VER)
#define MEMCPY_STREAMING_RESTRICT_ __restrict
#else
#define MEMCPY_STREAMING_RESTRICT_
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Copies len bytes from src to dst, which do not overlap, and returns dst. Not ordered before memcpy_streaming_drain().
 *
 * Any alignment, any length; if len is 0 the pointers may be anything. The partial lines at the ends go through the cache. So
 * do short copies: of how many bytes, depends on the CPU; records of 64 and 128 bytes at a border of 64 bytes never do.
 */
void *memcpy_streaming(void *MEMCPY_STREAMING_RESTRICT_ dst, const void *MEMCPY_STREAMING_RESTRICT_ src,
                       size_t len) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * Copies rows rows of width bytes from src to dst, which do not overlap, and returns dst: an image, a texture, a part of a
 * matrix. The next row is always dst_pitch bytes further at dst, and src_pitch bytes at src. Not ordered before
 * memcpy_streaming_drain().
 *
 * A pitch is not less than the width, unless there are fewer than two rows. What is between the rows is not touched. If there
 * are no bytes the pointers may be anything. Rows that are short go through the cache, unless they follow each other at both
 * sides.
 */
void *memcpy_rows_streaming(void *MEMCPY_STREAMING_RESTRICT_ dst, size_t dst_pitch,
                            const void *MEMCPY_STREAMING_RESTRICT_ src, size_t src_pitch, size_t width,
                            size_t rows) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * Orders everything that this thread has written by the functions here before whatever it stores next. After it the bytes are
 * like any others: read them, or publish them to other threads by a release store, a mutex, a join.
 *
 * One call after many copies is enough. It does not wait until a device has the data, and makes nothing persistent.
 */
void memcpy_streaming_drain(void) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * Fills len bytes at dst with the lowest 8 bits of c, and returns dst. Not ordered before memcpy_streaming_drain().
 *
 * Any alignment, any length; if len is 0 the pointer may be anything.
 */
void *memset_streaming(void *dst, int c, size_t len) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * Fills len bytes at dst with the pattern_len bytes at pattern, over and over, the last time perhaps in part, and returns dst.
 * The two do not overlap. Not ordered before memcpy_streaming_drain().
 *
 * Any alignment, any two lengths; both count bytes. An empty pattern writes nothing; if either length is 0 the pointers may be
 * anything. Fastest are patterns of 1, 2, 4, ... 64 bytes, which are held in registers.
 */
void *memset_pattern_streaming(void *MEMCPY_STREAMING_RESTRICT_ dst, const void *MEMCPY_STREAMING_RESTRICT_ pattern,
                               size_t pattern_len, size_t len) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * The name of the backend that the process uses, valid for ever: "avx512", "avx2", "sse2", "movnti", "movdir64b", "neon",
 * "stnp", "sve", "mops", "zihintntl", "mvcl", or "portable" (ordinary stores). Later versions may have others.
 *
 * It is the best one for the CPU unless memcpy_streaming_set_backend() has chosen another.
 */
const char *memcpy_streaming_backend(void) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * Chooses the backend for the whole process, by name. Any thread may call it at any time; what other threads have begun is
 * finished as it was begun.
 *
 * Returns MEMCPY_STREAMING_OK; MEMCPY_STREAMING_UNKNOWN if there is no backend of that name, or name is NULL;
 * MEMCPY_STREAMING_UNAVAILABLE if there is, but not on this CPU or in this build of the library. Unless it returns
 * MEMCPY_STREAMING_OK nothing has changed.
 *
 * To let users choose: memcpy_streaming_set_backend(getenv("MEMCPY_STREAMING_BACKEND")).
 */
int memcpy_streaming_set_backend(const char *name) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * Copies len bytes from src, which is mapped write-combining or uncached (the memory of a GPU, a frame buffer), to dst, which is
 * ordinary memory and does not overlap it, and returns dst. It needs no drain.
 *
 * Whole lines are read by streaming loads (movntdqa, ldnp) where the backend has them, a few at a time; the ends by aligned loads
 * of up to 8 bytes. No byte is read twice, and none beside the source. With the backend "portable" the platform's memcpy reads as
 * it likes. A fence before the first load orders it behind what this thread has loaded before, such as a flag that says that the
 * data is there. Not for registers: how wide a load is depends on the CPU.
 *
 * Any alignment, any length; if len is 0 the pointers may be anything.
 */
void *memcpy_streaming_load(void *MEMCPY_STREAMING_RESTRICT_ dst, const void *MEMCPY_STREAMING_RESTRICT_ src,
                            size_t len) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * Stores len bytes from src to the registers or the memory of a device: each byte exactly once, in ascending order, by stores of
 * width bytes: 1, 2, 4, and 8 where pointers have 64 bits. Nothing merges, widens, splits or repeats a store; none is streamed.
 *
 * dst and len are multiples of the width; src is ordinary memory at any alignment. There is no fence: what the device is to find
 * in ordinary memory by then takes the platform's barrier before the call, and memcpy_streaming_drain() if it was streamed.
 *
 * Returns MEMCPY_STREAMING_OK; or MEMCPY_STREAMING_INVALID, and nothing is stored, if there are no stores of that width or dst or
 * len is not a multiple of it. If len is 0 the source may be anything.
 */
int memcpy_mmio(volatile void *MEMCPY_STREAMING_RESTRICT_ dst, const void *MEMCPY_STREAMING_RESTRICT_ src, size_t len,
                unsigned width) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * Stores the lowest 8 bits of c to len bytes of a device, as memcpy_mmio() copies.
 */
int memset_mmio(volatile void *dst, int c, size_t len, unsigned width) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * Copies len bytes from src to persistent memory at dst, which does not overlap it; when it returns they have left the caches of
 * the CPU. Whole lines are streamed; the others are written back (clwb, clflushopt or clflush; on aarch64 all lines, dc cvap or
 * dc cvac), and one fence ends it. It needs no drain, and memcpy_streaming_drain() does not do what it does.
 *
 * What has left the caches survives a loss of power where the platform says so: on x86 in memory that ADR protects, which
 * persistent memory is. The program must have mapped it from a file system with DAX, with MAP_SYNC, or from a devdax device; for
 * any other file it takes msync().
 *
 * Any alignment, any length; if len is 0 the pointers may be anything. Returns MEMCPY_STREAMING_OK; or
 * MEMCPY_STREAMING_UNAVAILABLE, and nothing is written, where the CPU or this build of the library has nothing for it.
 */
int memcpy_persist(void *MEMCPY_STREAMING_RESTRICT_ dst, const void *MEMCPY_STREAMING_RESTRICT_ src,
                   size_t len) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * Fills len bytes of persistent memory with the lowest 8 bits of c, as memcpy_persist() copies.
 */
int memset_persist(void *dst, int c, size_t len) MEMCPY_STREAMING_NOEXCEPT_;

/*
 * Writes back what has been stored to len bytes at start by ordinary stores, and waits for it, as memcpy_persist() does. With a
 * len of 0 it says whether it can.
 */
int persist_range(const void *start, size_t len) MEMCPY_STREAMING_NOEXCEPT_;

#ifdef __cplusplus
}
#endif

#endif /* MEMCPY_STREAMING_H */
