/* SPDX-License-Identifier: BSD-2-Clause */
#include "dockit.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

X509 *
dockit_cert(const struct fixture *fixture)
{
	struct jpki_buf der = fixture_make(fixture);
	X509 *cert = trust_cert_new(fixture_crypto(), der.p, der.n);

	assert_non_null(cert);
	jpki_buf_free(&der);
	return cert;
}

STACK_OF(X509) *
dockit_certs(X509 *cert)
{
	STACK_OF(X509) *certs = sk_X509_new_null();

	assert_non_null(certs);
	if (cert != NULL) {
		assert_int_equal(X509_up_ref(cert), 1);
		assert_true(sk_X509_push(certs, cert) > 0);
	}
	return certs;
}

int
dockit_new(void **state)
{
	struct dockit *kit = calloc(1, sizeof(*kit));

	assert_non_null(kit);
	kit->sign = dockit_cert(&fixture_sign);
	kit->auth = dockit_cert(&fixture_auth);
	kit->ca = dockit_cert(&fixture_ca);
	expect_err("context", jpki_ctx_new(&kit->trust.ctx), JPKI_OK);
	kit->trust.crypto = fixture_crypto();
	kit->trust.anchors = dockit_certs(kit->ca);
	kit->trust.now = DOCKIT_NOW;
	kit->signer = (struct doc_signer){ .crypto = fixture_crypto(),
	    .key = fixture_key(FIXTURE_RSA), .cert = kit->sign,
	    .ca = kit->ca, .hash = JPKI_HASH_SHA256, .now = DOCKIT_NOW };
	*state = kit;
	return 0;
}

int
dockit_free(void **state)
{
	struct dockit *kit = *state;

	trust_certs_free(kit->trust.anchors);
	jpki_ctx_free(&kit->trust.ctx);
	X509_free(kit->sign);
	X509_free(kit->auth);
	X509_free(kit->ca);
	free(kit);
	return 0;
}

void
dockit_expect(const struct verdict_signature *signature, enum check check,
    enum finding finding, const char *words)
{
	const char *got = signature->check[check].words;

	if (got == NULL)
		got = "(no words)";
	if (signature->check[check].finding != finding)
		fail_msg("%s: finding %d, not %d: %s", check_name(check),
		    (int)signature->check[check].finding, (int)finding, got);
	if (words != NULL && strstr(got, words) == NULL)
		fail_msg("%s: not \"%s\" but: %s", check_name(check), words,
		    got);
}
