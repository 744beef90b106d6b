/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to a pinned CA.  No real CA's certificate is in the tree, so that
 * the proof is played: the source is compiled here once more.
 */
#include <string.h>

#include "dockit.h"
#include "unit.h"

static X509 *known_ca;		/* is proved to be the issuer of everything */
static enum jpki_err proof;
static unsigned asked;

static enum jpki_err
fake_prove(struct jpki_ctx *ctx, const uint8_t *der, size_t n,
    const uint8_t *ca_der, size_t ca_n, enum jpki_ca *out)
{
	struct jpki_buf wanted = { NULL, 0 };

	(void)ctx;
	asked++;
	assert_true(der != NULL && n > 0);
	*out = JPKI_CA_TEST;
	if (known_ca == NULL)
		return proof;
	assert_int_equal(trust_cert_der(known_ca, &wanted, NULL), DOC_OK);
	if (slice_equal(slice_of(ca_der, ca_n), fixture_slice(&wanted)))
		*out = JPKI_CA_KNOWN;
	jpki_buf_free(&wanted);
	return proof;
}

#define jpki_cert_ca_prove	fake_prove
#include "tools/doc/chain.c"

static struct chain
find(struct dockit *kit, STACK_OF(X509) *others, enum doc_err wanted)
{
	struct chain chain = { .cert = kit->sign, .others = others,
	    .when = DOCKIT_NOW };

	assert_int_equal(chain_find(&kit->trust, &chain, &kit->error), wanted);
	return chain;
}

/* Nobody gave a CA. */
static int
new_all(void **state)
{
	struct dockit *kit;

	assert_int_equal(dockit_new(state), 0);
	kit = *state;
	trust_certs_free(kit->trust.anchors);
	kit->trust.anchors = NULL;
	known_ca = kit->ca;
	proof = JPKI_OK;
	return 0;
}

static void
a_pinned_ca_that_came_with_the_document_is_trusted(void **state)
{
	struct dockit *kit = *state;
	STACK_OF(X509) *others = dockit_certs(kit->ca);

	assert_int_equal(find(kit, others, DOC_OK).end, CHAIN_PINNED);
	assert_int_equal(find(kit, NULL, DOC_OK).end, CHAIN_NOWHERE);
	trust_certs_free(others);
}

static void
a_pinned_ca_that_was_given_is_a_pinned_one(void **state)
{
	struct dockit *kit = *state;

	kit->trust.anchors = dockit_certs(kit->ca);
	assert_int_equal(find(kit, NULL, DOC_OK).end, CHAIN_PINNED);
	known_ca = NULL;
	assert_int_equal(find(kit, NULL, DOC_OK).end, CHAIN_GIVEN);
}

static void
of_a_ca_that_only_has_the_name_nothing_is_believed(void **state)
{
	struct dockit *kit = *state;
	STACK_OF(X509) *others = dockit_certs(kit->ca);
	struct chain chain;

	known_ca = NULL;
	chain = find(kit, others, DOC_OK);
	assert_int_equal(chain.end, CHAIN_NOWHERE);
	assert_true(chain.stranger);
	trust_certs_free(others);
}

/* The proof is of key and fingerprint; time is checked besides. */
static void
a_pinned_ca_that_had_ended_is_not_trusted(void **state)
{
	struct dockit *kit = *state;
	struct fixture ca = fixture_ca;
	STACK_OF(X509) *others;
	struct chain chain;

	ca.not_after = "251231235959Z";
	X509_free(kit->ca);
	known_ca = kit->ca = dockit_cert(&ca);
	others = dockit_certs(kit->ca);
	chain = find(kit, others, DOC_OK);
	assert_int_equal(chain.end, CHAIN_NOWHERE);
	assert_non_null(strstr(chain.reason, "expired"));
	trust_certs_free(others);
}

/* So that a document full of them costs little. */
static void
of_many_cas_of_one_name_only_some_are_looked_at(void **state)
{
	struct dockit *kit = *state;
	struct fixture ca = fixture_ca;
	STACK_OF(X509) *others = dockit_certs(NULL);

	ca.key = ca.issuer_key = ca.authority = FIXTURE_P256;
	for (int i = 0; i < 20; i++)
		assert_true(sk_X509_push(others, dockit_cert(&ca)) > 0);
	asked = 0;
	assert_int_equal(find(kit, others, DOC_OK).end, CHAIN_NOWHERE);
	assert_int_equal(asked, 8);
	trust_certs_free(others);
}

static void
a_proof_that_needs_memory_is_no_verdict(void **state)
{
	struct dockit *kit = *state;
	STACK_OF(X509) *others = dockit_certs(kit->ca);

	proof = JPKI_ERR_MEMORY;
	assert_int_equal(find(kit, others, DOC_ERR_MEMORY).end,
	    CHAIN_NOWHERE);
	proof = JPKI_ERR_MALFORMED;
	assert_int_equal(find(kit, others, DOC_OK).end, CHAIN_NOWHERE);
	trust_certs_free(others);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, new_all, dockit_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pinned_ca_that_came_with_the_document_is_trusted),
		TEST(a_pinned_ca_that_was_given_is_a_pinned_one),
		TEST(of_a_ca_that_only_has_the_name_nothing_is_believed),
		TEST(a_pinned_ca_that_had_ended_is_not_trusted),
		TEST(of_many_cas_of_one_name_only_some_are_looked_at),
		TEST(a_proof_that_needs_memory_is_no_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_free);
}
