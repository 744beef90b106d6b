/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* MAP_ANONYMOUS */
#include "mapping.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAPPINGS_MAX	256

/* What the handler looks at. */
static struct mapping {
	atomic_uintptr_t	at;		/* 0: free */
	atomic_size_t		n;
	atomic_bool		torn;
} mappings[MAPPINGS_MAX];

static atomic_uintptr_t page_size;

static struct mapping *
find(uintptr_t at)
{
	for (size_t i = 0; i < MAPPINGS_MAX; i++) {
		uintptr_t begin = mappings[i].at;

		if (begin != 0 && at >= begin && at - begin < mappings[i].n)
			return &mappings[i];
	}
	return NULL;
}

/* All behind it is gone as well. */
static void
mend(int signum, siginfo_t *info, void *context)
{
	struct mapping	*m = find((uintptr_t)info->si_addr);
	uint8_t		*page = info->si_addr;

	(void)context;
	page -= (uintptr_t)page % page_size;
	if (m == NULL || mmap(page, m->at + m->n - (uintptr_t)page, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		(void)signal(signum, SIG_DFL);	/* and so it comes again */
	else
		m->torn = true;
}

static void
listen(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };

	if (page_size != 0)
		return;
	page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
	action.sa_sigaction = mend;
	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGBUS, &action, NULL);
}

static struct mapping *
find_free(void)
{
	for (size_t i = 0; i < MAPPINGS_MAX; i++)
		if (mappings[i].at == 0)
			return &mappings[i];
	return NULL;
}

const uint8_t *
mapping_new(int fd, size_t n)
{
	struct mapping	*m = find_free();
	void		*p;

	if (m == NULL || n == 0)
		return NULL;
	listen();
	p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return NULL;
	m->torn = false;
	m->n = n;
	m->at = (uintptr_t)p;
	return p;
}

void
mapping_free(const uint8_t *map)
{
	struct mapping *m = find((uintptr_t)map);

	if (m == NULL)
		return;
	m->at = 0;
	(void)munmap((void *)(uintptr_t)map, m->n);
}

bool
mapping_torn(const uint8_t *map)
{
	const struct mapping *m = find((uintptr_t)map);

	return m != NULL && m->torn;
}
