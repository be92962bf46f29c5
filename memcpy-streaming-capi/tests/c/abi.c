/*
 * The C ABI as a caller sees it: every backend, every alignment, short and long, with guard bytes; errors; threads.
 *
 *   abi [BACKENDS]     BACKENDS: the ones that must be there, best first, like `avx2, sse2, movnti, portable`
 */

#include <memcpy_streaming.h>

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition);                                            \
            fprintf(stderr, __VA_ARGS__);                                                                              \
            fputc('\n', stderr);                                                                                       \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

enum { GUARD = 128, GUARD_BYTE = 0xa5, LARGEST = 1 << 25, ARENA = LARGEST + 2 * GUARD + 4096 + 64 };

static const char *const ALL[] = {"avx512", "avx2", "sse2", "movnti",    "movdir64b", "neon",
                                  "stnp",   "sve",  "mops", "zihintntl", "mvcl",      "portable"};
enum { BACKENDS = sizeof ALL / sizeof ALL[0] };

static unsigned char *noise, *arena;

/* A destination `offset` bytes after a page border, with guard bytes before and after. */
static unsigned char *destination(size_t offset, size_t len)
{
    unsigned char *border = arena + (4096 - (uintptr_t)arena % 4096);
    unsigned char *dst = border + GUARD + offset;
    memset(dst - GUARD, GUARD_BYTE, len + 2 * GUARD);
    return dst;
}

static void check(const unsigned char *dst, size_t len, const unsigned char *pattern, size_t period, const char *what)
{
    for (size_t i = 0; i < GUARD; i++)
        CHECK(dst[(ptrdiff_t)i - GUARD] == GUARD_BYTE && dst[len + i] == GUARD_BYTE, "%s wrote outside of %zu bytes at %p (%s)",
              what, len, (const void *)dst, memcpy_streaming_backend());
    for (size_t at = 0; at < len; at += period) {
        size_t now = len - at < period ? len - at : period;
        CHECK(memcmp(dst + at, pattern, now) == 0, "%s of %zu bytes at %p is wrong from %zu on (%s)", what, len,
              (const void *)dst, at, memcpy_streaming_backend());
    }
}

static void copy(size_t to, size_t from, size_t len)
{
    unsigned char *dst = destination(to, len);
    CHECK(memcpy_streaming(dst, noise + from, len) == dst, "the destination is not returned");
    memcpy_streaming_drain();
    check(dst, len, noise + from, len + 1, "memcpy_streaming");
}

/* Rows with `gap` bytes between them at the destination, which nobody may touch. */
static void copy_rows(size_t to, size_t width, size_t gap, size_t src_pitch, size_t rows)
{
    size_t pitch = width + gap, len = rows == 0 ? 0 : (rows - 1) * pitch + width;
    unsigned char *dst = destination(to, len);
    CHECK(memcpy_rows_streaming(dst, pitch, noise, src_pitch, width, rows) == dst, "the destination is not returned");
    memcpy_streaming_drain();
    for (size_t row = 0; row < rows; row++) {
        CHECK(memcmp(dst + row * pitch, noise + row * src_pitch, width) == 0, "row %zu of %zu bytes is wrong (%s)", row, width,
              memcpy_streaming_backend());
        for (size_t i = 0; i < gap && row + 1 < rows; i++)
            CHECK(dst[row * pitch + width + i] == GUARD_BYTE, "wrote behind row %zu of %zu bytes", row, width);
    }
    for (size_t i = 0; i < GUARD; i++)
        CHECK(dst[(ptrdiff_t)i - GUARD] == GUARD_BYTE && dst[len + i] == GUARD_BYTE, "wrote outside of %zu rows", rows);
}

static void set(size_t to, int c, size_t len)
{
    unsigned char *dst = destination(to, len), byte = (unsigned char)c;
    CHECK(memset_streaming(dst, c, len) == dst, "the destination is not returned");
    memcpy_streaming_drain();
    check(dst, len, &byte, 1, "memset_streaming");
}

static void set_pattern(size_t to, size_t from, size_t period, size_t len)
{
    unsigned char *dst = destination(to, len);
    CHECK(memset_pattern_streaming(dst, noise + from, period, len) == dst, "the destination is not returned");
    memcpy_streaming_drain();
    check(dst, len, noise + from, period, "memset_pattern_streaming");
}

static void load(size_t to, size_t from, size_t len)
{
    unsigned char *dst = destination(to, len);
    CHECK(memcpy_streaming_load(dst, noise + from, len) == dst, "the destination is not returned");
    check(dst, len, noise + from, len + 1, "memcpy_streaming_load");
}

/* Stores to a device: at each width, aligned and not. */
static void mmio(size_t to, size_t len, unsigned width)
{
    unsigned char *dst = destination(to, len), byte = 0xfe, guard = GUARD_BYTE;
    int is_width = width == 1 || width == 2 || width == 4 || (width == 8 && sizeof(void *) == 8);
    int answer = is_width && to % width == 0 && len % width == 0 ? MEMCPY_STREAMING_OK : MEMCPY_STREAMING_INVALID;
    CHECK(memcpy_mmio(dst, noise + 1, len, width) == answer, "%zu bytes to %zu by %u", len, to, width);
    if (answer == MEMCPY_STREAMING_OK)
        check(dst, len, noise + 1, len + 1, "memcpy_mmio");
    else
        check(dst, len, &guard, 1, "memcpy_mmio, refused");
    CHECK(memset_mmio(dst, -2, len, width) == answer, "%zu bytes to %zu by %u", len, to, width);
    check(dst, len, answer == MEMCPY_STREAMING_OK ? &byte : &guard, 1, "memset_mmio");
}

/* Where nothing persists, nothing is written. */
static void persist(size_t to, size_t from, size_t len)
{
    unsigned char *dst = destination(to, len), byte = 0xfe, guard = GUARD_BYTE;
    int answer = persist_range(NULL, 0);
    CHECK(answer == MEMCPY_STREAMING_OK || answer == MEMCPY_STREAMING_UNAVAILABLE, "%d", answer);
    CHECK(memcpy_persist(dst, noise + from, len) == answer, "memcpy_persist of %zu bytes", len);
    if (answer == MEMCPY_STREAMING_OK)
        check(dst, len, noise + from, len + 1, "memcpy_persist");
    else
        check(dst, len, &guard, 1, "memcpy_persist, refused");
    CHECK(memset_persist(dst, -2, len) == answer, "memset_persist of %zu bytes", len);
    check(dst, len, answer == MEMCPY_STREAMING_OK ? &byte : &guard, 1, "memset_persist");
    CHECK(persist_range(dst, len) == answer, "persist_range of %zu bytes", len);
}

static void devices(void)
{
    static const size_t lens[] = {0, 1, 2, 8, 12, 16, 63, 64, 65, 255, 256, 257, 1000, 4096, 33000};
    for (size_t n = 0; n < sizeof lens / sizeof lens[0]; n++) {
        for (size_t at = 0; at < 64; at++) {
            load(at, 63 - at, lens[n]);
            persist(at, 3, lens[n]);
        }
        for (size_t at = 0; at < 9; at++)
            for (unsigned width = 0; width < 18; width++)
                mmio(at, lens[n], width);
    }
    CHECK(memcpy_streaming_load(NULL, NULL, 0) == NULL, "NULL is not returned");
    CHECK(memcpy_mmio(NULL, NULL, 0, 4) == MEMCPY_STREAMING_OK, "nothing is refused");
    CHECK(memset_mmio(NULL, 0, 0, 1u << 31) == MEMCPY_STREAMING_INVALID, "a width of 2 GiB");
    CHECK(memcpy_persist(NULL, NULL, 0) == persist_range(NULL, 0), "it depends on the machine alone");
    CHECK(memset_persist(NULL, 0, 0) == persist_range(NULL, 0), "it depends on the machine alone");
}

static void operations(void)
{
    static const size_t from[] = {0, 1, 7, 8, 16, 33, 63}, periods[] = {1, 2, 3, 8, 16, 24, 64, 80, 100, 128, 1024, 1025, 4097};
    static const size_t lens[] = {319, 320, 511, 512, 1000, 1024, 4095, 4096, 4097, 8192, 33000, 70001};
    enum { LENS = sizeof lens / sizeof lens[0], SHORT = 260 };
    for (size_t to = 0; to < 64; to++) {
        for (size_t n = 0; n < SHORT + LENS; n++) {
            size_t len = n < SHORT ? n : lens[n - SHORT];
            for (size_t f = 0; f < sizeof from / sizeof from[0]; f++)
                copy(to, from[f], len);
            set(to, n % 2 == 0 ? 0 : -2, len);
        }
        for (size_t rows = 0; rows < 4; rows++) {
            static const size_t widths[] = {0, 1, 63, 64, 65, 255, 256, 512, 1000, 4096, 5001};
            for (size_t n = 0; n < sizeof widths / sizeof widths[0]; n++)
                for (size_t gap = 0; gap < 100; gap += 33)
                    copy_rows(to, widths[n], gap, widths[n] + gap % 2 * 100, rows);
        }
        for (size_t p = 0; p < sizeof periods / sizeof periods[0]; p++) {
            static const size_t some[] = {0, 1, 63, 64, 65, 256, 300, 4096, 5000, 9999};
            for (size_t n = 0; n < sizeof some / sizeof some[0]; n++)
                set_pattern(to, 5, periods[p], some[n]);
        }
    }
    copy(0, 0, LARGEST);
    copy(3, 9, LARGEST - 1);
    set(1, 0, LARGEST);
    set_pattern(64, 1, 48, LARGEST);

    /* Nothing is read and nothing is written. */
    CHECK(memcpy_streaming(NULL, NULL, 0) == NULL, "NULL is not returned");
    CHECK(memset_streaming(NULL, 1, 0) == NULL, "NULL is not returned");
    CHECK(memset_pattern_streaming(NULL, NULL, 0, 0) == NULL, "NULL is not returned");
    CHECK(memcpy_rows_streaming(NULL, 0, NULL, 0, 0, (size_t)-1) == NULL, "NULL is not returned");
    CHECK(memcpy_rows_streaming(NULL, 8, NULL, 8, 8, 0) == NULL, "NULL is not returned");
    CHECK(memset_pattern_streaming(NULL, "abc", 3, 0) == NULL, "NULL is not returned");
    unsigned char *dst = destination(0, 300);
    CHECK(memset_pattern_streaming(dst, NULL, 0, 300) == dst, "the destination is not returned");
    for (size_t i = 0; i < 300; i++)
        CHECK(dst[i] == GUARD_BYTE, "an empty pattern has written byte %zu", i);
}

/* A name in a list with commas. */
static int is_in(const char *list, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = strstr(list, name); at != NULL; at = strstr(at + 1, name))
        if ((at == list || at[-1] == ' ') && (at[len] == '\0' || at[len] == ','))
            return 1;
    return 0;
}

static void errors(void)
{
    static const char *const unknown[] = {"", "avx1024", "AVX2", "avx", "portable ", "avx2,sse2"};
    const char *before = memcpy_streaming_backend();
    errno = 0;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        CHECK(memcpy_streaming_set_backend(unknown[i]) == MEMCPY_STREAMING_UNKNOWN, "`%s`", unknown[i]);
    CHECK(memcpy_streaming_set_backend(NULL) == MEMCPY_STREAMING_UNKNOWN, "NULL");
    CHECK(errno == 0, "errno is %d", errno);
    CHECK(strcmp(memcpy_streaming_backend(), before) == 0, "the backend has changed to %s", memcpy_streaming_backend());
}

/* Copies, while another thread changes the backend. */
static void *copy_again(void *unused)
{
    enum { LEN = 5000 };
    unsigned char *dst = malloc(LEN);
    (void)unused;
    CHECK(dst != NULL, "no memory");
    for (int i = 0; i < 5000; i++) {
        memcpy_streaming(dst, noise + i, LEN);
        memcpy_streaming_drain();
        CHECK(memcmp(dst, noise + i, LEN) == 0, "a copy is wrong");
    }
    free(dst);
    return NULL;
}

static void threads(void)
{
    pthread_t thread[3];
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&thread[i], NULL, copy_again, NULL) == 0, "no thread");
    for (int i = 0; i < 5000; i++) {
        memcpy_streaming_set_backend(ALL[i % BACKENDS]);
        CHECK(memcpy_streaming_backend() != NULL, "no name");
    }
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
}

int main(int argc, char **argv)
{
    const char *expected = argc > 1 ? argv[1] : NULL;
    noise = malloc(LARGEST + 64);
    arena = malloc(ARENA);
    CHECK(noise != NULL && arena != NULL, "no memory");
    uint64_t state = 88172645463325252u;
    for (size_t i = 0; i < LARGEST + 64; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        noise[i] = (unsigned char)(state >> 56);
    }
    if (expected != NULL) {
        size_t len = strlen(memcpy_streaming_backend());
        CHECK(strncmp(expected, memcpy_streaming_backend(), len) == 0, "the backend is %s, not the first of %s",
              memcpy_streaming_backend(), expected);
    }
    errors();
    char ran[256] = "";
    for (int i = 0; i < BACKENDS; i++) {
        const char *before = memcpy_streaming_backend();
        int error = memcpy_streaming_set_backend(ALL[i]);
        if (expected != NULL)
            CHECK((error == MEMCPY_STREAMING_OK) == is_in(expected, ALL[i]), "%s, where %s are expected", ALL[i], expected);
        if (error != MEMCPY_STREAMING_OK) {
            CHECK(error == MEMCPY_STREAMING_UNAVAILABLE, "%d for %s", error, ALL[i]);
            CHECK(strcmp(memcpy_streaming_backend(), before) == 0, "%s", memcpy_streaming_backend());
            continue;
        }
        CHECK(strcmp(memcpy_streaming_backend(), ALL[i]) == 0, "%s instead of %s", memcpy_streaming_backend(), ALL[i]);
        operations();
        devices();
        CHECK(strcmp(memcpy_streaming_backend(), ALL[i]) == 0, "%s instead of %s", memcpy_streaming_backend(), ALL[i]);
        strcat(strcat(ran, *ran != '\0' ? ", " : ""), ALL[i]);
    }
    threads();
    printf("backends: %s\n", expected != NULL ? expected : ran);
    free(noise);
    free(arena);
    return 0;
}
