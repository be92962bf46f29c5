/*
 * An LD_PRELOAD shim that lets large calloc and realloc zero and copy past the cache. The allocator stays libc's.
 *
 *   cc -O2 -fPIC -shared streaming_alloc.c -I DIR/include DIR/lib/libmemcpy_streaming.a -Wl,--exclude-libs,ALL \
 *      -o streaming_alloc.so
 *   LD_PRELOAD=./streaming_alloc.so STREAMING_ALLOC_STATS=1 program
 *
 *   STREAMING_ALLOC_MIN       the fewest bytes that are streamed; 1048576 if it is not set. Smaller blocks are likely to be
 *                             used while they still are in the cache, and are left to libc.
 *   STREAMING_ALLOC_STATS=1   at exit a line on standard error: what was streamed, and by which backend
 *   MEMCPY_STREAMING_BACKEND  the backend
 *
 * What it leaves alone, because streaming would be worse: pages that are fresh from the kernel, which are zero already; and
 * blocks that libc has mapped for themselves, which realloc moves by their page tables. What it costs: a block on libc's heap
 * that grows is always moved, also where libc could have grown it in its place.
 *
 * For glibc on Linux: it asks /proc/self/pagemap which pages are fresh, and takes for granted that malloc's memory is
 * private and anonymous. Without that file calloc is libc's.
 */

#define _GNU_SOURCE

#include <memcpy_streaming.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_MIN = 1 << 20, LEAST_MIN = 1 << 14 };

/* The fewest bytes that are streamed: none until the shim is set up. */
static size_t min_len = SIZE_MAX;
static size_t page_size;
static int wants_stats;

/*
 * libc's own, found at start. What other libraries allocate before is served with malloc alone, dlsym's own calls too: so
 * nothing here can call itself.
 */
static void *(*libc_calloc)(size_t, size_t);
static void *(*libc_realloc)(void *, size_t);

/* Through a pointer that may change: a compiler that sees malloc followed by memset makes calloc of it. */
static void *(*volatile libc_malloc)(size_t) = malloc;

static struct {
    size_t calls, bytes;
} zeroed, copied;

#define LOAD(variable) __atomic_load_n(&(variable), __ATOMIC_RELAXED)
#define STORE(variable, value) __atomic_store_n(&(variable), value, __ATOMIC_RELEASE)
#define ADD(counter, count) (void)__atomic_fetch_add(&(counter), count, __ATOMIC_RELAXED)

static void say(const char *format, const char *name, const char *value)
{
    char line[256];
    int len = snprintf(line, sizeof line, format, name, value);
    if (len > 0 && write(2, line, (size_t)len < sizeof line ? (size_t)len : sizeof line - 1) < 0)
        return; /* Nobody to tell. */
}

__attribute__((constructor)) static void set_up(void)
{
    page_size = (size_t)sysconf(_SC_PAGESIZE);
    /* A conversion between pointers to data and to code that C does not know and POSIX asks for. */
    void *calloc_found = dlsym(RTLD_NEXT, "calloc"), *realloc_found = dlsym(RTLD_NEXT, "realloc");
    void *(*next_calloc)(size_t, size_t);
    void *(*next_realloc)(void *, size_t);
    *(void **)&next_calloc = calloc_found;
    *(void **)&next_realloc = realloc_found;
    STORE(libc_calloc, next_calloc);
    STORE(libc_realloc, next_realloc);

    const char *name = getenv("MEMCPY_STREAMING_BACKEND");
    if (name != NULL && *name != '\0' && memcpy_streaming_set_backend(name) != 0)
        say("streaming_alloc: %s=%s: no such backend here; using the best\n", "MEMCPY_STREAMING_BACKEND", name);
    const char *stats = getenv("STREAMING_ALLOC_STATS");
    wants_stats = stats != NULL && strcmp(stats, "1") == 0;

    size_t min = DEFAULT_MIN;
    const char *text = getenv("STREAMING_ALLOC_MIN");
    if (text != NULL && *text != '\0') {
        char *end;
        unsigned long long value = strtoull(text, &end, 10);
        if (*text < '0' || *text > '9' || *end != '\0' || value < LEAST_MIN || value > SIZE_MAX) {
            say("streaming_alloc: %s=%s: must be a number of bytes, 16384 or more; off\n", "STREAMING_ALLOC_MIN", text);
            return;
        }
        min = (size_t)value;
    }
    STORE(min_len, min);
}

__attribute__((destructor)) static void tell(void)
{
    if (!wants_stats)
        return;
    char text[160];
    snprintf(text, sizeof text, "%zu callocs zeroed %zu bytes, %zu reallocs copied %zu bytes", LOAD(zeroed.calls),
             LOAD(zeroed.bytes), LOAD(copied.calls), LOAD(copied.bytes));
    say("streaming_alloc: %s; backend %s\n", text, memcpy_streaming_backend());
}

/*
 * Zeroes whole pages, but for those that no process has ever touched: neither present nor swapped out (bits 63 and 62 of the
 * pagemap), so the kernel will give a zero one at first touch.
 */
static void zero_pages(unsigned char *at, size_t pages, int pagemap)
{
    enum { PIECE = 256 };
    uint64_t entry[PIECE];
    while (pages > 0) {
        size_t piece = pages < PIECE ? pages : PIECE;
        size_t size = piece * sizeof entry[0];
        off_t from = (off_t)((uintptr_t)at / page_size * sizeof entry[0]);
        if (pread(pagemap, entry, size, from) != (ssize_t)size)
            memset(entry, 0xff, size); /* Not known: all are taken as used. */
        for (size_t i = 0; i < piece;) {
            size_t used = 0;
            while (i + used < piece && entry[i + used] >> 62 != 0)
                used++;
            if (used > 0) {
                memset_streaming(at + i * page_size, 0, used * page_size);
                ADD(zeroed.bytes, used * page_size);
            }
            i += used + (used == 0);
        }
        at += piece * page_size;
        pages -= piece;
    }
}

/* A large block of zeros; NULL, with `unknown` set, where it cannot be known which pages are fresh. */
static void *large_calloc(size_t len, int *unknown)
{
    int error = errno, state;
    /* calloc is no place for a thread to be cancelled; open and read would be. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    /* Opened each time: after a fork an older one would still show the parent's memory. */
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    unsigned char *block = NULL;
    if (pagemap < 0) {
        *unknown = 1;
    } else {
        block = libc_malloc(len);
        if (block != NULL) {
            size_t head = (page_size - (uintptr_t)block % page_size) % page_size;
            size_t pages = (len - head) / page_size;
            size_t tail = len - head - pages * page_size;
            memset(block, 0, head);
            zero_pages(block + head, pages, pagemap);
            memset(block + len - tail, 0, tail);
            memcpy_streaming_drain();
            ADD(zeroed.calls, 1);
        } else {
            error = ENOMEM;
        }
        close(pagemap);
    }
    pthread_setcancelstate(state, NULL);
    errno = error;
    return block;
}

void *calloc(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        errno = ENOMEM;
        return NULL;
    }
    size_t len = count * size;
    if (len >= LOAD(min_len)) {
        int unknown = 0;
        void *block = large_calloc(len, &unknown);
        if (!unknown)
            return block;
    }
    void *(*next)(size_t, size_t) = __atomic_load_n(&libc_calloc, __ATOMIC_ACQUIRE);
    if (next != NULL)
        return next(count, size);
    void *block = libc_malloc(len);
    if (block != NULL)
        memset(block, 0, len);
    return block;
}

/*
 * Whether glibc has mapped a block for itself: then it begins two words after a page border. One of the heap may do so by
 * chance; it is left to libc too, which is right if not streamed.
 */
static int may_be_mapped(const void *block)
{
    return (uintptr_t)block % page_size == 2 * sizeof(size_t);
}

void *realloc(void *block, size_t len)
{
    size_t old = block != NULL ? malloc_usable_size(block) : 0, min = LOAD(min_len);
    void *(*next)(void *, size_t) = __atomic_load_n(&libc_realloc, __ATOMIC_ACQUIRE);
    if (next != NULL && (len <= old || old < min || may_be_mapped(block)))
        return next(block, len);
    if (block != NULL && len == 0) {
        free(block);
        return NULL;
    }
    void *moved = libc_malloc(len);
    if (moved == NULL)
        return NULL; /* The old block stays, and malloc has set errno. */
    size_t kept = old < len ? old : len;
    if (kept >= min) {
        memcpy_streaming(moved, block, kept);
        memcpy_streaming_drain();
        ADD(copied.calls, 1);
        ADD(copied.bytes, kept);
    } else if (kept > 0) {
        memcpy(moved, block, kept);
    }
    free(block);
    return moved;
}
