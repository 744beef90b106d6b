/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of the provider: what OpenSSL calls key management. */
#include <stdlib.h>

#include <openssl/core_names.h>

#include "provider.h"

static void *
key_new(void *crypto, const char *type)
{
	struct provider_key *key = calloc(1, sizeof(*key));

	if (key == NULL)
		return NULL;
	key->crypto = crypto;
	key->type = type;
	return key;
}

static void *
rsa_new(void *crypto)
{
	return key_new(crypto, "RSA");
}

static void
key_free(void *keydata)
{
	struct provider_key *key = keydata;

	if (key == NULL)
		return;
	EVP_PKEY_free(key->public_key);
	card_ref_free(&key->origin.card);
	free(key);
}

/* OpenSSL asks for the private half only whether it is there. */
static int
key_has(const void *keydata, int selection)
{
	const struct provider_key *key = keydata;

	if (key == NULL || key->public_key == NULL)
		return 0;
	return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) == 0 ||
	    key->origin.card != NULL;
}

static int
key_match(const void *a, const void *b, int selection)
{
	const struct provider_key *one = a, *other = b;

	(void)selection;
	return one->public_key != NULL && other->public_key != NULL &&
	    EVP_PKEY_eq(one->public_key, other->public_key) == 1;
}

static EVP_PKEY *
public_from(const struct provider_key *key, const OSSL_PARAM params[])
{
	OSSL_PARAM *copy = OSSL_PARAM_dup(params);
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *pkey = NULL;

	ctx = EVP_PKEY_CTX_new_from_name(key->crypto, key->type,
	    PROVIDER_OTHERS);
	if (copy != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, copy) != 1) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(copy);
	return pkey;
}

/* Without an origin it is somebody's public key, to be compared with ours. */
static int
key_import(void *keydata, int selection, const OSSL_PARAM params[])
{
	const OSSL_PARAM *p = OSSL_PARAM_locate_const(params, PROVIDER_ORIGIN);
	struct provider_key *key = keydata;
	const void *origin = NULL;
	size_t n = 0;

	if ((selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) == 0 ||
	    key->public_key != NULL)
		return 0;
	if (p != NULL && (OSSL_PARAM_get_octet_ptr(p, &origin, &n) != 1 ||
	    n != sizeof(key->origin)))
		return 0;
	key->public_key = public_from(key, params);
	if (key->public_key == NULL)
		return 0;
	if (origin != NULL) {
		key->origin = *(const struct origin *)origin;
		card_ref_up(key->origin.card);
	}
	return 1;
}

/*
 * Who wants all of a key wants to sign elsewhere: let it stay, and OpenSSL
 * comes here.
 */
static int
key_export(void *keydata, int selection, OSSL_CALLBACK *callback, void *arg)
{
	const struct provider_key *key = keydata;
	OSSL_PARAM *params = NULL;
	int done;

	if (key->public_key == NULL ||
	    (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0)
		return 0;
	done = EVP_PKEY_todata(key->public_key, EVP_PKEY_PUBLIC_KEY,
	    &params) == 1 && callback(params, arg);
	OSSL_PARAM_free(params);
	return done;
}

static const OSSL_PARAM *
rsa_parts(int selection)
{
	static const OSSL_PARAM parts[] = {
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, NULL, 0),
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, NULL, 0),
		OSSL_PARAM_END
	};

	return (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) != 0 ? parts :
	    NULL;
}

static int
key_get(void *keydata, OSSL_PARAM params[])
{
	struct provider_key *key = keydata;
	OSSL_PARAM *p = OSSL_PARAM_locate(params, PROVIDER_ERROR);

	if (p != NULL && OSSL_PARAM_set_int(p, (int)provider_error(key)) != 1)
		return 0;
	return key->public_key != NULL &&
	    EVP_PKEY_get_params(key->public_key, params) == 1;
}

static const OSSL_PARAM *
rsa_gettable(void *crypto)
{
	static const OSSL_PARAM params[] = {
		OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, NULL,
		    0),
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, NULL, 0),
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, NULL, 0),
		OSSL_PARAM_int(PROVIDER_ERROR, NULL),
		OSSL_PARAM_END
	};

	(void)crypto;
	return params;
}

const OSSL_DISPATCH provider_rsa_key[] = {
	{ OSSL_FUNC_KEYMGMT_NEW, (void (*)(void))rsa_new },
	{ OSSL_FUNC_KEYMGMT_FREE, (void (*)(void))key_free },
	{ OSSL_FUNC_KEYMGMT_HAS, (void (*)(void))key_has },
	{ OSSL_FUNC_KEYMGMT_MATCH, (void (*)(void))key_match },
	{ OSSL_FUNC_KEYMGMT_IMPORT, (void (*)(void))key_import },
	{ OSSL_FUNC_KEYMGMT_IMPORT_TYPES, (void (*)(void))rsa_parts },
	{ OSSL_FUNC_KEYMGMT_EXPORT, (void (*)(void))key_export },
	{ OSSL_FUNC_KEYMGMT_EXPORT_TYPES, (void (*)(void))rsa_parts },
	{ OSSL_FUNC_KEYMGMT_GET_PARAMS, (void (*)(void))key_get },
	{ OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, (void (*)(void))rsa_gettable },
	{ 0, NULL }
};
