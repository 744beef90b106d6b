/* SPDX-License-Identifier: BSD-2-Clause */
#include "proof.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "check.h"

/*
 * Certificates.
 */

/* What an i2d function made. */
static struct bytes
made(unsigned char *p, int n)
{
	struct bytes none = { NULL, 0, CKR_GENERAL_ERROR };

	return n < 0 ? none : (struct bytes){ p, (CK_ULONG)n, CKR_OK };
}

/* What is on the heap already; n < 0: it did not work, and is freed. */
static struct bytes
kept(unsigned char *p, int n)
{
	if (n < 0) {
		free(p);
		p = NULL;
	}
	return made(p, n);
}

static struct bytes
name_der(X509_NAME *name)
{
	unsigned char *der = NULL;
	int n = i2d_X509_NAME(name, &der);

	return made(der, n);
}

static struct bytes
serial_der(const X509 *x)
{
	unsigned char *der = NULL;
	int n = i2d_ASN1_INTEGER(X509_get0_serialNumber(x), &der);

	return made(der, n);
}

static struct bytes
spki_der(const X509 *x)
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);

	return made(der, n);
}

/* A Big integer: most significant byte first, no leading zero. */
static struct bytes
big(const EVP_PKEY *key, const char *name)
{
	BIGNUM *bn = NULL;
	unsigned char *p = NULL;
	int n = -1;

	if (EVP_PKEY_get_bn_param(key, name, &bn) == 1 &&
	    (p = malloc((size_t)BN_num_bytes(bn) + 1)) != NULL)
		n = BN_bn2bin(bn, p);
	BN_free(bn);
	return kept(p, n);
}

/* CK_DATE: YYYYMMDD. */
static struct bytes
date(const ASN1_TIME *at)
{
	unsigned char *p = malloc(16);
	struct tm tm;
	int n = -1;

	if (p != NULL && ASN1_TIME_to_tm(at, &tm) == 1)
		n = (int)strftime((char *)p, 16, "%Y%m%d", &tm);
	return kept(p, n);
}

struct bytes
proof_digest(const char *hash, const unsigned char *data, CK_ULONG n)
{
	unsigned char *p = malloc(EVP_MAX_MD_SIZE);
	size_t length = 0;
	int ok = p != NULL && EVP_Q_digest(NULL, hash, NULL, data, n, p,
	    &length) == 1;

	return kept(p, ok ? (int)length : -1);
}

bool
proof_facts(CK_OBJECT_HANDLE certificate, struct facts *out)
{
	struct bytes der = kit_attribute(certificate, CKA_VALUE);
	const unsigned char *p = der.p;
	X509 *x = NULL;

	memset(out, 0, sizeof(*out));
	if (!expect("CKA_VALUE", der.rv, CKR_OK))
		return false;
	x = d2i_X509(NULL, &p, (long)der.n);
	if (!holds(x != NULL && p == der.p + der.n,
	    "CKA_VALUE is not one certificate in DER"))
		return false;
	out->key = X509_get_pubkey(x);
	if (!holds(out->key != NULL, "its public key cannot be read"))
		return false;
	out->subject = name_der(X509_get_subject_name(x));
	out->issuer = name_der(X509_get_issuer_name(x));
	out->serial = serial_der(x);
	out->public_key_info = spki_der(x);
	out->modulus = big(out->key, OSSL_PKEY_PARAM_RSA_N);
	out->exponent = big(out->key, OSSL_PKEY_PARAM_RSA_E);
	out->bits = (CK_ULONG)EVP_PKEY_get_bits(out->key);
	out->check_value = proof_digest("SHA1", der.p, der.n);
	out->check_value.n = 3;
	out->start = date(X509_get0_notBefore(x));
	out->end = date(X509_get0_notAfter(x));
	out->authority = X509_check_ca(x) == 1;
	X509_free(x);
	return true;
}

/*
 * Signatures.
 */

#define PKCS1(section, type, hash, hash_type) \
	{ section, #type, type, hash, false, hash_type != 0, hash_type, 0, 0, 0 }
#define PSS(section, type, hash, hashes, hash_type, mgf, size) \
	{ section, #type, type, hash, true, hashes, hash_type, mgf, size, size }

const struct scheme schemes[] = {
	PKCS1("mech 2.1.6", CKM_RSA_PKCS, NULL, 0),
	PKCS1("mech 2.1.14", CKM_SHA1_RSA_PKCS, "SHA1", CKM_SHA_1),
	PKCS1("mech 2.1.14", CKM_SHA256_RSA_PKCS, "SHA256", CKM_SHA256),
	PKCS1("mech 2.1.14", CKM_SHA384_RSA_PKCS, "SHA384", CKM_SHA384),
	PKCS1("mech 2.1.14", CKM_SHA512_RSA_PKCS, "SHA512", CKM_SHA512),
	PSS("mech 2.1.10", CKM_RSA_PKCS_PSS, "SHA256", false, CKM_SHA256,
	    CKG_MGF1_SHA256, 32),
	PSS("mech 2.1.17", CKM_SHA256_RSA_PKCS_PSS, "SHA256", true,
	    CKM_SHA256, CKG_MGF1_SHA256, 32),
};

const size_t scheme_count = sizeof(schemes) / sizeof(schemes[0]);

CK_MECHANISM
scheme_mechanism(const struct scheme *scheme, CK_RSA_PKCS_PSS_PARAMS *parameter)
{
	CK_MECHANISM m = { scheme->type, NULL, 0 };

	if (!scheme->pss)
		return m;
	parameter->hash_alg = scheme->hash_type;
	parameter->mgf = scheme->mgf;
	parameter->s_len = scheme->salt;
	m.pParameter = parameter;
	m.ulParameterLen = sizeof(*parameter);
	return m;
}

CK_ULONG
scheme_input(const struct scheme *scheme, CK_ULONG n)
{
	if (scheme->hashes)
		return n;
	return scheme->pss ? scheme->size : 51;
}

static int
padding(EVP_PKEY_CTX *ctx, const struct scheme *scheme)
{
	int salt = (int)scheme->salt;

	if (!scheme->pss)
		return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING);
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt) > 0;
}

bool
proof_verify(const struct facts *facts, const struct scheme *scheme,
    const struct bytes *data, const struct bytes *signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(facts->key, NULL);
	struct bytes digest = { NULL, 0, CKR_OK }, tbs = *data;
	bool ok;

	if (scheme->hashes)
		tbs = digest = proof_digest(scheme->hash, data->p, data->n);
	ok = ctx != NULL && EVP_PKEY_verify_init(ctx) > 0 &&
	    padding(ctx, scheme) > 0 &&
	    (scheme->hash == NULL || EVP_PKEY_CTX_set_signature_md(ctx,
	    EVP_get_digestbyname(scheme->hash)) > 0) &&
	    EVP_PKEY_verify(ctx, signature->p, signature->n, tbs.p,
	    tbs.n) == 1;
	EVP_PKEY_CTX_free(ctx);
	free(digest.p);
	return holds(ok, "%s: OpenSSL does not verify the signature",
	    scheme->name);
}
