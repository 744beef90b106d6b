/* SPDX-License-Identifier: BSD-2-Clause */
/* Which certificates a document may be signed with, and when. */
#include "trust.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>

#include "dockit.h"
#include "unit.h"

#define DAY	86400

/* Judged as one signature of a verdict that is freed at the next one. */
static struct verdict_signature *
judge(struct dockit *kit, X509 *cert, STACK_OF(X509) *others, int64_t claimed,
    int64_t stamped)
{
	static struct verdict verdict;
	struct verdict_signature *s;

	verdict_free(&verdict);
	if (cert == NULL)
		return NULL;
	s = verdict_add(&verdict);
	assert_non_null(s);
	s->claimed = claimed;
	s->stamped = stamped;
	assert_int_equal(trust_judge(&kit->trust, cert, others, s,
	    &kit->error), DOC_OK);
	return s;
}

static int
free_all(void **state)
{
	(void)judge(NULL, NULL, NULL, 0, 0);
	return dockit_free(state);
}

static void
a_signature_certificate_of_a_given_ca_is_believed(void **state)
{
	struct dockit *kit = *state;
	struct verdict_signature *s = judge(kit, kit->sign, NULL,
	    DOCKIT_NOW - DAY, -1);
	struct jpki_buf der = fixture_make(&fixture_sign);

	dockit_expect(s, CHECK_USAGE, FINDING_OK, NULL);
	dockit_expect(s, CHECK_VALIDITY, FINDING_OK,
	    "2025-12-31T09:00:00+09:00, which the signer claims");
	dockit_expect(s, CHECK_CHAIN, FINDING_OK, "nobody's identity");
	dockit_expect(s, CHECK_REVOCATION, FINDING_UNKNOWN,
	    "cannot be checked by the public");
	expect_bytes("certificate", fixture_slice(&s->cert),
	    fixture_slice(&der));
	jpki_buf_free(&der);
}

static void
a_test_ca_counts_only_if_it_was_given(void **state)
{
	struct dockit *kit = *state;
	STACK_OF(X509) *others = dockit_certs(kit->ca);
	STACK_OF(X509) *given = kit->trust.anchors;

	kit->trust.anchors = NULL;
	dockit_expect(judge(kit, kit->sign, others, -1, -1), CHECK_CHAIN,
	    FINDING_FAILED, "test CA");
	dockit_expect(judge(kit, kit->sign, NULL, -1, -1), CHECK_CHAIN,
	    FINDING_FAILED, "test CA");
	kit->trust.anchors = given;
	dockit_expect(judge(kit, kit->sign, others, -1, -1), CHECK_CHAIN,
	    FINDING_OK, NULL);
	trust_certs_free(others);
}

/* Key, serial and extensions are the impostor's, the name is not. */
static void
a_ca_that_took_the_name_of_another_is_not_believed(void **state)
{
	struct dockit *kit = *state;
	struct fixture ca = fixture_ca, leaf = fixture_sign;
	STACK_OF(X509) *others;
	X509 *impostor, *cert;

	ca.key = ca.issuer_key = leaf.issuer_key = FIXTURE_P384;
	for (int i = 0; i < 2; i++) {
		/* The second time it names the right CA's key. */
		leaf.authority = i == 0 ? FIXTURE_P384 : FIXTURE_RSA_CA;
		impostor = dockit_cert(&ca);
		cert = dockit_cert(&leaf);
		others = dockit_certs(impostor);
		dockit_expect(judge(kit, cert, others, -1, -1), CHECK_CHAIN,
		    FINDING_FAILED, NULL);
		trust_certs_free(others);
		X509_free(impostor);
		X509_free(cert);
	}
}

/* The CAs of J-LIS, by name and by what the certificate says of its issuer. */
static const char *const jlis[] = {
	"C", "JP", "O", "JPKI", "OU", "JPKI for digital signature",
	"OU", "Japan Agency for Local Authority Information Systems", NULL
};
static const struct fixture_ext jlis_exts[] = {
	{ "keyUsage", "critical,digitalSignature,nonRepudiation" },
	/* SEQUENCE { [0] keyIdentifier of 2023 } */
	{ "authorityKeyIdentifier", "DER:30:16:80:14:"
	    "D2:1E:A5:58:95:61:7E:93:AD:BF:96:6B:94:1A:B4:ED:F6:53:F0:8F" },
	{ NULL, NULL }
};
static const struct fixture_ext jlis_ca_exts[] = {
	{ "keyUsage", "critical,keyCertSign,cRLSign" },
	{ "basicConstraints", "critical,CA:TRUE" },
	{ "subjectKeyIdentifier", "DER:04:14:"
	    "D2:1E:A5:58:95:61:7E:93:AD:BF:96:6B:94:1A:B4:ED:F6:53:F0:8F" },
	{ NULL, NULL }
};

static void
a_ca_that_took_name_and_key_of_jlis_is_not_believed(void **state)
{
	struct dockit *kit = *state;
	struct fixture ca = fixture_ca, leaf = fixture_sign;
	STACK_OF(X509) *others;
	X509 *impostor, *cert;

	ca.subject = ca.issuer = leaf.issuer = jlis;
	ca.exts = jlis_ca_exts;
	leaf.exts = jlis_exts;
	impostor = dockit_cert(&ca);
	cert = dockit_cert(&leaf);
	others = dockit_certs(impostor);
	dockit_expect(judge(kit, cert, others, -1, -1), CHECK_CHAIN,
	    FINDING_FAILED, NULL);
	/* Without it, nothing can be said, and that is not enough. */
	trust_certs_free(kit->trust.anchors);
	kit->trust.anchors = NULL;
	dockit_expect(judge(kit, cert, NULL, -1, -1), CHECK_CHAIN,
	    FINDING_UNKNOWN, "--ca");
	dockit_expect(judge(kit, cert, others, -1, -1), CHECK_CHAIN,
	    FINDING_FAILED, NULL);
	trust_certs_free(others);
	X509_free(impostor);
	X509_free(cert);
}

static const struct fixture_ext only_signature[] = {
	{ "keyUsage", "critical,digitalSignature" }, { NULL, NULL }
};
static const struct fixture_ext only_encipherment[] = {
	{ "keyUsage", "critical,keyEncipherment" }, { NULL, NULL }
};
static const struct fixture_ext only_repudiation[] = {
	{ "keyUsage", "critical,nonRepudiation" }, { NULL, NULL }
};
static const struct fixture_ext ca_too[] = {
	{ "keyUsage", "critical,digitalSignature,nonRepudiation" },
	{ "basicConstraints", "critical,CA:TRUE" }, { NULL, NULL }
};
static const struct fixture_ext may_sign_certs[] = {
	{ "keyUsage", "digitalSignature,nonRepudiation,keyCertSign" },
	{ NULL, NULL }
};
static const struct fixture_ext for_servers[] = {
	{ "keyUsage", "digitalSignature" },
	{ "extendedKeyUsage", "serverAuth" }, { NULL, NULL }
};
static const struct fixture_ext for_logins[] = {
	{ "keyUsage", "digitalSignature,nonRepudiation" },
	{ "extendedKeyUsage", "clientAuth,serverAuth" }, { NULL, NULL }
};
static const struct fixture_ext for_mail[] = {
	{ "keyUsage", "digitalSignature" },
	{ "extendedKeyUsage", "clientAuth,emailProtection" }, { NULL, NULL }
};
static const struct fixture_ext for_documents[] = {
	{ "keyUsage", "digitalSignature" },
	{ "extendedKeyUsage", "1.3.6.1.5.5.7.3.36" }, { NULL, NULL }
};
static const struct fixture_ext policy_auth[] = {
	{ "keyUsage", "digitalSignature,nonRepudiation" },
	{ "certificatePolicies", "1.2.392.200149.8.5.1.3.30" },
	{ NULL, NULL }
};
static const struct fixture_ext critical_unknown[] = {
	{ "keyUsage", "critical,digitalSignature,nonRepudiation" },
	{ "1.2.3.4", "critical,DER:05:00" }, { NULL, NULL }
};
static const struct fixture_ext broken_usage[] = {
	{ "keyUsage", "critical,digitalSignature" },
	{ "extendedKeyUsage", "DER:05:00" }, { NULL, NULL }
};

static const char *const stranger[] = { "C", "JP", "O", "Other", NULL };

/* Of another CA than JPKI's, unless the name is. */
static void
a_certificate_signs_documents_only_if_it_is_made_for_them(void **state)
{
	static const struct {
		const struct fixture_ext	*exts;
		bool				 jpki;
		const char			*fault;
	} rows[] = {
		{ only_signature, false, NULL },
		{ only_repudiation, false, NULL },
		{ for_mail, false, NULL },
		{ for_documents, false, NULL },
		{ only_repudiation, true, NULL },
		{ only_signature, true, "lacks nonRepudiation" },
		{ only_encipherment, false, "neither" },
		{ NULL, false, "does not say" },
		{ ca_too, false, "certificate of a CA" },
		{ may_sign_certs, false, "certificate of a CA" },
		{ for_servers, false, "extended key usage" },
		{ for_logins, false, "logins, not for documents" },
		{ policy_auth, false, "logins, not for documents" },
		{ critical_unknown, false, "not understood" },
		{ broken_usage, false, "broken" },
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture leaf = fixture_sign;
		X509 *cert;

		leaf.exts = rows[i].exts;
		leaf.others = NULL;
		if (!rows[i].jpki)
			leaf.issuer = stranger;
		cert = dockit_cert(&leaf);
		dockit_expect(judge(kit, cert, NULL, -1, -1), CHECK_USAGE,
		    rows[i].fault != NULL ? FINDING_FAILED : FINDING_OK,
		    rows[i].fault);
		X509_free(cert);
	}
}

static void
a_certificate_for_logins_signs_no_documents(void **state)
{
	struct dockit *kit = *state;

	dockit_expect(judge(kit, kit->auth, NULL, -1, -1), CHECK_USAGE,
	    FINDING_FAILED, "made for logins, not for documents");
}

#define BEFORE	(1735787045 - 1)	/* of 2025-01-02 03:04:05 UTC */
#define AFTER	(1897570799 + 1)	/* of 2030-02-17 14:59:59 UTC */

static void
the_time_of_signing_decides_about_validity(void **state)
{
	static const struct {
		int64_t		 now, claimed, stamped;
		enum finding	 finding;
		const char	*words;
	} rows[] = {
		{ DOCKIT_NOW, -1, -1, FINDING_OK, "which is now" },
		{ DOCKIT_NOW, BEFORE + 1, -1, FINDING_OK, "claims" },
		{ DOCKIT_NOW, BEFORE, -1, FINDING_FAILED, "beginning" },
		{ DOCKIT_NOW, 0, -1, FINDING_FAILED, "beginning" },
		{ DOCKIT_NOW, BEFORE, DOCKIT_NOW, FINDING_FAILED,
		    "beginning" },
		{ DOCKIT_NOW, -1, 0, FINDING_FAILED, "1970-01-01T09:00:00" },
		{ BEFORE, -1, -1, FINDING_FAILED, "not yet" },
		{ AFTER, -1, -1, FINDING_FAILED, "no longer" },
		{ AFTER - 1, AFTER - 1, -1, FINDING_OK, "claims" },
		{ AFTER, AFTER - 1, -1, FINDING_UNKNOWN, "nobody proves" },
		{ AFTER, BEFORE + 1, -1, FINDING_UNKNOWN, "nobody proves" },
		{ AFTER, AFTER, -1, FINDING_FAILED, "no longer" },
		{ AFTER, AFTER - 1, AFTER - 1, FINDING_OK, "stamp proves" },
		{ AFTER, AFTER - 1, AFTER, FINDING_FAILED, "no longer" },
		{ DOCKIT_NOW, DOCKIT_NOW + 100, -1, FINDING_OK, NULL },
		{ DOCKIT_NOW, DOCKIT_NOW + 301, -1, FINDING_FAILED, "future" },
		{ DOCKIT_NOW, -1, DOCKIT_NOW + 301, FINDING_FAILED, "future" },
		{ DOCKIT_NOW, DOCKIT_NOW, DOCKIT_NOW - DAY, FINDING_FAILED,
		    "after the time stamp" },
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		kit->trust.now = rows[i].now;
		dockit_expect(judge(kit, kit->sign, NULL, rows[i].claimed,
		    rows[i].stamped), CHECK_VALIDITY, rows[i].finding,
		    rows[i].words);
	}
}

static void
a_chain_holds_only_while_its_ca_was_valid(void **state)
{
	struct dockit *kit = *state;
	struct fixture ca = fixture_ca;

	ca.not_after = "20250601000000Z";
	trust_certs_free(kit->trust.anchors);
	X509_free(kit->ca);
	kit->ca = dockit_cert(&ca);
	kit->trust.anchors = dockit_certs(kit->ca);
	dockit_expect(judge(kit, kit->sign, NULL, DOCKIT_NOW, -1), CHECK_CHAIN,
	    FINDING_FAILED, "expired");
	/* A claim proves nothing, unless the certificate has ended as well:
	 * then its validity is what nobody knows. */
	dockit_expect(judge(kit, kit->sign, NULL, BEFORE + DAY, -1),
	    CHECK_CHAIN, FINDING_FAILED, "expired");
	dockit_expect(judge(kit, kit->sign, NULL, -1, BEFORE + DAY),
	    CHECK_CHAIN, FINDING_OK, NULL);
	kit->trust.now = AFTER;
	dockit_expect(judge(kit, kit->sign, NULL, BEFORE + DAY, -1),
	    CHECK_CHAIN, FINDING_OK, NULL);
}

static void
an_expired_signer_fails_by_its_validity_not_by_its_chain(void **state)
{
	struct dockit *kit = *state;
	struct verdict_signature *s = judge(kit, kit->sign, NULL, BEFORE, -1);

	dockit_expect(s, CHECK_VALIDITY, FINDING_FAILED, NULL);
	dockit_expect(s, CHECK_CHAIN, FINDING_OK, NULL);
}

/* Given as a CA, but no CA issued it. */
static void
a_certificate_that_vouches_for_itself_is_not_believed(void **state)
{
	struct dockit *kit = *state;
	struct fixture own = fixture_sign;
	X509 *cert;

	own.subject = own.issuer = stranger;
	own.issuer_key = own.authority = own.key;
	cert = dockit_cert(&own);
	trust_certs_free(kit->trust.anchors);
	kit->trust.anchors = dockit_certs(cert);
	dockit_expect(judge(kit, cert, NULL, -1, -1), CHECK_CHAIN,
	    FINDING_FAILED, "not the certificate of a CA");
	X509_free(cert);
}

static void
an_issuer_that_is_no_ca_is_not_believed(void **state)
{
	struct dockit *kit = *state;
	struct fixture middle = fixture_sign, leaf = fixture_sign;
	STACK_OF(X509) *others;
	X509 *issuer, *cert;

	middle.key = leaf.issuer_key = leaf.authority = FIXTURE_P384;
	middle.subject = leaf.issuer = stranger;
	leaf.exts = only_signature;
	issuer = dockit_cert(&middle);
	cert = dockit_cert(&leaf);
	others = dockit_certs(issuer);
	dockit_expect(judge(kit, cert, others, -1, -1), CHECK_CHAIN,
	    FINDING_FAILED, NULL);
	trust_certs_free(others);
	X509_free(issuer);
	X509_free(cert);
}

#define CA	{ "basicConstraints", "critical,CA:TRUE" }, \
		{ "keyUsage", "critical,keyCertSign" }

static const struct fixture_ext free_ca[] = { CA, { NULL, NULL } };
static const struct fixture_ext strict_ca[] = { CA,
	{ "policyConstraints", "critical,requireExplicitPolicy:0" },
	{ "certificatePolicies", "1.2.3.4" }, { NULL, NULL }
};
/* permittedSubtrees: [4] directoryName, O = Mine */
static const struct fixture_ext narrow_ca[] = { CA,
	{ "nameConstraints", "critical,DER:30:17:A0:15:30:13:A4:11:30:0F:31:0D:"
	    "30:0B:06:03:55:04:0A:0C:04:4D:69:6E:65" }, { NULL, NULL }
};
static const struct fixture_ext odd_ca[] = { CA,
	{ "1.2.3.4", "critical,DER:05:00" }, { NULL, NULL }
};
static const struct fixture_ext crl_ca[] = {
	{ "basicConstraints", "critical,CA:TRUE" },
	{ "keyUsage", "critical,cRLSign" }, { NULL, NULL }
};
static const struct fixture_ext with_policy[] = {
	{ "keyUsage", "critical,digitalSignature" },
	{ "certificatePolicies", "1.2.3.4" }, { NULL, NULL }
};

/* RFC 5280, 6.1. */
static void
a_ca_between_binds_what_is_below_it(void **state)
{
	static const struct {
		const struct fixture_ext	*between, *leaf;
		const char			*fault;
	} rows[] = {
		{ free_ca, only_signature, NULL },
		{ free_ca, with_policy, NULL },
		{ strict_ca, with_policy, NULL },
		{ strict_ca, only_signature, "policy" },
		{ narrow_ca, only_signature, "subtree" },
		{ odd_ca, only_signature, "critical extension" },
		{ crl_ca, only_signature, "no CA" },
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture middle = fixture_ca, leaf = fixture_sign;
		STACK_OF(X509) *others;
		X509 *issuer, *cert;

		middle.key = leaf.issuer_key = leaf.authority = FIXTURE_P384;
		middle.subject = leaf.issuer = stranger;
		middle.exts = rows[i].between;
		leaf.exts = rows[i].leaf;
		leaf.others = NULL;
		issuer = dockit_cert(&middle);
		cert = dockit_cert(&leaf);
		others = dockit_certs(issuer);
		dockit_expect(judge(kit, cert, others, -1, -1), CHECK_CHAIN,
		    rows[i].fault != NULL ? FINDING_FAILED : FINDING_OK,
		    rows[i].fault);
		trust_certs_free(others);
		X509_free(issuer);
		X509_free(cert);
	}
}

/* PEM of a certificate, so many times, and what stands around it. */
static struct jpki_buf
pem(X509 *cert, int times, const char *before, const char *after)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct jpki_buf out = { NULL, 0 };
	char *text;
	long n;

	BIO_puts(bio, before);
	for (int i = 0; i < times; i++)
		assert_int_equal(PEM_write_bio_X509(bio, cert), 1);
	BIO_puts(bio, after);
	n = BIO_get_mem_data(bio, &text);
	assert_int_equal(doc_buf_copy(text, (size_t)n, &out, NULL), DOC_OK);
	BIO_free(bio);
	return out;
}

static int
certs_of(struct dockit *kit, const void *bytes, size_t n)
{
	STACK_OF(X509) *certs = NULL;
	enum doc_err err = trust_certs_read(kit->trust.crypto, bytes, n,
	    &certs, &kit->error);
	int count = err == DOC_OK ? sk_X509_num(certs) : -1;

	if (err != DOC_OK) {
		assert_null(certs);
		assert_int_equal(err, DOC_ERR_INPUT);
		assert_true(strlen(kit->error.words) > 0);
	}
	trust_certs_free(certs);
	return count;
}

static void
certificates_are_read_from_der_and_pem(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = fixture_make(&fixture_ca);
	struct jpki_buf one = pem(kit->ca, 1, "# a CA\n", "");
	struct jpki_buf three = pem(kit->ca, 3, "", "\n\n");

	expect_int("DER", certs_of(kit, der.p, der.n), 1);
	expect_int("PEM", certs_of(kit, one.p, one.n), 1);
	expect_int("three", certs_of(kit, three.p, three.n), 3);
	jpki_buf_free(&der);
	jpki_buf_free(&one);
	jpki_buf_free(&three);
}

static void
a_file_that_is_broken_gives_no_certificates(void **state)
{
	struct dockit *kit = *state;
	struct jpki_buf der = fixture_make(&fixture_ca);
	struct jpki_buf bad = pem(kit->ca, 1, "",
	    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	struct jpki_buf cut = pem(kit->ca, 2, "", "");
	struct jpki_buf many = pem(kit->ca, 1001, "", "");

	expect_int("empty", certs_of(kit, "", 0), -1);
	expect_int("text", certs_of(kit, "hello\n", 6), -1);
	expect_int("cut", certs_of(kit, der.p, der.n - 1), -1);
	expect_int("too large", certs_of(kit, der.p, (size_t)5 << 20), -1);
	expect_int("one is broken", certs_of(kit, bad.p, bad.n), -1);
	expect_int("one is cut", certs_of(kit, cut.p, cut.n - 40), -1);
	expect_int("many", certs_of(kit, many.p, many.n), -1);
	assert_null(trust_cert_new(kit->trust.crypto, der.p, 0));
	assert_null(trust_cert_new(kit->trust.crypto, der.p, der.n - 1));
	jpki_buf_free(&der);
	jpki_buf_free(&bad);
	jpki_buf_free(&cut);
	jpki_buf_free(&many);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dockit_new, free_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_signature_certificate_of_a_given_ca_is_believed),
		TEST(a_test_ca_counts_only_if_it_was_given),
		TEST(a_ca_that_took_the_name_of_another_is_not_believed),
		TEST(a_ca_that_took_name_and_key_of_jlis_is_not_believed),
		TEST(a_certificate_signs_documents_only_if_it_is_made_for_them),
		TEST(a_certificate_for_logins_signs_no_documents),
		TEST(the_time_of_signing_decides_about_validity),
		TEST(a_chain_holds_only_while_its_ca_was_valid),
		TEST(an_expired_signer_fails_by_its_validity_not_by_its_chain),
		TEST(a_certificate_that_vouches_for_itself_is_not_believed),
		TEST(an_issuer_that_is_no_ca_is_not_believed),
		TEST(a_ca_between_binds_what_is_below_it),
		TEST(certificates_are_read_from_der_and_pem),
		TEST(a_file_that_is_broken_gives_no_certificates),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_free);
}
