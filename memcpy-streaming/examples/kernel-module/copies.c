// SPDX-License-Identifier: GPL-2.0
/* All sizes and alignments, on vmalloc memory. */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "kernel_module.h"

/* The guard bytes before and behind the n bytes at d + at are as they were. */
static bool guarded(const u8 *d, size_t at, size_t n, size_t span)
{
	return !memchr_inv(d, GUARD, at) && !memchr_inv(d + at + n, GUARD, span - at - n);
}

static unsigned int sweep(u8 *d, const u8 *s, size_t n, size_t at)
{
	size_t from = (7 * n + 5 * at) & 63, span = at + n + 128, i;
	unsigned int bad = 0;

	memset(d, GUARD, span);
	bad += memcpy_streaming(d + at, s + from, n) != d + at;
	memcpy_streaming_drain();
	bad += memcmp(d + at, s + from, n) || !guarded(d, at, n, span);
	memset(d, GUARD, span);
	memset_streaming(d + at, 0x3c, n);
	memcpy_streaming_drain();
	bad += memchr_inv(d + at, 0x3c, n) || !guarded(d, at, n, span);
	memset(d, GUARD, span);
	memset_pattern_streaming(d + at, s + from, 24, n);
	memcpy_streaming_drain();
	for (i = 0; i < n && d[at + i] == s[from + i % 24]; i++)
		;
	bad += i < n || !guarded(d, at, n, span);
	return bad;
}

/* Every length up to 9 lines, and some around pages, each at all places in a line. */
unsigned int copies(const char *backend, u8 *d, u8 *s)
{
	static const size_t large[] = { 1000, 4095, 4096, 4097, 9000, 65535, 65536, 65537 };
	unsigned int cases = 0, bad = 0;
	size_t n, at;

	for (n = 0; n <= 576 + ARRAY_SIZE(large); n++, cond_resched())
		for (at = 64; at < 128; at++, cases += 3)
			bad += sweep(d, s, n <= 576 ? n : large[n - 577], at);
	pr_info("memcpy-streaming: copies %s %u cases %u bad\n", backend, cases, bad);
	return bad;
}
