/*
 * What a program may expect of calloc and realloc, with blocks small and large, used and fresh. It is run with and without the
 * shim of examples/c/streaming_alloc.c.
 */

#define _GNU_SOURCE

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

enum { MIB = 1 << 20 };

/* A size that the compiler does not know. */
static volatile size_t huge = SIZE_MAX / 2;

static void fill(unsigned char *block, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++)
        block[i] = (unsigned char)((i >> 8) + i * 7 + seed);
}

static int holds(const unsigned char *block, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++)
        if (block[i] != (unsigned char)((i >> 8) + i * 7 + seed))
            return 0;
    return 1;
}

static void zeros(size_t len)
{
    unsigned char *block = malloc(len);
    CHECK(block != NULL);
    fill(block, len, 1);
    free(block);
    block = calloc(len, 1);
    CHECK(block != NULL && (uintptr_t)block % 16 == 0);
    for (size_t i = 0; i < len; i++)
        CHECK(block[i] == 0);
    free(block);
}

static void growth(size_t from, size_t step, size_t to, unsigned seed)
{
    unsigned char *block = realloc(NULL, from);
    CHECK(block != NULL);
    fill(block, from, seed);
    for (size_t len = from; len < to; len += step) {
        block = realloc(block, len + step);
        CHECK(block != NULL && (uintptr_t)block % 16 == 0 && holds(block, len, seed));
        fill(block, len + step, seed);
    }
    block = realloc(block, from / 2);
    CHECK(block != NULL && holds(block, from / 2, seed));
    free(block);
}

static void aligned(size_t alignment, size_t len)
{
    void *block;
    CHECK(posix_memalign(&block, alignment, len) == 0);
    fill(block, len, 3);
    block = realloc(block, 3 * len);
    CHECK(block != NULL && holds(block, len, 3));
    free(block);
}

static void errors(void)
{
    errno = 0;
    CHECK(calloc(huge, 3) == NULL && errno == ENOMEM); /* The product overflows. */
    errno = 0;
    CHECK(calloc(huge, 1) == NULL && errno == ENOMEM);
    for (size_t len = 100; len < 10 * MIB; len *= 300) {
        unsigned char *block = malloc(len);
        CHECK(block != NULL);
        fill(block, len, 5);
        errno = 0;
        CHECK(realloc(block, huge) == NULL && errno == ENOMEM);
        CHECK(holds(block, len, 5)); /* It is still ours. */
        CHECK(realloc(block, 0) == NULL);
    }
    void *empty = calloc(0, 100);
    CHECK(empty != NULL);
    free(empty);
    errno = EDOM;
    free(calloc(4 * MIB, 1));
    CHECK(errno == EDOM);
}

static void *thread(void *seed)
{
    for (int i = 0; i < 4; i++) {
        zeros(3 * MIB + 5000);
        growth(MIB + MIB / 2, MIB, 6 * MIB, (unsigned)(uintptr_t)seed);
    }
    return NULL;
}

int main(void)
{
    /* From its first large block that is freed on, glibc has blocks of up to that size on its heap. */
    free(malloc(31 * MIB));
    zeros(1);
    zeros(1000);
    zeros(MIB - 1);
    zeros(MIB);
    zeros(10 * MIB + 123);
    zeros(40 * MIB); /* Mapped: all of its pages are fresh. */
    growth(10, 100, 5000, 1);
    growth(MIB / 2, 100000, 3 * MIB, 2);
    growth(2 * MIB, 3 * MIB + 17, 20 * MIB, 3);
    growth(30 * MIB, 8 * MIB, 60 * MIB, 4);
    for (size_t alignment = 64; alignment <= 65536; alignment *= 4)
        aligned(alignment, 2 * MIB + 100);
    errors();

    pthread_t other[3];
    for (uintptr_t i = 0; i < 3; i++)
        CHECK(pthread_create(&other[i], NULL, thread, (void *)(i + 10)) == 0);
    /* A fork amid allocations: the child has its own memory, and must not see the parent's pages for it. */
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        thread((void *)20);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    for (int i = 0; i < 3; i++)
        pthread_join(other[i], NULL);
    puts("calloc and realloc: all right");
    return 0;
}
