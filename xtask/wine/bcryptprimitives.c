/* The one function that Rust's standard library takes from bcryptprimitives.dll, for versions of Wine without it (before 9). */
#include <windows.h>
#include <ntsecapi.h>

BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T len)
{
    while (len > 0) {
        ULONG now = len < 0x10000 ? (ULONG)len : 0x10000;
        if (!RtlGenRandom(data, now))
            return FALSE;
        data += now;
        len -= now;
    }
    return TRUE;
}
