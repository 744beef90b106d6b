/* SPDX-License-Identifier: BSD-2-Clause */
#include "keykit.h"

#include <stdlib.h>

#include <openssl/err.h>

#include "ctx.h"

static void
plug(struct keykit *kit, const char *profile)
{
	kit->link = linkkit_new(profile);
	vlink_power_off(kit->link);
	expect_err("transport", vtransport_new(&kit->t), JPKI_OK);
	expect_err("add", vtransport_add(kit->t, KEYKIT_READER, kit->link),
	    JPKI_OK);
	expect_err("ctx", ctx_new(kit->t, &kit->ctx), JPKI_OK);
	expect_err("open", jpki_card_open(kit->ctx, NULL, &kit->card),
	    JPKI_OK);
	jpki_card_end(kit->card);
}

/* The context frees the transport, and that lets go of the links. */
static void
unplug(struct keykit *kit)
{
	EVP_PKEY_free(kit->key);
	kit->key = NULL;
	jpki_card_close(&kit->card);
	jpki_ctx_free(&kit->ctx);
	vlink_free(&kit->link);
	vlink_free(&kit->other);
}

int
keykit_new(void **state)
{
	struct keykit *kit = calloc(1, sizeof(*kit));

	assert_non_null(kit);
	plug(kit, "adult");
	expect_err("crypto", jpki_crypto(kit->ctx, &kit->crypto), JPKI_OK);
	*state = kit;
	return 0;
}

int
keykit_free(void **state)
{
	struct keykit *kit = *state;

	unplug(kit);
	free(kit);
	assert_int_equal(ERR_peek_error(), 0);
	return 0;
}

void
keykit_load(struct keykit *kit, const char *profile)
{
	unplug(kit);
	plug(kit, profile);
	expect_err("crypto", jpki_crypto(kit->ctx, &kit->crypto), JPKI_OK);
}

void
keykit_login(struct keykit *kit, enum jpki_key key)
{
	static const struct {
		enum jpki_pin	 pin;
		const char	*text;
		size_t		 n;
	} rows[] = {
		[JPKI_KEY_AUTH] = { JPKI_PIN_AUTH, "1234", 4 },
		[JPKI_KEY_SIGN] = { JPKI_PIN_SIGN, "ABC123", 6 },
	};

	expect_err("login", jpki_pin_verify(kit->card, rows[key].pin,
	    rows[key].text, rows[key].n, 0, NULL), JPKI_OK);
}

EVP_PKEY *
keykit_key(struct keykit *kit, enum jpki_key key)
{
	keykit_login(kit, key);
	EVP_PKEY_free(kit->key);
	kit->key = NULL;
	expect_err("key", jpki_pkey(kit->card, key, &kit->key), JPKI_OK);
	assert_non_null(kit->key);
	return kit->key;
}

X509 *
keykit_cert(struct keykit *kit, enum jpki_cert_id id)
{
	struct jpki_buf der = { NULL, 0 };
	const unsigned char *p;
	X509 *cert;

	expect_err("read", jpki_cert_read(kit->card, id, &der), JPKI_OK);
	cert = X509_new_ex(kit->crypto, NULL);
	p = der.p;
	assert_non_null(d2i_X509(&cert, &p, (long)der.n));
	jpki_buf_free(&der);
	return cert;
}

unsigned long
keykit_commands(const struct keykit *kit)
{
	return vlink_counters(kit->link, -1).commands;
}
