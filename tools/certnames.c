/* SPDX-License-Identifier: BSD-2-Clause */
#include "certnames.h"

#include <stddef.h>

#include "language.h"

static const struct cert_desc descs[JPKI_CERT_COUNT] = {
	[JPKI_CERT_AUTH] = { "auth", N_("user authentication certificate"),
	    "利用者証明用電子証明書", JPKI_CERT_AUTH_CA, JPKI_PIN_AUTH },
	[JPKI_CERT_SIGN] = { "sign", N_("signature certificate"),
	    "署名用電子証明書", JPKI_CERT_SIGN_CA, JPKI_PIN_SIGN },
	[JPKI_CERT_AUTH_CA] = { "auth-ca",
	    N_("CA certificate for user authentication"),
	    "利用者証明用認証局の自己署名証明書", JPKI_CERT_AUTH_CA, JPKI_PIN_AUTH },
	[JPKI_CERT_SIGN_CA] = { "sign-ca", N_("CA certificate for signatures"),
	    "署名用認証局の自己署名証明書", JPKI_CERT_SIGN_CA, JPKI_PIN_SIGN },
};

static const char *const ca_names[] = {
	[JPKI_CA_UNKNOWN] = "unknown",
	[JPKI_CA_TEST] = "test",
	[JPKI_CA_KNOWN] = "known",
};

const struct cert_desc *
cert_describe(enum jpki_cert_id id)
{
	return &descs[id];
}

const char *
cert_ca_name(enum jpki_ca ca)
{
	return ca_names[ca];
}

const struct cert_desc *
cert_of_pin(enum jpki_pin pin)
{
	for (size_t i = 0; i < JPKI_CERT_COUNT; i++)
		if (descs[i].pin == pin)
			return &descs[i];
	return NULL;
}
