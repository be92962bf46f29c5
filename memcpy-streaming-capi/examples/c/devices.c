/*
 * Memory that is not ordinary: a log on persistent memory, the registers of a device, and a source that is not cached. After
 * `cargo xtask capi --prefix DIR`:
 *
 *   cc devices.c -I DIR/include -L DIR/lib -lmemcpy_streaming -Wl,-rpath,DIR/lib -o devices
 *   ./devices [FILE]
 *
 * FILE becomes a log of a page. It may be on a file system with DAX; where it is not, msync does what persistence takes.
 */

#define _GNU_SOURCE /* MAP_SYNC. */
#include <memcpy_streaming.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096 };

/* A log of one record: what counts is that `len` is persistent after the record is, and never before. */
struct log {
    unsigned char record[PAGE - sizeof(uint64_t)];
    uint64_t len;
};

/* Maps the file so that what leaves the caches is in it, or says that this takes msync. */
static struct log *map(int file, int *is_memory)
{
    void *log = MAP_FAILED;
#if defined(MAP_SYNC) && defined(MAP_SHARED_VALIDATE)
    log = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC, file, 0);
#endif
    *is_memory = log != MAP_FAILED && persist_range(NULL, 0) == MEMCPY_STREAMING_OK;
    if (log == MAP_FAILED)
        log = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return log == MAP_FAILED ? NULL : log;
}

static int append(struct log *log, int is_memory, const char *record)
{
    size_t len = strlen(record);
    if (is_memory) {
        memcpy_persist(log->record, record, len);
        log->len = len;
        persist_range(&log->len, sizeof log->len);
        return 0;
    }
    memcpy(log->record, record, len);
    if (msync(log, PAGE, MS_SYNC) != 0)
        return -1;
    log->len = len;
    return msync(log, PAGE, MS_SYNC);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "devices.log";
    int is_memory, file = open(path, O_RDWR | O_CREAT, 0600);
    struct log *log = file < 0 || ftruncate(file, PAGE) != 0 ? NULL : map(file, &is_memory);
    if (log == NULL || append(log, is_memory, "a record that outlives the power") != 0) {
        perror(path);
        return 1;
    }
    printf("%s: %d bytes, persistent by %s\n", path, (int)log->len, is_memory ? "memcpy_persist" : "msync");

    /* Eight registers of 4 bytes; an array stands for them, and would for a mapping of /sys/bus/pci/devices/.../resource0. */
    static volatile uint32_t registers[8];
    static const unsigned char command[16] = {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0};
    if (memcpy_mmio(registers, command, sizeof command, 4) != MEMCPY_STREAMING_OK
        || memset_mmio(registers + 4, 0xff, 16, 4) != MEMCPY_STREAMING_OK) {
        fputs("the registers take no stores of 4 bytes\n", stderr);
        return 1;
    }
    if (memcpy_mmio((volatile unsigned char *)registers + 1, command, 4, 4) != MEMCPY_STREAMING_INVALID) {
        fputs("a store that is not aligned was not refused\n", stderr);
        return 1;
    }

    /* What a GPU has drawn; a block that is not cached, as its memory is. */
    unsigned char *frame = malloc(1 << 20), *copy = malloc(1 << 20);
    if (frame == NULL || copy == NULL) {
        perror("malloc");
        return 1;
    }
    memset(frame, 7, 1 << 20);
    memcpy_streaming_load(copy, frame, 1 << 20); /* Complete, without a drain. */
    if (registers[7] != 0xffffffff || memcmp(frame, copy, 1 << 20) != 0) {
        fputs("the bytes are wrong\n", stderr);
        return 1;
    }
    free(frame);
    free(copy);
    munmap(log, PAGE);
    close(file);
    return 0;
}
