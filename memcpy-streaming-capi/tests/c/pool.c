/*
 * The pool of examples/c/pool.c: zeros are zeros, growth costs what it must, nothing is refused that can be had, and no
 * file is opened. Linked with pool_limits.c.
 *
 *   pool BACKEND [emulated]     BACKEND: the one that the process must use; emulated: without what emulators of one
 *                               process do not have, limits and filters of system calls
 */

#define _GNU_SOURCE

#include "pool_check.h"

#include <memcpy_streaming.h>

#include <sys/mman.h>
#include <sys/resource.h>

static void zeros_where_a_program_wrote(void)
{
    struct pool pool = {.keep = 64 * MIB};
    static const size_t lens[] = {1, 1000, 4032, 4033, 100000, MIB - 1, MIB, 10 * MIB + 123};
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        void *used = filled(&pool, lens[i], 'x');
        pool_free(&pool, used);
        size_t before = pool.bytes_zeroed;
        void *block = pool_alloc_zeroed(&pool, lens[i]);
        CHECK(block == used && is_aligned(block) && all(block, lens[i], 0));
        CHECK(pool.bytes_zeroed - before == lens[i]);
        pool_free(&pool, block);
        pool_give_back(&pool);
    }
    /* A process-wide emulator gives the program addresses of its own: whoever asks the kernel about them is misled. */
    for (int i = 0; i < 200; i++) {
        unsigned char *block = pool_alloc(&pool, 100000), *other = pool_alloc(&pool, 100);
        CHECK(block != NULL && other != NULL);
        block[50000] = 'x';
        pool_free(&pool, block);
        block = pool_alloc_zeroed(&pool, 100000);
        CHECK(block != NULL && all(block, 100000, 0));
        pool_free(&pool, block);
        pool_free(&pool, other);
    }
    pool_give_back(&pool);
}

/* What was handed out once is not forgotten, in whatever ways its length changes. */
static void zeros_after_changes_of_length(void)
{
    static const size_t lens[] = {MIB, 300 * KIB, MIB + 2000, 5 * MIB, 0, 2 * MIB, 6 * MIB};
    enum { COUNT = sizeof lens / sizeof lens[0] };
    for (size_t last = 1; last <= COUNT; last++) {
        struct pool pool = {.keep = 64 * MIB};
        void *block = NULL;
        for (size_t i = 0; i < last; i++) {
            block = pool_resize(&pool, block, lens[i]);
            CHECK(block != NULL);
            memset(block, 'x', lens[i]);
        }
        pool_free(&pool, block);
        for (size_t len = MIB; len <= 8 * MIB; len += MIB) {
            void *zeroed = pool_alloc_zeroed(&pool, len);
            CHECK(zeroed != NULL && all(zeroed, len, 0));
            pool_free(&pool, zeroed);
        }
        CHECK(pool.bytes_zeroed > 0);
        pool_give_back(&pool);
    }
}

static size_t peak_of_memory(void)
{
    struct rusage usage;
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
    return (size_t)usage.ru_maxrss * KIB;
}

/* As much as the kernel lets a process have that does not use it. */
static void untouched_memory_costs_nothing(int emulated)
{
    size_t len = sizeof(size_t) > 4 ? (size_t)1 << 17 << 17 : (size_t)1 << 30;
    void *plain = mmap(NULL, len + 2 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int there_is = plain != MAP_FAILED;
    if (there_is)
        CHECK(munmap(plain, len + 2 * MIB) == 0);
    struct pool pool = {.keep = 64 * MIB};
    size_t before = peak_of_memory();
    for (int i = 0; i < 3; i++) {
        unsigned char *block = pool_alloc_zeroed(&pool, len);
        CHECK((block != NULL) == there_is);
        if (block != NULL) {
            CHECK(block[len / 2 + 5] == 0);
            block[len / 2 + 5] = 1;
        }
        pool_free(&pool, block);
    }
    CHECK(pool.bytes_zeroed == 0 && pool.waiting_count == 0);
    /* An emulator has tables of the pages, in the same process. */
    CHECK(emulated || peak_of_memory() - before < 64 * MIB);
}

/* In small steps, with blocks that wait: each of a series is large enough for a few more steps. */
static void growth(size_t from, size_t waiting)
{
    enum { TO = MIB + MIB / 2 };
    struct pool pool = {.keep = 256 * MIB};
    void *other[POOL_SLOTS];
    for (size_t i = 0; i < waiting; i++)
        other[i] = filled(&pool, i + 1 < waiting ? from + i * 8192 : 2 * (size_t)MIB, 'o');
    unsigned char *block = filled(&pool, from, 'a');
    for (size_t i = 0; i < waiting; i++)
        pool_free(&pool, other[i]);
    CHECK(pool.waiting_count == waiting);

    size_t moves = 0;
    for (size_t len = from; len < TO; len += 64) {
        unsigned char *grown = pool_resize(&pool, block, len + 64);
        CHECK(grown != NULL && is_aligned(grown) && grown[0] == 'a' && grown[len - 1] == 'a');
        moves += grown != block;
        block = grown;
        memset(block + len, 'a', 64);
    }
    CHECK(all(block, TO, 'a'));
    /* Each time by half at least: 20 times from a page on, and all copies together are three times the last. */
    CHECK(moves <= 20 && pool.bytes_copied <= 3 * (size_t)TO);
    if (waiting > 0)
        CHECK(pool.bytes_copied >= from); /* Into one that waited. */
    block = pool_resize(&pool, block, 10);
    CHECK(block != NULL && all(block, 10, 'a'));
    pool_free(&pool, block);
    pool_give_back(&pool);
}

static void what_waits(void)
{
    struct pool pool = {.keep = 10 * MIB};
    void *blocks[100];
    for (size_t size = 1; size <= 4 * MIB; size *= 2) {
        for (size_t i = 0; i < 100; i++)
            CHECK((blocks[i] = pool_alloc(&pool, size)) != NULL);
        for (size_t i = 0; i < 100; i++) {
            pool_free(&pool, blocks[i]);
            CHECK(pool.waiting_count > 0 && pool.waiting_count <= POOL_SLOTS && pool.waiting_bytes <= pool.keep);
        }
    }
    /* Of those that fit the smallest is used again, but none that is much too large. */
    pool_give_back(&pool);
    pool.keep = 20 * MIB;
    static const size_t sizes[] = {3 * MIB, 1 * MIB, 2 * MIB, 4 * MIB};
    for (size_t i = 0; i < 4; i++)
        blocks[i] = filled(&pool, sizes[i], 'w');
    for (size_t i = 0; i < 4; i++)
        pool_free(&pool, blocks[i]);
    void *fitting = pool_alloc(&pool, 2 * MIB - 100), *next = pool_alloc(&pool, 2 * MIB - 100);
    void *none = pool_alloc(&pool, MIB / 4);
    CHECK(fitting == blocks[2] && next == blocks[0] && none != NULL && pool.waiting_count == 2);
    pool_free(&pool, fitting);
    pool_free(&pool, next);
    pool_free(&pool, none);

    void *large = pool_alloc(&pool, 21 * MIB);
    size_t bytes = pool.waiting_bytes;
    pool_free(&pool, large);
    CHECK(large != NULL && pool.waiting_bytes == bytes);
    pool_give_back(&pool);
}

static size_t random_below(size_t bound)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state >> 20) % bound;
}

/* Blocks of a byte each, in any order of calls. */
static void anything(void)
{
    enum { BLOCKS = 12, ROUNDS = 1500, MOST = MIB };
    struct pool pool = {.keep = 3 * MIB};
    unsigned char *block[BLOCKS] = {NULL};
    size_t len[BLOCKS] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        size_t i = random_below(BLOCKS), wanted = random_below(random_below(2) == 0 ? MOST : 9000);
        unsigned char byte = (unsigned char)(i + 1);
        CHECK(all(block[i], len[i], byte));
        switch (random_below(4)) {
        case 0:
            pool_free(&pool, block[i]);
            block[i] = pool_alloc(&pool, wanted);
            break;
        case 1:
            pool_free(&pool, block[i]);
            block[i] = pool_alloc_zeroed(&pool, wanted);
            CHECK(block[i] != NULL && all(block[i], wanted, 0));
            break;
        default: {
            size_t kept = len[i] < wanted ? len[i] : wanted;
            block[i] = pool_resize(&pool, block[i], wanted);
            CHECK(block[i] != NULL && all(block[i], kept, byte));
        }
        }
        CHECK(block[i] != NULL && is_aligned(block[i]));
        len[i] = wanted;
        memset(block[i], byte, wanted);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        CHECK(all(block[i], len[i], (unsigned char)(i + 1)));
        pool_free(&pool, block[i]);
    }
    CHECK(pool.bytes_zeroed > 0 && pool.bytes_copied > 0);
    pool_give_back(&pool);
}

int main(int argc, char **argv)
{
    int emulated = argc == 3 && strcmp(argv[2], "emulated") == 0;
    if (argc != 2 + emulated) {
        fputs("usage: pool BACKEND [emulated]\n", stderr);
        return 2;
    }
    CHECK(strcmp(memcpy_streaming_backend(), argv[1]) == 0);
    untouched_memory_costs_nothing(emulated);
    zeros_where_a_program_wrote();
    zeros_after_changes_of_length();
    growth(1, 0);
    growth(MIB, 0);
    growth(MIB, POOL_SLOTS);
    growth(4000, 20);
    what_waits();
    anything();
    check_errors();
    if (!emulated) {
        check_limits();
        check_no_file_is_opened();
    }
    printf("pool%s: all right; backend %s\n", emulated ? ", emulated" : "", memcpy_streaming_backend());
    return 0;
}
