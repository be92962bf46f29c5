// SPDX-License-Identifier: GPL-2.0
/* A memmap by each strategy, beside the one that the running kernel has written for the device that starts its data at a pfn. */
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/version.h>
#include <linux/vmalloc.h>
#include "kernel_module.h"

static struct dev_pagemap *pgmap_of(struct page *page)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	return page_pgmap(page);
#else
	return page->pgmap;
#endif
}

unsigned int memmaps(const char *backend, unsigned long pfn)
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
