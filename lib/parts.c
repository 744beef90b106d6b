/* SPDX-License-Identifier: BSD-2-Clause */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include "buf.h"
#include "digest.h"

#define NUMBER_MAX	2048	/* bytes: an RSA key of 16384 bits */
#define POINT_MAX	256
#define GROUP_MAX	64

/* What an i2d function made, which is freed. */
static enum jpki_err
take(unsigned char *der, int n, struct jpki_buf *out)
{
	enum jpki_err err;

	err = n > 0 ? buf_copy(slice_of(der, (size_t)n), out) :
	    JPKI_ERR_MALFORMED;
	OPENSSL_free(der);
	return err;
}

static enum jpki_err
take_name(const X509_NAME *name, struct jpki_buf *out)
{
	unsigned char *der = NULL;
	int n = i2d_X509_NAME(name, &der);

	return take(der, n, out);
}

static enum jpki_err
take_serial(X509 *x509, struct jpki_buf *out)
{
	unsigned char *der = NULL;
	int n = i2d_ASN1_INTEGER(X509_get0_serialNumber(x509), &der);

	return take(der, n, out);
}

static enum jpki_err
take_spki(X509 *x509, struct jpki_buf *out)
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);

	return take(der, n, out);
}

/* RFC 5280, 4.2.1.2 (1), for a certificate without the extension. */
static enum jpki_err
take_key_id(OSSL_LIB_CTX *crypto, X509 *x509, struct jpki_buf *out)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(x509);
	const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x509);
	uint8_t sha1[JPKI_DIGEST_MAX];
	struct wbuf w = wbuf_of(sha1, sizeof(sha1));
	enum jpki_err err;

	if (id != NULL && ASN1_STRING_length(id) > 0)
		return buf_copy(slice_of(ASN1_STRING_get0_data(id),
		    (size_t)ASN1_STRING_length(id)), out);
	if (bits == NULL)
		return JPKI_ERR_MALFORMED;
	err = digest_of(crypto, JPKI_HASH_SHA1,
	    slice_of(ASN1_STRING_get0_data(bits),
	    (size_t)ASN1_STRING_length(bits)), &w);
	return err == JPKI_OK ? buf_copy(wbuf_slice(&w), out) : err;
}

static enum jpki_err
take_number(const EVP_PKEY *key, const char *name, struct jpki_buf *out)
{
	uint8_t bytes[NUMBER_MAX];
	BIGNUM *bn = NULL;
	enum jpki_err err = JPKI_ERR_MALFORMED;

	if (EVP_PKEY_get_bn_param(key, name, &bn) == 1 &&
	    BN_num_bytes(bn) > 0 && BN_num_bytes(bn) <= NUMBER_MAX)
		err = buf_copy(slice_of(bytes, (size_t)BN_bn2bin(bn, bytes)),
		    out);
	BN_free(bn);
	return err;
}

/* The curve as a DER OBJECT IDENTIFIER. */
static enum jpki_err
take_curve(const EVP_PKEY *key, struct jpki_buf *out)
{
	unsigned char *der = NULL;
	char group[GROUP_MAX];
	ASN1_OBJECT *oid;
	size_t n;
	int der_n;

	if (EVP_PKEY_get_group_name(key, group, sizeof(group), &n) != 1 ||
	    (oid = OBJ_txt2obj(group, 0)) == NULL)
		return JPKI_ERR_MALFORMED;
	der_n = i2d_ASN1_OBJECT(oid, &der);
	ASN1_OBJECT_free(oid);
	return take(der, der_n, out);
}

/* The point as a DER OCTET STRING. */
static enum jpki_err
take_point(const EVP_PKEY *key, struct jpki_buf *out)
{
	unsigned char point[POINT_MAX], *der = NULL;
	ASN1_OCTET_STRING *octets = NULL;
	size_t n;
	int der_n = 0;

	if (EVP_PKEY_get_octet_string_param(key,
	    OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point, sizeof(point),
	    &n) != 1)
		return JPKI_ERR_MALFORMED;
	octets = ASN1_OCTET_STRING_new();
	if (octets != NULL && ASN1_OCTET_STRING_set(octets, point,
	    (int)n) == 1)
		der_n = i2d_ASN1_OCTET_STRING(octets, &der);
	ASN1_OCTET_STRING_free(octets);
	return take(der, der_n, out);
}

/* EVP_PKEY_is_a() takes memory, and says no without. */
static enum jpki_err
take_key(const EVP_PKEY *key, struct jpki_cert *c)
{
	const char *type = key != NULL ? EVP_PKEY_get0_type_name(key) : NULL;
	enum jpki_err err = JPKI_OK;

	if (type != NULL && strcmp(type, "RSA") == 0) {
		err = take_number(key, OSSL_PKEY_PARAM_RSA_N, &c->modulus);
		if (err == JPKI_OK)
			err = take_number(key, OSSL_PKEY_PARAM_RSA_E,
			    &c->exponent);
	} else if (type != NULL && strcmp(type, "EC") == 0) {
		err = take_curve(key, &c->ec_params);
		if (err == JPKI_OK)
			err = take_point(key, &c->ec_point);
	}
	return err;
}

enum jpki_err
parts_fill(OSSL_LIB_CTX *crypto, X509 *x509, struct jpki_cert *c)
{
	enum jpki_err err;

	err = take_name(X509_get_subject_name(x509), &c->subject_der);
	if (err == JPKI_OK)
		err = take_name(X509_get_issuer_name(x509), &c->issuer_der);
	if (err == JPKI_OK)
		err = take_serial(x509, &c->serial_der);
	if (err == JPKI_OK)
		err = take_spki(x509, &c->spki);
	if (err == JPKI_OK)
		err = take_key_id(crypto, x509, &c->key_id);
	if (err == JPKI_OK)
		err = take_key(X509_get0_pubkey(x509), c);
	return err;
}

void
parts_free(struct jpki_cert *c)
{
	struct jpki_buf *parts[] = { &c->subject_der, &c->issuer_der,
	    &c->serial_der, &c->spki, &c->key_id, &c->modulus, &c->exponent,
	    &c->ec_params, &c->ec_point };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		jpki_buf_free(parts[i]);
}
