/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches: 5.7.7 to 5.7.9. */
#include <string.h>

#include "check.h"

struct found {
	CK_OBJECT_HANDLE	list[OBJECTS_MAX];
	CK_ULONG		n;
};

static bool
search(CK_ATTRIBUTE *t, CK_ULONG n, struct found *out)
{
	return kit_search(kit.session, t, n, out->list, &out->n);
}

static bool
has(const struct found *found, CK_OBJECT_HANDLE o)
{
	for (CK_ULONG i = 0; i < found->n; i++)
		if (found->list[i] == o)
			return true;
	return false;
}

static bool
same_set(const struct found *a, const struct found *b)
{
	if (a->n != b->n)
		return false;
	for (CK_ULONG i = 0; i < a->n; i++)
		if (!has(b, a->list[i]))
			return false;
	return true;
}

static CK_RV
init(void)
{
	return kit.f->C_FindObjectsInit(kit.session, NULL, 0);
}

static CK_RV
next(CK_ULONG *n)
{
	CK_OBJECT_HANDLE o;

	*n = 0;
	return kit.f->C_FindObjects(kit.session, &o, 1, n);
}

static CK_RV
final(void)
{
	return kit.f->C_FindObjectsFinal(kit.session);
}

static void
not_begun(const void *arg)
{
	CK_ULONG n;

	(void)arg;
	(void)expect("C_FindObjects", next(&n),
	    CKR_OPERATION_NOT_INITIALIZED);
	(void)expect("C_FindObjectsFinal", final(),
	    CKR_OPERATION_NOT_INITIALIZED);
	(void)expect("C_FindObjectsInit", init(), CKR_OK);
	(void)expect("C_FindObjectsFinal at once", final(), CKR_OK);
	(void)expect("C_FindObjects after it", next(&n),
	    CKR_OPERATION_NOT_INITIALIZED);
}

static void
begun_twice(const void *arg)
{
	CK_ULONG n;

	(void)arg;
	(void)expect("C_FindObjectsInit", init(), CKR_OK);
	(void)expect("C_FindObjectsInit again", init(),
	    CKR_OPERATION_ACTIVE);
	(void)expect("C_FindObjects after that", next(&n), CKR_OK);
	(void)holds(n == 1, "it finds %lu", n);
	(void)expect("C_FindObjectsFinal", final(), CKR_OK);
}

/* A wrong call is no end: 5.7.9 is. */
static void
error_in_between(const void *arg)
{
	CK_OBJECT_HANDLE o;
	CK_ULONG n;

	(void)arg;
	(void)expect("C_FindObjectsInit", init(), CKR_OK);
	(void)expect("C_FindObjects without a count",
	    kit.f->C_FindObjects(kit.session, &o, 1, NULL),
	    CKR_ARGUMENTS_BAD);
	(void)expect("C_FindObjects after that", next(&n), CKR_OK);
	(void)holds(n == 1, "it finds %lu", n);
	(void)expect("C_FindObjectsFinal", final(), CKR_OK);
}

static void
lump(CK_ULONG size, struct found *out)
{
	CK_OBJECT_HANDLE list[1024];
	CK_ULONG n = 1;

	out->n = 0;
	if (!expect("C_FindObjectsInit", init(), CKR_OK))
		return;
	while (n > 0 && out->n < OBJECTS_MAX) {
		n = 0;
		if (!expect("C_FindObjects", kit.f->C_FindObjects(kit.session,
		    list, size, &n), CKR_OK))
			break;
		if (!holds(n <= size, "%lu of at most %lu", n, size))
			break;
		for (CK_ULONG i = 0; i < n && out->n < OBJECTS_MAX; i++)
			out->list[out->n++] = list[i];
	}
	(void)expect("C_FindObjects at the end", kit.f->C_FindObjects(
	    kit.session, list, size, &n), CKR_OK);
	(void)holds(n == 0, "at the end it finds %lu", n);
	(void)expect("C_FindObjectsFinal", final(), CKR_OK);
}

static void
lumps(const void *arg)
{
	struct found one, ten, many;

	(void)arg;
	lump(1, &one);
	lump(10, &ten);
	lump(1024, &many);
	(void)holds(one.n > 0, "no objects");
	(void)holds(same_set(&one, &ten) && same_set(&one, &many),
	    "found singly %lu, in tens %lu, at once %lu", one.n, ten.n,
	    many.n);
	for (CK_ULONG i = 0; i < one.n; i++) {
		(void)holds(one.list[i] != 0, "a handle is 0");
		for (CK_ULONG j = 0; j < i; j++)
			(void)holds(one.list[i] != one.list[j],
			    "an object is found twice");
	}
}

/* Of each object, each of these finds it, and a changed value does not. */
static const CK_ATTRIBUTE_TYPE searched[] = {
	CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_LABEL, CKA_ID, CKA_SUBJECT,
	CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_VALUE, CKA_CERTIFICATE_TYPE,
	CKA_CERTIFICATE_CATEGORY, CKA_KEY_TYPE, CKA_MODULUS, CKA_SIGN,
	CKA_VERIFY,
};

#define SEARCHED	(sizeof(searched) / sizeof(searched[0]))

static void
search_by(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	struct bytes value = kit_attribute(o, type);
	CK_ATTRIBUTE t = { type, value.p, value.n };
	struct found found;
	unsigned char *last;

	if (value.rv != CKR_OK || !search(&t, 1, &found))
		return;
	(void)holds(has(&found, o),
	    "object %lu is not found by its attribute 0x%lX", o, type);
	if (value.n == 0)
		return;
	/* A CK_BBOOL is 0 or 1, and so is its opposite. */
	last = value.p + value.n - 1;
	*last ^= value.n == 1 ? 1 : 0x40;
	if (search(&t, 1, &found))
		(void)holds(!has(&found, o), "object %lu is found by an "
		    "attribute 0x%lX that it has not", o, type);
}

static void
by_attribute(const void *arg)
{
	struct found all;

	(void)arg;
	if (!search(NULL, 0, &all))
		return;
	for (CK_ULONG i = 0; i < all.n; i++)
		for (size_t k = 0; k < SEARCHED; k++)
			search_by(all.list[i], searched[k]);
}

/* All conditions hold at once. */
static void
by_several(const void *arg)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	struct bytes issuer, serial, id;
	struct found found;
	struct pair pair;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	issuer = kit_attribute(pair.certificate, CKA_ISSUER);
	serial = kit_attribute(pair.certificate, CKA_SERIAL_NUMBER);
	id = kit_attribute(pair.certificate, CKA_ID);
	CK_ATTRIBUTE t[] = {
		{ CKA_SERIAL_NUMBER, serial.p, serial.n },
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ISSUER, issuer.p, issuer.n },
		{ CKA_ID, id.p, id.n },
	};
	if (search(t, 4, &found))
		(void)holds(found.n == 1 && found.list[0] == pair.certificate,
		    "issuer and serial number find %lu", found.n);
	class = CKO_PUBLIC_KEY;
	if (search(t, 4, &found))
		(void)holds(found.n == 0,
		    "a public key with a serial number: %lu", found.n);
}

static void
none(const void *arg)
{
	unsigned char value[3] = { 1, 2, 3 };
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_ATTRIBUTE t = { CKA_ID, value, sizeof(value) };
	struct found found;

	(void)arg;
	if (search(&t, 1, &found))
		(void)holds(found.n == 0, "an id that there is not: %lu",
		    found.n);
	t = (CK_ATTRIBUTE){ CKA_CLASS, &class, sizeof(class) };
	if (search(&t, 1, &found))
		(void)holds(found.n == 0, "secret keys: %lu", found.n);
	t = (CK_ATTRIBUTE){ CKA_LABEL, NULL, 0 };
	if (search(&t, 1, &found))
		for (CK_ULONG i = 0; i < found.n; i++)
			(void)holds(kit_attribute(found.list[i],
			    CKA_LABEL).n == 0,
			    "an empty label finds another");
}

static void
classes(const void *arg)
{
	struct found all, some;
	CK_ULONG sum = 0;

	(void)arg;
	if (!search(NULL, 0, &all))
		return;
	for (CK_OBJECT_CLASS class = 0; class < 16; class++) {
		CK_ATTRIBUTE t = { CKA_CLASS, &class, sizeof(class) };

		if (!search(&t, 1, &some))
			return;
		for (CK_ULONG i = 0; i < some.n; i++)
			(void)holds(kit_number(some.list[i], CKA_CLASS) ==
			    class, "class %lu finds another", class);
		sum += some.n;
	}
	(void)holds(sum == all.n, "%lu in all classes, %lu without", sum,
	    all.n);
}

/* Of a wrong length no attribute matches. */
static void
odd_lengths(const void *arg)
{
	CK_OBJECT_CLASS class[2] = { CKO_CERTIFICATE, 0 };
	struct found found;

	(void)arg;
	for (CK_ULONG n = 1; n <= sizeof(class); n++) {
		CK_ATTRIBUTE t = { CKA_CLASS, class, n };
		CK_RV rv = kit.f->C_FindObjectsInit(kit.session, &t, 1);

		if (n == sizeof(class[0]) || rv != CKR_OK) {
			(void)final();
			continue;
		}
		found.n = 0;
		(void)kit.f->C_FindObjects(kit.session, found.list,
		    OBJECTS_MAX, &found.n);
		(void)holds(found.n == 0, "a class of %lu bytes finds %lu",
		    n, found.n);
		(void)final();
	}
}

/* The search's own session, and no other. */
static void
two_sessions(const void *arg)
{
	CK_SESSION_HANDLE other, first = kit.session;
	CK_ULONG n, count = 0;
	struct found all;

	(void)arg;
	if (!search(NULL, 0, &all) ||
	    !expect("C_OpenSession", kit_open(0, &other), CKR_OK))
		return;
	(void)expect("C_FindObjectsInit", init(), CKR_OK);
	kit.session = other;
	(void)expect("C_FindObjects in the other", next(&n),
	    CKR_OPERATION_NOT_INITIALIZED);
	(void)expect("C_FindObjectsInit in the other", init(), CKR_OK);
	(void)expect("C_FindObjectsFinal in the other", final(), CKR_OK);
	kit.session = first;
	while (expect("C_FindObjects", next(&n), CKR_OK) && n > 0)
		count++;
	(void)holds(count == all.n, "%lu found, not %lu", count, all.n);
	(void)expect("C_FindObjectsFinal", final(), CKR_OK);
}

/* 5.1.6 lets a module refuse it; the signature must not suffer. */
static void
while_signing(const void *arg)
{
	unsigned char data[32] = { 0 }, out[1024];
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	CK_ULONG n = sizeof(out);
	struct pair pair;
	CK_RV rv;

	(void)arg;
	if (!kit_pair(&pair) || !expect("C_SignInit",
	    kit.f->C_SignInit(kit.session, &m, pair.private_key), CKR_OK))
		return;
	rv = init();
	if (expect_any("C_FindObjectsInit while signing", rv,
	    ANY_OF(CKR_OK, CKR_OPERATION_ACTIVE)) && rv == CKR_OK)
		(void)expect("C_FindObjectsFinal", final(), CKR_OK);
	(void)expect("C_Sign", kit.f->C_Sign(kit.session, data, sizeof(data),
	    out, &n), CKR_OK);
}

static void
same_handles(const void *arg)
{
	struct found a, b;

	(void)arg;
	if (search(NULL, 0, &a) && search(NULL, 0, &b))
		(void)holds(same_set(&a, &b), "two searches differ");
}

static const struct check checks[] = {
	{ "5.7.8 C_FindObjects", "without C_FindObjectsInit is CKR_OPERATION_NOT_INITIALIZED",
	    not_begun, SESSION, 0, NULL },
	{ "5.7.7 C_FindObjectsInit", "the second time is CKR_OPERATION_ACTIVE, the first goes on",
	    begun_twice, SESSION, 0, NULL },
	{ "5.7.8 C_FindObjects", "a call without a count leaves the search alive",
	    error_in_between, SESSION, STRICT, NULL },
	{ "5.7.8 C_FindObjects", "in lumps of 1, 10 and 1024 the same, each once",
	    lumps, LOGGED_IN, 0, NULL },
	{ "5.7.8 C_FindObjects", "twice the same handles", same_handles, LOGGED_IN, 0, NULL },
	{ "5.7.7 C_FindObjectsInit", "each attribute finds its object, and only with its value",
	    by_attribute, LOGGED_IN, 0, NULL },
	{ "5.7.7 C_FindObjectsInit", "several attributes must all match",
	    by_several, LOGGED_IN, 0, NULL },
	{ "5.7.7 C_FindObjectsInit", "what there is not is not found", none, LOGGED_IN, 0, NULL },
	{ "5.7.7 C_FindObjectsInit", "every object is in one class", classes, LOGGED_IN, 0, NULL },
	{ "5.7.7 C_FindObjectsInit", "a value of another length matches nothing",
	    odd_lengths, LOGGED_IN, 0, NULL },
	{ "5.7.7 C_FindObjectsInit", "a search is its session's", two_sessions, SESSION, 0, NULL },
	{ "5.7.7 C_FindObjectsInit", "disturbs no signature", while_signing, LOGGED_IN, 0, NULL },
};

void
run_searches(void)
{
	RUN_ALL(checks);
}
