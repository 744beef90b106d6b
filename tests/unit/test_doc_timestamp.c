/* SPDX-License-Identifier: BSD-2-Clause */
/* Time stamps, of services that are honest and of others. */
#include "timestamp.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmskit.h"
#include "tsakit.h"
#include "unit.h"

#define BYTES	"what is stamped"

static struct verdict verdict;

static int
free_all(void **state)
{
	verdict_free(&verdict);
	cmskit_forget();
	return dockit_free(state);
}

static enum doc_err
fetch(struct dockit *kit, enum tsakit_fault fault,
    const struct fixture_ext *exts, struct jpki_buf *token)
{
	struct tsakit *tsa = tsakit_new(fault, exts);
	enum doc_err err;

	kit->signer.timestamp = tsakit_url(tsa);
	err = timestamp_fetch(&kit->signer, (const uint8_t *)BYTES,
	    strlen(BYTES), token, &kit->error);
	kit->signer.timestamp = NULL;
	tsakit_free(tsa);
	return err;
}

/* Judged as the stamp of a signature over these bytes. */
static struct verdict_signature *
check(struct dockit *kit, const struct jpki_buf *token, const char *bytes)
{
	struct timestamp stamp = { token->p, token->n,
	    (const uint8_t *)bytes, strlen(bytes) };
	struct verdict_signature *s;

	verdict_free(&verdict);
	s = verdict_add(&verdict);
	assert_non_null(s);
	assert_int_equal(timestamp_check(&kit->trust, &stamp, s, &kit->error),
	    DOC_OK);
	return s;
}

static void
an_honest_service_proves_a_time(void **state)
{
	static const enum jpki_hash hashes[] = {
		JPKI_HASH_SHA256, JPKI_HASH_SHA384, JPKI_HASH_SHA512,
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(hashes); i++) {
		struct jpki_buf token = { NULL, 0 };
		struct verdict_signature *s;

		kit->signer.hash = hashes[i];
		assert_int_equal(fetch(kit, TSAKIT_HONEST, NULL, &token),
		    DOC_OK);
		s = check(kit, &token, BYTES);
		dockit_expect(s, CHECK_TIMESTAMP, FINDING_OK,
		    "2026-01-01T08:59:50+09:00");
		assert_int_equal(s->stamped, DOCKIT_NOW - 10);
		jpki_buf_free(&token);
	}
}

static void
openssl_ts_is_an_honest_service(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf token = { NULL, 0 };
	struct verdict_signature *s;

	/* Its clock is the host's; the CA's years are not those. */
	kit->signer.now = kit->trust.now = time(NULL);
	assert_int_equal(fetch(kit, TSAKIT_OPENSSL, NULL, &token), DOC_OK);
	trust_certs_free(kit->trust.anchors);
	kit->trust.anchors = NULL;
	s = check(kit, &token, BYTES);
	dockit_expect(s, CHECK_TIMESTAMP, FINDING_UNKNOWN, "no CA");
	jpki_buf_free(&token);
}

static void
a_service_that_nobody_vouches_for_proves_no_time(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf token = tsakit_token(NULL, BYTES, strlen(BYTES),
	    DOCKIT_NOW - 10);
	struct verdict_signature *s;

	trust_certs_free(kit->trust.anchors);
	kit->trust.anchors = NULL;
	s = check(kit, &token, BYTES);
	dockit_expect(s, CHECK_TIMESTAMP, FINDING_UNKNOWN, "--ca");
	assert_int_equal(s->stamped, -1);
	jpki_buf_free(&token);
}

static void
a_time_stamp_is_only_for_its_bytes(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf token = tsakit_token(NULL, BYTES, strlen(BYTES),
	    DOCKIT_NOW - 10);
	struct verdict_signature *s = check(kit, &token, "something else");

	dockit_expect(s, CHECK_TIMESTAMP, FINDING_FAILED,
	    "for something else");
	assert_int_equal(s->stamped, -1);
	jpki_buf_free(&token);
}

static void
a_time_in_the_future_or_of_no_certificate_is_not_believed(void **state)
{
	static const struct {
		int64_t		 when;
		const char	*words;
	} rows[] = {
		{ DOCKIT_NOW + 3600, "future" },
		{ DOCKIT_NOW - 2 * 366 * 86400, "not valid then" },
		{ DOCKIT_NOW + INT64_C(10) * 366 * 86400, "not valid then" },
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf token = tsakit_token(NULL, BYTES,
		    strlen(BYTES), rows[i].when);
		struct verdict_signature *s = check(kit, &token, BYTES);

		dockit_expect(s, CHECK_TIMESTAMP, FINDING_FAILED,
		    rows[i].words);
		assert_int_equal(s->stamped, -1);
		jpki_buf_free(&token);
	}
}

static const struct fixture_ext not_critical[] = {
	{ "keyUsage", "critical,digitalSignature" },
	{ "extendedKeyUsage", "timeStamping" }, { NULL, NULL }
};
static const struct fixture_ext two_uses[] = {
	{ "keyUsage", "critical,digitalSignature" },
	{ "extendedKeyUsage", "critical,timeStamping,emailProtection" },
	{ NULL, NULL }
};
static const struct fixture_ext no_use[] = {
	{ "keyUsage", "critical,digitalSignature" }, { NULL, NULL }
};
static const struct fixture_ext *const wrong[] = {
	not_critical, two_uses, no_use,
};

static void
only_a_certificate_for_time_stamps_stamps(void **state)
{
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct jpki_buf token = tsakit_token(wrong[i], BYTES,
		    strlen(BYTES), DOCKIT_NOW - 10);
		struct verdict_signature *s = check(kit, &token, BYTES);

		dockit_expect(s, CHECK_TIMESTAMP, FINDING_FAILED,
		    "not one for time stamps");
		assert_int_equal(s->stamped, -1);
		jpki_buf_free(&token);
		assert_int_equal(fetch(kit, TSAKIT_HONEST, wrong[i], &token),
		    DOC_ERR_NETWORK);
		assert_null(token.p);
	}
}

static void
a_document_is_no_time_stamp(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, false);

	dockit_expect(check(kit, &der, CMSKIT_TEXT), CHECK_TIMESTAMP,
	    FINDING_FAILED, "does not hold");
	der.n = 1;
	dockit_expect(check(kit, &der, CMSKIT_TEXT), CHECK_TIMESTAMP,
	    FINDING_FAILED, "does not hold");
	jpki_buf_free(&der);
}

static void
a_service_that_is_not_honest_is_found_out(void **state)
{
	static const struct {
		enum tsakit_fault	 fault;
		const char		*words;
	} rows[] = {
		{ TSAKIT_REFUSES, "gives none: closed?[2J" },
		{ TSAKIT_OTHER_NONCE, "another request" },
		{ TSAKIT_NO_NONCE, "another request" },
		{ TSAKIT_OTHER_IMPRINT, "something else" },
		{ TSAKIT_OTHER_SIGNATURE, "did not make it" },
		{ TSAKIT_NO_CERT, "certificate is not in" },
		{ TSAKIT_GARBAGE, "answer" },
		{ TSAKIT_EMPTY, "answer" },
		{ TSAKIT_HTTP_ERROR, "code=500, reason=Sorry?[2J" },
		{ TSAKIT_REDIRECTS, "redirection" },
		{ TSAKIT_OTHER_TYPE, "actual=text/html" },
		{ TSAKIT_HUGE, "answer" },
		{ TSAKIT_CUT, "answer" },
		{ TSAKIT_SILENT, "answer" },
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf token = { NULL, 0 };

		expect_int(rows[i].words, fetch(kit, rows[i].fault, NULL,
		    &token), DOC_ERR_NETWORK);
		if (strstr(kit->error.words, rows[i].words) == NULL)
			fail_msg("not \"%s\" but: %s", rows[i].words,
			    kit->error.words);
		assert_null(token.p);
	}
}

static void
a_proxy_is_asked_if_there_is_one(void **state)
{
	struct dockit *kit = *state;
	struct tsakit *tsa = tsakit_new(TSAKIT_PROXY, NULL);
	struct jpki_buf token = { NULL, 0 };

	assert_int_equal(setenv("http_proxy", tsakit_url(tsa), 1), 0);
	kit->signer.timestamp = TSAKIT_BEHIND;
	assert_int_equal(timestamp_fetch(&kit->signer, (const uint8_t *)BYTES,
	    strlen(BYTES), &token, &kit->error), DOC_OK);
	(void)unsetenv("http_proxy");
	tsakit_free(tsa);
	jpki_buf_free(&token);
}

/* Whoever checks it would not believe it. */
static void
a_stamp_from_before_the_signature_is_refused(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf token = { NULL, 0 };

	kit->signer.now = DOCKIT_NOW + 300;
	assert_int_equal(fetch(kit, TSAKIT_HONEST, NULL, &token),
	    DOC_ERR_NETWORK);
	assert_non_null(strstr(kit->error.words, "set the clock"));
	kit->signer.now = DOCKIT_NOW + 200;
	assert_int_equal(fetch(kit, TSAKIT_HONEST, NULL, &token), DOC_OK);
	jpki_buf_free(&token);
}

static void
an_address_that_is_none_is_refused(void **state)
{
	static const struct {
		const char	*url;
		enum doc_err	 err;
	} rows[] = {
		{ NULL, DOC_ERR_OPTION },
		{ "", DOC_ERR_OPTION },
		{ "127.0.0.1", DOC_ERR_OPTION },
		{ "http://", DOC_ERR_OPTION },
		{ "ftp://127.0.0.1/", DOC_ERR_OPTION },
		{ "https://127.0.0.1/", DOC_ERR_OPTION },
		{ "http://me:word@127.0.0.1/", DOC_ERR_OPTION },
		{ "http://127.0.0.1:99999/", DOC_ERR_OPTION },
		{ "http://:80/", DOC_ERR_OPTION },
		{ "http:///stamp", DOC_ERR_OPTION },
		{ "httpx://127.0.0.1/", DOC_ERR_OPTION },
		{ "http://127.0.0.1/a b", DOC_ERR_OPTION },
		{ "http://127.0.0.1/\r\nX: y", DOC_ERR_OPTION },
		/* Nobody listens there. */
		{ "http://127.0.0.1:1/", DOC_ERR_NETWORK },
		{ "http://[::1]:1/", DOC_ERR_NETWORK },
		{ "http://tsa.invalid/", DOC_ERR_NETWORK },
	};
	struct dockit *kit = *state;
	struct jpki_buf token = { NULL, 0 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		kit->signer.timestamp = rows[i].url;
		if (rows[i].url != NULL)
			expect_int(rows[i].url, timestamp_url_check(
			    rows[i].url, &kit->error), rows[i].err ==
			    DOC_ERR_OPTION ? DOC_ERR_OPTION : DOC_OK);
		expect_int(rows[i].url != NULL ? rows[i].url : "none",
		    timestamp_fetch(&kit->signer, (const uint8_t *)BYTES,
		    strlen(BYTES), &token, &kit->error), rows[i].err);
		assert_null(token.p);
	}
}

static struct jpki_buf
stamped_cms(struct dockit *kit, enum tsakit_fault fault)
{
	struct tsakit *tsa = tsakit_new(fault, NULL);
	struct jpki_buf der;

	kit->signer.timestamp = tsakit_url(tsa);
	der = cmskit_sign(kit, true);
	kit->signer.timestamp = NULL;
	tsakit_free(tsa);
	return der;
}

/* Of a service whose certificate, or whose CA, has ended since. */
static void
a_stamp_proves_nothing_longer_than_its_certificate_lasts(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf token = tsakit_token(NULL, BYTES, strlen(BYTES),
	    DOCKIT_NOW - 10);
	struct fixture ca = fixture_ca;
	struct verdict_signature *s;

	kit->trust.now = DOCKIT_NOW + INT64_C(9) * 366 * 86400;
	s = check(kit, &token, BYTES);
	dockit_expect(s, CHECK_TIMESTAMP, FINDING_UNKNOWN,
	    "ended 2034-08-28");
	assert_int_equal(s->stamped, -1);
	kit->trust.now = DOCKIT_NOW + 86400;
	ca.not_after = "260101120000Z";
	trust_certs_free(kit->trust.anchors);
	X509_free(kit->ca);
	kit->ca = dockit_cert(&ca);
	kit->trust.anchors = dockit_certs(kit->ca);
	s = check(kit, &token, BYTES);
	dockit_expect(s, CHECK_TIMESTAMP, FINDING_UNKNOWN, "no CA");
	assert_int_equal(s->stamped, -1);
	jpki_buf_free(&token);
}

/* It was signed while the certificate was valid, and is checked later. */
static void
a_stamped_signature_outlives_its_certificate(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der;
	struct verdict_signature *s;

	kit->signer.now = DOCKIT_NOW - 60;
	der = stamped_cms(kit, TSAKIT_HONEST);
	kit->trust.now = DOCKIT_NOW + INT64_C(5) * 366 * 86400;
	s = cmskit_check_one(kit, &der, CMSKIT_TEXT);
	cmskit_expect_good(s);
	dockit_expect(s, CHECK_TIMESTAMP, FINDING_OK, NULL);
	dockit_expect(s, CHECK_VALIDITY, FINDING_OK, "time stamp proves");
	assert_int_equal(s->stamped, DOCKIT_NOW - 10);
	jpki_buf_free(&der);
}

static void
stamp_early(CMS_ContentInfo *cms)
{
	CMS_SignerInfo *info = sk_CMS_SignerInfo_value(
	    CMS_get0_SignerInfos(cms), 0);
	const ASN1_OCTET_STRING *sig = CMS_SignerInfo_get0_signature(info);
	struct jpki_buf token = tsakit_token(NULL, ASN1_STRING_get0_data(sig),
	    (size_t)ASN1_STRING_length(sig), DOCKIT_NOW - 10);

	assert_int_equal(CMS_unsigned_add1_attr_by_NID(info,
	    NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE, token.p,
	    (int)token.n), 1);
	jpki_buf_free(&token);
}

static void
a_signature_that_claims_to_be_later_than_its_stamp_fails(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der;

	kit->signer.now = DOCKIT_NOW + 86400;
	kit->trust.now = DOCKIT_NOW + 2 * 86400;
	der = cmskit_sign(kit, true);
	cmskit_bend(&der, stamp_early);
	dockit_expect(cmskit_check_one(kit, &der, CMSKIT_TEXT),
	    CHECK_VALIDITY, FINDING_FAILED, "after the time stamp");
	jpki_buf_free(&der);
}

static struct jpki_buf spare;

static void
add_spare(CMS_ContentInfo *cms)
{
	CMS_SignerInfo *info = sk_CMS_SignerInfo_value(
	    CMS_get0_SignerInfos(cms), 0);

	assert_int_equal(CMS_unsigned_add1_attr_by_NID(info,
	    NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE, spare.p,
	    (int)spare.n), 1);
}

/* A stamp over another signature, alone and beside the right one. */
static void
a_stamp_of_another_signature_fails(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = cmskit_sign(kit, true);
	struct verdict_signature *s;

	spare = tsakit_token(NULL, BYTES, strlen(BYTES), DOCKIT_NOW - 10);
	cmskit_bend(&der, add_spare);
	s = cmskit_check_one(kit, &der, CMSKIT_TEXT);
	dockit_expect(s, CHECK_TIMESTAMP, FINDING_FAILED, "something else");
	verdict_note(s, CHECK_COVERAGE, FINDING_OK, NULL);
	assert_int_equal(s->stamped, -1);
	jpki_buf_free(&spare);
	jpki_buf_free(&der);
}

static void
without_its_stamp_nothing_is_signed(void **state)
{
	struct cms_options options = { .detached = true };
	struct dockit *kit = *state;
	struct tsakit *tsa = tsakit_new(TSAKIT_REFUSES, NULL);
	BIO *content = cmskit_text(CMSKIT_TEXT);
	struct jpki_buf der = { NULL, 0 };

	kit->signer.timestamp = tsakit_url(tsa);
	assert_int_equal(cms_sign(&kit->signer, content, &options, &der,
	    &kit->error), DOC_ERR_NETWORK);
	assert_null(der.p);
	tsakit_free(tsa);
	BIO_free(content);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dockit_new, free_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_honest_service_proves_a_time),
		TEST(openssl_ts_is_an_honest_service),
		TEST(a_service_that_nobody_vouches_for_proves_no_time),
		TEST(a_time_stamp_is_only_for_its_bytes),
		TEST(a_time_in_the_future_or_of_no_certificate_is_not_believed),
		TEST(only_a_certificate_for_time_stamps_stamps),
		TEST(a_document_is_no_time_stamp),
		TEST(a_service_that_is_not_honest_is_found_out),
		TEST(a_proxy_is_asked_if_there_is_one),
		TEST(a_stamp_from_before_the_signature_is_refused),
		TEST(an_address_that_is_none_is_refused),
		TEST(a_stamp_proves_nothing_longer_than_its_certificate_lasts),
		TEST(a_stamped_signature_outlives_its_certificate),
		TEST(a_signature_that_claims_to_be_later_than_its_stamp_fails),
		TEST(a_stamp_of_another_signature_fails),
		TEST(without_its_stamp_nothing_is_signed),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	(void)unsetenv("http_proxy");
	(void)unsetenv("HTTP_PROXY");
	return cmocka_run_group_tests(tests, NULL, fixture_free);
}
