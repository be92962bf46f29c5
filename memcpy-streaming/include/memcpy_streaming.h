#ifndef MEMCPY_STREAMING_H
#define MEMCPY_STREAMING_H

/* Made by cbindgen of memcpy-streaming/src/capi.rs: change that, and run `cargo run -p c-header`. */

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Copies `len` bytes from `src` to `dst` past the cache and returns `dst`, before the bytes are ordered: until this thread
 * has called `memcpy_streaming_drain()` nobody may access them, this thread included.
 *
 * Any alignment, any length. Short copies whose ends are not aligned to 64 bytes, and the
 * partial lines at the ends of long ones, go through the cache.
 *
 * # Safety
 * * `src` is valid for reads and `dst` for writes of `len` bytes; if `len` is 0 they may be anything.
 * * They do not overlap, and nobody accesses the bytes at `dst` before the drain, as above.
 */
void *memcpy_streaming(void *dst,
                       const void *src,
                       size_t len);

/**
 * Orders everything that this thread has streamed before whatever it stores next. After it the bytes are like any others:
 * read them, or publish them to other threads with a release store, a mutex, a join.
 *
 * One call after many copies is enough. It does not wait until a device has the data, and makes nothing persistent.
 */
void memcpy_streaming_drain(void);

/**
 * Fills `len` bytes at `dst` with the byte `c` past the cache, and returns `dst`; not ordered before
 * `memcpy_streaming_drain()`, as with `memcpy_streaming()`.
 *
 * # Safety
 * * `dst` is valid for writes of `len` bytes; if `len` is 0 it may be anything.
 * * Nobody accesses those bytes before the drain.
 */
void *memset_streaming(void *dst, int c, size_t len);

/**
 * Fills `len` bytes at `dst` with the `pattern_len` bytes at `pattern`, over and over, the last time perhaps in part, and
 * returns `dst`; not ordered before `memcpy_streaming_drain()`, as with `memcpy_streaming()`.
 *
 * Any alignment, any two lengths; both count bytes. An empty pattern writes nothing. Fastest are patterns of 1, 2, 4, ... 64
 * bytes, which are held in registers.
 *
 * # Safety
 * * `pattern` is valid for reads of `pattern_len` and `dst` for writes of `len` bytes; if either is 0 they may be anything.
 * * They do not overlap, and nobody accesses the bytes at `dst` before the drain.
 */
void *memset_pattern_streaming(void *dst,
                               const void *pattern,
                               size_t pattern_len,
                               size_t len);

/**
 * The name of the backend that the process uses, for ever valid: `avx512`, `avx2`, `sse2`, `movnti`, `movdir64b`, `neon`,
 * or `portable` (ordinary stores).
 *
 * It is the best one for the CPU unless `memcpy_streaming_set_backend()` has chosen another. The library reads no
 * environment variables.
 */
const char *memcpy_streaming_backend(void);

/**
 * Chooses the backend for the whole process, by name. Any thread may call it at any time; what other threads have begun
 * is finished as it was begun.
 *
 * Returns 0; `EINVAL` if there is no backend of that name, or `name` is NULL; `ENOTSUP` if there is, but not on this CPU.
 * Where it does not return 0 nothing has changed. `errno` is left alone.
 *
 * To let users choose: `memcpy_streaming_set_backend(getenv("MEMCPY_STREAMING_BACKEND"))`.
 *
 * # Safety
 * `name` is NULL or a string that ends with a zero byte.
 */
int memcpy_streaming_set_backend(const char *name);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* MEMCPY_STREAMING_H */
