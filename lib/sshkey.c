/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate's public key as OpenSSH writes it (RFC 4253, 5656). */
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>

#include "mem.h"
#include "x509.h"

#define BLOB_MAX	4096	/* an RSA key of 16384 bits fits */
#define POINT_MAX	256
#define COMMENT		"JPKI"

static void
put_string(struct wbuf *w, const void *p, size_t n)
{
	wbuf_put_u16(w, (uint16_t)(n >> 16));
	wbuf_put_u16(w, (uint16_t)n);
	wbuf_put(w, p, n);
}

/* An mpint: a zero byte in front where the first bit is set. */
static bool
put_number(struct wbuf *w, const EVP_PKEY *key, const char *name)
{
	uint8_t bytes[BLOB_MAX / 2 + 1] = { 0 };
	BIGNUM *bn = NULL;
	int n;

	if (EVP_PKEY_get_bn_param(key, name, &bn) != 1)
		return false;
	n = BN_num_bytes(bn);
	if (n <= 0 || (size_t)n > sizeof(bytes) - 1) {
		BN_free(bn);
		return false;
	}
	(void)BN_bn2bin(bn, bytes + 1);
	if ((bytes[1] & 0x80) != 0)
		put_string(w, bytes, (size_t)n + 1);
	else
		put_string(w, bytes + 1, (size_t)n);
	BN_free(bn);
	return true;
}

static bool
put_rsa(struct wbuf *w, const EVP_PKEY *key)
{
	return put_number(w, key, OSSL_PKEY_PARAM_RSA_E) &&
	    put_number(w, key, OSSL_PKEY_PARAM_RSA_N);
}

static const struct {
	const char	*group;
	const char	*curve;
	const char	*type;
} curves[] = {
	{ "prime256v1", "nistp256", "ecdsa-sha2-nistp256" },
	{ "secp384r1", "nistp384", "ecdsa-sha2-nistp384" },
	{ "secp521r1", "nistp521", "ecdsa-sha2-nistp521" },
};

static bool
put_ec(struct wbuf *w, const EVP_PKEY *key, const char *curve)
{
	uint8_t point[POINT_MAX];
	size_t n;

	if (EVP_PKEY_get_octet_string_param(key,
	    OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point, sizeof(point),
	    &n) != 1)
		return false;
	put_string(w, curve, strlen(curve));
	put_string(w, point, n);
	return true;
}

/* The blob, and what type it is; NULL: a type that OpenSSH has not. */
static const char *
put_key(struct wbuf *w, const EVP_PKEY *key)
{
	char group[32];
	size_t n;

	if (EVP_PKEY_is_a(key, "RSA")) {
		put_string(w, "ssh-rsa", 7);
		return put_rsa(w, key) ? "ssh-rsa" : NULL;
	}
	if (EVP_PKEY_get_group_name(key, group, sizeof(group), &n) != 1)
		return NULL;
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (strcmp(curves[i].group, group) != 0)
			continue;
		put_string(w, curves[i].type, strlen(curves[i].type));
		return put_ec(w, key, curves[i].curve) ? curves[i].type : NULL;
	}
	return NULL;
}

static char *
line_new(const char *type, struct slice blob)
{
	size_t n = strlen(type);
	size_t base64 = 4 * ((blob.n + 2) / 3);
	char *line = malloc(n + 1 + base64 + 1 + sizeof(COMMENT));

	if (line == NULL)
		return NULL;
	memcpy(line, type, n);
	line[n] = ' ';
	(void)EVP_EncodeBlock((unsigned char *)line + n + 1, blob.p,
	    (int)blob.n);
	line[n + 1 + base64] = ' ';
	memcpy(line + n + 1 + base64 + 1, COMMENT, sizeof(COMMENT));
	return line;
}

static enum jpki_err
line_make(const EVP_PKEY *key, char **line)
{
	uint8_t blob[BLOB_MAX];
	struct wbuf w = wbuf_of(blob, sizeof(blob));
	struct mem_watch watch;
	const char *type;
	enum jpki_err err = JPKI_OK;

	*line = NULL;
	mem_watch_begin(&watch);
	type = put_key(&w, key);
	if (type == NULL || w.overflow)
		err = JPKI_ERR_UNSUPPORTED;
	else if ((*line = line_new(type, wbuf_slice(&w))) == NULL)
		err = JPKI_ERR_MEMORY;
	err = mem_watch_end(&watch, err);
	if (err != JPKI_OK) {
		free(*line);
		*line = NULL;
	}
	return err;
}

enum jpki_err
x509_ssh_key(OSSL_LIB_CTX *crypto, struct slice der, char **line)
{
	EVP_PKEY *key = NULL;
	enum jpki_err err;
	char *made;

	err = x509_public_key(crypto, der, &key);
	if (err != JPKI_OK)
		return err;
	err = line_make(key, &made);
	if (mem_doubts(err))
		err = line_make(key, &made);
	if (err == JPKI_OK)
		*line = made;
	EVP_PKEY_free(key);
	return err;
}
