/* SPDX-License-Identifier: BSD-2-Clause */
#include "personalise.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core.h"
#include "issue.h"
#include "language.h"
#include "store.h"
#include "surface.h"
#include "verror.h"

#define RSA_BITS	2048
#define CERT_MAX	3808	/* bytes of EF 0001, filled with FF */
#define NO_CERT		1600	/* filler where there is no certificate */
#define TOKEN_BYTES	160
#define VALUES_MAX	3

struct pin_default {
	enum vpin	 pin;
	const char	*name;		/* for a person, N_() */
	const char	*value;
	size_t		 given;		/* offset in struct vcard_pins */
};

static const struct pin_default pin_defaults[] = {
	{ VPIN_AUTH, N_("user authentication PIN"), "1234", offsetof(struct vcard_pins, auth) },
	{ VPIN_SIGN, N_("signature PIN"), "ABC123", offsetof(struct vcard_pins, sign) },
	{ VPIN_INPUT, N_("input assistance PIN"), "1234", offsetof(struct vcard_pins, input) },
	{ VPIN_REGISTER, N_("registration PIN"), "1234", offsetof(struct vcard_pins, registration) },
	{ VPIN_REGISTER_COMMON, N_("registration PIN"), "1234",
	  offsetof(struct vcard_pins, registration) },
};

struct work {
	struct vcard		*card;
	const struct profile	*profile;
	struct person		 person;
	struct issue_authority	 ca[ISSUE_KINDS];
	EVP_PKEY		*keys[PERSONALISE_KEYS];
};

static bool
has_app(const struct vcard *card, enum vapp app)
{
	return (card->profile->apps & 1u << app) != 0;
}

/* A PIN of an application that the card has; value NULL: never set. */
static void
set_pin(struct vcard *card, enum vpin pin, const char *value)
{
	struct vpin_state *state = &card->pins[pin];

	for (size_t i = 0; i < LAYOUT_FILES; i++)
		if (layout_files[i].kind == VEF_PIN &&
		    layout_files[i].pin == pin)
			state->exists = has_app(card, layout_files[i].app);
	state->set = value != NULL;
	state->tries = state->set ? layout_pins[pin].tries : 0;
	if (state->set)
		memcpy(state->value, value, strlen(value) + 1);
}

static bool
was_issued(const struct profile *profile, enum vpin pin)
{
	return (pin != VPIN_SIGN || profile->sign) &&
	    (pin != VPIN_AUTH || profile->auth);
}

static int
set_pins(struct work *w, const struct vcard_pins *pins,
    char error[VCARD_ERROR_MAX])
{
	static const struct vcard_pins none = { NULL, NULL, NULL, NULL };

	for (size_t i = 0; i < sizeof(pin_defaults) / sizeof(pin_defaults[0]);
	    i++) {
		const struct pin_default *d = &pin_defaults[i];
		const char *given = *(const char *const *)(const void *)
		    ((const char *)(pins != NULL ? pins : &none) + d->given);
		const char *value = given != NULL ? given : d->value;

		if (!was_issued(w->profile, d->pin)) {
			value = NULL;
			if (given != NULL)
				return vcard_fail(error, "a card of profile %s "
				    "has no %s; leave it out",
				    w->profile->name, language_of(d->name));
		}
		if (value != NULL && !layout_pin_format(d->pin,
		    (const uint8_t *)value, strlen(value)))
			return vcard_fail(error, d->pin == VPIN_SIGN ?
			    _("the %s has to be 6 to 16 capital letters and "
			    "digits") : _("the %s has to be 4 digits"),
			    language_of(d->name));
		set_pin(w->card, d->pin, value);
	}
	return 0;
}

/* Verification numbers come from the card's face. */
static void
set_numbers(struct work *w)
{
	set_pin(w->card, VPIN_INPUT_A, w->person.number);
	set_pin(w->card, VPIN_INPUT_B, w->person.number_b);
	set_pin(w->card, VPIN_INPUT_RESERVED, NULL);
	set_pin(w->card, VPIN_SURFACE_A, w->person.number);
	set_pin(w->card, VPIN_SURFACE_B, w->person.number_b);
	set_pin(w->card, VPIN_SURFACE_BIRTH, w->person.birth_era);
	if (w->profile->locked)
		w->card->pins[VPIN_AUTH].tries =
		    w->card->pins[VPIN_SIGN].tries = 0;
}

static EVP_PKEY *
new_key(enum personalise_key which)
{
	(void)which;
	return EVP_RSA_gen(RSA_BITS);
}

/* Key generation is slow: only what the profile needs. */
static bool
take_keys(struct work *w, personalise_key_fn *key)
{
	const bool needed[PERSONALISE_KEYS] = {
		[PERSONALISE_KEY_SIGN] = w->profile->sign,
		[PERSONALISE_KEY_AUTH] = w->profile->auth && !w->profile->ec,
		[PERSONALISE_KEY_SIGN_CA] = true,
		[PERSONALISE_KEY_AUTH_CA] = true,
		[PERSONALISE_KEY_CARD] = has_app(w->card, VAPP_COMMON),
	};

	for (unsigned i = 0; i < PERSONALISE_KEYS; i++) {
		if (!needed[i])
			continue;
		w->keys[i] = key((enum personalise_key)i);
		if (w->keys[i] == NULL)
			return false;
	}
	if (w->profile->ec)
		w->keys[PERSONALISE_KEY_AUTH] = EVP_EC_gen("P-384");
	return !w->profile->ec || w->keys[PERSONALISE_KEY_AUTH] != NULL;
}

/*
 * The applications without certificates share one key: nobody can tell, and
 * creation takes half the time.
 */
static void
put_keys(struct work *w)
{
	for (size_t i = 0; i < LAYOUT_FILES; i++) {
		const struct layout_file *row = &layout_files[i];
		enum personalise_key which =
		    row->app != VAPP_JPKI ? PERSONALISE_KEY_CARD :
		    row->opens == VOPEN(VPIN_SIGN) ? PERSONALISE_KEY_SIGN :
		    PERSONALISE_KEY_AUTH;
		EVP_PKEY *key = w->keys[which];

		if (row->kind == VEF_KEY && key != NULL &&
		    EVP_PKEY_up_ref(key) == 1)
			w->card->efs[i].key = key;
	}
}

static bool
put_jpki(struct vcard *card, uint16_t fid, struct slice content)
{
	return core_put(card, layout_find(VAPP_JPKI, fid), content);
}

/* DER, then FF up to size; cert NULL: FF only.  size 0: no filler. */
static bool
put_cert(struct vcard *card, uint16_t fid, const X509 *cert, size_t size)
{
	unsigned char bytes[CERT_MAX], *p = bytes;
	int n = cert != NULL ? i2d_X509(cert, NULL) : 0;

	memset(bytes, 0xFF, sizeof(bytes));
	if (n < 0 || n > (int)sizeof(bytes))
		return false;
	if (cert != NULL && i2d_X509(cert, &p) != n)
		return false;
	return put_jpki(card, fid,
	    slice_of(bytes, size > 0 ? size : (size_t)n));
}

static bool
make_cert(struct work *w, enum issue_kind kind, uint16_t key_fid,
    uint16_t cert_fid, size_t size)
{
	EVP_PKEY *key = w->card->efs[layout_find(VAPP_JPKI, key_fid)].key;
	X509 *cert = NULL;
	bool done;

	if (key == NULL)
		return put_cert(w->card, cert_fid, NULL,
		    size > 0 ? size : NO_CERT);
	cert = issue_cert(&w->ca[kind], &w->person, kind == ISSUE_SIGN ?
	    w->profile->sign_policy : NULL, key);
	done = cert != NULL && put_cert(w->card, cert_fid, cert, size);
	X509_free(cert);
	return done;
}

static bool
make_certs(struct work *w)
{
	return issue_authority_new(ISSUE_SIGN, &w->person,
	    w->keys[PERSONALISE_KEY_SIGN_CA], &w->ca[ISSUE_SIGN]) &&
	    issue_authority_new(ISSUE_AUTH, &w->person,
	    w->keys[PERSONALISE_KEY_AUTH_CA], &w->ca[ISSUE_AUTH]) &&
	    make_cert(w, ISSUE_SIGN, 0x001A, 0x0001, CERT_MAX) &&
	    make_cert(w, ISSUE_AUTH, 0x0017, 0x000A, 0) &&
	    put_cert(w->card, 0x0002, w->ca[ISSUE_SIGN].cert, 0) &&
	    put_cert(w->card, 0x000B, w->ca[ISSUE_AUTH].cert, 0);
}

static void
put_padded(struct wbuf *b, const char *text, size_t n)
{
	size_t len = strlen(text);

	wbuf_put(b, text, len);
	for (; len < n; len++)
		wbuf_put_u8(b, ' ');
}

static void
put_u32(struct wbuf *b, uint32_t v)
{
	wbuf_put_u16(b, (uint16_t)(v >> 16));
	wbuf_put_u16(b, (uint16_t)v);
}

/*
 * The CK_TOKEN_INFO of PKCS #11 with big-endian numbers of four bytes.  What
 * real cards have as manufacturer and serial number is not known.
 */
static bool
make_token_info(struct vcard *card)
{
	static const uint32_t numbers[] = {
		0x0000040D,	/* RNG, login required, PIN and token set up */
		1, 0, 1, 0,	/* sessions: most, open; read-write likewise */
		16, 6,		/* length of PINs */
		0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF /* memory */
	};
	uint8_t bytes[TOKEN_BYTES];
	struct wbuf b = wbuf_of(bytes, sizeof(bytes));

	put_padded(&b, card->profile->label, 32);
	put_padded(&b, "VIRTUAL CARD OF JPKI-VCARD", 32);
	put_padded(&b, "E16R01NJ", 16);
	put_padded(&b, "0000000000000000", 16);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		put_u32(&b, numbers[i]);
	put_padded(&b, "03", 2);
	put_padded(&b, "01", 2);
	put_padded(&b, "9999999999999999", 16);
	return b.n == TOKEN_BYTES && !b.overflow &&
	    put_jpki(card, 0x0006, wbuf_slice(&b));
}

/*
 * Only 8F 8F 00, both present, was ever seen; 00 for a certificate that is
 * missing is a guess.
 */
static bool
make_rest(struct work *w)
{
	const uint8_t exists[] = {
		w->profile->sign ? 0x8F : 0x00,
		w->profile->auth ? 0x8F : 0x00,
		0x00
	};
	uint8_t closed[16];

	memset(closed, 0xFF, sizeof(closed));
	if (!w->profile->phone &&
	    (!put_jpki(w->card, 0x0008, slice_of(exists, sizeof(exists))) ||
	    !put_jpki(w->card, 0x0009, slice_of(closed, sizeof(closed)))))
		return false;
	return make_token_info(w->card) &&
	    surface_make(w->card, &w->person, w->ca[ISSUE_SIGN].key);
}

int
personalise(const char *dir, const char *profile,
    const struct vcard_person *person, const struct vcard_pins *pins,
    personalise_key_fn *key, char error[VCARD_ERROR_MAX])
{
	struct work w = { .profile = profile_find(profile) };
	int r = -1;

	if (w.profile == NULL)
		return vcard_fail(error, "no profile is called \"%s\"; "
		    "\"jpki-vcard create --help\" lists them", profile);
	if (store_check(dir, error) != 0 ||
	    person_make(&w.person, w.profile, person, time(NULL), error) != 0)
		return -1;
	w.card = core_new(w.profile);
	if (w.card == NULL) {
		vcard_fail(error, "out of memory");
		goto out;
	}
	if (set_pins(&w, pins, error) != 0)
		goto out;
	set_numbers(&w);
	if (!take_keys(&w, key)) {
		vcard_fail(error, "OpenSSL could not make the card's keys; "
		    "is there memory left?");
		goto out;
	}
	put_keys(&w);
	if (!make_certs(&w) || !make_rest(&w)) {
		vcard_fail(error, "OpenSSL could not make the card's files; "
		    "is there memory left?");
		goto out;
	}
	r = store_create(dir, w.card, error);
out:
	for (size_t i = 0; i < ISSUE_KINDS; i++)
		issue_authority_clear(&w.ca[i]);
	for (size_t i = 0; i < PERSONALISE_KEYS; i++)
		EVP_PKEY_free(w.keys[i]);
	vcard_free(&w.card);
	return r;
}

int
vcard_create(const char *dir, const char *profile,
    const struct vcard_person *person, const struct vcard_pins *pins,
    char error[VCARD_ERROR_MAX])
{
	return personalise(dir, profile, person, pins, new_key, error);
}
