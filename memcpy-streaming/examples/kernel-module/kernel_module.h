/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/types.h>

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

/* What memory holds that nothing writes. */
#define GUARD 0xa5
/* Bytes of memory to copy within. */
#define ROOM (3 * 65536)

/* Both give the number of cases that went wrong. */
unsigned int copies(const char *backend, u8 *d, u8 *s);
unsigned int memmaps(const char *backend, unsigned long pfn);
