/* SPDX-License-Identifier: BSD-2-Clause */
/* Documents are signed by a card: its key only signs, in a place of its own. */
#include "cms.h"

#include <string.h>
#include <time.h>

#include "dockit.h"
#include "keykit.h"
#include "unit.h"
#include "vkit.h"

#define TEXT	"To whom it may concern.\n"

/* Signed with the card's key, detached; its certificates as the card has them.
 * login: whether the PIN was verified. */
static enum doc_err
sign(struct keykit *kit, enum jpki_hash hash, bool login, struct jpki_buf *der)
{
	struct cms_options options = { .detached = true };
	struct doc_signer signer = { .crypto = kit->crypto,
	    .key = keykit_key(kit, JPKI_KEY_SIGN), .hash = hash,
	    .cert = keykit_cert(kit, JPKI_CERT_SIGN),
	    .ca = keykit_cert(kit, JPKI_CERT_SIGN_CA), .now = time(NULL) };
	BIO *content = BIO_new_mem_buf(TEXT, -1);
	struct doc_error error;
	enum doc_err err;

	if (!login)
		expect_err("logout", jpki_logout(kit->card), JPKI_OK);
	err = cms_sign(&signer, content, &options, der, &error);
	X509_free(signer.cert);
	X509_free(signer.ca);
	BIO_free(content);
	return err;
}

static void
check(struct keykit *kit, const struct jpki_buf *der)
{
	X509 *ca = keykit_cert(kit, JPKI_CERT_SIGN_CA);
	struct trust trust = { .ctx = kit->ctx, .crypto = fixture_crypto(),
	    .anchors = dockit_certs(ca), .now = time(NULL) };
	struct verdict verdict = { NULL, NULL, 0 };
	BIO *content = BIO_new_mem_buf(TEXT, -1);
	struct doc_error error;

	assert_int_equal(cms_check(&trust, der->p, der->n, content, -1,
	    &verdict, &error), DOC_OK);
	assert_int_equal(verdict.n, 1);
	verdict_note(&verdict.signatures[0], CHECK_COVERAGE, FINDING_OK, NULL);
	dockit_expect(&verdict.signatures[0], CHECK_SIGNATURE, FINDING_OK,
	    NULL);
	assert_true(verdict_holds(&verdict));
	verdict_free(&verdict);
	trust_certs_free(trust.anchors);
	X509_free(ca);
	BIO_free(content);
}

static void
a_card_signs_documents_with_each_hash(void **state)
{
	static const enum jpki_hash hashes[] = {
		JPKI_HASH_SHA256, JPKI_HASH_SHA384, JPKI_HASH_SHA512,
	};
	struct keykit *kit = *state;

	for (size_t i = 0; i < COUNT(hashes); i++) {
		struct jpki_buf der = { NULL, 0 };

		assert_int_equal(sign(kit, hashes[i], true, &der), DOC_OK);
		expect_err("key", jpki_pkey_error(kit->key), JPKI_OK);
		check(kit, &der);
		jpki_buf_free(&der);
	}
}

static void
a_card_without_a_login_does_not_sign_and_says_why(void **state)
{
	struct keykit *kit = *state;
	struct jpki_buf der = { NULL, 0 };

	assert_int_equal(sign(kit, JPKI_HASH_SHA256, false, &der),
	    DOC_ERR_KEY);
	assert_null(der.p);
	expect_err("key", jpki_pkey_error(kit->key), JPKI_ERR_AUTH_REQUIRED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEYKIT(a_card_signs_documents_with_each_hash),
		WITH_KEYKIT(a_card_without_a_login_does_not_sign_and_says_why),
	};
	int failed = cmocka_run_group_tests(tests, NULL, vkit_end);

	return failed + fixture_free(NULL);
}
