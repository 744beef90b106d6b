/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No memory: each allocation of the library fails in its turn, and each time
 * the caller is told, gets nothing, and nothing leaks.  And memory that held
 * something personal is zero before it is given back.
 *
 * For that the sources are compiled here once more, over an allocator that
 * fails when it is told to.
 */
#define _DEFAULT_SOURCE		/* MAP_ANONYMOUS, for mem.c */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "fixture.h"
#include "unit.h"

static size_t calls;		/* allocations so far */
static size_t fail_at;		/* which of them fails; 0: none */
static long live;		/* blocks not yet given back */

/* Of this block, was it zero when it was given back? */
static const uint8_t *watched;
static size_t watched_n;
static bool watched_freed, watched_zero;

static bool
fails(void)
{
	return ++calls == fail_at;
}

static void *
counted(void *p)
{
	live += p != NULL ? 1 : 0;
	return p;
}

static void *
test_alloc(size_t n)
{
	return fails() ? NULL : counted(malloc(n));
}

static void *
test_zalloc(size_t count, size_t n)
{
	return fails() ? NULL : counted(calloc(count, n));
}

static void *
test_grow(void *p, size_t n)
{
	void *grown;

	if (fails())
		return NULL;
	grown = realloc(p, n);
	live += p == NULL && grown != NULL ? 1 : 0;
	return grown;
}

static char *
test_dup(const char *text)
{
	return fails() ? NULL : counted(strdup(text));
}

static void
look(const void *p)
{
	if (p == NULL || p != watched)
		return;
	watched_freed = true;
	watched_zero = true;
	for (size_t i = 0; i < watched_n; i++)
		if (watched[i] != 0)
			watched_zero = false;
}

static void
test_release(void *p)
{
	look(p);
	live -= p != NULL ? 1 : 0;
	free(p);
}

static int
test_unmap(void *p, size_t n)
{
	look(p);
	return munmap(p, n);
}

static void *
test_map(void *p, size_t n, int prot, int flags, int fd)
{
	return fails() ? MAP_FAILED : mmap(p, n, prot, flags, fd, 0);
}

#define malloc				test_alloc
#define calloc				test_zalloc
#define realloc				test_grow
#undef strdup
#define strdup				test_dup
#define free				test_release
#define mmap(p, n, prot, flags, fd, at)	test_map(p, n, prot, flags, fd)

#define munmap				test_unmap
#undef _DEFAULT_SOURCE		/* mem.c defines it */
#include "lib/buf.c"
#include "lib/mem.c"
#include "lib/digest.c"
#include "lib/holder.c"
#include "lib/x509.c"
#include "lib/sshkey.c"

static struct jpki_buf sign, auth;
static EVP_PKEY *rsa;

static enum jpki_err
do_copy(void)
{
	struct jpki_buf copy = { NULL, 0 };
	enum jpki_err err = buf_copy(fixture_slice(&sign), &copy);

	assert_true((err == JPKI_OK) == (copy.p != NULL));
	jpki_buf_free(&copy);
	return err;
}

static enum jpki_err
do_hex(void)
{
	char *hex = hex_new(fixture_slice(&sign));
	enum jpki_err err = hex != NULL ? JPKI_OK : JPKI_ERR_MEMORY;

	free(hex);
	return err;
}

static enum jpki_err
do_secret(void)
{
	struct jpki_secret *secret = NULL;
	enum jpki_err err = jpki_secret_new(&secret);

	assert_true((err == JPKI_OK) == (secret != NULL));
	jpki_secret_free(&secret);
	return err;
}

static enum jpki_err
do_digest(void)
{
	uint8_t md[JPKI_DIGEST_MAX];
	struct wbuf w = wbuf_of(md, sizeof(md));
	enum jpki_err err = digest_of(fixture_crypto(), JPKI_HASH_SHA1,
	    text_slice("abc"), &w);

	assert_int_equal(w.n, err == JPKI_OK ? 20 : 0);
	return err;
}

static enum jpki_err
parse(struct slice der)
{
	struct jpki_cert *cert = NULL;
	enum jpki_err err = x509_parse(fixture_crypto(), der, &cert);

	assert_true((err == JPKI_OK) == (cert != NULL));
	if (cert != NULL && cert->holder != NULL)
		expect_text("name", cert->holder->name, "名無　花子");
	jpki_cert_free(&cert);
	return err;
}

static enum jpki_err
do_parse_sign(void)
{
	return parse(fixture_slice(&sign));
}

static enum jpki_err
do_parse_auth(void)
{
	return parse(fixture_slice(&auth));
}

static enum jpki_err
do_spki(void)
{
	struct jpki_buf spki = { NULL, 0 };
	enum jpki_err err = x509_spki(fixture_crypto(), fixture_slice(&sign),
	    &spki);

	assert_true((err == JPKI_OK) == (spki.p != NULL));
	jpki_buf_free(&spki);
	return err;
}

static enum jpki_err
do_ssh_key(void)
{
	char *line = NULL;
	enum jpki_err err = x509_ssh_key(fixture_crypto(),
	    fixture_slice(&sign), &line);

	assert_true((err == JPKI_OK) == (line != NULL));
	free(line);
	return err;
}

/* A signature that cannot be checked is checked once more. */
static enum jpki_err
do_open(void)
{
	unsigned char sig[256];
	size_t n = sizeof(sig);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(fixture_crypto(), rsa,
	    NULL);
	bool ok;

	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx,
	    RSA_PKCS1_PADDING), 1);
	assert_int_equal(EVP_PKEY_sign(ctx, sig, &n,
	    (const unsigned char *)"x", 1), 1);
	EVP_PKEY_CTX_free(ctx);
	ok = x509_opens(fixture_crypto(), rsa, slice_of(sig, n),
	    text_slice("x"));
	return ok ? JPKI_OK : JPKI_ERR_MEMORY;
}

static const struct {
	const char	*what;
	enum jpki_err	(*run)(void);
	size_t		 least;		/* allocations that it must make */
	bool		 twice;		/* it tries again, and succeeds */
} operations[] = {
	{ "copy", do_copy, 1, false },
	{ "hex", do_hex, 1, false },
	{ "secret", do_secret, 1, false },
	{ "digest", do_digest, 1, false },
	{ "parse the signature certificate", do_parse_sign, 20, false },
	{ "parse the authentication certificate", do_parse_auth, 12, false },
	{ "public key", do_spki, 1, false },
	{ "OpenSSH line", do_ssh_key, 1, false },
	{ "open a signature", do_open, 1, true },
};

static void
each_allocation_may_fail(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(operations); i++) {
		size_t n;

		for (n = 1;; n++) {
			long before = live;
			enum jpki_err err;

			calls = 0;
			fail_at = n;
			err = operations[i].run();
			fail_at = 0;
			expect_int(operations[i].what, live, before);
			expect_int("errors of OpenSSL left behind",
			    (long long)ERR_peek_error(), 0);
			if (calls < n) {
				expect_err(operations[i].what, err, JPKI_OK);
				break;
			}
			expect_err(operations[i].what, err,
			    operations[i].twice ? JPKI_OK : JPKI_ERR_MEMORY);
		}
		expect_true(operations[i].what,
		    n > operations[i].least);
	}
}

static void
watch(const void *p, size_t n)
{
	watched = p;
	watched_n = n;
	watched_freed = watched_zero = false;
}

static void
freed_buffers_are_wiped(void **state)
{
	struct jpki_buf copy = { NULL, 0 };

	(void)state;
	assert_int_equal(buf_copy(fixture_slice(&sign), &copy), JPKI_OK);
	watch(copy.p, copy.n);
	jpki_buf_free(&copy);
	assert_true(watched_freed);
	assert_true(watched_zero);
}

static void
freed_attributes_are_wiped(void **state)
{
	static const size_t fields[] = {
		offsetof(struct jpki_holder, name),
		offsetof(struct jpki_holder, name_flags),
		offsetof(struct jpki_holder, birth),
		offsetof(struct jpki_holder, birth_date),
		offsetof(struct jpki_holder, birth_era),
		offsetof(struct jpki_holder, sex),
		offsetof(struct jpki_holder, address),
		offsetof(struct jpki_holder, address_flags),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		struct jpki_cert *cert = NULL;
		const char *text;

		assert_int_equal(x509_parse(fixture_crypto(),
		    fixture_slice(&sign), &cert), JPKI_OK);
		memcpy(&text, (const char *)cert->holder + fields[i],
		    sizeof(text));
		watch(text, strlen(text));
		jpki_cert_free(&cert);
		assert_true(watched_freed);
		assert_true(watched_zero);
	}
}

static void
a_freed_secret_is_wiped(void **state)
{
	struct jpki_secret *secret = NULL;

	(void)state;
	assert_int_equal(jpki_secret_new(&secret), JPKI_OK);
	memset(jpki_secret_bytes(secret), 'A', JPKI_SECRET_MAX);
	assert_int_equal(jpki_secret_set_len(secret, JPKI_SECRET_MAX),
	    JPKI_OK);
	secret->locked = false;		/* all of it is to be zero */
	watch(secret, sizeof(*secret));
	jpki_secret_free(&secret);
	assert_true(watched_freed);
	assert_true(watched_zero);
}

static void
a_watched_block_that_is_not_wiped_is_noticed(void **state)
{
	char *hex = hex_new(text_slice("A"));

	(void)state;
	watch(hex, 2);
	free(hex);
	assert_true(watched_freed);
	assert_false(watched_zero);
}

/* With an unknown attribute, so that every kind of field is made. */
static int
set_up(void **state)
{
	struct fixture f = fixture_sign;
	struct fixture_other others[8];

	(void)state;
	memcpy(others, fixture_attributes, sizeof(fixture_attributes));
	others[7] = others[6];
	others[6] = (struct fixture_other){ "1.2.3.4", V_ASN1_UTF8STRING,
	    "x", 0 };
	f.others = others;
	sign = fixture_make(&f);
	auth = fixture_make(&fixture_auth);
	rsa = fixture_key(FIXTURE_RSA);
	ERR_clear_error();
	return 0;
}

static int
tear_down(void **state)
{
	jpki_buf_free(&sign);
	jpki_buf_free(&auth);
	return fixture_free(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(freed_buffers_are_wiped),
		cmocka_unit_test(freed_attributes_are_wiped),
		cmocka_unit_test(a_freed_secret_is_wiped),
		cmocka_unit_test(a_watched_block_that_is_not_wiped_is_noticed),
	};

	return cmocka_run_group_tests_name("nomem", tests, set_up, tear_down);
}
