/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A card that answers anything, beneath the library and beneath the module.
 * The front of the input is a program of calls; hostile.h has the world, and
 * the laws of what is sent.
 */
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "card.h"

/* Of either kind a few, so that PINs change to and fro. */
static const char *const auth_pins[] = { "0000", "4321", "9999" };
static const char *const sign_pins[] = {
	"WRONG123", "NEW1PASSWORD", "A1B2C3", "0123456789ABCDEF",
};

static const char *
other_pin(enum jpki_pin pin, uint8_t which)
{
	return pin == JPKI_PIN_SIGN ? sign_pins[which % 4] :
	    auth_pins[which % 3];
}

static void
type_text(struct typed *out, const char *text)
{
	out->n = strlen(text);
	memcpy(out->bytes, text, out->n);
}

static void
type_lower(struct typed *out, const char *text)
{
	type_text(out, text);
	for (size_t i = 0; i < out->n; i++)
		if (out->bytes[i] >= 'A' && out->bytes[i] <= 'Z')
			out->bytes[i] = (char)(out->bytes[i] | 0x20);
}

static void
type_bytes(struct typed *out, struct slice s)
{
	out->n = s.n < PIN_MAX ? s.n : PIN_MAX;
	if (out->n > 0)
		memcpy(out->bytes, s.p, out->n);
}

void
card_type(struct fuzz_in *in, enum jpki_pin pin, struct typed *out)
{
	const char *right = hostile_pin(pin);
	uint8_t how = fuzz_u8(in);

	memset(out, 0, sizeof(*out));
	out->p = out->bytes;
	if (right == NULL)
		right = "1234";
	switch (how & 0x07) {
	case 0:
	case 1:
		type_text(out, right);
		break;
	case 2:
		type_lower(out, right);
		break;
	case 3:
	case 4:
		type_text(out, other_pin(pin, how >> 3));
		break;
	case 5:
		type_bytes(out, fuzz_take(in, fuzz_below(in, PIN_MAX + 1)));
		break;
	case 6:
		break;
	default:
		out->p = NULL;
		break;
	}
}

struct slice
card_typed(const struct typed *typed)
{
	return slice_of(typed->p, typed->n);
}

void
card_data(struct fuzz_in *in, uint8_t *out, size_t n)
{
	uint8_t seed = fuzz_u8(in);

	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(0x80 | (seed + i * (seed & 3)));
}

static EVP_PKEY *
key_of(struct slice der)
{
	const unsigned char *p = der.p;
	X509 *x509 = d2i_X509(NULL, &p, (long)der.n);
	EVP_PKEY *key = x509 != NULL ? X509_get_pubkey(x509) : NULL;

	X509_free(x509);
	return key;
}

void
card_world(struct fuzz_in *in)
{
	switch (fuzz_below(in, 6)) {
	case 0:
		hostile_remove();
		break;
	case 1:
		hostile_insert();
		break;
	case 2:
		hostile_reset();
		break;
	case 3:
		hostile_select();
		break;
	default:
		hostile_plug_other((fuzz_u8(in) & 1) != 0);
		break;
	}
}

static const EVP_MD *
digest_named(enum jpki_hash hash)
{
	switch (hash) {
	case JPKI_HASH_SHA1:
		return EVP_sha1();
	case JPKI_HASH_SHA256:
		return EVP_sha256();
	case JPKI_HASH_SHA384:
		return EVP_sha384();
	case JPKI_HASH_SHA512:
		return EVP_sha512();
	default:
		return NULL;
	}
}

bool
card_digest(enum jpki_hash hash, struct slice data,
    uint8_t out[JPKI_DIGEST_MAX], unsigned *n)
{
	return EVP_Digest(data.p, data.n, out, n, digest_named(hash), NULL) ==
	    1;
}

static bool
set_up(EVP_PKEY_CTX *ctx, const struct jpki_claim *claim)
{
	const EVP_MD *md = digest_named(claim->pss ? JPKI_HASH_SHA256 :
	    claim->hash);

	if (EVP_PKEY_verify_init(ctx) != 1 || EVP_PKEY_CTX_set_rsa_padding(ctx,
	    claim->pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) != 1)
		return false;
	if (md != NULL && EVP_PKEY_CTX_set_signature_md(ctx, md) != 1)
		return false;
	return !claim->pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx,
	    JPKI_PSS_SALT) == 1;
}

bool
card_signature_holds(struct slice der, const struct jpki_claim *claim)
{
	EVP_PKEY *key = key_of(der);
	EVP_PKEY_CTX *ctx = key != NULL ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	bool holds;

	holds = ctx != NULL && set_up(ctx, claim) &&
	    EVP_PKEY_verify(ctx, claim->signature, claim->signature_n,
	    claim->digest, claim->digest_n) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return holds;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = fuzz_in_of(data, size);
	bool module = (fuzz_u8(&in) & 1) != 0;

	card_library_start();
	hostile_begin(&in);
	if (module)
		card_module(&in);
	else
		card_library(&in);
	hostile_end();
	return 0;
}
