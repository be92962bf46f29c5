// SPDX-License-Identifier: GPL-2.0
/* The module: its parameters, what a panic of Rust becomes, and the tests by each backend. */
#include <linux/module.h>
#include <linux/vmalloc.h>
#include "kernel_module.h"

void ms_bug(const char *text, size_t len)
{
	pr_emerg("memcpy-streaming: %.*s\n", (int)len, text);
	/* There always is a text. Not BUG(): some kernels' objtool would see that this does not return, and others would not. */
	BUG_ON(len);
}

static unsigned long pfn;
module_param(pfn, ulong, 0);
static bool panics;
module_param(panics, bool, 0);

static int __init test_init(void)
{
	static const char *const backends[] = { "movnti", "movdir64b", "portable" };
	unsigned int bad = 0, ran = 0, i;
	u8 *d = vmalloc(ROOM), *s = vmalloc(ROOM);

	if (panics)
		ms_panic(42);
	for (i = 0; s && i < ROOM; i++)
		s[i] = i * 2654435761u >> 13;
	for (i = 0; d && s && i < ARRAY_SIZE(backends); i++) {
		if (memcpy_streaming_set_backend(backends[i])) {
			pr_info("memcpy-streaming: copies %s not on this CPU\n", backends[i]);
			continue;
		}
		bad += copies(backends[i], d, s);
		bad += pfn ? memmaps(backends[i], pfn) : 0;
		ran++;
	}
	vfree(d);
	vfree(s);
	pr_info("memcpy-streaming: %s\n", ran < 2 || bad ? "FAILED" : "passed");
	return ran < 2 || bad ? -EINVAL : 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("memcpy-streaming and memmap-template in a kernel module");
