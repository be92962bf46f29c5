/*
 * A page cache checkpoints its dirty pages into a mapped file: each page is copied to its frame by streaming stores, one
 * drain, then msync. The frames are not read again soon, so they need not push the pages out of the CPU's cache.
 *
 * Until msync has returned, a power cut may leave any part of a frame old and the rest new, as with every write in place. A
 * database has a log from which it repairs such frames, or writes them to another place first; this is left out here.
 *
 *   cc -O2 checkpoint.c $(pkg-config --cflags --libs memcpy_streaming) -o checkpoint
 *   ./checkpoint FILE [MIB]
 *
 * FILE is made, or written over. It does the copies of a checkpoint by memcpy too, in turn, and prints how the two compare.
 */

#define _DEFAULT_SOURCE

#include <memcpy_streaming.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 8192, ROUNDS = 15, MAX_MIB = 1024 };

struct cache {
    size_t pages;
    unsigned char *page;  /* All pages, one after the other. */
    unsigned char *dirty; /* One flag for each. */
    unsigned char *frame; /* The mapped file. */
    uint64_t random;
};

typedef void *copy_function(void *, const void *, size_t);

static int fail(const char *what)
{
    fprintf(stderr, "checkpoint: %s: %s\n", what, strerror(errno));
    return 1;
}

static uint64_t next_random(struct cache *cache)
{
    cache->random ^= cache->random << 13;
    cache->random ^= cache->random >> 7;
    cache->random ^= cache->random << 17;
    return cache->random;
}

/* What a database does between two checkpoints: it changes some words of every second page or so. */
static void work(struct cache *cache)
{
    for (size_t i = 0; i < cache->pages; i++) {
        uint64_t word = next_random(cache);
        if (word % 2 == 0) {
            memcpy(cache->page + i * PAGE + (word >> 8) % (PAGE / 8) * 8, &word, sizeof word);
            cache->dirty[i] = 1;
        }
    }
}

/* Copies what is dirty; after it all of the file is in memory as it should be, visible to every thread. */
static size_t checkpoint(struct cache *cache, copy_function *copy)
{
    size_t copied = 0;
    for (size_t i = 0; i < cache->pages; i++) {
        if (cache->dirty[i]) {
            copy(cache->frame + i * PAGE, cache->page + i * PAGE, PAGE);
            cache->dirty[i] = 0;
            copied++;
        }
    }
    memcpy_streaming_drain(); /* One for all. Whoever had used memcpy only would not need it. */
    return copied;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Nanoseconds for each page of a checkpoint. */
static double timed(struct cache *cache, copy_function *copy)
{
    work(cache);
    double start = now();
    size_t copied = checkpoint(cache, copy);
    return (now() - start) * 1e9 / (double)(copied > 0 ? copied : 1);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Whether the file, read back, has the pages. */
static int is_right(const struct cache *cache, int file)
{
    static unsigned char read_back[PAGE];
    for (size_t i = 0; i < cache->pages; i++) {
        if (pread(file, read_back, PAGE, (off_t)(i * PAGE)) != PAGE || memcmp(read_back, cache->page + i * PAGE, PAGE) != 0) {
            fprintf(stderr, "checkpoint: page %zu of the file is wrong\n", i);
            return 0;
        }
    }
    return 1;
}

static int run(struct cache *cache, int file, const char *name)
{
    size_t bytes = cache->pages * PAGE;
    cache->page = malloc(bytes);
    cache->dirty = malloc(cache->pages);
    if (cache->page == NULL || cache->dirty == NULL)
        return fail("no memory for the pages");
    /* Reserved first: a full disk is an error here, and would be a signal at a store. */
    errno = posix_fallocate(file, 0, (off_t)bytes);
    if (errno != 0)
        return fail(name);
    cache->frame = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (cache->frame == MAP_FAILED)
        return fail(name);

    /* The first checkpoint is of everything, and brings all frames into memory. */
    memset_pattern_streaming(cache->page, "an empty page...", 16, bytes);
    memcpy_streaming_drain();
    memset(cache->dirty, 1, cache->pages);
    checkpoint(cache, memcpy_streaming);

    double ratio[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        double by_memcpy = timed(cache, memcpy);
        ratio[i] = by_memcpy / timed(cache, memcpy_streaming);
    }
    qsort(ratio, ROUNDS, sizeof ratio[0], by_size);

    if (msync(cache->frame, bytes, MS_SYNC) != 0)
        return fail("msync");
    if (!is_right(cache, file))
        return 1;
    printf("%zu pages of %d bytes, about half of them dirty at each of %d checkpoints; backend %s\n", cache->pages, PAGE,
           2 * ROUNDS + 1, memcpy_streaming_backend());
    printf("written with msync and read back: all right\n");
    printf("memcpy takes %.2f times as long as streaming (quartiles %.2f and %.2f)\n", ratio[ROUNDS / 2], ratio[ROUNDS / 4],
           ratio[ROUNDS - 1 - ROUNDS / 4]);
    munmap(cache->frame, bytes);
    free(cache->page);
    free(cache->dirty);
    return 0;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    long mib = argc == 3 ? strtol(argv[2], &end, 10) : 64;
    if (argc < 2 || argc > 3 || (end != NULL && (*end != '\0' || end == argv[2])) || mib < 1 || mib > MAX_MIB) {
        fprintf(stderr, "usage: checkpoint FILE [MIB], a size of 1 to %d, 64 if it is not given\n", MAX_MIB);
        return 2;
    }
    int file = open(argv[1], O_RDWR | O_CREAT, 0666);
    if (file < 0) {
        fail(argv[1]);
        return 2;
    }
    struct cache cache = {.pages = (size_t)mib * (1 << 20) / PAGE, .random = 88172645463325252u};
    int result = run(&cache, file, argv[1]);
    close(file);
    return result;
}
