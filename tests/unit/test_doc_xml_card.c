/* SPDX-License-Identifier: BSD-2-Clause */
/* XML signatures by a key that never leaves its card. */
#include "xml.h"

#include <stdlib.h>
#include <string.h>

#include "keykit.h"
#include "unit.h"
#include "xmltree.h"

static const char text[] = "<letter><sum>1000</sum></letter>";

static enum doc_err
sign(struct keykit *kit, X509 *cert, enum jpki_hash hash, struct jpki_buf *out,
    struct doc_error *error)
{
	static const struct xml_options options = { .xades = true };
	struct doc_signer signer = { .crypto = kit->crypto, .key = kit->key,
	    .cert = cert, .hash = hash, .now = 1767225600 };

	return xml_sign(&signer, (const uint8_t *)text, strlen(text), &options,
	    out, error);
}

/* But for the chain: a virtual card's CA is nobody's. */
static void
expect_signed(struct keykit *kit, const struct jpki_buf *out)
{
	struct trust trust = { .ctx = kit->ctx, .crypto = kit->crypto,
	    .now = 1767225600 };
	struct verdict verdict = { .n = 0 };

	assert_int_equal(xml_check(&trust, out->p, out->n, NULL, &verdict,
	    NULL), DOC_OK);
	expect_int("signatures", (long long)verdict.n, 1);
	for (int check = 0; check <= CHECK_USAGE; check++)
		expect_int(check_name((enum check)check),
		    verdict.signatures[0].check[check].finding, FINDING_OK);
	verdict_free(&verdict);
}

static void
a_card_signs_xml(void **state)
{
	static const enum jpki_hash hashes[] = {
		JPKI_HASH_SHA256, JPKI_HASH_SHA384, JPKI_HASH_SHA512,
	};
	struct keykit *kit = *state;
	X509 *cert;

	keykit_key(kit, JPKI_KEY_SIGN);
	cert = keykit_cert(kit, JPKI_CERT_SIGN);
	for (size_t i = 0; i < COUNT(hashes); i++) {
		struct jpki_buf out = { NULL, 0 };
		struct doc_error error;

		if (sign(kit, cert, hashes[i], &out, &error) != DOC_OK)
			fail_msg("%s", error.words);
		expect_signed(kit, &out);
		jpki_buf_free(&out);
	}
	X509_free(cert);
}

static void
a_card_that_does_not_sign_leaves_no_document(void **state)
{
	struct keykit *kit = *state;
	struct jpki_buf out = { NULL, 0 };
	struct doc_error error;
	X509 *cert;

	keykit_key(kit, JPKI_KEY_SIGN);
	cert = keykit_cert(kit, JPKI_CERT_SIGN);
	assert_int_equal(jpki_logout(kit->card), JPKI_OK);
	assert_int_equal(sign(kit, cert, JPKI_HASH_SHA256, &out, &error),
	    DOC_ERR_KEY);
	assert_null(out.p);
	expect_err("card", jpki_pkey_error(kit->key), JPKI_ERR_AUTH_REQUIRED);
	X509_free(cert);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEYKIT(a_card_signs_xml),
		WITH_KEYKIT(a_card_that_does_not_sign_leaves_no_document),
	};

	return cmocka_run_group_tests_name("doc_xml_card", tests, NULL, NULL);
}
