/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PROTOCOL, "Surface applications" and "Card manager": tags, lengths and order
 * are those of real cards.  Where only the length of a value is known (card-
 * verifiable certificates, issuer's signatures) it is filled with something
 * of that length that no terminal will accept.
 */
#include "surface.h"

#include <stdio.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rand.h>

#include "ber.h"

#define CONTENT_MAX	4096
#define VALUE_MAX	3072
#define HASH_BYTES	32
#define SIGNATURE_BYTES	256
#define REFERENCE_BYTES	16
#define VENDOR		0x0E	/* of the card, as real ones have it */
#define EXTENDED	0x03	/* Lc and Le */

struct maker {
	struct vcard		*card;
	const struct person	*p;
	EVP_PKEY		*signer;
	uint8_t			 reference[REFERENCE_BYTES];
	bool			 failed;
};

/* White, 16 by 16, one bit a pixel: PNG. */
static const uint8_t image[] = {
	0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A,
	0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52,
	0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x10,
	0x01, 0x00, 0x00, 0x00, 0x00, 0x37, 0x88, 0xC2, 0xCC,
	0x00, 0x00, 0x00, 0x0E, 0x49, 0x44, 0x41, 0x54,
	0x78, 0xDA, 0x63, 0xF8, 0xFF, 0x9F, 0x81, 0x14,
	0x04, 0x00, 0xFD, 0x4E, 0x1F, 0xE1, 0xDE, 0xC8, 0x75, 0x97,
	0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44,
	0xAE, 0x42, 0x60, 0x82
};

/* Grey, 16 by 16, in place of a photograph: JPEG 2000. */
static const uint8_t photo[] = {
	0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A,
	0x00, 0x00, 0x00, 0x14, 0x66, 0x74, 0x79, 0x70, 0x6A, 0x70, 0x32, 0x20,
	0x00, 0x00, 0x00, 0x00, 0x6A, 0x70, 0x32, 0x20,
	0x00, 0x00, 0x00, 0x2D, 0x6A, 0x70, 0x32, 0x68,
	0x00, 0x00, 0x00, 0x16, 0x69, 0x68, 0x64, 0x72, 0x00, 0x00, 0x00, 0x10,
	0x00, 0x00, 0x00, 0x10, 0x00, 0x01, 0x07, 0x07, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x0F, 0x63, 0x6F, 0x6C, 0x72, 0x01, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x11,
	0x00, 0x00, 0x00, 0x5A, 0x6A, 0x70, 0x32, 0x63,
	0xFF, 0x4F, 0xFF, 0x51, 0x00, 0x29, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10,
	0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01, 0x01,
	0xFF, 0x52, 0x00, 0x0C, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x04, 0x04,
	0x00, 0x01, 0xFF, 0x5C, 0x00, 0x04, 0x40, 0x40,
	0xFF, 0x90, 0x00, 0x0A, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0F, 0x00, 0x01,
	0xFF, 0x93, 0x80, 0xFF, 0xD9
};

#define IMAGE	slice_of(image, sizeof(image))

static void
put_fill(struct wbuf *w, uint8_t byte, size_t n)
{
	for (size_t i = 0; i < n; i++)
		wbuf_put_u8(w, byte);
}

static void
put_random(struct maker *m, struct wbuf *w, size_t n)
{
	uint8_t bytes[SIGNATURE_BYTES];

	if (n > sizeof(bytes) || RAND_bytes(bytes, (int)n) != 1) {
		m->failed = true;
		return;
	}
	wbuf_put(w, bytes, n);
}

static void
put_number(struct wbuf *w, uint16_t tag, struct day d)
{
	char text[16];

	snprintf(text, sizeof(text), "%08d", calendar_number(d));
	ber_put_text(w, tag, text);
}

static void
put_parameter(struct maker *m, struct wbuf *w, uint16_t tag, EVP_PKEY *key,
    const char *parameter)
{
	uint8_t bytes[SIGNATURE_BYTES];
	BIGNUM *number = NULL;
	int n = -1;

	if (EVP_PKEY_get_bn_param(key, parameter, &number) == 1 &&
	    BN_num_bytes(number) <= (int)sizeof(bytes))
		n = BN_bn2bin(number, bytes);
	BN_free(number);
	if (n > 0)
		ber_put(w, tag, slice_of(bytes, (size_t)n));
	else
		m->failed = true;
}

/* The public half of an application's own key, inside a tag. */
static void
put_public(struct maker *m, struct wbuf *w, uint16_t tag, enum vapp app)
{
	EVP_PKEY *key = m->card->efs[layout_find_default_key(app)].key;
	uint8_t bytes[SIGNATURE_BYTES + 32];
	struct wbuf value = wbuf_of(bytes, sizeof(bytes));

	put_parameter(m, &value, 0x90, key, OSSL_PKEY_PARAM_RSA_E);
	put_parameter(m, &value, 0x91, key, OSSL_PKEY_PARAM_RSA_N);
	ber_put(w, tag, wbuf_slice(&value));
}

static void
put_hash(struct maker *m, struct wbuf *w, uint16_t tag, struct slice data)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (EVP_Digest(data.p, data.n, hash, &n, EVP_sha256(), NULL) != 1)
		m->failed = true;
	ber_put(w, tag, slice_of(hash, n));
}

/* The issuer's signature over all that w holds so far. */
static void
put_signature(struct maker *m, struct wbuf *w, uint16_t tag)
{
	uint8_t signature[SIGNATURE_BYTES];
	size_t n = sizeof(signature);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL,
	    m->signer) == 1 &&
	    EVP_DigestSign(ctx, signature, &n, w->p, w->n) == 1)
		ber_put(w, tag, slice_of(signature, n));
	else
		m->failed = true;
	EVP_MD_CTX_free(ctx);
}

static void
put_version(struct wbuf *w, uint16_t tag, uint8_t version)
{
	const uint8_t bytes[] = { version, EXTENDED, VENDOR, 0x01 };

	ber_put(w, tag, slice_of(bytes, sizeof(bytes)));
}

static void
put_reference(struct maker *m, struct wbuf *w, uint16_t tag)
{
	ber_put(w, tag, slice_of(m->reference, sizeof(m->reference)));
}

/* A tag around an offset table and the n objects that body holds. */
static void
put_with_offsets(struct wbuf *w, uint16_t tag, uint16_t table_tag,
    struct slice body, const uint16_t *offsets, size_t n)
{
	size_t table_n = 2 * n;
	size_t inner = ber_header_size(table_tag, table_n) + table_n;
	size_t start = ber_header_size(tag, inner + body.n) + inner;
	uint8_t value[VALUE_MAX], table[64];
	struct wbuf v = wbuf_of(value, sizeof(value));
	struct wbuf t = wbuf_of(table, sizeof(table));

	for (size_t i = 0; i < n; i++)
		wbuf_put_u16(&t, (uint16_t)(start + offsets[i]));
	ber_put(&v, table_tag, wbuf_slice(&t));
	wbuf_put_slice(&v, body);
	if (v.overflow || t.overflow)
		w->overflow = true;
	ber_put(w, tag, wbuf_slice(&v));
}

static void
filler(struct maker *m, struct wbuf *w)
{
	(void)m;
	put_fill(w, 0xFF, 16);
}

static void
reference(struct maker *m, struct wbuf *w)
{
	wbuf_put(w, m->reference, sizeof(m->reference));
}

static void
cv_certificate(struct maker *m, struct wbuf *w)
{
	uint8_t bytes[SIGNATURE_BYTES + 64];
	struct wbuf value = wbuf_of(bytes, sizeof(bytes));
	uint8_t opaque[SIGNATURE_BYTES];
	struct wbuf o = wbuf_of(opaque, sizeof(opaque));

	put_random(m, &o, SIGNATURE_BYTES);
	ber_put(&value, 0x5F37, wbuf_slice(&o));
	put_reference(m, &value, 0x42);
	ber_put(w, 0x7F21, wbuf_slice(&value));
}

static void
input_number(struct maker *m, struct wbuf *w)
{
	ber_put_text(w, 0xFF10, m->p->number);
	put_fill(w, 0xFF, 2);
}

#define INPUT_OBJECTS	4

static void
input_attributes(struct maker *m, struct wbuf *w)
{
	uint8_t bytes[VALUE_MAX];
	struct wbuf body = wbuf_of(bytes, sizeof(bytes));
	uint16_t offsets[INPUT_OBJECTS];
	char sex[2] = { m->p->card_sex, '\0' };

	offsets[0] = (uint16_t)body.n;
	ber_put_text(&body, 0xDF22, m->p->name);
	offsets[1] = (uint16_t)body.n;
	ber_put_text(&body, 0xDF23, m->p->address);
	offsets[2] = (uint16_t)body.n;
	put_number(&body, 0xDF24, m->p->birth);
	offsets[3] = (uint16_t)body.n;
	ber_put_text(&body, 0xDF25, sex);
	put_with_offsets(w, 0xFF20, 0xDF21, wbuf_slice(&body), offsets,
	    INPUT_OBJECTS);
}

/* Hashes of the two files before it, and the signature over them. */
static void
input_signature(struct maker *m, struct wbuf *w)
{
	const struct vef *number =
	    &m->card->efs[layout_find(VAPP_INPUT, 0x0001)];
	const struct vef *attributes =
	    &m->card->efs[layout_find(VAPP_INPUT, 0x0002)];
	uint8_t bytes[512];
	struct wbuf value = wbuf_of(bytes, sizeof(bytes));
	size_t table = ber_header_size(0xDF21, 2 * INPUT_OBJECTS) +
	    2 * INPUT_OBJECTS;
	size_t skip;

	/* The length's own length tells where the value begins. */
	skip = table + (attributes->p[2] < 0x80 ? 3u :
	    3u + (attributes->p[2] & 0x7Fu));
	put_hash(m, &value, 0xDF31, slice_of(number->p, number->n));
	put_hash(m, &value, 0xDF32,
	    slice_of(attributes->p + skip, attributes->n - skip));
	put_signature(m, &value, 0xDF33);
	ber_put(w, 0xFF30, wbuf_slice(&value));
}

static void
input_version(struct maker *m, struct wbuf *w)
{
	uint8_t bytes[256], key[128];
	struct wbuf value = wbuf_of(bytes, sizeof(bytes));
	struct wbuf k = wbuf_of(key, sizeof(key));

	put_version(&value, 0xDF41, 0x01);
	put_reference(m, &value, 0xDF42);
	put_random(m, &k, 32);
	put_fill(&k, 0xFF, 96);
	ber_put(&value, 0xDF43, wbuf_slice(&k));
	ber_put(w, 0xFF40, wbuf_slice(&value));
}

/* For secure messaging, which this card lacks: any key will do. */
static void
input_session(struct maker *m, struct wbuf *w)
{
	put_public(m, w, 0xA1, VAPP_INPUT);
}

static void
input_key(struct maker *m, struct wbuf *w)
{
	uint8_t bytes[1024];
	struct wbuf value = wbuf_of(bytes, sizeof(bytes));

	put_public(m, &value, 0xDF51, VAPP_INPUT);
	put_signature(m, &value, 0xDF52);
	ber_put(w, 0xFF50, wbuf_slice(&value));
}

static void
surface_age(struct maker *m, struct wbuf *w)
{
	uint8_t bytes[1024];
	struct wbuf value = wbuf_of(bytes, sizeof(bytes));

	put_number(&value, 0xDF11, m->p->birth);
	put_public(m, &value, 0xDF12, VAPP_SURFACE);
	put_signature(m, &value, 0xDF13);
	ber_put(w, 0xFF10, wbuf_slice(&value));
}

/* The objects of the face, DF22 to DF2A, in order. */
static void
put_face(struct maker *m, struct wbuf *body, uint16_t tag)
{
	char sex[2] = { m->p->card_sex, '\0' };

	switch (tag) {
	case 0xDF22:
		put_number(body, tag, m->p->birth);
		break;
	case 0xDF23:
		ber_put_text(body, tag, sex);
		break;
	case 0xDF24:
		put_public(m, body, tag, VAPP_SURFACE);
		break;
	case 0xDF27:
		ber_put(body, tag, slice_of(photo, sizeof(photo)));
		break;
	case 0xDF28:
		put_signature(m, body, tag);
		break;
	case 0xDF29:
		put_number(body, tag, m->p->card_until);
		break;
	default:	/* name, address, security code */
		ber_put(body, tag, IMAGE);
		break;
	}
}

#define FACE_FIRST	0xDF22
#define FACE_LAST	0xDF2A

static void
surface_face(struct maker *m, struct wbuf *w)
{
	uint8_t bytes[VALUE_MAX];
	struct wbuf body = wbuf_of(bytes, sizeof(bytes));
	uint16_t offsets[FACE_LAST - FACE_FIRST + 1];
	size_t n = 0;

	for (uint16_t tag = FACE_FIRST; tag <= FACE_LAST; tag++) {
		offsets[n++] = (uint16_t)body.n;
		put_face(m, &body, tag);
	}
	put_with_offsets(w, 0xFF20, 0xDF21, wbuf_slice(&body), offsets, n);
}

static void
surface_version(struct maker *m, struct wbuf *w)
{
	uint8_t bytes[512], key[REFERENCE_BYTES + SIGNATURE_BYTES];
	struct wbuf value = wbuf_of(bytes, sizeof(bytes));
	struct wbuf k = wbuf_of(key, sizeof(key));

	put_version(&value, 0xDF31, 0x06);
	put_reference(m, &value, 0xDF32);
	ber_put_text(&value, 0xDF33, "01");
	ber_put_text(&value, 0xDF34, PERSON_MUNICIPALITY);
	wbuf_put(&k, m->reference, REFERENCE_BYTES);
	put_random(m, &k, SIGNATURE_BYTES);
	ber_put(&value, 0xDF35, wbuf_slice(&k));
	ber_put(w, 0xFF30, wbuf_slice(&value));
}

static void
surface_number(struct maker *m, struct wbuf *w)
{
	uint8_t bytes[1024];
	struct wbuf value = wbuf_of(bytes, sizeof(bytes));

	ber_put(&value, 0xDF41, IMAGE);
	put_public(m, &value, 0xDF42, VAPP_SURFACE);
	put_signature(m, &value, 0xDF43);
	ber_put(w, 0xFF40, wbuf_slice(&value));
}

static void
common_serial(struct maker *m, struct wbuf *w)
{
	char text[32];

	snprintf(text, sizeof(text), "%s" PERSON_MUNICIPALITY "%08d",
	    m->p->serial, calendar_number(m->p->card_until));
	ber_put_text(w, 0x01, text);
}

static void
card_number(struct maker *m, struct wbuf *w)
{
	wbuf_put(w, m->p->serial, strlen(m->p->serial));
}

/* Security domain on GlobalPlatform 2.1.1, and nothing else. */
static void
card_recognition(struct maker *m, struct wbuf *w)
{
	static const uint8_t data[] = {
		0x66, 0x18, 0x73, 0x16,
		0x06, 0x07, 0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B, 0x01,
		0x60, 0x0B, 0x06, 0x09,
		0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B, 0x02, 0x01, 0x01
	};

	(void)m;
	wbuf_put(w, data, sizeof(data));
}

static void
card_municipality(struct maker *m, struct wbuf *w)
{
	(void)m;
	wbuf_put(w, PERSON_MUNICIPALITY, strlen(PERSON_MUNICIPALITY));
}

static void
card_expiry(struct maker *m, struct wbuf *w)
{
	char text[16];

	snprintf(text, sizeof(text), "%08d",
	    calendar_number(m->p->card_until));
	wbuf_put(w, text, 8);
}

static void
card_atr(struct maker *m, struct wbuf *w)
{
	wbuf_put(w, m->card->atr + 1, m->card->atr_n - 1);
}

static const struct {
	enum vapp	 app;
	uint16_t	 fid;
	void		(*make)(struct maker *m, struct wbuf *w);
} contents[] = {
	{ VAPP_ISD, 0x0042, reference },
	{ VAPP_ISD, 0x0045, card_number },
	{ VAPP_ISD, 0x0066, card_recognition },
	{ VAPP_ISD, 0x00F0, card_municipality },
	{ VAPP_ISD, 0x00F2, card_expiry },
	{ VAPP_ISD, 0x00F7, reference },
	{ VAPP_ISD, 0x00F8, cv_certificate },
	{ VAPP_ISD, 0x7F21, cv_certificate },
	{ VAPP_ISD, 0x5F51, card_atr },
	{ VAPP_INPUT, 0x0001, input_number },
	{ VAPP_INPUT, 0x0002, input_attributes },
	{ VAPP_INPUT, 0x0003, input_signature },
	{ VAPP_INPUT, 0x0004, cv_certificate },
	{ VAPP_INPUT, 0x0005, input_version },
	{ VAPP_INPUT, 0x0006, input_session },
	{ VAPP_INPUT, 0x0007, input_key },
	{ VAPP_INPUT, 0x0008, filler },
	{ VAPP_SURFACE, 0x0001, surface_age },
	{ VAPP_SURFACE, 0x0002, surface_face },
	{ VAPP_SURFACE, 0x0003, surface_version },
	{ VAPP_SURFACE, 0x0004, cv_certificate },
	{ VAPP_SURFACE, 0x0005, surface_number },
	{ VAPP_SURFACE, 0x0006, filler },
	{ VAPP_REGISTER, 0x0002, reference },
	{ VAPP_COMMON, 0x0001, common_serial },
	{ VAPP_COMMON, 0x0002, reference },
};

bool
surface_make(struct vcard *card, const struct person *p, EVP_PKEY *signer)
{
	struct maker m = { .card = card, .p = p, .signer = signer };
	uint8_t bytes[CONTENT_MAX];
	struct wbuf w;
	size_t file;

	if (RAND_bytes(m.reference, sizeof(m.reference)) != 1)
		return false;
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		if ((card->profile->apps & 1u << contents[i].app) == 0)
			continue;
		file = layout_find(contents[i].app, contents[i].fid);
		if (file == LAYOUT_FILES)
			file = layout_find_object(contents[i].fid);
		w = wbuf_of(bytes, sizeof(bytes));
		contents[i].make(&m, &w);
		if (m.failed || w.overflow ||
		    !core_put(card, file, wbuf_slice(&w)))
			return false;
	}
	return true;
}
