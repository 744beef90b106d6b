/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The card's keys in OpenSSL's hands: CMS, certificate requests, TLS.  What is
 * made is checked by OpenSSL with the certificate alone.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>

#include "fixture.h"
#include "keykit.h"

static const char text[] = "A text that is signed.\n";

static const struct {
	enum jpki_key		 key;
	enum jpki_cert_id	 cert;
} keys[] = {
	{ JPKI_KEY_AUTH, JPKI_CERT_AUTH },
	{ JPKI_KEY_SIGN, JPKI_CERT_SIGN },
};

static const char *const digests[] = { "SHA256", "SHA384", "SHA512" };

/* Whatever OpenSSL says, where it must not say anything. */
static void
expect_works(const char *what, bool works)
{
	if (works)
		return;
	ERR_print_errors_fp(stderr);
	fail_msg("%s", what);
}

static BIO *
text_bio(void)
{
	BIO *bio = BIO_new_mem_buf(text, sizeof(text));

	assert_non_null(bio);
	return bio;
}

/*
 * CMS.
 */

/* What a recipient has: the message, and the certificate; no card. */
static void
cms_holds(CMS_ContentInfo *cms, X509 *cert, bool detached)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *content = detached ? text_bio() : NULL;
	unsigned char *der = NULL;
	const unsigned char *p;
	CMS_ContentInfo *received;
	int n;

	n = i2d_CMS_ContentInfo(cms, &der);
	assert_true(n > 0);
	p = der;
	received = CMS_ContentInfo_new_ex(fixture_crypto(), NULL);
	assert_non_null(d2i_CMS_ContentInfo(&received, &p, n));
	assert_true(sk_X509_push(certs, cert) == 1);
	expect_works("verify", CMS_verify(received, certs, NULL, content, NULL,
	    CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN | CMS_BINARY) == 1);
	CMS_ContentInfo_free(received);
	OPENSSL_free(der);
	BIO_free(content);
	sk_X509_free(certs);
}

static void
cms_signs_with_each_key(void **state)
{
	static const unsigned flags[] = {
		CMS_BINARY, CMS_BINARY | CMS_DETACHED,
		CMS_BINARY | CMS_NOATTR, CMS_BINARY | CMS_NOATTR |
		    CMS_DETACHED, CMS_BINARY | CMS_USE_KEYID,
	};
	struct keykit *kit = *state;
	CMS_ContentInfo *cms;
	BIO *content;
	X509 *cert;

	for (size_t i = 0; i < COUNT(keys); i++) {
		keykit_key(kit, keys[i].key);
		cert = keykit_cert(kit, keys[i].cert);
		for (size_t j = 0; j < COUNT(flags); j++) {
			content = text_bio();
			cms = CMS_sign_ex(cert, kit->key, NULL, content,
			    flags[j], kit->crypto, NULL);
			expect_works("CMS_sign_ex", cms != NULL);
			cms_holds(cms, cert, (flags[j] & CMS_DETACHED) != 0);
			CMS_ContentInfo_free(cms);
			BIO_free(content);
		}
		X509_free(cert);
	}
}

/* A signer of this digest, and of PSS if told. */
static CMS_ContentInfo *
cms_by(const struct keykit *kit, X509 *cert, const char *digest, bool pss)
{
	EVP_MD *md = EVP_MD_fetch(kit->crypto, digest, NULL);
	BIO *content = text_bio();
	CMS_ContentInfo *cms;
	CMS_SignerInfo *si;
	EVP_PKEY_CTX *ctx;

	cms = CMS_sign_ex(NULL, NULL, NULL, content, CMS_BINARY |
	    CMS_PARTIAL, kit->crypto, NULL);
	assert_non_null(cms);
	si = CMS_add1_signer(cms, cert, kit->key, md, CMS_BINARY |
	    (pss ? CMS_KEY_PARAM : 0));
	expect_works("CMS_add1_signer", si != NULL);
	if (pss) {
		ctx = CMS_SignerInfo_get0_pkey_ctx(si);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx,
		    RSA_PKCS1_PSS_PADDING), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx,
		    RSA_PSS_SALTLEN_DIGEST), 1);
	}
	expect_works("CMS_final", CMS_final(cms, content, NULL,
	    CMS_BINARY) == 1);
	BIO_free(content);
	EVP_MD_free(md);
	return cms;
}

static void
cms_signs_with_each_digest_and_with_pss(void **state)
{
	struct keykit *kit = *state;
	CMS_ContentInfo *cms;
	X509 *cert;

	keykit_key(kit, JPKI_KEY_SIGN);
	cert = keykit_cert(kit, JPKI_CERT_SIGN);
	for (size_t i = 0; i <= COUNT(digests); i++) {
		bool pss = i == COUNT(digests);

		cms = cms_by(kit, cert, pss ? "SHA256" : digests[i], pss);
		cms_holds(cms, cert, false);
		CMS_ContentInfo_free(cms);
	}
	X509_free(cert);
}

static void
cms_fails_without_a_login_and_the_reason_is_known(void **state)
{
	struct keykit *kit = *state;
	CMS_ContentInfo *cms;
	BIO *content = text_bio();
	X509 *cert;

	keykit_key(kit, JPKI_KEY_SIGN);
	cert = keykit_cert(kit, JPKI_CERT_SIGN);
	expect_err("logout", jpki_logout(kit->card), JPKI_OK);
	cms = CMS_sign_ex(cert, kit->key, NULL, content, CMS_BINARY,
	    kit->crypto, NULL);
	assert_null(cms);
	expect_err("error", jpki_pkey_error(kit->key),
	    JPKI_ERR_AUTH_REQUIRED);
	ERR_clear_error();
	BIO_free(content);
	X509_free(cert);
}

/*
 * Certificate requests.
 */

static X509_REQ *
request(const struct keykit *kit)
{
	X509_REQ *req = X509_REQ_new_ex(kit->crypto, NULL);

	assert_non_null(req);
	assert_int_equal(X509_NAME_add_entry_by_txt(
	    X509_REQ_get_subject_name(req), "CN", MBSTRING_UTF8,
	    (const unsigned char *)"test", -1, -1, 0), 1);
	expect_works("key", X509_REQ_set_pubkey(req, kit->key) == 1);
	return req;
}

static void
request_holds(X509_REQ *req)
{
	unsigned char *der = NULL;
	const unsigned char *p;
	X509_REQ *received;
	int n;

	n = i2d_X509_REQ(req, &der);
	assert_true(n > 0);
	p = der;
	received = X509_REQ_new_ex(fixture_crypto(), NULL);
	assert_non_null(d2i_X509_REQ(&received, &p, n));
	expect_works("verify", X509_REQ_verify_ex(received,
	    X509_REQ_get0_pubkey(received), fixture_crypto(), NULL) == 1);
	X509_REQ_free(received);
	OPENSSL_free(der);
}

static void
requests_are_signed_with_each_digest(void **state)
{
	struct keykit *kit = *state;
	X509_REQ *req;
	EVP_MD *md;

	for (size_t i = 0; i < COUNT(keys) * COUNT(digests); i++) {
		keykit_key(kit, keys[i % COUNT(keys)].key);
		req = request(kit);
		md = EVP_MD_fetch(kit->crypto, digests[i / COUNT(keys)], NULL);
		expect_works("sign", X509_REQ_sign(req, kit->key, md) > 0);
		request_holds(req);
		/* By the key on the card as well. */
		expect_works("own", X509_REQ_verify_ex(req, kit->key,
		    kit->crypto, NULL) == 1);
		EVP_MD_free(md);
		X509_REQ_free(req);
	}
}

static void
a_request_is_signed_with_pss(void **state)
{
	struct keykit *kit = *state;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	X509_REQ *req;

	keykit_key(kit, JPKI_KEY_AUTH);
	req = request(kit);
	assert_int_equal(EVP_DigestSignInit_ex(md, &ctx, "SHA256",
	    kit->crypto, NULL, kit->key, NULL), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx,
	    RSA_PKCS1_PSS_PADDING), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32), 1);
	expect_works("sign", X509_REQ_sign_ctx(req, md) > 0);
	expect_int("algorithm", X509_REQ_get_signature_nid(req),
	    NID_rsassaPss);
	request_holds(req);
	EVP_MD_CTX_free(md);
	X509_REQ_free(req);
}

/*
 * TLS, both ends in this process.
 */

struct tls {
	SSL_CTX	*client_ctx, *server_ctx;
	SSL	*client, *server;
};

static int
accept_any(int ok, X509_STORE_CTX *store)
{
	(void)ok, (void)store;
	return 1;
}

/* A server that insists on a certificate. */
static void
server_new(struct tls *tls, int version)
{
	struct jpki_buf der = fixture_make(&fixture_auth);
	const unsigned char *p = der.p;
	X509 *cert = X509_new_ex(fixture_crypto(), NULL);
	SSL_CTX *ctx;

	ctx = SSL_CTX_new_ex(fixture_crypto(), NULL, TLS_server_method());
	assert_non_null(ctx);
	assert_non_null(d2i_X509(&cert, &p, (long)der.n));
	assert_int_equal(SSL_CTX_use_certificate(ctx, cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(ctx,
	    fixture_key(FIXTURE_RSA)), 1);
	assert_int_equal(SSL_CTX_set_min_proto_version(ctx, version), 1);
	assert_int_equal(SSL_CTX_set_max_proto_version(ctx, version), 1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER |
	    SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
	X509_free(cert);
	jpki_buf_free(&der);
	tls->server_ctx = ctx;
	tls->server = SSL_new(ctx);
	SSL_set_accept_state(tls->server);
}

static void
client_new(struct tls *tls, const struct keykit *kit, X509 *cert,
    const char *algorithms)
{
	char list[100];
	SSL_CTX *ctx;

	snprintf(list, sizeof(list), "%s", algorithms);
	ctx = SSL_CTX_new_ex(kit->crypto, NULL, TLS_client_method());
	assert_non_null(ctx);
	assert_int_equal(SSL_CTX_use_certificate(ctx, cert), 1);
	expect_works("SSL_CTX_use_PrivateKey",
	    SSL_CTX_use_PrivateKey(ctx, kit->key) == 1);
	expect_works("SSL_CTX_check_private_key",
	    SSL_CTX_check_private_key(ctx) == 1);
	assert_int_equal(SSL_CTX_set1_client_sigalgs_list(ctx, list), 1);
	tls->client_ctx = ctx;
	tls->client = SSL_new(ctx);
	SSL_set_connect_state(tls->client);
}

static void
wire(struct tls *tls)
{
	BIO *one, *other;

	assert_int_equal(BIO_new_bio_pair(&one, 0, &other, 0), 1);
	SSL_set_bio(tls->client, one, one);
	SSL_set_bio(tls->server, other, other);
}

static bool
shake_hands(const struct tls *tls)
{
	int client = 0, server = 0;

	for (int i = 0; i < 20 && (client != 1 || server != 1); i++) {
		client = SSL_do_handshake(tls->client);
		server = SSL_do_handshake(tls->server);
	}
	return client == 1 && server == 1;
}

static void
tls_free(struct tls *tls)
{
	SSL_free(tls->client);
	SSL_free(tls->server);
	SSL_CTX_free(tls->client_ctx);
	SSL_CTX_free(tls->server_ctx);
}

#define ALL_WAYS	"rsa_pss_rsae_sha256:RSA+SHA256:RSA+SHA384:RSA+SHA512"

static const struct {
	int		 version;
	const char	*algorithms;
	enum jpki_key	 key;
	int		 type;		/* of the signature; 0: no handshake */
	int		 digest;
} handshakes[] = {
	{ TLS1_2_VERSION, ALL_WAYS, JPKI_KEY_AUTH, EVP_PKEY_RSA_PSS,
	    NID_sha256 },
	{ TLS1_2_VERSION, "RSA+SHA256", JPKI_KEY_AUTH, EVP_PKEY_RSA,
	    NID_sha256 },
	{ TLS1_2_VERSION, "RSA+SHA384", JPKI_KEY_AUTH, EVP_PKEY_RSA,
	    NID_sha384 },
	{ TLS1_2_VERSION, "RSA+SHA512", JPKI_KEY_SIGN, EVP_PKEY_RSA,
	    NID_sha512 },
	{ TLS1_3_VERSION, ALL_WAYS, JPKI_KEY_AUTH, EVP_PKEY_RSA_PSS,
	    NID_sha256 },
	{ TLS1_3_VERSION, ALL_WAYS, JPKI_KEY_SIGN, EVP_PKEY_RSA_PSS,
	    NID_sha256 },
	{ TLS1_3_VERSION, "RSA+SHA256", JPKI_KEY_AUTH, 0, 0 },
};

static void
tls_clients_prove_who_they_are(void **state)
{
	struct keykit *kit = *state;
	int type, digest;
	struct tls tls;
	X509 *cert;

	for (size_t i = 0; i < COUNT(handshakes); i++) {
		memset(&tls, 0, sizeof(tls));
		keykit_key(kit, handshakes[i].key);
		cert = keykit_cert(kit, keys[handshakes[i].key].cert);
		server_new(&tls, handshakes[i].version);
		client_new(&tls, kit, cert, handshakes[i].algorithms);
		wire(&tls);
		vlink_counters_clear(kit->link);
		if (handshakes[i].type == 0) {
			assert_false(shake_hands(&tls));
			expect_int("commands",
			    (long long)keykit_commands(kit), 0);
			ERR_clear_error();
		} else {
			expect_works("handshake", shake_hands(&tls));
			assert_int_equal(SSL_get_peer_signature_type_nid(
			    tls.server, &type), 1);
			assert_int_equal(SSL_get_peer_signature_nid(
			    tls.server, &digest), 1);
			expect_int("type", type, handshakes[i].type);
			expect_int("digest", digest, handshakes[i].digest);
			assert_int_equal(X509_cmp(
			    SSL_get0_peer_certificate(tls.server), cert), 0);
		}
		tls_free(&tls);
		X509_free(cert);
	}
}

static void
tls_fails_without_a_login_and_the_reason_is_known(void **state)
{
	struct keykit *kit = *state;
	struct tls tls = { NULL, NULL, NULL, NULL };
	X509 *cert;

	keykit_key(kit, JPKI_KEY_AUTH);
	cert = keykit_cert(kit, JPKI_CERT_AUTH);
	expect_err("logout", jpki_logout(kit->card), JPKI_OK);
	server_new(&tls, TLS1_2_VERSION);
	client_new(&tls, kit, cert, ALL_WAYS);
	wire(&tls);
	assert_false(shake_hands(&tls));
	expect_err("error", jpki_pkey_error(kit->key),
	    JPKI_ERR_AUTH_REQUIRED);
	ERR_clear_error();
	tls_free(&tls);
	X509_free(cert);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEYKIT(cms_signs_with_each_key),
		WITH_KEYKIT(cms_signs_with_each_digest_and_with_pss),
		WITH_KEYKIT(cms_fails_without_a_login_and_the_reason_is_known),
		WITH_KEYKIT(requests_are_signed_with_each_digest),
		WITH_KEYKIT(a_request_is_signed_with_pss),
		WITH_KEYKIT(tls_clients_prove_who_they_are),
		WITH_KEYKIT(tls_fails_without_a_login_and_the_reason_is_known),
	};
	int failed = cmocka_run_group_tests_name("pkey_use", tests, NULL,
	    vkit_end);

	return failed + fixture_free(NULL);
}
