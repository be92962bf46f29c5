/*
 * A pool of large blocks that zeroes and moves them past the cache. For blocks of a MiB and more that are used in full,
 * and used again: buffers of a server, columns, hash tables. Small ones, and those of which little is touched, are
 * malloc's.
 *
 *   struct pool pool = {.keep = 256 << 20};
 *   double *column = pool_alloc_zeroed(&pool, 8 << 20);
 *   column = pool_resize(&pool, column, 16 << 20);
 *   pool_free(&pool, column);
 *   pool_give_back(&pool);
 *
 *   cc -O2 program.c pool.c $(pkg-config --cflags --libs memcpy_streaming)
 *
 * One thread at a time may use a pool. Its blocks are like malloc's: once they are handed out, any thread may use them.
 * They are aligned to POOL_ALIGNMENT bytes.
 */

#ifndef POOL_H
#define POOL_H

#include <stddef.h>

enum { POOL_ALIGNMENT = 64, POOL_SLOTS = 64 };

struct pool_block;

/* All zeros, except for `keep`. */
struct pool {
    /* The most bytes of freed blocks that wait to be used again. A larger block goes back to the system at once. */
    size_t keep;
    /* They, the one that was freed last at the end, and their bytes. */
    struct pool_block *waiting[POOL_SLOTS];
    size_t waiting_count, waiting_bytes;
    /* What was streamed so far. */
    size_t bytes_zeroed, bytes_copied;
};

/* A block of `len` bytes, with anything in it; NULL, with errno ENOMEM, if the system has no memory. */
void *pool_alloc(struct pool *pool, size_t len);

/* The same, of zeros. */
void *pool_alloc_zeroed(struct pool *pool, size_t len);

/*
 * Makes a block longer or shorter, and answers where it is from now on. The bytes that both lengths have stay; what is new
 * may be anything. NULL, with errno ENOMEM, if the system has no memory: then the block is as it was. Of NULL it makes a
 * new block.
 */
void *pool_resize(struct pool *pool, void *block, size_t len);

/* Frees a block. NULL is none. */
void pool_free(struct pool *pool, void *block);

/* Gives the freed blocks that wait back to the system. */
void pool_give_back(struct pool *pool);

#endif
