/* SPDX-License-Identifier: BSD-2-Clause */
#include "provider.h"

#include "mem.h"

/* A type of key is a row of each. */
static const OSSL_ALGORITHM keys[] = {
	{ "RSA:rsaEncryption:1.2.840.113549.1.1.1", PROVIDER_OURS,
	    provider_rsa_key, "RSA key on a JPKI card" },
	{ NULL, NULL, NULL, NULL }
};
static const OSSL_ALGORITHM signatures[] = {
	{ "RSA:rsaEncryption:1.2.840.113549.1.1.1", PROVIDER_OURS,
	    provider_signature, "RSA signature by a JPKI card" },
	{ NULL, NULL, NULL, NULL }
};

static const OSSL_ALGORITHM *
query(void *crypto, int operation, int *no_cache)
{
	(void)crypto;
	*no_cache = 0;
	switch (operation) {
	case OSSL_OP_KEYMGMT:
		return keys;
	case OSSL_OP_SIGNATURE:
		return signatures;
	default:
		return NULL;
	}
}

/* The context of ours is that of the library: what is built in shares it. */
static int
init(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **crypto)
{
	static const OSSL_DISPATCH functions[] = {
		{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
		{ 0, NULL }
	};

	for (; in->function_id != 0; in++)
		if (in->function_id == OSSL_FUNC_CORE_GET_LIBCTX)
			*crypto = OSSL_FUNC_core_get_libctx(in)(core);
	*out = functions;
	return *crypto != NULL;
}

/*
 * OpenSSL's own providers stay what everybody gets who does not ask for ours:
 * a software key must not end up here.
 */
enum jpki_err
provider_load(OSSL_LIB_CTX *crypto, OSSL_PROVIDER **out)
{
	struct mem_watch watch;
	OSSL_PROVIDER *p = NULL;
	enum jpki_err err;

	mem_watch_begin(&watch);
	if (OSSL_PROVIDER_add_builtin(crypto, PROVIDER_NAME, init) == 1 &&
	    EVP_set_default_properties(crypto, "?" PROVIDER_OTHERS) == 1)
		p = OSSL_PROVIDER_try_load(crypto, PROVIDER_NAME, 1);
	err = mem_watch_end(&watch, p != NULL ? JPKI_OK : JPKI_ERR_INTERNAL);
	if (err == JPKI_OK)
		*out = p;
	else if (p != NULL)
		OSSL_PROVIDER_unload(p);
	return err;
}
