/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contexts of OpenSSL are given out again: to make the first digest in a new
 * one costs a millisecond, which would be nine tenths of what is done.  That
 * every context is given back, the pool checks itself.
 */
#define _GNU_SOURCE		/* RTLD_NEXT */
#include <dlfcn.h>
#include <string.h>

#include <openssl/crypto.h>

#include "calls_pool.h"
#include "fuzz.h"

#define POOL_MAX	8

static OSSL_LIB_CTX *pool[POOL_MAX];
static size_t pool_n, given;

static OSSL_LIB_CTX *
make(void)
{
	OSSL_LIB_CTX *(*real)(void) = NULL;
	void *symbol = dlsym(RTLD_NEXT, "OSSL_LIB_CTX_new");

	fuzz_law(symbol != NULL, "OpenSSL is a shared library");
	memcpy(&real, &symbol, sizeof(real));
	return real();
}

/* In the place of OpenSSL's own, for all but OpenSSL itself. */
OSSL_LIB_CTX *
OSSL_LIB_CTX_new(void)
{
	given++;
	return pool_n > 0 ? pool[--pool_n] : make();
}

void
OSSL_LIB_CTX_free(OSSL_LIB_CTX *ctx)
{
	if (ctx == NULL)
		return;
	fuzz_law(given > 0 && pool_n < POOL_MAX,
	    "a context is given back once");
	given--;
	pool[pool_n++] = ctx;
}

void
pool_check(void)
{
	fuzz_law_equal((long long)given, 0,
	    "all contexts of OpenSSL are given back");
}
