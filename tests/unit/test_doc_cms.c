/* SPDX-License-Identifier: BSD-2-Clause */
/* CMS that is signed here, and checked again. */
#include "cms.h"

#include <stdlib.h>
#include <string.h>

#include "cms_open.h"
#include "cmskit.h"
#include "unit.h"

static const enum jpki_hash hashes[] = {
	JPKI_HASH_SHA256, JPKI_HASH_SHA384, JPKI_HASH_SHA512,
};

static int
free_all(void **state)
{
	cmskit_forget();
	return dockit_free(state);
}

static void
what_is_signed_is_found_good(void **state)
{
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(hashes) * 2; i++) {
		bool detached = i % 2 == 0;
		struct verdict_signature *s;
		struct jpki_buf der;

		kit->signer.hash = hashes[i / 2];
		der = cmskit_sign(kit, detached);
		s = cmskit_check_one(kit, &der, detached ? CMSKIT_TEXT : NULL);
		cmskit_expect_good(s);
		dockit_expect(s, CHECK_TIMESTAMP, FINDING_NONE, NULL);
		assert_int_equal(s->hash, hashes[i / 2]);
		assert_int_equal(s->claimed, DOCKIT_NOW);
		assert_int_equal(s->stamped, -1);
		jpki_buf_free(&der);
	}
}

/* Without key and certificate, as long as nothing is signed. */
static void
what_was_read_ahead_is_signed_once(void **state)
{
	struct dockit *kit = *state;
	struct doc_signer reader = { .crypto = fixture_crypto(),
	    .hash = JPKI_HASH_SHA256 };
	struct cms_options options = { .detached = true };
	struct jpki_buf der = { NULL, 0 }, again = der;
	struct cms_draft *draft = NULL;
	BIO *content = cmskit_text(CMSKIT_TEXT);

	assert_int_equal(cms_draft_read(&reader, content, &options, &draft,
	    &kit->error), DOC_OK);
	kit->signer.hash = JPKI_HASH_SHA512;
	assert_int_equal(cms_draft_sign(&kit->signer, draft, &der,
	    &kit->error), DOC_ERR_INTERNAL);
	kit->signer.hash = JPKI_HASH_SHA256;
	assert_int_equal(cms_draft_sign(&kit->signer, draft, &der,
	    &kit->error), DOC_OK);
	assert_int_equal(cms_draft_sign(&kit->signer, draft, &again,
	    &kit->error), DOC_ERR_INTERNAL);
	assert_null(again.p);
	cmskit_expect_good(cmskit_check_one(kit, &der, CMSKIT_TEXT));
	cms_draft_free(&draft);
	assert_null(draft);
	cms_draft_free(&draft);
	BIO_free(content);
	jpki_buf_free(&der);
}

static void
nothing_is_a_content_too(void **state)
{
	struct dockit *kit = *state;

	for (int detached = 0; detached < 2; detached++) {
		struct cms_options options = { .detached = detached != 0 };
		struct jpki_buf der = { NULL, 0 };
		BIO *content = cmskit_text("");

		assert_int_equal(cms_sign(&kit->signer, content, &options,
		    &der, &kit->error), DOC_OK);
		cmskit_expect_good(cmskit_check_one(kit, &der,
		    detached != 0 ? "" : NULL));
		BIO_free(content);
		jpki_buf_free(&der);
	}
}

static void
an_ec_key_signs_too(void **state)
{
	struct dockit *kit = *state;
	struct fixture leaf = fixture_sign;
	struct jpki_buf der;

	leaf.key = FIXTURE_P384;
	X509_free(kit->sign);
	kit->signer.cert = kit->sign = dockit_cert(&leaf);
	kit->signer.key = fixture_key(FIXTURE_P384);
	kit->signer.hash = JPKI_HASH_SHA384;
	der = cmskit_sign(kit, true);
	cmskit_expect_good(cmskit_check_one(kit, &der, CMSKIT_TEXT));
	jpki_buf_free(&der);
}

/* CAdES-BES: which attributes are signed; both certificates are there. */
static void
what_is_signed_says_who_when_and_what(void **state)
{
	static const int nids[] = { NID_pkcs9_contentType,
	    NID_pkcs9_messageDigest, NID_pkcs9_signingTime,
	    NID_id_smime_aa_signingCertificateV2 };
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, false);
	struct cms_message m;
	CMS_SignerInfo *info;

	assert_int_equal(cms_open(fixture_crypto(), der.p, der.n,
	    NID_pkcs7_data, &m, &kit->error), DOC_OK);
	info = sk_CMS_SignerInfo_value(m.signers, 0);
	assert_int_equal(CMS_signed_get_attr_count(info), COUNT(nids));
	for (size_t i = 0; i < COUNT(nids); i++)
		assert_true(CMS_signed_get_attr_by_NID(info, nids[i],
		    -1) >= 0);
	assert_int_equal(CMS_unsigned_get_attr_count(info), -1);
	assert_int_equal(sk_X509_num(m.certs), 2);
	assert_int_equal(ASN1_STRING_length(m.content), strlen(CMSKIT_TEXT));
	cms_close(&m);
	jpki_buf_free(&der);
}

static void
without_a_signing_time_there_is_none(void **state)
{
	struct cms_options options = { .detached = true,
	    .no_signing_time = true };
	struct dockit *kit = *state;
	struct jpki_buf der = { NULL, 0 };
	struct verdict_signature *s;
	BIO *content = cmskit_text(CMSKIT_TEXT);

	assert_int_equal(cms_sign(&kit->signer, content, &options, &der,
	    &kit->error), DOC_OK);
	s = cmskit_check_one(kit, &der, CMSKIT_TEXT);
	cmskit_expect_good(s);
	assert_int_equal(s->claimed, -1);
	dockit_expect(s, CHECK_VALIDITY, FINDING_OK, "which is now");
	BIO_free(content);
	jpki_buf_free(&der);
}

static void
without_the_ca_the_chain_needs_it_given(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der;

	kit->signer.ca = NULL;
	der = cmskit_sign(kit, true);
	cmskit_expect_good(cmskit_check_one(kit, &der, CMSKIT_TEXT));
	trust_certs_free(kit->trust.anchors);
	kit->trust.anchors = NULL;
	dockit_expect(cmskit_check_one(kit, &der, CMSKIT_TEXT), CHECK_CHAIN,
	    FINDING_FAILED, NULL);
	jpki_buf_free(&der);
}

static enum doc_err
try_sign(struct dockit *kit, struct jpki_buf *der)
{
	struct cms_options options = { .detached = true };
	BIO *content = cmskit_text(CMSKIT_TEXT);
	enum doc_err err = cms_sign(&kit->signer, content, &options, der,
	    &kit->error);

	BIO_free(content);
	return err;
}

static void
a_key_that_does_not_sign_is_told_apart(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = { NULL, 0 };

	kit->signer.key = X509_get0_pubkey(kit->sign);
	assert_int_equal(try_sign(kit, &der), DOC_ERR_KEY);
	assert_null(der.p);
	kit->signer.key = fixture_key(FIXTURE_RSA_CA);
	assert_int_equal(try_sign(kit, &der), DOC_ERR_KEY);
	assert_non_null(strstr(kit->error.words, "does not match"));
	assert_null(der.p);
}

static void
what_nobody_would_accept_is_not_signed(void **state)
{
	struct dockit *kit = *state;
	struct fixture leaf = fixture_sign;
	struct jpki_buf der = { NULL, 0 };

	kit->signer.hash = JPKI_HASH_SHA1;
	assert_int_equal(try_sign(kit, &der), DOC_ERR_OPTION);
	kit->signer.hash = JPKI_HASH_NONE;
	assert_int_equal(try_sign(kit, &der), DOC_ERR_OPTION);
	kit->signer.hash = JPKI_HASH_SHA256;
	leaf.key = FIXTURE_ED25519;
	X509_free(kit->sign);
	kit->signer.cert = kit->sign = dockit_cert(&leaf);
	assert_int_equal(try_sign(kit, &der), DOC_ERR_OPTION);
	assert_null(der.p);
}

/* As a file on a disk that fails. */
static int
fail_to_read(BIO *bio, char *out, int n)
{
	(void)bio;
	(void)out;
	(void)n;
	return -1;
}

static long
know_nothing(BIO *bio, int cmd, long n, void *p)
{
	(void)bio;
	(void)cmd;
	(void)n;
	(void)p;
	return 0;
}

static int
be_ready(BIO *bio)
{
	BIO_set_init(bio, 1);
	return 1;
}

static void
content_that_cannot_be_read_is_not_signed(void **state)
{
	struct dockit *kit = *state;
	BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "broken");

	BIO_meth_set_read(method, fail_to_read);
	BIO_meth_set_ctrl(method, know_nothing);
	BIO_meth_set_create(method, be_ready);
	for (int detached = 0; detached < 2; detached++) {
		struct cms_options options = { .detached = detached != 0 };
		struct jpki_buf der = { NULL, 0 };
		BIO *bio = BIO_new(method);

		assert_non_null(bio);
		assert_int_equal(cms_sign(&kit->signer, bio, &options, &der,
		    &kit->error), DOC_ERR_IO);
		assert_null(der.p);
		BIO_free(bio);
	}
	BIO_meth_free(method);
}

/* A further signer: another certificate of the same CA, on an EC key. */
static struct doc_signer
second(struct dockit *kit, X509 **cert)
{
	struct fixture leaf = fixture_sign;
	struct doc_signer signer = kit->signer;

	leaf.serial = "0705D999";
	leaf.key = FIXTURE_P256;
	*cert = dockit_cert(&leaf);
	signer.cert = *cert;
	signer.key = fixture_key(FIXTURE_P256);
	signer.hash = JPKI_HASH_SHA512;
	return signer;
}

static enum doc_err
try_add(struct dockit *kit, const struct jpki_buf *der, const char *content,
    struct jpki_buf *out)
{
	BIO *bio = content != NULL ? cmskit_text(content) : NULL;
	X509 *cert;
	struct doc_signer signer = second(kit, &cert);
	enum doc_err err = cms_add(&signer, der, bio, out, &kit->error);

	X509_free(cert);
	BIO_free(bio);
	return err;
}

static void
a_further_signer_leaves_the_first_one_whole(void **state)
{
	struct dockit *kit = *state;

	for (int detached = 0; detached < 2; detached++) {
		const char *content = detached != 0 ? CMSKIT_TEXT : NULL;
		struct jpki_buf one = cmskit_sign(kit, detached != 0);
		struct jpki_buf two = { NULL, 0 };
		struct verdict *v;

		assert_int_equal(try_add(kit, &one, content, &two), DOC_OK);
		v = cmskit_check(kit, &two, content);
		assert_int_equal(v->n, 2);
		cmskit_expect_good(&v->signatures[0]);
		cmskit_expect_good(&v->signatures[1]);
		assert_int_equal(v->signatures[0].hash +
		    v->signatures[1].hash,
		    JPKI_HASH_SHA256 + JPKI_HASH_SHA512);
		jpki_buf_free(&one);
		jpki_buf_free(&two);
	}
}

static void
one_bad_signer_of_two_is_enough(void **state)
{
	struct dockit *kit = *state;

	for (size_t bad = 0; bad < 2; bad++) {
		struct jpki_buf one = cmskit_sign(kit, false);
		struct jpki_buf two = { NULL, 0 };
		struct cms_message m;
		struct verdict *v;
		ASN1_OCTET_STRING *sig;

		assert_int_equal(try_add(kit, &one, NULL, &two), DOC_OK);
		assert_int_equal(cms_open(fixture_crypto(), two.p, two.n,
		    NID_pkcs7_data, &m, &kit->error), DOC_OK);
		sig = CMS_SignerInfo_get0_signature(sk_CMS_SignerInfo_value(
		    m.signers, (int)bad));
		assert_int_equal(ASN1_STRING_set(sig, "bad", 3), 1);
		jpki_buf_free(&two);
		assert_int_equal(cms_der(m.cms, &two, &kit->error), DOC_OK);
		cms_close(&m);
		v = cmskit_check(kit, &two, NULL);
		assert_int_equal(v->n, 2);
		for (size_t i = 0; i < 2; i++) {
			struct verdict_signature *s = &v->signatures[i];

			verdict_note(s, CHECK_COVERAGE, FINDING_OK, NULL);
			dockit_expect(s, CHECK_INTEGRITY, FINDING_OK, NULL);
		}
		assert_true(v->signatures[0].check[CHECK_SIGNATURE].finding !=
		    v->signatures[1].check[CHECK_SIGNATURE].finding);
		assert_false(verdict_holds(v));
		jpki_buf_free(&one);
		jpki_buf_free(&two);
	}
}

static void
a_further_signer_signs_only_what_the_first_one_did(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf detached = cmskit_sign(kit, true);
	struct jpki_buf attached = cmskit_sign(kit, false);
	struct jpki_buf out = { NULL, 0 };

	assert_int_equal(try_add(kit, &detached, "something else", &out),
	    DOC_ERR_INPUT);
	assert_int_equal(try_add(kit, &detached, NULL, &out), DOC_ERR_OPTION);
	assert_int_equal(try_add(kit, &attached, CMSKIT_TEXT, &out),
	    DOC_ERR_OPTION);
	attached.n--;
	assert_int_equal(try_add(kit, &attached, NULL, &out), DOC_ERR_INPUT);
	assert_null(out.p);
	jpki_buf_free(&detached);
	jpki_buf_free(&attached);
}

/* Whoever has signed before may have brought one that looks like ours. */
static void
beside_a_double_of_the_certificate_nobody_signs(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf one = cmskit_sign(kit, false), out = { NULL, 0 };
	struct doc_signer signer = kit->signer;
	struct fixture other = fixture_sign;

	other.key = FIXTURE_P256;
	signer.cert = dockit_cert(&other);
	signer.key = fixture_key(FIXTURE_P256);
	assert_int_equal(cms_add(&signer, &one, NULL, &out, &kit->error),
	    DOC_ERR_INPUT);
	assert_non_null(strstr(kit->error.words, "another certificate"));
	assert_null(out.p);
	X509_free(signer.cert);
	jpki_buf_free(&one);
}

static void
a_content_is_given_only_if_it_is_missing(void **state)
{
	struct dockit *kit = *state;
	struct verdict v = { NULL, NULL, 0 };

	for (int detached = 0; detached < 2; detached++) {
		struct jpki_buf der = cmskit_sign(kit, detached != 0);
		BIO *bio = detached != 0 ? NULL : cmskit_text(CMSKIT_TEXT);

		assert_int_equal(cms_check(&kit->trust, der.p, der.n, bio, -1,
		    &v, &kit->error), DOC_ERR_OPTION);
		assert_non_null(strstr(kit->error.words, "--content"));
		assert_int_equal(v.n, 0);
		BIO_free(bio);
		jpki_buf_free(&der);
	}
}

static void
the_size_of_a_cms_is_known_whatever_follows(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, true);
	uint8_t *padded = calloc(1, der.n + 100);

	assert_non_null(padded);
	memcpy(padded, der.p, der.n);
	assert_int_equal(cms_size(fixture_crypto(), padded, der.n + 100),
	    der.n);
	assert_int_equal(cms_size(fixture_crypto(), padded, der.n), der.n);
	assert_int_equal(cms_size(fixture_crypto(), padded, der.n - 1), 0);
	assert_int_equal(cms_size(fixture_crypto(), padded, 0), 0);
	assert_int_equal(cms_size(fixture_crypto(), padded + 1, der.n), 0);
	free(padded);
	jpki_buf_free(&der);
}

static void
pem_holds_what_der_does(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, true);
	struct jpki_buf pem = { NULL, 0 }, back = { NULL, 0 };

	assert_int_equal(cms_pem(&der, &pem, &kit->error), DOC_OK);
	assert_memory_equal(pem.p, "-----BEGIN CMS-----\n", 20);
	assert_int_equal(cms_unwrap(pem.p, pem.n, &back, &kit->error), DOC_OK);
	expect_bytes("PEM", fixture_slice(&back), fixture_slice(&der));
	jpki_buf_free(&back);
	assert_int_equal(cms_unwrap(der.p, der.n, &back, &kit->error), DOC_OK);
	expect_bytes("DER", fixture_slice(&back), fixture_slice(&der));
	jpki_buf_free(&back);
	jpki_buf_free(&pem);
	jpki_buf_free(&der);
}

static void
what_is_neither_der_nor_pem_is_refused(void **state)
{
	static const char *const rows[] = {
		"", "hello\n", "-----BEGIN CMS-----\n",
		"-----BEGIN CMS-----\nAAAA\n-----END PKCS7-----\n",
		"-----BEGIN CERTIFICATE-----\nAAAA\n"
		    "-----END CERTIFICATE-----\n",
		"-----BEGIN CMS-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n"
		    "-----END CMS-----\n",
		"-----BEGIN CMS-----\nAAAA\n-----END CMS-----\nmore\n",
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf out = { NULL, 0 };

		assert_int_equal(cms_unwrap((const uint8_t *)rows[i],
		    strlen(rows[i]), &out, &kit->error), DOC_ERR_INPUT);
		assert_null(out.p);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dockit_new, free_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_signed_is_found_good),
		TEST(what_was_read_ahead_is_signed_once),
		TEST(nothing_is_a_content_too),
		TEST(an_ec_key_signs_too),
		TEST(what_is_signed_says_who_when_and_what),
		TEST(without_a_signing_time_there_is_none),
		TEST(without_the_ca_the_chain_needs_it_given),
		TEST(a_key_that_does_not_sign_is_told_apart),
		TEST(what_nobody_would_accept_is_not_signed),
		TEST(content_that_cannot_be_read_is_not_signed),
		TEST(a_further_signer_leaves_the_first_one_whole),
		TEST(one_bad_signer_of_two_is_enough),
		TEST(a_further_signer_signs_only_what_the_first_one_did),
		TEST(beside_a_double_of_the_certificate_nobody_signs),
		TEST(a_content_is_given_only_if_it_is_missing),
		TEST(the_size_of_a_cms_is_known_whatever_follows),
		TEST(pem_holds_what_der_does),
		TEST(what_is_neither_der_nor_pem_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_free);
}
