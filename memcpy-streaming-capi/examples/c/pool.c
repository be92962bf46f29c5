/*
 * How the pool works. A block is a mapping of its own, and the pool knows two things of it: how many bytes it can have,
 * and how many of them were ever handed out. The others are zero, as the kernel has mapped them. So zeros are written where
 * the program may have written something else, and nowhere else, and nobody is asked about the state of pages.
 *
 * Freed blocks wait to be used again. They are full of old bytes and long out of the cache: zeros, and the bytes of a
 * block that moves into them, are streamed. A block for which none waits is fresh, and streams nothing.
 *
 * A block that must move becomes larger by half at least. So growing it in small steps copies each byte a few times,
 * however small the steps are. What waits is given back before the pool reports that there is no memory.
 */

#define _GNU_SOURCE

#include "pool.h"

#include <memcpy_streaming.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* In front of the bytes of each block. */
struct pool_block {
    size_t capacity; /* Bytes that the block can have. */
    size_t len;      /* Bytes that it has. */
    size_t used;     /* Bytes from its start that it ever had. Those after them are zero. */
};

enum { HEADER = POOL_ALIGNMENT };

/* A negative size if it does not fit. */
typedef char header_fits[sizeof(struct pool_block) <= HEADER ? 1 : -1];

static unsigned char *bytes_of(struct pool_block *block)
{
    return (unsigned char *)block + HEADER;
}

static struct pool_block *block_of(void *bytes)
{
    return (struct pool_block *)((unsigned char *)bytes - HEADER);
}

/* What a block of `len` bytes can have, up to the end of its last page; 0 if no mapping can be as large. */
static size_t capacity_for(size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (len > PTRDIFF_MAX - HEADER - page)
        return 0;
    return (len + HEADER + page - 1) / page * page - HEADER;
}

/* A fresh block; NULL if there is no memory. */
static struct pool_block *map(size_t capacity)
{
    void *mapping = MAP_FAILED;
    if (capacity > 0)
        mapping = mmap(NULL, HEADER + capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) {
        errno = ENOMEM;
        return NULL;
    }
    struct pool_block *block = mapping;
    block->capacity = capacity;
    return block;
}

/* Lets the kernel move a block to where it is larger, pages instead of bytes; NULL if it cannot. */
static struct pool_block *move_pages(struct pool_block *block, size_t capacity)
{
#ifdef __linux__
    if (capacity == 0)
        return NULL;
    void *mapping = mremap(block, HEADER + block->capacity, HEADER + capacity, MREMAP_MAYMOVE);
    if (mapping == MAP_FAILED)
        return NULL;
    block = mapping;
    block->capacity = capacity;
    return block;
#else
    (void)block, (void)capacity;
    return NULL;
#endif
}

static struct pool_block *take(struct pool *pool, size_t i)
{
    struct pool_block *block = pool->waiting[i];
    pool->waiting_count--;
    pool->waiting_bytes -= block->capacity;
    memmove(&pool->waiting[i], &pool->waiting[i + 1], (pool->waiting_count - i) * sizeof pool->waiting[0]);
    return block;
}

/* The smallest block that waits and can have `len` bytes, unless it would be twice as large as it need be. */
static struct pool_block *take_fitting(struct pool *pool, size_t len)
{
    size_t best = pool->waiting_count, most = 2 * capacity_for(len);
    for (size_t i = 0; i < pool->waiting_count; i++) {
        size_t capacity = pool->waiting[i]->capacity;
        if (capacity >= len && capacity <= most
            && (best == pool->waiting_count || capacity < pool->waiting[best]->capacity))
            best = i;
    }
    return best < pool->waiting_count ? take(pool, best) : NULL;
}

/* The bytes of a block, which has so many from now on. */
static void *hand_out(struct pool_block *block, size_t len)
{
    block->len = len;
    if (block->used < len)
        block->used = len;
    return bytes_of(block);
}

static struct pool_block *find_or_map(struct pool *pool, size_t len)
{
    struct pool_block *block = take_fitting(pool, len);
    if (block == NULL)
        block = map(capacity_for(len));
    if (block == NULL && pool->waiting_count > 0) {
        pool_give_back(pool);
        block = map(capacity_for(len));
    }
    return block;
}

void *pool_alloc(struct pool *pool, size_t len)
{
    struct pool_block *block = find_or_map(pool, len);
    return block != NULL ? hand_out(block, len) : NULL;
}

void *pool_alloc_zeroed(struct pool *pool, size_t len)
{
    struct pool_block *block = find_or_map(pool, len);
    if (block == NULL)
        return NULL;
    size_t used = block->used < len ? block->used : len;
    if (used > 0) {
        memset_streaming(bytes_of(block), 0, used);
        memcpy_streaming_drain();
        pool->bytes_zeroed += used;
    }
    return hand_out(block, len);
}

void *pool_resize(struct pool *pool, void *bytes, size_t len)
{
    if (bytes == NULL)
        return pool_alloc(pool, len);
    struct pool_block *block = block_of(bytes);
    if (len <= block->capacity)
        return hand_out(block, len);

    size_t half_more = block->capacity + block->capacity / 2;
    size_t wanted = half_more > len ? half_more : len;
    struct pool_block *target = take_fitting(pool, wanted);
    /* The kernel is asked for what is wanted, for what is needed, and for that again when nothing waits any more. */
    for (int i = 0; i < 3 && target == NULL; i++) {
        if (i == 2)
            pool_give_back(pool);
        size_t capacity = capacity_for(i == 0 ? wanted : len);
        struct pool_block *moved = move_pages(block, capacity);
        if (moved != NULL)
            return hand_out(moved, len);
        target = map(capacity);
    }
    if (target == NULL)
        return NULL;
    memcpy_streaming(bytes_of(target), bytes, block->len);
    memcpy_streaming_drain();
    pool->bytes_copied += block->len;
    pool_free(pool, bytes);
    return hand_out(target, len);
}

/* It fails only if the process has as many mappings as the kernel allows. Then the block is lost, and nothing else. */
static void unmap(struct pool_block *block)
{
    munmap(block, HEADER + block->capacity);
}

void pool_free(struct pool *pool, void *bytes)
{
    if (bytes == NULL)
        return;
    struct pool_block *block = block_of(bytes);
    if (block->capacity > pool->keep) {
        unmap(block);
        return;
    }
    /* Those that have waited longest make way. */
    while (pool->waiting_count == POOL_SLOTS || pool->waiting_bytes > pool->keep - block->capacity)
        unmap(take(pool, 0));
    pool->waiting[pool->waiting_count++] = block;
    pool->waiting_bytes += block->capacity;
}

void pool_give_back(struct pool *pool)
{
    while (pool->waiting_count > 0)
        unmap(take(pool, pool->waiting_count - 1));
}
