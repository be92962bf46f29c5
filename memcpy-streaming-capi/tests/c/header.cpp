// The header by itself, twice, before any other: for every standard of C++.
#include <memcpy_streaming.h>
#include <memcpy_streaming.h>

#if __cplusplus >= 201103L
static_assert(noexcept(memcpy_streaming(nullptr, nullptr, 0)), "memcpy_streaming");
static_assert(noexcept(memcpy_streaming_drain()), "memcpy_streaming_drain");
static_assert(noexcept(memset_streaming(nullptr, 0, 0)), "memset_streaming");
static_assert(noexcept(memset_pattern_streaming(nullptr, nullptr, 0, 0)), "memset_pattern_streaming");
static_assert(noexcept(memcpy_streaming_backend()), "memcpy_streaming_backend");
static_assert(noexcept(memcpy_streaming_set_backend(nullptr)), "memcpy_streaming_set_backend");
#endif

int main()
{
    return memcpy_streaming_set_backend(NULL) == MEMCPY_STREAMING_UNKNOWN ? 0 : 1;
}
