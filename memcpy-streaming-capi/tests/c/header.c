/* The header by itself, twice, before any other: for every standard of C. */
#include <memcpy_streaming.h>
#include <memcpy_streaming.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    char version[32];
    sprintf(version, "%d.%d.%d", MEMCPY_STREAMING_VERSION_MAJOR, MEMCPY_STREAMING_VERSION_MINOR, MEMCPY_STREAMING_VERSION_PATCH);
    return strcmp(version, MEMCPY_STREAMING_VERSION) == 0 && memcpy_streaming_set_backend(NULL) == MEMCPY_STREAMING_UNKNOWN ? 0 : 1;
}
