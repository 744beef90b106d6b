/* SPDX-License-Identifier: BSD-2-Clause */
/* 80 2A and INTERNAL AUTHENTICATE.  PROTOCOL, "Signing". */
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "command.h"
#include "core.h"

#define SHA256_BYTES	32
#define SIGNATURE_MAX	512
#define PKCS1_OVERHEAD	11
#define DEFAULT_KEY	0x00	/* P2 */

struct method {
	bool	hash;		/* SHA-256 of the data on the card */
	size_t	length;		/* of the data, 0: any */
	bool	info;		/* wrap the hash in a DigestInfo */
	int	padding;
};

/* By P1, as a sweep of all its values on real cards found them. */
static const struct method methods[] = {
	{ false, 0, false, RSA_PKCS1_PADDING },		/* data verbatim */
	{ true, 0, false, RSA_PKCS1_PADDING },		/* bare hash */
	{ false, SHA256_BYTES, true, RSA_PKCS1_PADDING },
	{ true, 0, true, RSA_PKCS1_PADDING },
	{ false, SHA256_BYTES, true, RSA_PKCS1_PSS_PADDING },
	{ true, 0, true, RSA_PKCS1_PSS_PADDING },
};

#define METHODS		(sizeof(methods) / sizeof(methods[0]))
#define VERBATIM	0
#define HASH_AND_INFO	3

static bool
set_up(EVP_PKEY_CTX *ctx, EVP_PKEY *key, const struct method *m)
{
	if (EVP_PKEY_sign_init(ctx) != 1)
		return false;
	if (!EVP_PKEY_is_a(key, "RSA"))
		return true;
	if (EVP_PKEY_CTX_set_rsa_padding(ctx, m->padding) != 1)
		return false;
	if (m->info && EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) != 1)
		return false;
	return m->padding != RSA_PKCS1_PSS_PADDING ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, SHA256_BYTES) == 1;
}

static uint16_t
make(EVP_PKEY *key, const struct method *m, struct slice data, size_t le,
    struct wbuf *out)
{
	uint8_t hash[EVP_MAX_MD_SIZE], signature[SIGNATURE_MAX];
	size_t n = sizeof(signature);
	unsigned hash_n = 0;
	EVP_PKEY_CTX *ctx = NULL;
	uint16_t sw = VSW_DIAGNOSIS;

	if (m->hash) {
		if (EVP_Digest(data.p, data.n, hash, &hash_n, EVP_sha256(),
		    NULL) != 1)
			goto out;
		data = slice_of(hash, hash_n);
	}
	ctx = EVP_PKEY_CTX_new(key, NULL);
	if (ctx == NULL || !set_up(ctx, key, m))
		goto out;
	if (EVP_PKEY_sign(ctx, signature, &n, data.p, data.n) != 1)
		goto out;
	if (n > le) {
		sw = VSW_LENGTH;
		goto out;
	}
	wbuf_put(out, signature, n);
	sw = VSW_OK;
out:
	EVP_PKEY_CTX_free(ctx);
	return sw;
}

/* P2=00 is the one key of the two surface applications. */
static uint16_t
find_key(struct vcard *card, const struct vcommand *cmd, size_t *file)
{
	if (cmd->p2 != DEFAULT_KEY)
		return core_reference(card, cmd->p2, VEF_KEY, file);
	*file = layout_find_default_key(card->app);
	return *file == LAYOUT_FILES ? VSW_P1P2 : VSW_OK;
}

/* The invented key of the next generation signs a ready digest only. */
static bool
p1_possible(const struct vcard *card, const struct vcommand *cmd,
    size_t file)
{
	const EVP_PKEY *key = card->efs[file].key;

	if (cmd->p1 == VERBATIM)
		return true;
	return !card->quirks.strict_p1 && cmd->p1 < METHODS &&
	    layout_files[file].use == VKEY_SIGN &&
	    (key == NULL || EVP_PKEY_is_a(key, "RSA"));
}

static bool
length_possible(EVP_PKEY *key, const struct method *m, size_t n)
{
	int max = EVP_PKEY_get_size(key) - PKCS1_OVERHEAD;

	if (m->length > 0)
		return n == m->length;
	return m->hash || (max > 0 && n <= (size_t)max);
}

/*
 * P1 is judged before the PIN, so that a program can ask without signing;
 * the PIN before the data.
 */
uint16_t
ins_sign(struct vcard *card, const struct vcommand *cmd, struct wbuf *out)
{
	const struct vef *ef;
	size_t file;
	uint16_t sw;

	if (cmd->p1 >= METHODS)
		return VSW_P1P2;
	sw = find_key(card, cmd, &file);
	if (sw != VSW_OK)
		return sw;
	ef = &card->efs[file];
	if (layout_files[file].use != VKEY_SIGN &&
	    layout_files[file].use != VKEY_SIGN_FREE)
		return VSW_STRUCTURE;
	if (!p1_possible(card, cmd, file))
		return VSW_P1P2;
	if (!core_open(card, ef->opens))
		return VSW_SECURITY;
	if (ef->key == NULL)
		return VSW_NO_REFERENCE;
	if (!length_possible(ef->key, &methods[cmd->p1], cmd->data.n))
		return VSW_CONDITIONS;
	return make(ef->key, &methods[cmd->p1], cmd->data, cmd->le, out);
}

uint16_t
ins_internal_authenticate(struct vcard *card, const struct vcommand *cmd,
    struct wbuf *out)
{
	size_t file;
	uint16_t sw;

	if (cmd->p1 != 0)
		return VSW_P1P2;
	sw = core_reference(card, cmd->p2, VEF_KEY, &file);
	if (sw != VSW_OK)
		return sw;
	if (layout_files[file].use != VKEY_INTERNAL)
		return VSW_STRUCTURE;
	if (card->efs[file].key == NULL)
		return VSW_NO_REFERENCE;
	return make(card->efs[file].key, &methods[HASH_AND_INFO], cmd->data,
	    cmd->le, out);
}
