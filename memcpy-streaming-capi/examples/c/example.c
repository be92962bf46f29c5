/*
 * The library from C. After `cargo xtask capi --prefix DIR`:
 *
 *   cc example.c -I DIR/include -L DIR/lib -lmemcpy_streaming -Wl,-rpath,DIR/lib -o example
 */

#include <memcpy_streaming.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD = 256, RECORDS = 4096 };

int main(void)
{
    /* Let the user choose the backend, if there is a wish. */
    const char *wish = getenv("MEMCPY_STREAMING_BACKEND");
    if (wish != NULL && *wish != '\0') {
        int error = memcpy_streaming_set_backend(wish);
        if (error != MEMCPY_STREAMING_OK) {
            fprintf(stderr, "MEMCPY_STREAMING_BACKEND=%s: %s\n", wish,
                    error == MEMCPY_STREAMING_UNKNOWN ? "there is no such backend" : "this CPU does not have it");
            return 2;
        }
    }

    unsigned char record[RECORD];
    memset(record, 7, sizeof record);
    unsigned char *log = malloc((size_t)RECORDS * RECORD);
    if (log == NULL) {
        perror("malloc");
        return 1;
    }

    /* Many copies, one drain: only after it may the log be read, or shown to another thread. */
    for (size_t i = 0; i < RECORDS; i++) {
        record[0] = (unsigned char)i;
        memcpy_streaming(log + i * RECORD, record, RECORD);
    }
    memcpy_streaming_drain();
    for (size_t i = 0; i < RECORDS; i++) {
        if (log[i * RECORD] != (unsigned char)i || log[i * RECORD + RECORD - 1] != 7) {
            fprintf(stderr, "record %zu is wrong\n", i);
            return 1;
        }
    }

    /* A pattern of any length, and zeros. */
    memset_pattern_streaming(log, "\xde\xad\xbe\xef", 4, (size_t)RECORDS * RECORD);
    memset_streaming(log, 0, RECORD);
    memcpy_streaming_drain();
    if (log[RECORD - 1] != 0 || memcmp(log + RECORD, "\xde\xad\xbe\xef", 4) != 0) {
        fputs("the fills are wrong\n", stderr);
        return 1;
    }

    printf("%d records of %d bytes copied, filled and checked; backend %s\n", RECORDS, RECORD, memcpy_streaming_backend());
    free(log);
    return 0;
}
