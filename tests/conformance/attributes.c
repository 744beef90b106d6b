/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of objects, held against the certificate: section 4. */
#include <string.h>

#include "check.h"
#include "proof.h"

typedef void each(CK_OBJECT_HANDLE o);

static void
every(CK_OBJECT_CLASS class, each *visit)
{
	CK_ATTRIBUTE t = { CKA_CLASS, &class, sizeof(class) };
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG n;

	if (!kit_search(kit.session, &t, 1, list, &n))
		return;
	for (CK_ULONG i = 0; i < n; i++)
		visit(list[i]);
}

/* A class whose objects a check visits. */
struct visits {
	CK_OBJECT_CLASS	 class;
	each		*visit;
};

static void
visit_all(const void *arg)
{
	const struct visits *v = arg;

	every(v->class, v->visit);
}

/* Must be there and be that; NULL: some value of any length. */
static void
is(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type, const char *name,
    const struct bytes *wanted)
{
	struct bytes got = kit_attribute(o, type);

	if (expect(name, got.rv, CKR_OK) && wanted != NULL)
		(void)holds(kit_same(&got, wanted),
		    "%s: %lu bytes, and not those of the certificate", name,
		    got.n);
}

/* May be missing or empty, else must be that. */
static void
may_be(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type, const char *name,
    const struct bytes *wanted)
{
	struct bytes got = kit_attribute(o, type);

	if (got.rv == CKR_OK && got.n > 0)
		(void)holds(kit_same(&got, wanted),
		    "%s: %lu bytes, and not those of the certificate", name,
		    got.n);
}

static int
flag(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type, const char *name)
{
	int value = kit_flag(o, type);

	(void)holds(value >= 0, "%s is not there, or no CK_BBOOL", name);
	return value;
}

/*
 * Certificates: 4.6.
 */

static void
stored(CK_OBJECT_HANDLE o)
{
	(void)holds(flag(o, CKA_TOKEN, "CKA_TOKEN") == CK_TRUE,
	    "CKA_TOKEN of a token object is not CK_TRUE");
	(void)flag(o, CKA_PRIVATE, "CKA_PRIVATE");
	(void)flag(o, CKA_MODIFIABLE, "CKA_MODIFIABLE");
	is(o, CKA_LABEL, "CKA_LABEL", NULL);
}

static void
cert_value(CK_OBJECT_HANDLE o)
{
	struct facts facts;

	if (!proof_facts(o, &facts))
		return;
	is(o, CKA_SUBJECT, "CKA_SUBJECT", &facts.subject);
	is(o, CKA_ISSUER, "CKA_ISSUER", &facts.issuer);
	is(o, CKA_SERIAL_NUMBER, "CKA_SERIAL_NUMBER", &facts.serial);
	is(o, CKA_ID, "CKA_ID", NULL);
}

static void
cert_optional(CK_OBJECT_HANDLE o)
{
	struct facts facts;

	if (!proof_facts(o, &facts))
		return;
	may_be(o, CKA_CHECK_VALUE, "CKA_CHECK_VALUE", &facts.check_value);
	may_be(o, CKA_PUBLIC_KEY_INFO, "CKA_PUBLIC_KEY_INFO",
	    &facts.public_key_info);
	may_be(o, CKA_START_DATE, "CKA_START_DATE", &facts.start);
	may_be(o, CKA_END_DATE, "CKA_END_DATE", &facts.end);
}

static void
cert_kind(CK_OBJECT_HANDLE o)
{
	CK_ULONG category = kit_number(o, CKA_CERTIFICATE_CATEGORY);
	struct facts facts;

	(void)holds(kit_number(o, CKA_CERTIFICATE_TYPE) == CKC_X_509,
	    "CKA_CERTIFICATE_TYPE is not CKC_X_509");
	if (!proof_facts(o, &facts))
		return;
	if (category == 1)
		(void)holds(!facts.authority,
		    "an authority's certificate is called a user's");
	if (category == 2)
		(void)holds(facts.authority,
		    "a user's certificate is called an authority's");
	(void)holds(category <= 3 || category == CK_UNAVAILABLE_INFORMATION,
	    "CKA_CERTIFICATE_CATEGORY %lu", category);
}

/* A certificate that is there itself needs no URL, nor hashes: 4.6.3. */
static void
cert_url(CK_OBJECT_HANDLE o)
{
	struct bytes url = kit_attribute(o, CKA_URL);
	struct bytes subject = kit_attribute(o,
	    CKA_HASH_OF_SUBJECT_PUBLIC_KEY);
	struct bytes issuer = kit_attribute(o,
	    CKA_HASH_OF_ISSUER_PUBLIC_KEY);

	if (url.rv == CKR_OK && url.n > 0)
		(void)holds(subject.n > 0 && issuer.n > 0,
		    "with a URL both hashes must be there");
}

/* Only an officer may trust; a card's holder is none. */
static void
cert_trusted(CK_OBJECT_HANDLE o)
{
	struct bytes trusted = kit_attribute(o, CKA_TRUSTED);

	if (trusted.rv == CKR_OK)
		(void)holds(trusted.n == 1 && trusted.p[0] == CK_FALSE,
		    "CKA_TRUSTED is not CK_FALSE");
}

/*
 * Keys: 4.7 to 4.9.
 */

/* The certificate's that has the key's CKA_ID. */
static bool
facts_of(CK_OBJECT_HANDLE o, struct facts *out)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	struct bytes id = kit_attribute(o, CKA_ID);
	CK_ATTRIBUTE t[2] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, id.p, id.n },
	};
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG n = 0;

	if (!expect("CKA_ID", id.rv, CKR_OK) ||
	    !holds(id.n > 0, "CKA_ID is empty") ||
	    !kit_search(kit.session, t, 2, list, &n))
		return false;
	return holds(n == 1, "%lu certificates have the key's CKA_ID", n) &&
	    proof_facts(list[0], out);
}

static void
key_common(CK_OBJECT_HANDLE o)
{
	struct facts facts;

	if (!facts_of(o, &facts))
		return;
	(void)holds(kit_number(o, CKA_KEY_TYPE) == CKK_RSA,
	    "CKA_KEY_TYPE is not CKK_RSA");
	is(o, CKA_MODULUS, "CKA_MODULUS", &facts.modulus);
	is(o, CKA_PUBLIC_EXPONENT, "CKA_PUBLIC_EXPONENT", &facts.exponent);
	may_be(o, CKA_SUBJECT, "CKA_SUBJECT", &facts.subject);
	may_be(o, CKA_PUBLIC_KEY_INFO, "CKA_PUBLIC_KEY_INFO",
	    &facts.public_key_info);
	(void)flag(o, CKA_DERIVE, "CKA_DERIVE");
}

/* CKA_LOCAL is CK_TRUE if and only if the mechanism is known: 4.7. */
static void
key_origin(CK_OBJECT_HANDLE o)
{
	int local = flag(o, CKA_LOCAL, "CKA_LOCAL");
	struct bytes m = kit_attribute(o, CKA_KEY_GEN_MECHANISM);
	CK_ULONG mechanism = CK_UNAVAILABLE_INFORMATION;

	if (!expect("CKA_KEY_GEN_MECHANISM", m.rv, CKR_OK) ||
	    !holds(m.n == sizeof(mechanism), "CKA_KEY_GEN_MECHANISM"))
		return;
	memcpy(&mechanism, m.p, sizeof(mechanism));
	(void)holds((mechanism != CK_UNAVAILABLE_INFORMATION) == (local == 1),
	    "CKA_LOCAL %d, CKA_KEY_GEN_MECHANISM 0x%lX", local, mechanism);
}

static void
public_bits(CK_OBJECT_HANDLE o)
{
	CK_ULONG bits = kit_number(o, CKA_MODULUS_BITS);
	struct facts facts;

	if (facts_of(o, &facts))
		(void)holds(bits == facts.bits, "CKA_MODULUS_BITS %lu, not "
		    "%lu", bits, facts.bits);
}

static void
private_secrets(CK_OBJECT_HANDLE o)
{
	static const CK_ATTRIBUTE_TYPE types[] = {
		CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2,
		CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_COEFFICIENT,
	};
	CK_ATTRIBUTE a;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		a = (CK_ATTRIBUTE){ types[i], NULL, 0 };
		(void)expect("a secret part", kit.f->C_GetAttributeValue(
		    kit.session, o, &a, 1), CKR_ATTRIBUTE_SENSITIVE);
		(void)holds(a.ulValueLen == CK_UNAVAILABLE_INFORMATION,
		    "its length is told: %lu", a.ulValueLen);
	}
}

static void
private_flags(CK_OBJECT_HANDLE o)
{
	int sensitive = flag(o, CKA_SENSITIVE, "CKA_SENSITIVE");
	int extractable = flag(o, CKA_EXTRACTABLE, "CKA_EXTRACTABLE");

	(void)holds(flag(o, CKA_PRIVATE, "CKA_PRIVATE") == 1,
	    "CKA_PRIVATE is not CK_TRUE");
	(void)holds(flag(o, CKA_SIGN, "CKA_SIGN") == 1,
	    "CKA_SIGN is not CK_TRUE");
	(void)holds(sensitive == 1 || extractable == 0,
	    "the key can be read");
	if (flag(o, CKA_ALWAYS_SENSITIVE, "CKA_ALWAYS_SENSITIVE") == 1)
		(void)holds(sensitive == 1,
		    "always sensitive, and not sensitive");
	if (flag(o, CKA_NEVER_EXTRACTABLE, "CKA_NEVER_EXTRACTABLE") == 1)
		(void)holds(extractable == 0,
		    "never extractable, and extractable");
}

static void
private_consent(CK_OBJECT_HANDLE o)
{
	unsigned char data[32] = { 0 }, out[1024];
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	CK_ULONG n = sizeof(out);
	CK_RV rv;

	if (!expect("C_SignInit", kit.f->C_SignInit(kit.session, &m, o),
	    CKR_OK))
		return;
	rv = kit.f->C_Sign(kit.session, data, sizeof(data), out, &n);
	(void)expect("C_Sign without another login", rv,
	    kit_flag(o, CKA_ALWAYS_AUTHENTICATE) == 1 ?
	    CKR_USER_NOT_LOGGED_IN : CKR_OK);
}

static void
private_mechanisms(CK_OBJECT_HANDLE o)
{
	struct bytes list = kit_attribute(o, CKA_ALLOWED_MECHANISMS);
	CK_MECHANISM_TYPE type;

	if (list.rv != CKR_OK)
		return;
	(void)holds(list.n % sizeof(type) == 0, "%lu bytes of mechanisms",
	    list.n);
	for (CK_ULONG i = 0; i + sizeof(type) <= list.n; i += sizeof(type)) {
		memcpy(&type, list.p + i, sizeof(type));
		(void)holds(kit_offers(type, ~0UL),
		    "0x%lX is allowed, but the token does not have it", type);
	}
}

static const struct {
	CK_ATTRIBUTE_TYPE	 private_type, public_type;
	const char		*name;
} uses[] = {
	{ CKA_SIGN, CKA_VERIFY, "CKA_SIGN and CKA_VERIFY" },
	{ CKA_SIGN_RECOVER, CKA_VERIFY_RECOVER, "CKA_SIGN_RECOVER and CKA_VERIFY_RECOVER" },
	{ CKA_DECRYPT, CKA_ENCRYPT, "CKA_DECRYPT and CKA_ENCRYPT" },
	{ CKA_UNWRAP, CKA_WRAP, "CKA_UNWRAP and CKA_WRAP" },
	{ CKA_DERIVE, CKA_DERIVE, "CKA_DERIVE" },
};

static void
pair_uses(const void *arg)
{
	struct pair pair;

	(void)arg;
	if (!kit_pair(&pair) || pair.public_key == 0)
		return;
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		(void)holds(kit_flag(pair.private_key, uses[i].private_type) ==
		    kit_flag(pair.public_key, uses[i].public_type),
		    "%s differ", uses[i].name);
}

static void
pair_names(const void *arg)
{
	struct bytes a, b;
	struct pair pair;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	a = kit_attribute(pair.private_key, CKA_SUBJECT);
	b = kit_attribute(pair.certificate, CKA_SUBJECT);
	if (a.rv == CKR_OK && a.n > 0)
		(void)holds(kit_same(&a, &b), "CKA_SUBJECT differs");
	(void)holds(pair.public_key != 0,
	    "no public key with the private key's CKA_ID");
}

/* 4.13, and the identifiers of the Profiles specification. */
static void
profile(CK_OBJECT_HANDLE o)
{
	CK_ULONG id = kit_number(o, CKA_PROFILE_ID);

	(void)holds((id >= 1 && id <= 6) || (id & 0x80000000UL) != 0,
	    "CKA_PROFILE_ID %lu", id);
}

static void
chain(CK_OBJECT_HANDLE o)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	struct bytes issuer = kit_attribute(o, CKA_ISSUER);
	CK_ATTRIBUTE t[2] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_SUBJECT, issuer.p, issuer.n },
	};
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG n;

	if (expect("CKA_ISSUER", issuer.rv, CKR_OK) &&
	    kit_search(kit.session, t, 2, list, &n))
		(void)holds(n <= 1, "%lu certificates of one issuer", n);
}

/* What clients build on, beyond the letter of the standard. */

/* Chains are looked for on the certificate's own token. */
static void
issuer_there(const void *arg)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	struct bytes issuer;
	struct pair pair;
	CK_ULONG n;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	issuer = kit_attribute(pair.certificate, CKA_ISSUER);
	CK_ATTRIBUTE t[2] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_SUBJECT, issuer.p, issuer.n },
	};
	if (kit_search(kit.session, t, 2, list, &n))
		(void)holds(n == 1, "%lu certificates of the issuer", n);
}

/* NSS calls a certificate by its label, a URI an object. */
static void
label_unique(CK_OBJECT_HANDLE o)
{
	CK_OBJECT_CLASS class = kit_number(o, CKA_CLASS);
	struct bytes label = kit_attribute(o, CKA_LABEL);
	CK_ATTRIBUTE t[2] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, label.p, label.n },
	};
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG n;

	if (holds(label.n > 0, "no label") &&
	    kit_search(kit.session, t, 2, list, &n))
		(void)holds(n == 1, "%lu objects have one label", n);
}

/* ssh and OpenVPN list every public key as one of the user's. */
static void
public_has_private(CK_OBJECT_HANDLE o)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	struct bytes id = kit_attribute(o, CKA_ID);
	CK_ATTRIBUTE t[2] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, id.p, id.n },
	};
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	CK_ULONG n;

	if (kit_search(kit.session, t, 2, list, &n))
		(void)holds(n == 1, "%lu private keys for a public key", n);
}

/* NSS looks for profiles among the token's objects. */
static void
profile_stored(CK_OBJECT_HANDLE o)
{
	(void)holds(kit_flag(o, CKA_TOKEN) == 1, "CKA_TOKEN is not CK_TRUE");
	(void)holds(kit_flag(o, CKA_PRIVATE) == 0,
	    "CKA_PRIVATE is not CK_FALSE");
}

#define VISITS(class, visit)	&(const struct visits){ class, visit }

static const struct check checks[] = {
	{ "4.4 storage objects",
	    "certificates have CKA_TOKEN, CKA_PRIVATE, CKA_MODIFIABLE, CKA_LABEL",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_CERTIFICATE, stored) },
	{ "4.4 storage objects", "public keys have them",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_PUBLIC_KEY, stored) },
	{ "4.4 storage objects", "private keys have them",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_PRIVATE_KEY, stored) },
	{ "4.6.3 X.509 certificates",
	    "CKA_SUBJECT, CKA_ISSUER, CKA_SERIAL_NUMBER are the certificate's",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_CERTIFICATE, cert_value) },
	{ "4.6.2 certificates", "check value, dates, public key are the certificate's, if there",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_CERTIFICATE, cert_optional) },
	{ "4.6.2 certificates", "type and category are the certificate's",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_CERTIFICATE, cert_kind) },
	{ "4.6.3 X.509 certificates", "a URL comes with hashes, or is empty",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_CERTIFICATE, cert_url) },
	{ "4.6.2 certificates", "CKA_TRUSTED is not claimed without an officer",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_CERTIFICATE, cert_trusted) },
	{ "4.6.3 X.509 certificates", "an issuer is at most once on the token",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_CERTIFICATE, chain) },
	{ "4.8 public keys", "modulus and exponent are the certificate's",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_PUBLIC_KEY, key_common) },
	{ "4.8 public keys", "CKA_MODULUS_BITS is the certificate's",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_PUBLIC_KEY, public_bits) },
	{ "4.9 private keys", "modulus and exponent are the certificate's",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_PRIVATE_KEY, key_common) },
	{ "4.9 private keys", "the secret parts are CKR_ATTRIBUTE_SENSITIVE",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_PRIVATE_KEY, private_secrets) },
	{ "4.9 private keys", "the flags do not contradict each other",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_PRIVATE_KEY, private_flags) },
	{ "4.9 private keys", "CKA_ALWAYS_AUTHENTICATE is enforced, or not said",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_PRIVATE_KEY, private_consent) },
	{ "4.7 keys", "CKA_LOCAL and CKA_KEY_GEN_MECHANISM agree (private)",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_PRIVATE_KEY, key_origin) },
	{ "4.7 keys", "CKA_LOCAL and CKA_KEY_GEN_MECHANISM agree (public)",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_PUBLIC_KEY, key_origin) },
	{ "4.7 keys", "CKA_ALLOWED_MECHANISMS are the token's, if there",
	    visit_all, LOGGED_IN, 0, VISITS(CKO_PRIVATE_KEY, private_mechanisms) },
	{ "4.9 private keys", "what one key of a pair does the other undoes",
	    pair_uses, LOGGED_IN, 0, NULL },
	{ "4.6.3 X.509 certificates",
	    "certificate, public and private key have one CKA_ID and subject",
	    pair_names, LOGGED_IN, 0, NULL },
	{ "clients", "the certificate's issuer is on its token",
	    issuer_there, LOGGED_IN, STRICT, NULL },
	{ "clients", "certificates have labels of their own",
	    visit_all, LOGGED_IN, STRICT, VISITS(CKO_CERTIFICATE, label_unique) },
	{ "clients", "a public key has its private key",
	    visit_all, LOGGED_IN, STRICT, VISITS(CKO_PUBLIC_KEY, public_has_private) },
	{ "clients", "profiles have CKA_TOKEN and CKA_PRIVATE",
	    visit_all, SESSION, STRICT, VISITS(CKO_PROFILE, profile_stored) },
	{ "4.13 profiles", "CKA_PROFILE_ID is one that there is",
	    visit_all, SESSION, 0, VISITS(CKO_PROFILE, profile) },
};

void
run_attributes(void)
{
	RUN_ALL(checks);
}
