#include "arena.h"

#include <memcpy_streaming.h>
#include <pool.h>

#include <pthread.h>
#include <stdlib.h>

/* In front of each block; it keeps malloc's alignment. */
struct head {
    size_t size;  /* Bytes that SQLite has. */
    size_t large; /* Whether it is the pool's. */
};

static struct pool pool = {.keep = (size_t)256 << 20};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t wiped, moved;

static struct head *head_of(void *block)
{
    return (struct head *)block - 1;
}

static void *hand_out(struct head *head, size_t size, size_t large)
{
    if (head == NULL)
        return NULL;
    head->size = size;
    head->large = large;
    return head + 1;
}

void *arena_malloc(int len)
{
    size_t whole = sizeof(struct head) + (size_t)len;
    if (len < ARENA_LARGE)
        return hand_out(malloc(whole), (size_t)len, 0);
    pthread_mutex_lock(&lock);
    void *block = hand_out(pool_alloc(&pool, whole), (size_t)len, 1);
    pthread_mutex_unlock(&lock);
    return block;
}

void arena_free(void *block)
{
    if (block == NULL)
        return;
    struct head *head = head_of(block);
    if (!head->large) {
        free(head);
        return;
    }
    pthread_mutex_lock(&lock);
    memset_streaming(block, 0, head->size);
    memcpy_streaming_drain();
    wiped += head->size;
    pool_free(&pool, head);
    pthread_mutex_unlock(&lock);
}

void *arena_realloc(void *block, int len)
{
    struct head *head = head_of(block);
    if (!head->large && len < ARENA_LARGE)
        return hand_out(realloc(head, sizeof(struct head) + (size_t)len), (size_t)len, 0);
    void *target = arena_malloc(len);
    if (target == NULL)
        return NULL;
    size_t kept = head->size < (size_t)len ? head->size : (size_t)len;
    memcpy_streaming(target, block, kept);
    memcpy_streaming_drain();
    pthread_mutex_lock(&lock);
    moved += kept;
    pthread_mutex_unlock(&lock);
    arena_free(block);
    return target;
}

int arena_size(void *block)
{
    return block == NULL ? 0 : (int)head_of(block)->size;
}

int arena_roundup(int len)
{
    return (int)(((unsigned)len + 7) & ~7u);
}

int arena_init(void *arena)
{
    (void)arena;
    return 0;
}

void arena_shutdown(void *arena)
{
    (void)arena;
    pthread_mutex_lock(&lock);
    pool_give_back(&pool);
    pthread_mutex_unlock(&lock);
}

size_t arena_wiped(void)
{
    return wiped;
}

size_t arena_moved(void)
{
    return moved;
}
