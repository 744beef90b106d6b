/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arguments from the input, by kind: each letter of a row's text is one.  0
 * is the argument that a good client gives.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"

#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))
#define GUARD_VALUE	0xC7
#define HUGE_N		((CK_ULONG)PTRDIFF_MAX + 1)

/* A sanitizer guards better: then no byte may be there to be written. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__	1
#endif
#endif

#ifdef __SANITIZE_ADDRESS__
static const size_t guard = 0;
#else
static const size_t guard = 16;
#endif

void *
args_block(struct call *c, size_t n, bool output)
{
	uint8_t *p = malloc(n + guard > 0 ? n + guard : 1);

	calls_law(p != NULL && c->blocks < BLOCKS_MAX, "no room for blocks");
	memset(p, output ? FILLER : 0, n);
	memset(p + n, GUARD_VALUE, guard);
	c->block[c->blocks++] = (struct block){ p, n, output };
	return p;
}

void
args_free(struct call *c)
{
	for (size_t i = 0; i < c->blocks; i++)
		free(c->block[i].p);
	c->blocks = 0;
}

/*
 * A length may be told on errors, and a list begun for which there is no
 * room; nothing else is written.
 */
static bool
may_be_written(const struct call *c, const struct block *b)
{
	return c->rv == CKR_OK || (const void *)b->p == (void *)c->out_n ||
	    (c->rv == CKR_BUFFER_TOO_SMALL &&
	    strchr(c->row->args, 'l') != NULL);
}

void
args_check(const struct call *c)
{
	for (size_t i = 0; i < c->blocks; i++) {
		const struct block *b = &c->block[i];

		calls_law(fuzz_untouched(b->p + b->n, guard, GUARD_VALUE),
		    "block %zu of %zu bytes was overrun", i, b->n);
		calls_law(!b->output || may_be_written(c, b) ||
		    fuzz_untouched(b->p, b->n, FILLER),
		    "output %zu of %zu bytes was written", i, b->n);
	}
}

/*
 * Handles and numbers.
 */

static CK_SESSION_HANDLE
any_session(uint8_t b)
{
	CK_SESSION_HANDLE last = model.sessions > 0 ?
	    model.session[model.sessions - 1].h : 0;
	const CK_SESSION_HANDLE odd[] = { 0, CK_UNAVAILABLE_INFORMATION,
	    last + 1, 0x7A7A7A, (CK_SESSION_HANDLE)b << 32 };

	if (b >= 0xE0 || model.sessions == 0)
		return odd[b % COUNT_OF(odd)];
	return model.session[model.sessions - 1 - b % model.sessions].h;
}

static CK_SLOT_ID
any_slot(uint8_t b)
{
	static const CK_SLOT_ID odd[] = { 4, 5, 0x7A7A7A,
	    CK_UNAVAILABLE_INFORMATION, 1UL << 32, 1UL << 63 };

	return b < 0xE0 ? b % 4u : odd[b % COUNT_OF(odd)];
}

static CK_OBJECT_HANDLE
any_object(uint8_t b)
{
	CK_OBJECT_HANDLE last = model.objects > 0 ?
	    model.object[model.objects - 1] : 0;
	const CK_OBJECT_HANDLE odd[] = { 0, CK_UNAVAILABLE_INFORMATION,
	    last + 1, last - 1, last + 5, last ^ 1UL << 32, b };

	if (b >= 0xE0 || model.objects == 0)
		return odd[b % COUNT_OF(odd)];
	return model.object[model.objects - 1 - b % model.objects];
}

static CK_FLAGS
open_flags(uint8_t b)
{
	static const CK_FLAGS flags[] = {
		CKF_SERIAL_SESSION, CKF_SERIAL_SESSION | CKF_RW_SESSION,
		CKF_SERIAL_SESSION | CKF_RW_SESSION, 0, CKF_RW_SESSION,
		CKF_SERIAL_SESSION | 0x80000000UL, CK_UNAVAILABLE_INFORMATION,
	};

	return flags[b % COUNT_OF(flags)];
}

static CK_FLAGS
any_flags(uint8_t b)
{
	static const CK_FLAGS flags[] = { CKF_DONT_BLOCK, 0, CKF_SIGN,
	    CKF_VERIFY, CKF_DIGEST, CKF_FIND_OBJECTS, CKF_MESSAGE_SIGN,
	    CKF_SIGN | CKF_VERIFY | CKF_DIGEST | CKF_FIND_OBJECTS,
	    CK_UNAVAILABLE_INFORMATION, 2 };

	return flags[b % COUNT_OF(flags)];
}

static CK_USER_TYPE
any_user(uint8_t b)
{
	static const CK_USER_TYPE users[] = { CKU_USER, CKU_CONTEXT_SPECIFIC,
	    CKU_SO, 3, 99, CK_UNAVAILABLE_INFORMATION };

	return b < 0xA0 ? CKU_USER : users[b % COUNT_OF(users)];
}

/*
 * PINs.
 */

enum pin_text {
	PIN_RIGHT,
	PIN_LOWER,
	PIN_NULL,
	PIN_NULL_4,
	PIN_HUGE,
	PIN_RAW,
	PIN_FIXED,
};

static const struct {
	enum pin_text	 kind;
	const char	*text;
	CK_ULONG	 n;
} pins[] = {
	{ PIN_RIGHT, "", 0 }, { PIN_RIGHT, "", 0 },
	{ PIN_LOWER, "", 0 },
	{ PIN_FIXED, "3650", 4 }, { PIN_FIXED, "W5V4U3", 6 },
	{ PIN_FIXED, "6183", 4 }, { PIN_FIXED, "K7ZZ90", 6 },
	{ PIN_FIXED, VIRTUAL_PIN_AUTH, 4 }, { PIN_FIXED, VIRTUAL_PIN_SIGN, 8 },
	{ PIN_FIXED, VIRTUAL_PIN_INPUT, 4 },
	{ PIN_FIXED, "WVUTSRQPONML9876", 16 },
	{ PIN_FIXED, "", 0 }, { PIN_FIXED, "739", 3 },
	{ PIN_FIXED, "73910", 5 }, { PIN_FIXED, "7391\0", 5 },
	{ PIN_FIXED, "739\0", 4 }, { PIN_FIXED, "ZQ9XK", 5 },
	{ PIN_FIXED, "ZQ9XK7WPZQ9XK7WPZ", 17 }, { PIN_FIXED, "ZQ 9XK", 6 },
	{ PIN_FIXED, "\xEF\xBC\x97\xEF\xBC\x92", 6 },
	{ PIN_FIXED, "GET / HTTP/1.0\r", 15 }, { PIN_FIXED, "739\n", 4 },
	{ PIN_FIXED, "WVUTSR", 6 }, { PIN_FIXED, "987654", 6 },
	{ PIN_NULL, "", 0 }, { PIN_NULL_4, "", 4 }, { PIN_HUGE, "7391", 4 },
	{ PIN_RAW, "", 0 },
};

static void
put_pin(struct call *c, struct slice text, CK_UTF8CHAR **out, CK_ULONG *n)
{
	*out = args_block(c, text.n, false);
	*n = text.n;
	if (text.n > 0)
		memcpy(*out, text.p, text.n);
}

/* The PIN that the card has for this session's token. */
static struct slice
right_pin(const struct call *c)
{
	const struct msession *s = model_session(c->s);
	const struct vpin_state *pin;

	if (s == NULL)
		return slice_of("7391", 4);
	pin = model_pin(s->reader, s->sign);
	return slice_of(pin->value, strlen(pin->value));
}

static void
make_pin(struct call *c, struct fuzz_in *in, CK_UTF8CHAR **out, CK_ULONG *n)
{
	size_t i = fuzz_below(in, COUNT_OF(pins));
	struct slice text = slice_of(pins[i].text, pins[i].n);

	switch (pins[i].kind) {
	case PIN_NULL:
	case PIN_NULL_4:
		*out = NULL;
		*n = pins[i].n;
		return;
	case PIN_RIGHT:
	case PIN_LOWER:
		text = right_pin(c);
		break;
	case PIN_RAW:
		text = fuzz_take(in, fuzz_u8(in) % 20);
		break;
	default:
		break;
	}
	put_pin(c, text, out, n);
	for (size_t j = 0; pins[i].kind == PIN_LOWER && j < *n; j++)
		if ((*out)[j] >= 'A' && (*out)[j] <= 'Z')
			(*out)[j] = (CK_BYTE)((*out)[j] - 'A' + 'a');
	if (pins[i].kind == PIN_HUGE)
		*n = fuzz_u8(in) % 2 != 0 ? HUGE_N : CK_UNAVAILABLE_INFORMATION;
}

/*
 * Mechanisms.
 */

static const CK_MECHANISM_TYPE mechanisms[] = {
	CKM_SHA256_RSA_PKCS, CKM_RSA_PKCS, CKM_SHA256, CKM_SHA1_RSA_PKCS,
	CKM_SHA384_RSA_PKCS, CKM_SHA512_RSA_PKCS, CKM_RSA_PKCS_PSS,
	CKM_SHA256_RSA_PKCS_PSS, CKM_SHA_1, CKM_SHA384, CKM_SHA512,
	CKM_RSA_X_509, CKM_MD5, CKM_AES_CBC, CKM_VENDOR_DEFINED,
	CK_UNAVAILABLE_INFORMATION,
};

static bool
is_pss(CK_MECHANISM_TYPE type)
{
	return type == CKM_RSA_PKCS_PSS || type == CKM_SHA256_RSA_PKCS_PSS;
}

enum {
	PARAM_RIGHT, PARAM_NULL, PARAM_NULL_LONG, PARAM_SHORT, PARAM_LONG,
	PARAM_SALT, PARAM_HASH, PARAM_MGF, PARAM_ANY, PARAM_COUNT
};

static void
make_parameter(struct call *c, CK_MECHANISM *m, unsigned kind)
{
	struct rsa_pss_params p = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
	size_t n = sizeof(p);

	if (kind == PARAM_RIGHT ? !is_pss(m->mechanism) :
	    kind == PARAM_NULL || kind == PARAM_NULL_LONG) {
		m->ulParameterLen = kind == PARAM_NULL_LONG ? n : 0;
		return;
	}
	p.salt = kind == PARAM_SALT ? 20 : p.salt;
	p.hash = kind == PARAM_HASH ? CKM_SHA512 : p.hash;
	p.mgf = kind == PARAM_MGF ? CKG_MGF1_SHA1 : p.mgf;
	n = kind == PARAM_SHORT ? n - 1 : kind == PARAM_LONG ? n + 8 : n;
	m->pParameter = args_block(c, n, false);
	m->ulParameterLen = n;
	memcpy(m->pParameter, &p, n < sizeof(p) ? n : sizeof(p));
}

/* 0 of the second byte: with the parameter that belongs to it. */
static void
make_mechanism(struct call *c, struct fuzz_in *in)
{
	CK_MECHANISM m = { .mechanism =
	    mechanisms[fuzz_below(in, COUNT_OF(mechanisms))] };
	uint8_t how = fuzz_u8(in);

	if (how >= 0xF0)
		return;
	make_parameter(c, &m, how < 0x80 ? PARAM_RIGHT : how % PARAM_COUNT);
	c->m = args_block(c, sizeof(m), false);
	memcpy(c->m, &m, sizeof(m));
}

/*
 * Data and room for results.
 */

/* Bytes that no PIN is among. */
static void
put_pattern(CK_BYTE *p, size_t n, uint8_t seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (CK_BYTE)(0x80 | ((i + 1) * (seed + 1u) + i / 64));
}

static void
make_data(struct call *c, struct fuzz_in *in, CK_BYTE **out, CK_ULONG *n)
{
	static const CK_ULONG sizes[] = { 32, 0, 1, 20, 48, 64, 245, 246, 256,
	    300, 512, 513, 117, 3000 };
	uint8_t how = fuzz_u8(in), seed = fuzz_u8(in);

	*n = sizes[how % COUNT_OF(sizes)];
	if (how >= 0xF0) {
		*out = how < 0xFC ? NULL : args_block(c, 16, false);
		*n = how < 0xF4 ? 0 : how < 0xF8 ? 5 : how % 2 != 0 ?
		    HUGE_N : CK_UNAVAILABLE_INFORMATION;
		return;
	}
	*out = args_block(c, *n, false);
	put_pattern(*out, *n, seed);
}

/* unit: of a list's entry, or 1. */
static void
make_room(struct call *c, struct fuzz_in *in, size_t unit)
{
	static const CK_ULONG bytes[] = { 256, 0, 1, 20, 32, 64, 255, 257, 48,
	    128, 512, 2048 };
	static const CK_ULONG entries[] = { 16, 0, 1, 2, 3, 4, 5, 11, 12 };
	uint8_t how = fuzz_u8(in);

	c->room = unit == 1 ? bytes[how % COUNT_OF(bytes)] :
	    entries[how % COUNT_OF(entries)];
	if (how < 0xD0 || how >= 0xF0)
		c->out = args_block(c, c->room * unit, true);
	if (how >= 0xF8)
		return;
	c->out_n = args_block(c, sizeof(*c->out_n), true);
	*c->out_n = c->room;
}

/* The last signature that the module gave, or something else. */
static void
make_signature(struct call *c, struct fuzz_in *in)
{
	uint8_t how = fuzz_u8(in);
	size_t n = model.signature_n > 0 ? model.signature_n : 256;

	c->sig_n = n;
	if (how >= 0xF0) {
		c->sig_n = how % 2 != 0 ? 0 : n;
		return;
	}
	n = how >= 0xE0 ? n - 1 : how >= 0xD0 ? n + 1 : how >= 0xC8 ? 0 : n;
	c->sig = args_block(c, n, false);
	c->sig_n = how >= 0xC0 && how < 0xC8 ? HUGE_N : n;
	memcpy(c->sig, model.signature, n < model.signature_n ? n :
	    model.signature_n);
	if (how >= 0x80 && n > 0)
		c->sig[how % n] ^= (CK_BYTE)(1u << how % 8);
}

/*
 * Templates.
 */

static const CK_ATTRIBUTE_TYPE attributes[] = {
	CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_LABEL, CKA_ID, CKA_VALUE,
	CKA_CERTIFICATE_TYPE, CKA_CERTIFICATE_CATEGORY, CKA_SUBJECT,
	CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_CHECK_VALUE, CKA_KEY_TYPE,
	CKA_MODULUS, CKA_MODULUS_BITS, CKA_PUBLIC_EXPONENT, CKA_SIGN,
	CKA_ALWAYS_AUTHENTICATE, CKA_PRIVATE_EXPONENT, CKA_START_DATE,
	CKA_ALLOWED_MECHANISMS, CKA_PROFILE_ID, CKA_UNIQUE_ID, CKA_EC_POINT,
	CKA_PUBLIC_KEY_INFO, CKA_TRUSTED, CKA_URL, CKA_WRAP_TEMPLATE,
	CKA_MODIFIABLE, CKA_VENDOR_DEFINED, CK_UNAVAILABLE_INFORMATION,
};

/* Values that something may have. */
static void
put_value(CK_ATTRIBUTE *a, uint8_t how)
{
	static const CK_ULONG classes[] = { CKO_PRIVATE_KEY, CKO_CERTIFICATE,
	    CKO_PUBLIC_KEY, CKO_PROFILE, CKO_DATA, 99 };
	CK_ULONG number = how;
	CK_BBOOL flag = how % 2 == 0;

	if (a->type == CKA_CLASS)
		number = classes[how % COUNT_OF(classes)];
	if (a->ulValueLen == sizeof(number))
		memcpy(a->pValue, &number, sizeof(number));
	else if (a->ulValueLen == sizeof(flag))
		memcpy(a->pValue, &flag, sizeof(flag));
	else if (a->ulValueLen == 9)
		memcpy(a->pValue, how % 2 == 0 ? "JPKI-AUTH" : "JPKI-SIGN", 9);
}

/* A good client's length comes first. */
static size_t
value_size(CK_ATTRIBUTE_TYPE type, uint8_t how)
{
	static const size_t sizes[] = { 0, 1, 8, 9, 7, 20, 256, 4096, 3 };
	static const CK_ATTRIBUTE_TYPE flags[] = { CKA_TOKEN, CKA_PRIVATE,
	    CKA_SIGN, CKA_ALWAYS_AUTHENTICATE, CKA_TRUSTED, CKA_MODIFIABLE };

	if (how >= 0x80)
		return sizes[how % COUNT_OF(sizes)];
	for (size_t i = 0; i < COUNT_OF(flags); i++)
		if (flags[i] == type)
			return 1;
	return type == CKA_LABEL ? 9 : sizeof(CK_ULONG);
}

static void
make_attribute(struct call *c, struct fuzz_in *in, CK_ATTRIBUTE *a, bool query)
{
	uint8_t how, value;

	*a = (CK_ATTRIBUTE){ .type =
	    attributes[fuzz_below(in, COUNT_OF(attributes))] };
	how = fuzz_u8(in);
	value = fuzz_u8(in);
	a->ulValueLen = how % 16 == 15 ? value : value_size(a->type, how);
	if (how >= 0xF0)
		return;		/* NULL, and still a length */
	a->pValue = args_block(c, a->ulValueLen, false);
	memset(a->pValue, FILLER, a->ulValueLen);
	if (!query)
		put_value(a, value);
}

static CK_ATTRIBUTE *
make_template(struct call *c, struct fuzz_in *in, CK_ULONG *n, bool query)
{
	uint8_t how = fuzz_u8(in);
	CK_ULONG real = how % (ATTRIBUTES_MAX + 1);
	CK_ATTRIBUTE *t, made[ATTRIBUTES_MAX];

	if (how == 0)
		real = 1;
	*n = real;
	if (how >= 0xF0)
		return NULL;
	/* First the values, so that the list is the youngest block. */
	for (CK_ULONG i = 0; i < real; i++)
		make_attribute(c, in, &made[i], query);
	t = args_block(c, real * sizeof(*t), false);
	memcpy(t, made, real * sizeof(*t));
	memcpy(c->t_before, made, real * sizeof(*t));
	c->t_real = real;
	if (how >= 0xE0)
		*n = how % 2 != 0 ? HUGE_N : CK_UNAVAILABLE_INFORMATION;
	return t;
}

static void *
make_info(struct call *c, struct fuzz_in *in)
{
	return fuzz_u8(in) >= 0xF0 ? NULL :
	    args_block(c, c->row->info_size, true);
}

/* The name and the version of an interface. */
static void
make_interface(struct call *c, struct fuzz_in *in)
{
	static const char *const names[] = { "PKCS 11", "PKCS 1", "PKCS 11 ",
	    "" };
	static const CK_VERSION versions[] = { { 3, 0 }, { 2, 40 }, { 2, 20 },
	    { 4, 50 } };
	uint8_t how = fuzz_u8(in);
	const char *name = names[how % 4];

	if (how == 0)
		return;
	c->pin = args_block(c, strlen(name) + 1, false);
	memcpy(c->pin, name, strlen(name) + 1);
	if (how < 0x40)
		return;
	c->info2 = args_block(c, sizeof(versions[0]), false);
	memcpy(c->info2, &versions[how / 4 % 4], sizeof(versions[0]));
}

/*
 * Letters.
 */

static void
make(struct call *c, struct fuzz_in *in, char letter)
{
	switch (letter) {
	case 's': c->s = any_session(fuzz_u8(in)); break;
	case 'i': c->slot = any_slot(fuzz_u8(in)); break;
	case 'f': c->flags = open_flags(fuzz_u8(in)); break;
	case 'F': c->flags = any_flags(fuzz_u8(in)); break;
	case 'u': c->user = any_user(fuzz_u8(in)); break;
	case 'p': make_pin(c, in, &c->pin, &c->pin_n); break;
	case 'P': make_pin(c, in, &c->new_pin, &c->new_pin_n); break;
	case 'k': c->key = any_object(fuzz_u8(in)); break;
	case 'K': c->key2 = any_object(fuzz_u8(in)); break;
	case 'm': make_mechanism(c, in); break;
	case 'y': c->type = mechanisms[fuzz_below(in,
	    COUNT_OF(mechanisms))]; break;
	case 'd': make_data(c, in, &c->in, &c->in_n); break;
	case 'D': make_data(c, in, &c->in2, &c->in2_n); break;
	case 'o': make_room(c, in, 1); break;
	case 'l': make_room(c, in, sizeof(CK_ULONG)); break;
	case 'L': make_room(c, in, sizeof(CK_INTERFACE)); break;
	case 'g': make_signature(c, in); break;
	case 't': c->t = make_template(c, in, &c->t_n, false); break;
	case 'T': c->t2 = make_template(c, in, &c->t2_n, false); break;
	case 'a': c->t = make_template(c, in, &c->t_n, true); break;
	case 'v': c->info = make_info(c, in); break;
	case 'V': c->info2 = make_info(c, in); break;
	case 'n': make_interface(c, in); break;
	case 'b': c->present = fuzz_u8(in); break;
	case 'r': c->reserved = fuzz_u8(in) < 0xE0 ? NULL : c; break;
	case 'I': init_args(c, in); break;
	default: calls_law(false, "no such letter: %c", letter);
	}
}

void
args_make(struct call *c, struct fuzz_in *in)
{
	for (const char *letter = c->row->args; *letter != '\0'; letter++)
		make(c, in, *letter);
}
