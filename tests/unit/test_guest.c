/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library is a guest in programs that use OpenSSL themselves: it leaves
 * their error queue as it was, and what their openssl.cnf says is not for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/provider.h>

#include "digest.h"
#include "fixture.h"
#include "unit.h"
#include "x509.h"

/* Whoever heeds this has no hash, no key, no provider. */
#define HOSTILE_CONF \
	"config_diagnostics = 1\n" \
	"openssl_conf = init\n" \
	"[init]\n" \
	"alg_section = algorithms\n" \
	"providers = providers\n" \
	"[algorithms]\n" \
	"default_properties = fips=yes\n" \
	"[providers]\n" \
	"missing = missing_section\n" \
	"[missing_section]\n" \
	"module = /nonexistent/provider.so\n" \
	"activate = 1\n"

static char conf_path[200];

/* Certificates that the operations are about. */
static struct jpki_buf sign, auth, ca, broken, odd_key;

static struct slice
garbage(void)
{
	return text_slice("no certificate");
}

static void
parse(struct slice der, enum jpki_err wanted)
{
	struct jpki_cert *cert = NULL;

	expect_err("parse", x509_parse(fixture_crypto(), der, &cert), wanted);
	jpki_cert_free(&cert);
}

static void
parse_what_is_right(void)
{
	parse(fixture_slice(&sign), JPKI_OK);
	parse(fixture_slice(&auth), JPKI_OK);
	parse(fixture_slice(&ca), JPKI_OK);
}

static void
parse_what_is_wrong(void)
{
	parse(garbage(), JPKI_ERR_MALFORMED);
	parse(slice_of(sign.p, sign.n - 1), JPKI_ERR_MALFORMED);
	parse(slice_of(NULL, 0), JPKI_ERR_MALFORMED);
}

static void
parse_broken_extensions(void)
{
	parse(fixture_slice(&broken), JPKI_OK);
}

static void
prove_issuers(void)
{
	const struct {
		struct slice	der, ca;
		bool		issued;
	} rows[] = {
		{ fixture_slice(&sign), fixture_slice(&ca), true },
		{ fixture_slice(&sign), fixture_slice(&auth), false },
		{ fixture_slice(&broken), fixture_slice(&ca), false },
		{ garbage(), fixture_slice(&ca), false },
		{ fixture_slice(&sign), garbage(), false },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(x509_issued_by(fixture_crypto(),
		    rows[i].der, rows[i].ca), rows[i].issued);
}

static void
open_signatures(void)
{
	static const uint8_t zeros[256];

	assert_false(x509_opens(fixture_crypto(), fixture_key(FIXTURE_RSA),
	    slice_of(zeros, sizeof(zeros)), text_slice("data")));
	assert_false(x509_opens(fixture_crypto(), fixture_key(FIXTURE_RSA),
	    slice_of(zeros, 3), text_slice("data")));
	assert_false(x509_opens(fixture_crypto(), fixture_key(FIXTURE_P256),
	    slice_of(zeros, sizeof(zeros)), text_slice("data")));
}

static void
take_keys(void)
{
	const struct {
		struct slice	der;
		enum jpki_err	key, spki, ssh;
	} rows[] = {
		{ fixture_slice(&sign), JPKI_OK, JPKI_OK, JPKI_OK },
		{ fixture_slice(&odd_key), JPKI_OK, JPKI_OK, JPKI_ERR_UNSUPPORTED },
		{ garbage(), JPKI_ERR_MALFORMED, JPKI_ERR_MALFORMED, JPKI_ERR_MALFORMED },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf spki = { NULL, 0 };
		EVP_PKEY *key = NULL;
		char *line = NULL;

		expect_err("key", x509_public_key(fixture_crypto(),
		    rows[i].der, &key), rows[i].key);
		expect_err("spki", x509_spki(fixture_crypto(), rows[i].der,
		    &spki), rows[i].spki);
		expect_err("ssh", x509_ssh_key(fixture_crypto(), rows[i].der,
		    &line), rows[i].ssh);
		EVP_PKEY_free(key);
		jpki_buf_free(&spki);
		free(line);
	}
}

static void
make_digests(void)
{
	OSSL_LIB_CTX *bare = OSSL_LIB_CTX_new();
	OSSL_PROVIDER *null = OSSL_PROVIDER_load(bare, "null");
	uint8_t md[JPKI_DIGEST_MAX];
	struct wbuf w = wbuf_of(md, sizeof(md));

	assert_int_equal(digest_of(fixture_crypto(), JPKI_HASH_SHA256,
	    text_slice("abc"), &w), JPKI_OK);
	assert_int_equal(digest_of(bare, JPKI_HASH_SHA256, text_slice("abc"),
	    &w), JPKI_ERR_INTERNAL);
	OSSL_PROVIDER_unload(null);
	OSSL_LIB_CTX_free(bare);
}

static const struct {
	const char	*what;
	void		(*run)(void);
} operations[] = {
	{ "parse what is right", parse_what_is_right },
	{ "parse what is wrong", parse_what_is_wrong },
	{ "parse broken extensions", parse_broken_extensions },
	{ "prove issuers", prove_issuers },
	{ "open signatures", open_signatures },
	{ "take keys", take_keys },
	{ "make digests", make_digests },
};

static void
an_empty_error_queue_stays_empty(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(operations); i++) {
		ERR_clear_error();
		operations[i].run();
		expect_int(operations[i].what, (long long)ERR_peek_error(),
		    0);
	}
}

static void
the_hosts_errors_stay_and_none_joins_them(void **state)
{
	unsigned long first, last;

	(void)state;
	for (size_t i = 0; i < COUNT(operations); i++) {
		ERR_clear_error();
		ERR_raise(ERR_LIB_USER, 1);
		ERR_raise(ERR_LIB_USER, 2);
		first = ERR_peek_error();
		last = ERR_peek_last_error();
		operations[i].run();
		expect_true(operations[i].what, ERR_get_error() == first);
		expect_true(operations[i].what, ERR_get_error() == last);
		expect_true(operations[i].what, ERR_get_error() == 0);
	}
}

/* The host may have marked a place to go back to. */
static void
the_hosts_mark_stays(void **state)
{
	unsigned long first;

	(void)state;
	for (size_t i = 0; i < COUNT(operations); i++) {
		ERR_clear_error();
		ERR_raise(ERR_LIB_USER, 1);
		first = ERR_peek_error();
		assert_int_equal(ERR_set_mark(), 1);
		ERR_raise(ERR_LIB_USER, 2);
		operations[i].run();
		assert_int_equal(ERR_pop_to_mark(), 1);
		expect_true(operations[i].what, ERR_get_error() == first);
		expect_true(operations[i].what, ERR_get_error() == 0);
	}
}

/*
 * OpenSSL itself reads the file, for the host's library context, as soon as
 * anybody makes a digest or a key; ours must not be touched by it.  In the end
 * the host asks for a hash, which shows that the file was heeded there.
 */
static void
a_hostile_openssl_cnf_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(operations); i++)
		operations[i].run();
	(void)OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
	assert_null(EVP_MD_fetch(NULL, "SHA256", NULL));
	for (size_t i = 0; i < COUNT(operations); i++)
		operations[i].run();
	ERR_clear_error();
}

static void
make_certificates(void)
{
	static const struct fixture_ext broken_exts[] = {
		{ "keyUsage", "DER:0500" },
		{ "subjectAltName", "DER:3003A00206" },
		{ "certificatePolicies", "DER:0101FF" },
		{ "authorityKeyIdentifier", "DER:0500" },
		{ NULL, NULL }
	};
	struct fixture f = fixture_auth;

	sign = fixture_make(&fixture_sign);
	auth = fixture_make(&fixture_auth);
	ca = fixture_make(&fixture_ca);
	f.key = FIXTURE_ED25519;
	odd_key = fixture_make(&f);
	f.exts = broken_exts;
	f.issuer_key = FIXTURE_P256;
	broken = fixture_make(&f);
}

static int
set_up(void **state)
{
	const char *folder = getenv("TMPDIR");
	FILE *file;
	int fd;

	(void)state;
	(void)snprintf(conf_path, sizeof(conf_path), "%s/jpki-guest-XXXXXX",
	    folder != NULL ? folder : "/tmp");
	fd = mkstemp(conf_path);
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	assert_non_null(file);
	assert_true(fputs(HOSTILE_CONF, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(setenv("OPENSSL_CONF", conf_path, 1), 0);
	make_certificates();
	return 0;
}

static int
tear_down(void **state)
{
	jpki_buf_free(&sign);
	jpki_buf_free(&auth);
	jpki_buf_free(&ca);
	jpki_buf_free(&broken);
	jpki_buf_free(&odd_key);
	assert_int_equal(unlink(conf_path), 0);
	return fixture_free(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_error_queue_stays_empty),
		cmocka_unit_test(the_hosts_errors_stay_and_none_joins_them),
		cmocka_unit_test(the_hosts_mark_stays),
		cmocka_unit_test(a_hostile_openssl_cnf_changes_nothing),
	};

	return cmocka_run_group_tests_name("guest", tests, set_up, tear_down);
}
