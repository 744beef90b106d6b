/* SPDX-License-Identifier: BSD-2-Clause */
#include "signature.h"

#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static EVP_PKEY *keys[CARD_PINS];

/* A certificate's file: DER, then filler. */
static EVP_PKEY *
key_of_file(const char *folder, const char *name)
{
	static unsigned char room[8192];
	const unsigned char *p = room;
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	char path[512];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/files/%s", folder, name);
	f = fopen(path, "re");
	if (f != NULL) {
		n = fread(room, 1, sizeof(room), f);
		fclose(f);
	}
	if (n > 0)
		cert = d2i_X509(NULL, &p, (long)n);
	if (cert != NULL)
		key = X509_get_pubkey(cert);
	X509_free(cert);
	return key;
}

bool
signature_open(const char *card_folder)
{
	keys[CARD_AUTH] = key_of_file(card_folder, "jpki-000A.bin");
	keys[CARD_SIGN] = key_of_file(card_folder, "jpki-0001.bin");
	return keys[CARD_AUTH] != NULL && keys[CARD_SIGN] != NULL;
}

bool
signature_holds(enum card_pin key, bool pss,
    const uint8_t signature[SIGNATURE_BYTES])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how = NULL;
	bool ok;

	ok = ctx != NULL && EVP_DigestVerifyInit(ctx, &how, EVP_sha256(),
	    NULL, keys[key]) == 1;
	if (ok && pss)
		ok = EVP_PKEY_CTX_set_rsa_padding(how,
		    RSA_PKCS1_PSS_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(how,
		    RSA_PSS_SALTLEN_DIGEST) == 1;
	ok = ok && EVP_DigestVerify(ctx, signature, SIGNATURE_BYTES,
	    (const unsigned char *)LETTER, sizeof(LETTER) - 1) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}
