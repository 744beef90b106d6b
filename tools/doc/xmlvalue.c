/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ds:SignatureValue.  RSA's is what OpenSSL makes; ECDSA's are two numbers of
 * the curve's length, one behind the other (XML Signature 1.1, 6.4.3), where
 * OpenSSL has them in DER.
 */
#include "xmlsig.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>

#define RSA_BITS_MIN	2048

static const char *const types[] = { "RSA", "EC" };

const char *
xml_key_type(const EVP_PKEY *key)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (doc_key_is(key, types[i]))
			return types[i];
	return NULL;
}

/* Bytes of a number of the curve's order. */
static int
number_size(const EVP_PKEY *key)
{
	return (EVP_PKEY_get_bits(key) + 7) / 8;
}

static bool
from_der(const EVP_PKEY *key, struct jpki_buf *value)
{
	const unsigned char *p = value->p;
	int n = number_size(key);
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &p, (long)value->n);
	uint8_t *raw = malloc(2 * (size_t)n);
	bool ok = pair != NULL && raw != NULL &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, n) == n &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + n, n) == n;

	ECDSA_SIG_free(pair);
	if (!ok) {
		free(raw);
		return false;
	}
	jpki_buf_free(value);
	value->p = raw;
	value->n = 2 * (size_t)n;
	return true;
}

/* *der: to be freed with OPENSSL_free().  Its length, or what is below 1. */
static int
to_der(const EVP_PKEY *key, const struct jpki_buf *value, unsigned char **der)
{
	int n = number_size(key), der_n = -1;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = NULL, *s = NULL;

	if (pair == NULL || value->n != 2 * (size_t)n)
		goto out;
	r = BN_bin2bn(value->p, n, NULL);
	s = BN_bin2bn(value->p + n, n, NULL);
	if (r == NULL || s == NULL || ECDSA_SIG_set0(pair, r, s) != 1)
		goto out;
	r = s = NULL;
	der_n = i2d_ECDSA_SIG(pair, der);
out:
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(pair);
	return der_n;
}

static bool
sign(OSSL_LIB_CTX *crypto, EVP_PKEY *key, const char *hash,
    const struct jpki_buf *info, struct jpki_buf *out)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = false;

	if (md != NULL && EVP_DigestSignInit_ex(md, NULL, hash, crypto, NULL,
	    key, NULL) == 1 &&
	    EVP_DigestSign(md, NULL, &out->n, info->p, info->n) == 1 &&
	    (out->p = malloc(out->n)) != NULL)
		ok = EVP_DigestSign(md, out->p, &out->n, info->p, info->n) ==
		    1;
	EVP_MD_CTX_free(md);
	return ok;
}

enum doc_err
xml_signature_make(OSSL_LIB_CTX *crypto, EVP_PKEY *key,
    const struct xml_signature *signature, struct jpki_buf *out,
    struct doc_error *error)
{
	struct jpki_buf info = { NULL, 0 };
	enum doc_err err;
	bool made;

	err = xml_canonical(signature->info, signature->c14n, &info, error);
	if (err != DOC_OK)
		return err;
	made = sign(crypto, key, jpki_hash_name(signature->method->hash),
	    &info, out) && (strcmp(signature->method->key, "EC") != 0 ||
	    from_der(key, out));
	jpki_buf_free(&info);
	if (made)
		return DOC_OK;
	jpki_buf_free(out);
	return doc_fail_crypto(error, DOC_ERR_KEY, "the key made no signature");
}

static bool
verify(OSSL_LIB_CTX *crypto, EVP_PKEY *key, const char *hash,
    const struct jpki_buf *info, const unsigned char *value, size_t n)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = md != NULL && EVP_DigestVerifyInit_ex(md, NULL, hash, crypto,
	    NULL, key, NULL) == 1 &&
	    EVP_DigestVerify(md, value, n, info->p, info->n) == 1;

	EVP_MD_CTX_free(md);
	return ok;
}

bool
xml_signature_holds(OSSL_LIB_CTX *crypto, EVP_PKEY *key,
    const struct xml_signature *signature, const struct jpki_buf *info,
    const struct jpki_buf *value)
{
	const char *hash = jpki_hash_name(signature->method->hash);
	const char *type = key != NULL ? xml_key_type(key) : NULL;
	unsigned char *der = NULL;
	bool holds = false;
	int n;

	if (type == NULL || strcmp(type, signature->method->key) != 0)
		return false;
	ERR_set_mark();
	if (strcmp(type, "EC") == 0) {
		n = to_der(key, value, &der);
		holds = n > 0 && verify(crypto, key, hash, info, der,
		    (size_t)n);
		OPENSSL_free(der);
	} else if (EVP_PKEY_get_bits(key) >= RSA_BITS_MIN) {
		holds = verify(crypto, key, hash, info, value->p, value->n);
	}
	ERR_pop_to_mark();
	return holds;
}
