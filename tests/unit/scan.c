/* SPDX-License-Identifier: BSD-2-Clause */
#include "scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "unit.h"

#define MASK		0xA5
#define CHUNK		(64 * 1024)
#define OVERLAP		(2 * SCAN_SECRET - 1)
#define STRIDE		8
#define RANGES_MAX	4096
/* What is larger is a sanitizer's own bookkeeping: terabytes, mostly void. */
#define RANGE_BYTES_MAX	((size_t)4 << 30)

/* Of a page in /proc/self/pagemap: in memory, or in swap. */
#define PAGE_TOUCHED	((uint64_t)3 << 62)

struct range {
	size_t	from, to;
};

static struct range ranges[RANGES_MAX];
static size_t range_count;
static uint8_t chunk[CHUNK + OVERLAP];
static int mem_fd, pagemap_fd;

struct masked
scan_secret_new(void)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct masked m;
	uint8_t random[SCAN_SECRET];

	assert_int_equal(RAND_bytes(random, sizeof(random)), 1);
	for (size_t i = 0; i < SCAN_SECRET; i++)
		m.p[i] = MASK ^ (uint8_t)(i % 4 == 3 ?
		    '0' + random[i] % 10 : letters[random[i] % 26]);
	return m;
}

/* Byte by byte, so that no vector register keeps it whole. */
void
scan_unmask(const struct masked *masked, char *out, int lower)
{
	volatile char *to = out;
	char c;

	for (size_t i = 0; i < SCAN_SECRET; i++) {
		c = (char)(masked->p[i] ^ MASK);
		to[i] = lower && c >= 'A' ? (char)(c - 'A' + 'a') : c;
	}
}

void
scan_wipe(char *text)
{
	OPENSSL_cleanse(text, SCAN_SECRET);
}

static void
range_add(size_t from, size_t to)
{
	if (from >= to || to - from > RANGE_BYTES_MAX)
		return;
	assert_true(range_count < RANGES_MAX);
	ranges[range_count++] = (struct range){ from, to };
}

/* All but the window through which we look. */
static void
range_add_around(size_t from, size_t to)
{
	size_t own = (size_t)(uintptr_t)chunk, end = own + sizeof(chunk);

	if (from >= end || own >= to) {
		range_add(from, to);
		return;
	}
	range_add(from, own);
	range_add(end, to);
}

/* Before the search: opening and parsing move memory. */
static void
ranges_find(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from, to;
	char line[4400], mode[5];

	assert_non_null(maps);
	range_count = 0;
	while (fgets(line, sizeof(line), maps) != NULL) {
		assert_int_equal(sscanf(line, "%lx-%lx %4s", &from, &to,
		    mode), 3);
		if (mode[0] == 'r' && mode[1] == 'w')
			range_add_around(from, to);
	}
	(void)fclose(maps);
	assert_true(range_count > 0);
}

static uint8_t
folded(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

static size_t
stands_here(const uint8_t *p, size_t n, const struct masked *m)
{
	size_t i = 0;

	while (i < SCAN_SECRET && i < n && folded(p[i]) == (m->p[i] ^ MASK))
		i++;
	return i == SCAN_SECRET;
}

static size_t
stands_here_in_hex(const uint8_t *p, size_t n, const struct masked *m)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i = 0;
	uint8_t c;

	while (i < 2 * SCAN_SECRET && i < n) {
		c = m->p[i / 2] ^ MASK;
		c = (uint8_t)digits[i % 2 == 0 ? c >> 4 : c & 0x0F];
		if (folded(p[i]) != c)
			return 0;
		i++;
	}
	return i == 2 * SCAN_SECRET;
}

/* What stands at every eighth place, if one of the two begins just before. */
static bool hints[256];

static void
hint(uint8_t c)
{
	hints[c] = true;
	if (c >= 'A' && c <= 'Z')
		hints[c - 'A' + 'a'] = true;
}

static void
hints_make(const struct masked *m)
{
	static const char digits[] = "0123456789ABCDEF";
	uint8_t c;

	memset(hints, 0, sizeof(hints));
	for (size_t i = 0; i < STRIDE; i++) {
		c = m->p[i] ^ MASK;
		hint(c);
		hint((uint8_t)digits[c >> 4]);
		hint((uint8_t)digits[c & 0x0F]);
	}
}

/* Beginnings within the first CHUNK bytes; what follows is looked into. */
static size_t
search(size_t n, const struct masked *m)
{
	size_t found = 0, from;

	for (size_t i = 0; i < n; i += STRIDE) {
		if (!hints[chunk[i]])
			continue;
		for (size_t back = 0; back < STRIDE && back <= i; back++) {
			from = i - back;
			if (from >= CHUNK)
				continue;
			found += stands_here(chunk + from, n - from, m);
			found += stands_here_in_hex(chunk + from, n - from, m);
		}
	}
	return found;
}

/* A page that was never touched need not be looked at. */
static bool
touched(size_t at, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), first = at / page;
	size_t count = (at + n + page - 1) / page - first;
	uint64_t entries[CHUNK / 1024];
	ssize_t got;

	if (pagemap_fd < 0 || count > COUNT(entries))
		return true;
	got = pread(pagemap_fd, entries, count * sizeof(entries[0]),
	    (off_t)(first * sizeof(entries[0])));
	if (got != (ssize_t)(count * sizeof(entries[0])))
		return true;
	for (size_t i = 0; i < count; i++)
		if ((entries[i] & PAGE_TOUCHED) != 0)
			return true;
	return false;
}

static size_t
search_range(const struct range *range, const struct masked *m)
{
	size_t found = 0, left;
	ssize_t n;

	for (size_t at = range->from; at < range->to; at += CHUNK) {
		left = range->to - at;
		if (!touched(at, left < CHUNK ? left : CHUNK))
			continue;
		n = pread(mem_fd, chunk, left < sizeof(chunk) ? left :
		    sizeof(chunk), (off_t)at);
		/* A page that went, or that a device owns, holds no PIN. */
		if (n > 0)
			found += search((size_t)n, m);
	}
	return found;
}

size_t
scan_memory(const struct masked *masked)
{
	size_t found = 0;

	ranges_find();
	hints_make(masked);
	mem_fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	pagemap_fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	assert_true(mem_fd >= 0);
	for (size_t i = 0; i < range_count; i++)
		found += search_range(&ranges[i], masked);
	memset(chunk, 0, sizeof(chunk));
	(void)close(mem_fd);
	if (pagemap_fd >= 0)
		(void)close(pagemap_fd);
	return found;
}
