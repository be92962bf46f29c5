/*
 * What the header says of programs that are built to be checked.
 *
 *   checked portable LEN   copies LEN bytes into a block that is one byte shorter, by the portable backend: AddressSanitizer
 *                          must report it
 *   checked right LEN      the same into a block that is long enough: nothing may be reported
 *   checked unpoison       copies, fills and reads what was written: MemorySanitizer must report nothing
 *   checked threads        uses the library in two threads at once, after one call before them: helgrind and drd must report
 *                          nothing
 *   checked threads-first  the same without that call
 */

#include <memcpy_streaming.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define UNPOISON(dst, len) __msan_unpoison(dst, len)
#endif
#endif
#ifndef UNPOISON
#define UNPOISON(dst, len) ((void)(dst), (void)(len))
#endif

enum { BLOCK = 65536 };

static int copy(size_t block, size_t len)
{
    char *src = calloc(len, 1), *dst = malloc(block);
    if (src == NULL || dst == NULL || memcpy_streaming_set_backend("portable") != MEMCPY_STREAMING_OK)
        return 3;
    memcpy_streaming(dst, src, len);
    memcpy_streaming_drain();
    free(src);
    free(dst);
    return 0;
}

static int unpoison(void)
{
    char *src = calloc(BLOCK, 1), *dst = malloc(BLOCK);
    size_t len, i;
    if (src == NULL || dst == NULL)
        return 3;
    for (len = 1; len <= BLOCK; len *= 3) {
        memcpy_streaming(dst, src, len);
        memcpy_streaming_drain();
        UNPOISON(dst, len);
        for (i = 0; i < len; i++)
            if (dst[i] != 0)
                return 4;
        memset_streaming(dst, 7, len);
        memcpy_streaming_drain();
        UNPOISON(dst, len);
        for (i = 0; i < len; i++)
            if (dst[i] != 7)
                return 4;
    }
    free(src);
    free(dst);
    return 0;
}

static void *work(void *unused)
{
    char *src = calloc(BLOCK, 1), *dst = malloc(BLOCK);
    int i;
    if (src == NULL || dst == NULL)
        exit(3);
    for (i = 0; i < 10; i++) {
        memcpy_streaming(dst, src, BLOCK);
        memset_streaming(dst, 0, BLOCK);
        memset_pattern_streaming(dst, "abc", 3, BLOCK);
    }
    memcpy_streaming_drain();
    free(src);
    free(dst);
    return unused;
}

static int threads(void)
{
    pthread_t other;
    if (pthread_create(&other, NULL, work, NULL) != 0)
        return 3;
    work(NULL);
    return pthread_join(other, NULL) == 0 ? 0 : 3;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    size_t len = argc > 2 ? (size_t)atol(argv[2]) : 0;
    if (strcmp(what, "portable") == 0 && len > 1)
        return copy(len - 1, len);
    if (strcmp(what, "right") == 0 && len > 1)
        return copy(len, len);
    if (strcmp(what, "unpoison") == 0)
        return unpoison();
    if (strcmp(what, "threads") == 0) {
        memcpy_streaming_backend();
        return threads();
    }
    if (strcmp(what, "threads-first") == 0)
        return threads();
    fprintf(stderr, "checked portable LEN|right LEN|unpoison|threads|threads-first\n");
    return 2;
}
