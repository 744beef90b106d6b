/* SPDX-License-Identifier: BSD-2-Clause */
/* The program openssl believes what is signed here, and the other way. */
#include "cms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "cmskit.h"
#include "unit.h"

static char folder[] = "/tmp/test_doc_cms.XXXXXX";
static const char *const files[] = {
	"content", "cert.pem", "key.pem", "ca.pem", "cms", "log",
};

static FILE *
open_file(const char *name, const char *mode)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, mode);
	assert_non_null(file);
	return file;
}

static void
write_file(const char *name, const void *bytes, size_t n)
{
	FILE *file = open_file(name, "wb");

	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static struct jpki_buf
read_file(const char *name)
{
	static char room[1 << 16];
	struct jpki_buf out = { NULL, 0 };
	FILE *file = open_file(name, "rb");
	size_t n = fread(room, 1, sizeof(room), file);

	fclose(file);
	assert_int_equal(doc_buf_copy(room, n, &out, NULL), DOC_OK);
	return out;
}

/* Does it succeed, in the folder? */
static bool
openssl(const char *arguments)
{
	char command[512];
	int n = snprintf(command, sizeof(command), "cd %s && "
	    "OPENSSL_CONF=/dev/null openssl %s >log 2>&1", folder, arguments);

	assert_true(n > 0 && (size_t)n < sizeof(command));
	return system(command) == 0;
}

static void
expect_openssl(const char *arguments)
{
	struct jpki_buf log;

	if (openssl(arguments))
		return;
	log = read_file("log");
	fail_msg("openssl %s: %.*s", arguments, (int)log.n,
	    (const char *)log.p);
}

/* openssl signs by the host's clock. */
static void
use_wide_certs(struct dockit *kit)
{
	struct fixture leaf = fixture_sign, ca = fixture_ca;

	leaf.not_before = ca.not_before = "20200101000000Z";
	leaf.not_after = ca.not_after = "99991231235959Z";
	X509_free(kit->sign);
	X509_free(kit->ca);
	trust_certs_free(kit->trust.anchors);
	kit->signer.cert = kit->sign = dockit_cert(&leaf);
	kit->signer.ca = kit->ca = dockit_cert(&ca);
	kit->trust.anchors = dockit_certs(kit->ca);
	kit->trust.now = kit->signer.now = time(NULL);
}

static int
new_all(void **state)
{
	struct dockit *kit;
	FILE *file;

	assert_int_equal(dockit_new(state), 0);
	kit = *state;
	use_wide_certs(kit);
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(folder));
	write_file("content", CMSKIT_TEXT, strlen(CMSKIT_TEXT));
	file = open_file("cert.pem", "w");
	assert_int_equal(PEM_write_X509(file, kit->sign), 1);
	fclose(file);
	file = open_file("ca.pem", "w");
	assert_int_equal(PEM_write_X509(file, kit->ca), 1);
	fclose(file);
	file = open_file("key.pem", "w");
	assert_int_equal(PEM_write_PrivateKey(file, kit->signer.key, NULL,
	    NULL, 0, NULL, NULL), 1);
	fclose(file);
	return 0;
}

static int
free_all(void **state)
{
	char path[64];

	for (size_t i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	cmskit_forget();
	return dockit_free(state);
}

#define VERIFY	"cms -verify -cades -binary -CAfile ca.pem -in cms "

static void
openssl_believes_what_is_signed_here(void **state)
{
	static const enum jpki_hash hashes[] = {
		JPKI_HASH_SHA256, JPKI_HASH_SHA384, JPKI_HASH_SHA512,
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(hashes); i++) {
		struct jpki_buf der, pem = { NULL, 0 };

		kit->signer.hash = hashes[i];
		der = cmskit_sign(kit, true);
		write_file("cms", der.p, der.n);
		expect_openssl(VERIFY "-inform DER -content content");
		assert_false(openssl(VERIFY "-inform DER -content ca.pem"));
		jpki_buf_free(&der);
		der = cmskit_sign(kit, false);
		assert_int_equal(cms_pem(&der, &pem, &kit->error), DOC_OK);
		write_file("cms", pem.p, pem.n);
		expect_openssl(VERIFY "-inform PEM");
		jpki_buf_free(&der);
		jpki_buf_free(&pem);
	}
}

static void
openssl_believes_both_of_two_signers(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf one = cmskit_sign(kit, false), two = { NULL, 0 };

	kit->signer.hash = JPKI_HASH_SHA512;
	assert_int_equal(cms_add(&kit->signer, &one, NULL, &two, &kit->error),
	    DOC_OK);
	write_file("cms", two.p, two.n);
	expect_openssl(VERIFY "-inform DER");
	jpki_buf_free(&one);
	jpki_buf_free(&two);
}

static void
openssl_believes_a_mail(void **state)
{
	struct cms_options options = { .detached = true };
	struct dockit *kit = *state;
	struct jpki_buf part = { NULL, 0 }, der = part, mail = part;
	BIO *bio = cmskit_text(CMSKIT_TEXT), *content;

	assert_int_equal(cms_smime_part("text/plain; charset=UTF-8", bio,
	    &part, &kit->error), DOC_OK);
	content = BIO_new_mem_buf(part.p, (int)part.n);
	assert_int_equal(cms_sign(&kit->signer, content, &options, &der,
	    &kit->error), DOC_OK);
	assert_int_equal(cms_smime(fixture_crypto(), &der, &part, &mail,
	    &kit->error), DOC_OK);
	write_file("cms", mail.p, mail.n);
	expect_openssl("cms -verify -cades -CAfile ca.pem -in cms");
	BIO_free(content);
	BIO_free(bio);
	jpki_buf_free(&part);
	jpki_buf_free(&der);
	jpki_buf_free(&mail);
}

static void
what_the_program_openssl_signs_is_believed(void **state)
{
	static const struct {
		const char	*arguments;
		bool		 detached;
	} rows[] = {
		{ "-outform DER", true },
		{ "-outform PEM", true },
		{ "-outform DER -nodetach", false },
		{ "-outform PEM -nodetach", false },
		{ "-outform DER -nodetach -stream", false },
		{ "-outform DER -nodetach -nosmimecap", false },
		{ "-outform DER -keyid", true },
		{ "-outform PEM -keyid -nodetach -cades -md sha512", false },
		{ "-outform DER -md sha384", true },
		{ "-outform DER -nodetach -keyopt rsa_padding_mode:pss",
		    false },
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf file, der = { NULL, 0 };
		char arguments[256];

		snprintf(arguments, sizeof(arguments), "cms -sign -binary "
		    "-in content -signer cert.pem -inkey key.pem -out cms %s",
		    rows[i].arguments);
		expect_openssl(arguments);
		file = read_file("cms");
		assert_int_equal(cms_unwrap(file.p, file.n, &der,
		    &kit->error), DOC_OK);
		cmskit_expect_good(cmskit_check_one(kit, &der,
		    rows[i].detached ? CMSKIT_TEXT : NULL));
		jpki_buf_free(&file);
		jpki_buf_free(&der);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, new_all, free_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(openssl_believes_what_is_signed_here),
		TEST(openssl_believes_both_of_two_signers),
		TEST(openssl_believes_a_mail),
		TEST(what_the_program_openssl_signs_is_believed),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_free);
}
