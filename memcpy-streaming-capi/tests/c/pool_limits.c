/*
 * The pool of examples/c/pool.c where it cannot have what it asks for: too many bytes, and processes that the kernel
 * allows less than others, little memory or no files.
 */

#define _GNU_SOURCE

#include "pool_check.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void check_errors(void)
{
    struct pool pool = {.keep = 64 * MIB};
    /* A length that the compiler does not know. */
    static volatile size_t lens[] = {SIZE_MAX, SIZE_MAX - 63, SIZE_MAX - 4095, SIZE_MAX / 2 + 1, SIZE_MAX / 2};
    unsigned char *block = filled(&pool, 3 * MIB, 'e');
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        errno = 0;
        CHECK(pool_alloc(&pool, lens[i]) == NULL && errno == ENOMEM);
        errno = 0;
        CHECK(pool_alloc_zeroed(&pool, lens[i]) == NULL && errno == ENOMEM);
        errno = 0;
        CHECK(pool_resize(&pool, NULL, lens[i]) == NULL && errno == ENOMEM);
        errno = 0;
        CHECK(pool_resize(&pool, block, lens[i]) == NULL && errno == ENOMEM);
        CHECK(all(block, 3 * MIB, 'e'));
    }
    block = pool_resize(&pool, block, 5 * MIB); /* It is still of use. */
    CHECK(block != NULL && all(block, 3 * MIB, 'e'));
    pool_free(&pool, block);
    pool_free(&pool, NULL);
    void *empty = pool_alloc(&pool, 0), *another = pool_alloc_zeroed(&pool, 0);
    CHECK(empty != NULL && another != NULL && empty != another && is_aligned(empty) && is_aligned(another));
    pool_free(&pool, empty);
    pool_free(&pool, another);
    pool_give_back(&pool);
    CHECK(pool.waiting_count == 0 && pool.waiting_bytes == 0);
}

/* How a child ended that calls `run`. */
static int status_of(void (*run)(void))
{
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        run();
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

enum { LIMIT = 160 * MIB, PIECE = 8 * MIB, PIECES = LIMIT / PIECE, LARGE = 60 * MIB };

static int system_has(size_t len)
{
    void *mapping = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mapping != MAP_FAILED && munmap(mapping, len) == 0;
}

/* Allocates until nothing is left; the first bytes of each piece are its number. Returns how many there are. */
static size_t take_all(struct pool *pool, unsigned char **piece)
{
    size_t count = 0;
    for (;; count++) {
        errno = 0;
        unsigned char *next = pool_alloc(pool, PIECE);
        if (next == NULL)
            break;
        CHECK(count < PIECES);
        piece[count] = memset(next, (int)count, 100);
    }
    CHECK(errno == ENOMEM && count * PIECE > LARGE);
    return count;
}

/* Frees all but one piece. They wait, and the system cannot have more until they go back to it. */
static void *free_all_but_one(struct pool *pool, unsigned char **piece, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        CHECK(all(piece[i], 100, (unsigned char)i));
        pool_free(pool, piece[i]);
    }
    CHECK(pool->waiting_count == count - 1 && !system_has(LARGE));
    return piece[0];
}

static void with_little_memory(void)
{
    struct rlimit limit = {.rlim_cur = LIMIT, .rlim_max = LIMIT};
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    struct pool pool = {.keep = LIMIT};
    unsigned char *piece[PIECES];

    /* Everything is in use: whatever is refused changes nothing. */
    size_t count = take_all(&pool, piece);
    CHECK(pool_alloc_zeroed(&pool, LARGE) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(pool_resize(&pool, piece[0], LARGE) == NULL && errno == ENOMEM);
    CHECK(all(piece[0], 100, 0));

    /* Everything waits: alloc, alloc_zeroed, resize. */
    void *first = free_all_but_one(&pool, piece, count);
    unsigned char *block = pool_alloc(&pool, LARGE);
    CHECK(block != NULL);
    pool_free(&pool, block);
    pool_give_back(&pool);
    pool_free(&pool, first);

    first = free_all_but_one(&pool, piece, take_all(&pool, piece));
    block = pool_alloc_zeroed(&pool, LARGE);
    CHECK(block != NULL && all(block, LARGE, 0));
    pool_free(&pool, block);
    pool_give_back(&pool);
    pool_free(&pool, first);

    first = free_all_but_one(&pool, piece, take_all(&pool, piece));
    memset(first, 'f', PIECE);
    block = pool_resize(&pool, first, LARGE);
    CHECK(block != NULL && all(block, PIECE, 'f'));

    /* There is a bit more, but not half of it: less is reserved than would be good. */
    count = take_all(&pool, piece);
    pool.keep = 0;
    pool_free(&pool, piece[0]);
    memset(block, 'g', LARGE);
    CHECK(!system_has(LARGE / 2));
    block = pool_resize(&pool, block, LARGE + PIECE / 2);
    CHECK(block != NULL && all(block, LARGE, 'g'));
}

void check_limits(void)
{
    CHECK(status_of(with_little_memory) == 0);
}

/* From now on a file that is opened ends the process. */
static void forbid_files(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef SYS_open
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),
#endif
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0);
}

static void open_a_file(void)
{
    forbid_files();
    int file = open("/dev/null", O_RDONLY);
    CHECK(file < 0); /* Not reached. */
}

static void without_files(void)
{
    forbid_files();
    struct pool pool = {.keep = 64 * MIB};
    unsigned char *block = pool_alloc_zeroed(&pool, 4 * MIB);
    CHECK(block != NULL && all(block, 4 * MIB, 0));
    memset(block, 'b', 4 * MIB);
    block = pool_resize(&pool, block, 9 * MIB);
    CHECK(block != NULL && all(block, 4 * MIB, 'b'));
    pool_free(&pool, block);
    block = pool_alloc_zeroed(&pool, 9 * MIB);
    CHECK(block != NULL && all(block, 9 * MIB, 0) && pool.bytes_zeroed > 0);
    pool_free(&pool, filled(&pool, 20 * MIB, 'o'));
    block = pool_resize(&pool, block, 15 * MIB);
    CHECK(block != NULL && all(block, 9 * MIB, 0) && pool.bytes_copied > 0);
    pool_free(&pool, block);
    CHECK(pool_alloc(&pool, SIZE_MAX / 2) == NULL);
    pool_give_back(&pool);
}

void check_no_file_is_opened(void)
{
    int status = status_of(open_a_file);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    CHECK(status_of(without_files) == 0);
}
