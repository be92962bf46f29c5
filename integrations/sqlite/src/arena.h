/*
 * An allocator for SQLite, with the functions of sqlite3_mem_methods, that leaves nothing behind in large blocks. Small blocks are malloc's.
 * Large ones come from the pool of memcpy-streaming's examples, which keeps those that were freed; they are copied when they grow or shrink,
 * and wiped when they are freed, past the cache.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

/* Blocks of so many bytes and more are large. */
enum { ARENA_LARGE = 1 << 20 };

void *arena_malloc(int len);
void arena_free(void *block);
void *arena_realloc(void *block, int len);
int arena_size(void *block);
int arena_roundup(int len);
int arena_init(void *arena);
void arena_shutdown(void *arena);

/* The bytes that went past the cache so far. */
size_t arena_wiped(void);
size_t arena_moved(void);

#endif
