/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes, as one table: which classes have one, and where its value comes
 * from.  (PKCS #11 2.40, 4.4 to 4.9; 3.0, 4.5.)
 */
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "mech.h"
#include "object.h"

#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))

typedef CK_RV attr_fn(const struct object *o, CK_ULONG constant,
    struct value *out);

struct attr_row {
	CK_ATTRIBUTE_TYPE	 type;
	unsigned		 kinds;		/* 1 << enum object_kind */
	attr_fn			*fn;
	CK_ULONG		 constant;
	bool			 reads;		/* from the card, maybe */
};

static CK_RV
give(struct value *out, const void *p, size_t n)
{
	out->p = p;
	out->n = n;
	return CKR_OK;
}

static CK_RV
flag(const struct object *o, CK_ULONG constant, struct value *out)
{
	(void)o;
	out->scratch.flag = constant != 0 ? CK_TRUE : CK_FALSE;
	return give(out, &out->scratch.flag, sizeof(out->scratch.flag));
}

static CK_RV
number(const struct object *o, CK_ULONG constant, struct value *out)
{
	(void)o;
	out->scratch.number = constant;
	return give(out, &out->scratch.number, sizeof(out->scratch.number));
}

static CK_RV
nothing(const struct object *o, CK_ULONG constant, struct value *out)
{
	(void)o;
	(void)constant;
	return give(out, "", 0);
}

static CK_RV
sensitive(const struct object *o, CK_ULONG constant, struct value *out)
{
	(void)o;
	(void)constant;
	(void)out;
	return CKR_ATTRIBUTE_SENSITIVE;
}

static CK_RV
class_of(const struct object *o, CK_ULONG constant, struct value *out)
{
	static const CK_OBJECT_CLASS classes[OBJECT_COUNT] = {
		[OBJECT_CERTIFICATE] = CKO_CERTIFICATE,
		[OBJECT_PRIVATE_KEY] = CKO_PRIVATE_KEY,
		[OBJECT_PUBLIC_KEY] = CKO_PUBLIC_KEY,
		[OBJECT_CA] = CKO_CERTIFICATE,
		[OBJECT_PROFILE] = CKO_PROFILE,
	};

	(void)constant;
	return number(o, classes[o->kind], out);
}

static CK_RV
label(const struct object *o, CK_ULONG constant, struct value *out)
{
	const char *text = o->slot->row->object_label[o->kind];

	(void)constant;
	return give(out, text, strlen(text));
}

static CK_RV
unique_id(const struct object *o, CK_ULONG constant, struct value *out)
{
	static const char *const ids[OBJECT_COUNT] = {
		[OBJECT_CERTIFICATE] = "certificate",
		[OBJECT_PRIVATE_KEY] = "private-key",
		[OBJECT_PUBLIC_KEY] = "public-key",
		[OBJECT_CA] = "ca-certificate",
		[OBJECT_PROFILE] = "profile",
	};

	(void)constant;
	return give(out, ids[o->kind], strlen(ids[o->kind]));
}

static CK_RV
is_private(const struct object *o, CK_ULONG constant, struct value *out)
{
	(void)constant;
	return flag(o, object_private(o), out);
}

static CK_RV
category(const struct object *o, CK_ULONG constant, struct value *out)
{
	(void)constant;
	return number(o, o->kind == OBJECT_CA ?
	    CK_CERTIFICATE_CATEGORY_AUTHORITY :
	    CK_CERTIFICATE_CATEGORY_TOKEN_USER, out);
}

static CK_RV
consent(const struct object *o, CK_ULONG constant, struct value *out)
{
	(void)constant;
	return flag(o, object_needs_consent(o->slot), out);
}

/*
 * From the certificate.  constant: the offset of a struct jpki_buf in struct
 * jpki_cert.
 */

static CK_RV
part(const struct object *o, CK_ULONG constant, struct value *out)
{
	const struct cert *cert = token_cert(o->slot, o->kind);
	struct jpki_buf buf;

	if (cert == NULL)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	memcpy(&buf, (const char *)cert->parsed + constant, sizeof(buf));
	/* Another key type has no such part. */
	if (buf.n == 0)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	return give(out, buf.p, buf.n);
}

static CK_RV
whole(const struct object *o, CK_ULONG constant, struct value *out)
{
	const struct cert *cert = token_cert(o->slot, o->kind);

	(void)constant;
	if (cert == NULL)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	return give(out, cert->der.p, cert->der.n);
}

static CK_RV
check(const struct object *o, CK_ULONG constant, struct value *out)
{
	const struct cert *cert = token_cert(o->slot, o->kind);

	(void)constant;
	if (cert == NULL)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	return give(out, cert->check, sizeof(cert->check));
}

static CK_RV
key_bits(const struct object *o, CK_ULONG constant, struct value *out)
{
	const struct cert *cert = token_cert(o->slot, o->kind);

	(void)constant;
	if (cert == NULL || strcmp(cert->parsed->key_type, "RSA") != 0)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	return number(o, cert->parsed->key_bits, out);
}

/* constant: 0 the key's type, 1 how the card made it. */
static CK_RV
key_type(const struct object *o, CK_ULONG constant, struct value *out)
{
	static const struct {
		const char	*name;
		CK_ULONG	 values[2];
	} types[] = {
		{ "RSA", { CKK_RSA, CKM_RSA_PKCS_KEY_PAIR_GEN } },
		{ "EC", { CKK_EC, CKM_EC_KEY_PAIR_GEN } },
	};
	const struct cert *cert = token_cert(o->slot, o->kind);

	for (size_t i = 0; cert != NULL && i < COUNT_OF(types); i++)
		if (strcmp(cert->parsed->key_type, types[i].name) == 0)
			return number(o, types[i].values[constant], out);
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

/* constant: 0 the first day, 1 the last, in UTC as in the certificate. */
static CK_RV
date(const struct object *o, CK_ULONG constant, struct value *out)
{
	const struct cert *cert = token_cert(o->slot, o->kind);
	char text[16];
	struct tm tm;
	time_t at;

	if (cert == NULL)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	at = (time_t)(constant == 0 ? cert->parsed->not_before :
	    cert->parsed->not_after);
	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y%m%d", &tm) != 8)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	memcpy(&out->scratch.date, text, 8);
	return give(out, &out->scratch.date, 8);
}

static CK_RV
mechanisms(const struct object *o, CK_ULONG constant, struct value *out)
{
	const struct cert *cert = token_cert(o->slot, o->kind);
	size_t n = 0;

	(void)constant;
	/* No command for any other key type is public. */
	if (cert != NULL && strcmp(cert->parsed->key_type, "RSA") == 0)
		n = mech_of_key(o->slot, out->scratch.mechanisms);
	return give(out, out->scratch.mechanisms,
	    n * sizeof(out->scratch.mechanisms[0]));
}

#define CERT	(1u << OBJECT_CERTIFICATE)
#define CA	(1u << OBJECT_CA)
#define CERTS	(CERT | CA)
#define PRIVATE	(1u << OBJECT_PRIVATE_KEY)
#define PUBLIC	(1u << OBJECT_PUBLIC_KEY)
#define KEYS	(PRIVATE | PUBLIC)
#define PROFILE	(1u << OBJECT_PROFILE)
#define STORED	(CERTS | KEYS)
#define ALL	(STORED | PROFILE)
#define PART(name)	offsetof(struct jpki_cert, name)

static const struct attr_row rows[] = {
	{ CKA_CLASS, ALL, class_of, 0, false },
	/* NSS looks for the profile among token objects. */
	{ CKA_TOKEN, ALL, flag, true, false },
	{ CKA_PRIVATE, ALL, is_private, 0, true },
	{ CKA_MODIFIABLE, ALL, flag, false, false },
	{ CKA_COPYABLE, ALL, flag, false, false },
	{ CKA_DESTROYABLE, ALL, flag, false, false },
	{ CKA_UNIQUE_ID, ALL, unique_id, 0, false },
	{ CKA_LABEL, STORED, label, 0, false },
	{ CKA_PROFILE_ID, PROFILE, number, CKP_PUBLIC_CERTIFICATES_TOKEN, false },

	{ CKA_CERTIFICATE_TYPE, CERTS, number, CKC_X_509, false },
	{ CKA_CERTIFICATE_CATEGORY, CERTS, category, 0, false },
	{ CKA_TRUSTED, CERTS, flag, false, false },
	{ CKA_VALUE, CERTS, whole, 0, true },
	{ CKA_SUBJECT, STORED, part, PART(subject_der), true },
	{ CKA_ISSUER, CERTS, part, PART(issuer_der), true },
	{ CKA_SERIAL_NUMBER, CERTS, part, PART(serial_der), true },
	{ CKA_ID, STORED, part, PART(key_id), true },
	{ CKA_CHECK_VALUE, CERTS, check, 0, true },
	{ CKA_PUBLIC_KEY_INFO, STORED, part, PART(spki), true },
	{ CKA_START_DATE, STORED, date, 0, true },
	{ CKA_END_DATE, STORED, date, 1, true },
	{ CKA_URL, CERTS, nothing, 0, false },
	{ CKA_HASH_OF_SUBJECT_PUBLIC_KEY, CERTS, nothing, 0, false },
	{ CKA_HASH_OF_ISSUER_PUBLIC_KEY, CERTS, nothing, 0, false },
	{ CKA_NAME_HASH_ALGORITHM, CERTS, number, CKM_SHA_1, false },
	{ CKA_JAVA_MIDP_SECURITY_DOMAIN, CERTS, number, CK_SECURITY_DOMAIN_UNSPECIFIED, false },

	{ CKA_KEY_TYPE, KEYS, key_type, 0, true },
	{ CKA_MODULUS, KEYS, part, PART(modulus), true },
	{ CKA_MODULUS_BITS, PUBLIC, key_bits, 0, true },
	{ CKA_PUBLIC_EXPONENT, KEYS, part, PART(exponent), true },
	{ CKA_EC_PARAMS, KEYS, part, PART(ec_params), true },
	{ CKA_EC_POINT, PUBLIC, part, PART(ec_point), true },
	{ CKA_DERIVE, KEYS, flag, false, false },
	{ CKA_LOCAL, KEYS, flag, true, false },
	{ CKA_KEY_GEN_MECHANISM, KEYS, key_type, 1, true },
	{ CKA_ALLOWED_MECHANISMS, KEYS, mechanisms, 0, true },

	{ CKA_SIGN, PRIVATE, flag, true, false },
	{ CKA_SIGN_RECOVER, PRIVATE, flag, false, false },
	{ CKA_DECRYPT, PRIVATE, flag, false, false },
	{ CKA_UNWRAP, PRIVATE, flag, false, false },
	{ CKA_UNWRAP_TEMPLATE, PRIVATE, nothing, 0, false },
	{ CKA_SENSITIVE, PRIVATE, flag, true, false },
	{ CKA_ALWAYS_SENSITIVE, PRIVATE, flag, true, false },
	{ CKA_EXTRACTABLE, PRIVATE, flag, false, false },
	{ CKA_NEVER_EXTRACTABLE, PRIVATE, flag, true, false },
	{ CKA_WRAP_WITH_TRUSTED, PRIVATE, flag, false, false },
	{ CKA_ALWAYS_AUTHENTICATE, PRIVATE, consent, 0, false },
	{ CKA_PRIVATE_EXPONENT, PRIVATE, sensitive, 0, false },
	{ CKA_PRIME_1, PRIVATE, sensitive, 0, false },
	{ CKA_PRIME_2, PRIVATE, sensitive, 0, false },
	{ CKA_EXPONENT_1, PRIVATE, sensitive, 0, false },
	{ CKA_EXPONENT_2, PRIVATE, sensitive, 0, false },
	{ CKA_COEFFICIENT, PRIVATE, sensitive, 0, false },

	{ CKA_VERIFY, PUBLIC, flag, true, false },
	{ CKA_VERIFY_RECOVER, PUBLIC, flag, false, false },
	{ CKA_ENCRYPT, PUBLIC, flag, false, false },
	{ CKA_WRAP, PUBLIC, flag, false, false },
	{ CKA_WRAP_TEMPLATE, PUBLIC, nothing, 0, false },
	{ CKA_TRUSTED, PUBLIC, flag, false, false },
};

static const struct attr_row *
row_of(CK_ATTRIBUTE_TYPE type, unsigned kinds)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == type && (rows[i].kinds & kinds) != 0)
			return &rows[i];
	return NULL;
}

CK_RV
attr_value(const struct object *o, CK_ATTRIBUTE_TYPE type, struct value *out)
{
	const struct attr_row *row = row_of(type, 1u << o->kind);

	if (row == NULL)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	return row->fn(o, row->constant, out);
}

bool
attr_is_constant(CK_ATTRIBUTE_TYPE type)
{
	const struct attr_row *row = row_of(type, ALL);

	return row == NULL || !row->reads;
}
