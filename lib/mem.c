/* SPDX-License-Identifier: BSD-2-Clause */
#define _DEFAULT_SOURCE		/* MAP_ANONYMOUS, MADV_DONTDUMP */
#include "mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#define PROBE_BYTES	(64 * 1024)	/* more than OpenSSL asks for at once */

struct jpki_secret {
	size_t	len;
	bool	locked;
	char	bytes[JPKI_SECRET_MAX + 1]; /* a NUL always fits behind */
};

void
mem_wipe(void *p, size_t n)
{
	if (n > 0)
		OPENSSL_cleanse(p, n);
}

void
mem_free(void *p, size_t n)
{
	if (p == NULL)
		return;
	mem_wipe(p, n);
	free(p);
}

void
mem_free_text(char *text)
{
	mem_free(text, text != NULL ? strlen(text) : 0);
}

void
mem_watch_begin(struct mem_watch *watch)
{
	watch->clean = ERR_peek_error() == 0;
	(void)ERR_set_mark();
	/* To be told from what comes. */
	if (!watch->clean)
		ERR_raise(ERR_LIB_USER, ERR_R_PASSED_NULL_PARAMETER);
}

static bool
is_no_memory(unsigned long code)
{
	return code != 0 && ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
}

/* Of a queue that others have used only the last can be looked at. */
static bool
ran_out(const struct mem_watch *watch)
{
	bool found = is_no_memory(ERR_peek_last_error());
	unsigned long code;

	while (watch->clean && !found && (code = ERR_get_error()) != 0)
		found = is_no_memory(code);
	return found;
}

enum jpki_err
mem_watch_end(const struct mem_watch *watch, enum jpki_err err)
{
	bool out = ran_out(watch);

	(void)ERR_pop_to_mark();
	return out ? JPKI_ERR_MEMORY : mem_judge(err);
}

enum jpki_err
mem_judge(enum jpki_err err)
{
	void *probe;

	if (err == JPKI_OK)
		return err;
	/* OpenSSL 3.2 and later put it into the queue themselves. */
	(void)ERR_set_mark();
	probe = OPENSSL_malloc(PROBE_BYTES);
	(void)ERR_pop_to_mark();
	OPENSSL_free(probe);
	return probe != NULL ? err : JPKI_ERR_MEMORY;
}

bool
mem_doubts(enum jpki_err err)
{
	return err != JPKI_OK && err != JPKI_ERR_MEMORY;
}

/*
 * A mapping of its own: mlock and madvise work on pages, and a page shared
 * with the heap would unlock when a neighbour is freed.
 */
enum jpki_err
jpki_secret_new(struct jpki_secret **out)
{
	struct jpki_secret *s;

	if (out == NULL)
		return JPKI_ERR_ARG;
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED)
		return JPKI_ERR_MEMORY;
	/* RLIMIT_MEMLOCK may forbid it: then the page could reach the swap. */
	s->locked = mlock(s, sizeof(*s)) == 0;
#ifdef MADV_DONTDUMP
	(void)madvise(s, sizeof(*s), MADV_DONTDUMP);
#endif
#ifdef MADV_WIPEONFORK
	(void)madvise(s, sizeof(*s), MADV_WIPEONFORK);
#endif
	*out = s;
	return JPKI_OK;
}

void
jpki_secret_free(struct jpki_secret **secret)
{
	struct jpki_secret *s;

	if (secret == NULL || *secret == NULL)
		return;
	s = *secret;
	*secret = NULL;
	jpki_secret_wipe(s);
	if (s->locked)
		(void)munlock(s, sizeof(*s));
	(void)munmap(s, sizeof(*s));
}

char *
jpki_secret_bytes(struct jpki_secret *secret)
{
	return secret->bytes;
}

size_t
jpki_secret_len(const struct jpki_secret *secret)
{
	return secret->len;
}

enum jpki_err
jpki_secret_set_len(struct jpki_secret *secret, size_t len)
{
	if (len > JPKI_SECRET_MAX)
		return JPKI_ERR_ARG;
	secret->len = len;
	mem_wipe(secret->bytes + len, sizeof(secret->bytes) - len);
	return JPKI_OK;
}

void
jpki_secret_wipe(struct jpki_secret *secret)
{
	if (secret == NULL)
		return;
	secret->len = 0;
	mem_wipe(secret->bytes, sizeof(secret->bytes));
}

enum jpki_err
secret_set(struct jpki_secret *secret, const void *p, size_t n)
{
	const volatile char *from = p;
	volatile char *to;

	jpki_secret_wipe(secret);
	if (secret == NULL || n > JPKI_SECRET_MAX)
		return JPKI_ERR_ARG;
	to = secret->bytes;
	for (size_t i = 0; i < n; i++)
		to[i] = from[i];
	secret->len = n;
	return JPKI_OK;
}

bool
secret_equal(const struct jpki_secret *a, const struct jpki_secret *b)
{
	const volatile char *p = a->bytes, *q = b->bytes;
	bool equal = a->len == b->len;

	for (size_t i = 0; equal && i < a->len; i++)
		equal = p[i] == q[i];
	return equal;
}
