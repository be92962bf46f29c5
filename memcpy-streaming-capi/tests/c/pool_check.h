/* What the tests of the pool share. */

#ifndef POOL_CHECK_H
#define POOL_CHECK_H

#include "pool.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIB = 1 << 10, MIB = 1 << 20 };

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

/* Whether all bytes are `byte`. */
static inline int all(const void *block, size_t len, unsigned char byte)
{
    const unsigned char *bytes = block;
    return len == 0 || (bytes[0] == byte && memcmp(bytes, bytes + 1, len - 1) == 0);
}

static inline int is_aligned(const void *block)
{
    return (uintptr_t)block % POOL_ALIGNMENT == 0;
}

/* A block that the system must have, filled with `byte`. */
static inline void *filled(struct pool *pool, size_t len, unsigned char byte)
{
    void *block = pool_alloc(pool, len);
    CHECK(block != NULL && is_aligned(block));
    return memset(block, byte, len);
}

/* Lengths that no block can have. */
void check_errors(void);

/* In a process with little memory: nothing is refused while blocks wait, and what is refused changes nothing. */
void check_limits(void);

/* In a process that dies when it opens a file: all that the pool does. */
void check_no_file_is_opened(void);

#endif
