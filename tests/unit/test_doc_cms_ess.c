/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 5035: which certificate the signer says to have signed with. */
#include <stdlib.h>
#include <string.h>

#include <openssl/ess.h>

#include "cmskit.h"
#include "unit.h"

/* What goes into the signed attributes of the next one. */
static struct {
	int		 nid;
	unsigned char	*der;
	int		 n;
} attribute;

static int
free_all(void **state)
{
	cmskit_forget();
	return dockit_free(state);
}

static void
add_attribute(CMS_ContentInfo *cms, CMS_SignerInfo *info)
{
	(void)cms;
	assert_int_equal(CMS_signed_add1_attr_by_NID(info, attribute.nid,
	    V_ASN1_SEQUENCE, attribute.der, attribute.n), 1);
}

/* Signed by the kit's signer, with the attribute; checked.  Frees that. */
static void
expect(struct dockit *kit, enum finding finding, const char *words)
{
	struct jpki_buf der = cmskit_foreign(kit, "SHA256", 0, add_attribute);

	dockit_expect(cmskit_check_one(kit, &der, NULL), CHECK_SIGNATURE,
	    finding, words);
	jpki_buf_free(&der);
	OPENSSL_free(attribute.der);
}

/* The first of these is said to be the signer's. */
static void
name(X509 *first, STACK_OF(X509) *others)
{
	EVP_MD *md = EVP_MD_fetch(fixture_crypto(), "SHA256", NULL);
	ESS_SIGNING_CERT_V2 *ess = OSSL_ESS_signing_cert_v2_new_init(md,
	    first, others, 1);

	assert_non_null(ess);
	attribute.nid = NID_id_smime_aa_signingCertificateV2;
	attribute.der = NULL;
	attribute.n = i2d_ESS_SIGNING_CERT_V2(ess, &attribute.der);
	assert_true(attribute.n > 0);
	ESS_SIGNING_CERT_V2_free(ess);
	EVP_MD_free(md);
}

static void
the_signer_and_its_chain_may_be_named(void **state)
{
	struct dockit *kit = *state;
	STACK_OF(X509) *ca = dockit_certs(kit->ca);

	name(kit->sign, NULL);
	expect(kit, FINDING_OK, NULL);
	name(kit->sign, ca);
	expect(kit, FINDING_OK, NULL);
	trust_certs_free(ca);
}

static void
an_older_attribute_names_it_too(void **state)
{
	struct dockit *kit = *state;
	ESS_SIGNING_CERT *ess = OSSL_ESS_signing_cert_new_init(kit->sign,
	    NULL, 0);

	attribute.nid = NID_id_smime_aa_signingCertificate;
	attribute.der = NULL;
	attribute.n = i2d_ESS_SIGNING_CERT(ess, &attribute.der);
	ESS_SIGNING_CERT_free(ess);
	expect(kit, FINDING_OK, NULL);
}

static void
another_that_is_named_did_not_sign(void **state)
{
	struct dockit *kit = *state;
	STACK_OF(X509) *signer = dockit_certs(kit->sign);

	name(kit->auth, NULL);
	expect(kit, FINDING_FAILED, "name another certificate");
	/* Its place is the first. */
	name(kit->ca, signer);
	expect(kit, FINDING_FAILED, "name another certificate");
	trust_certs_free(signer);
}

static void
what_names_nothing_that_can_be_read_fails(void **state)
{
	static const unsigned char rows[][4] = {
		{ 0x30, 0x00 }, { 0x30, 0x02, 0x05, 0x00 },
		{ 0x30, 0x02, 0x30, 0x00 },
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		attribute.nid = NID_id_smime_aa_signingCertificateV2;
		attribute.n = rows[i][1] + 2;
		attribute.der = OPENSSL_memdup(rows[i], sizeof(rows[i]));
		expect(kit, FINDING_FAILED, "name another certificate");
	}
}

/* Each would be looked for among all certificates that are there. */
static void
more_names_than_anybody_has_certificates_fail(void **state)
{
	struct dockit *kit = *state;
	STACK_OF(X509) *many = sk_X509_new_null();

	for (int i = 0; i < 100; i++)
		assert_true(sk_X509_push(many, kit->ca) > 0);
	name(kit->sign, many);
	expect(kit, FINDING_FAILED, "more certificates");
	sk_X509_free(many);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dockit_new, free_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_signer_and_its_chain_may_be_named),
		TEST(an_older_attribute_names_it_too),
		TEST(another_that_is_named_did_not_sign),
		TEST(what_names_nothing_that_can_be_read_fails),
		TEST(more_names_than_anybody_has_certificates_fail),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_free);
}
