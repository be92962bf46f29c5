// SPDX-License-Identifier: GPL-2.0
/*
 * Tests memcpy-streaming and memmap-template in the running kernel: all sizes and alignments on vmalloc memory, and a memmap by each
 * strategy beside the one that this kernel has written for the device that pfn= is a page of.
 */
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

/* The C ABI, as memcpy_streaming.h has it, which wants C's own headers; and what src/ has. */
void *memcpy_streaming(void *dst, const void *src, size_t len);
void *memset_streaming(void *dst, int c, size_t len);
void *memset_pattern_streaming(void *dst, const void *pattern, size_t pattern_len, size_t len);
void memcpy_streaming_drain(void);
int memcpy_streaming_set_backend(const char *name);

struct ms_memmap {
	u64 start_pfn, nr_pages, altmap_base, altmap_reserve, altmap_free, base, pgmap;
	u32 version[2], memory_type, vmemmap_shift, nid, zone_device, node_width, zone_width, last_cpupid_width, kasan_tag_width;
	u32 lru_gen_width, struct_page_size, page_shift, memcg, hvo;
};
u64 ms_memmap_init(const struct ms_memmap *described, void *memmap, size_t len, u32 strategy, char *why, size_t why_len);
const char *ms_strategy(u32 strategy);
void ms_panic(u32 number);
void ms_bug(const char *text, size_t len);

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

#define GUARD 0xa5
#define ROOM (3 * 65536)

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
static unsigned int sweeps(const char *backend, u8 *d, u8 *s)
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

static struct dev_pagemap *pgmap_of(struct page *page)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	return page_pgmap(page);
#else
	return page->pgmap;
#endif
}

static unsigned int memmaps(const char *backend)
{
	struct page *page = pfn_to_page(pfn);
	struct dev_pagemap *pgmap = pgmap_of(page);
	struct vmem_altmap *altmap = pgmap->flags & PGMAP_ALTMAP_VALID ? &pgmap->altmap : NULL;
	struct ms_memmap m = {
		.start_pfn = PHYS_PFN(pgmap->range.start), .nr_pages = PHYS_PFN(range_len(&pgmap->range)),
		.altmap_base = altmap ? altmap->base_pfn : 0, .altmap_reserve = altmap ? altmap->reserve : 0,
		.altmap_free = altmap ? altmap->free : 0, .base = (u64)pfn_to_page(0), .pgmap = (u64)pgmap,
		.version = { LINUX_VERSION_MAJOR, LINUX_VERSION_PATCHLEVEL }, .memory_type = pgmap->type,
		.vmemmap_shift = pgmap->vmemmap_shift, .nid = page_to_nid(page), .zone_device = ZONE_DEVICE,
		.node_width = NODES_WIDTH, .zone_width = ZONES_WIDTH, .last_cpupid_width = LAST_CPUPID_WIDTH,
		.kasan_tag_width = KASAN_TAG_WIDTH, .lru_gen_width = LRU_GEN_WIDTH, .struct_page_size = sizeof(struct page),
		.page_shift = PAGE_SHIFT, .memcg = IS_ENABLED(CONFIG_MEMCG),
		.hvo = IS_ENABLED(CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP),
	};
	size_t len = m.nr_pages * sizeof(struct page), skip = (pfn - m.start_pfn) * sizeof(struct page), at;
	unsigned int bad = 0, strategy;
	u8 *ours = vmalloc(len);

	for (strategy = 0; ours && ms_strategy(strategy); strategy++, cond_resched()) {
		char why[160];
		u64 written;

		memset(ours, GUARD, len);
		written = ms_memmap_init(&m, ours, len, strategy, why, sizeof(why));
		for (at = skip; written && at < len && !memcmp(ours + at, (u8 *)page + at - skip, sizeof(struct page));)
			at += sizeof(struct page);
		pr_info("memcpy-streaming: memmap %s %s %llu pages %s%s\n", backend, ms_strategy(strategy), written,
			written && at == len ? "identical" : "DIFFERENT ", written ? "" : why);
		if (written && at < len)
			print_hex_dump(KERN_INFO, "memcpy-streaming: the kernel's, then ours: ", DUMP_PREFIX_OFFSET, 32, 8, (u8 *)page + at - skip, sizeof(struct page), false),
			print_hex_dump(KERN_INFO, "memcpy-streaming: ", DUMP_PREFIX_OFFSET, 32, 8, ours + at, sizeof(struct page), false);
		/* Nothing is written in front of it, and as many pages as there are behind. */
		bad += !written || at < len || written != (len - skip) / sizeof(struct page) || memchr_inv(ours, GUARD, skip);
	}
	vfree(ours);
	return bad + (strategy != 4);
}

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
		bad += sweeps(backends[i], d, s);
		bad += pfn ? memmaps(backends[i]) : 0;
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
