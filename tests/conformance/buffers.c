/* SPDX-License-Identifier: BSD-2-Clause */
/* C_GetAttributeValue's five cases and their mixtures: 5.7.5. */
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define GUARD	0x5A
#define UNKNOWN	((CK_ATTRIBUTE_TYPE)0x7FFF1234)

static CK_OBJECT_HANDLE
certificate(void)
{
	struct pair pair;

	return kit_pair(&pair) ? pair.certificate : 0;
}

static CK_RV
get(CK_OBJECT_HANDLE o, CK_ATTRIBUTE *t, CK_ULONG n)
{
	return kit.f->C_GetAttributeValue(kit.session, o, t, n);
}

static void
guarded(unsigned char *buf, size_t n)
{
	memset(buf, GUARD, n);
}

static bool
untouched(const unsigned char *buf, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (buf[i] != GUARD)
			return false;
	return true;
}

static void
query(const void *arg)
{
	CK_OBJECT_HANDLE o = certificate();
	struct bytes value = kit_attribute(o, CKA_VALUE);
	CK_ATTRIBUTE a = { CKA_VALUE, NULL, 12345 };

	(void)arg;
	if (o == 0)
		return;
	(void)expect("a query", get(o, &a, 1), CKR_OK);
	(void)holds(a.ulValueLen == value.n, "%lu bytes, said to be %lu",
	    value.n, a.ulValueLen);
}

static void
exact(const void *arg)
{
	CK_OBJECT_HANDLE o = certificate();
	CK_ATTRIBUTE a = { CKA_VALUE, NULL, 0 };
	unsigned char *buf;
	CK_ULONG n;

	(void)arg;
	if (o == 0 || !expect("a query", get(o, &a, 1), CKR_OK))
		return;
	n = a.ulValueLen;
	buf = malloc(n + 16);
	if (buf == NULL)
		abort();
	guarded(buf, n + 16);
	a.pValue = buf;
	(void)expect("a buffer that just fits", get(o, &a, 1), CKR_OK);
	(void)holds(a.ulValueLen == n, "then %lu bytes", a.ulValueLen);
	(void)holds(untouched(buf + n, 16), "bytes behind it are changed");
	a.ulValueLen = n + 16;
	guarded(buf, n + 16);
	(void)expect("a larger one", get(o, &a, 1), CKR_OK);
	(void)holds(a.ulValueLen == n, "then %lu bytes", a.ulValueLen);
}

static void
small(const void *arg)
{
	CK_OBJECT_HANDLE o = certificate();
	unsigned char buf[16];
	CK_ATTRIBUTE a = { CKA_VALUE, buf, 8 };

	(void)arg;
	if (o == 0)
		return;
	guarded(buf, sizeof(buf));
	(void)expect("8 bytes for a certificate", get(o, &a, 1),
	    CKR_BUFFER_TOO_SMALL);
	(void)holds(a.ulValueLen == CK_UNAVAILABLE_INFORMATION,
	    "then ulValueLen is %lu", a.ulValueLen);
	(void)holds(untouched(buf + 8, 8), "bytes behind it are changed");
	a.ulValueLen = 0;
	(void)expect("0 bytes for a certificate", get(o, &a, 1),
	    CKR_BUFFER_TOO_SMALL);
}

static void
unknown(const void *arg)
{
	CK_OBJECT_HANDLE o = certificate();
	CK_ATTRIBUTE a = { UNKNOWN, NULL, 0 };

	(void)arg;
	if (o == 0)
		return;
	(void)expect("an attribute that there is not", get(o, &a, 1),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	(void)holds(a.ulValueLen == CK_UNAVAILABLE_INFORMATION,
	    "then ulValueLen is %lu", a.ulValueLen);
	a = (CK_ATTRIBUTE){ CKA_MODULUS, NULL, 0 };
	(void)expect("an attribute of another class", get(o, &a, 1),
	    CKR_ATTRIBUTE_TYPE_INVALID);
}

/* After an error all others are filled in nevertheless. */
static void
mixed(const void *arg)
{
	CK_OBJECT_CLASS class = 4711, class2 = 4711;
	unsigned char small_one[4];
	CK_ATTRIBUTE t[] = {
		{ UNKNOWN, NULL, 0 },
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_MODULUS, small_one, sizeof(small_one) },
		{ CKA_PRIVATE_EXPONENT, NULL, 0 },
		{ CKA_MODULUS, NULL, 0 },
		{ CKA_CLASS, &class2, sizeof(class2) },
	};
	struct pair pair;

	(void)arg;
	if (!kit_pair(&pair))
		return;
	(void)expect_any("a template with everything in it",
	    get(pair.private_key, t, 6), ANY_OF(CKR_ATTRIBUTE_SENSITIVE,
	    CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL));
	(void)holds(class == CKO_PRIVATE_KEY && class2 == CKO_PRIVATE_KEY,
	    "what could be read was not");
	for (int i = 0; i < 4; i++)
		(void)holds(i == 1 || t[i].ulValueLen ==
		    CK_UNAVAILABLE_INFORMATION,
		    "attribute %d: ulValueLen %lu", i, t[i].ulValueLen);
	(void)holds(t[4].ulValueLen >= 64 &&
	    t[4].ulValueLen != CK_UNAVAILABLE_INFORMATION,
	    "the modulus has %lu bytes", t[4].ulValueLen);
}

/* Two calls for everything that an object has say the same. */
static void
all_twice(const void *arg)
{
	static const CK_ATTRIBUTE_TYPE types[] = {
		CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_LABEL, CKA_ID,
		CKA_VALUE, CKA_SUBJECT, CKA_ISSUER, CKA_SERIAL_NUMBER,
		CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_KEY_TYPE, CKA_SIGN,
		CKA_VERIFY, CKA_SENSITIVE, CKA_CERTIFICATE_TYPE,
		CKA_MODULUS_BITS, CKA_START_DATE, CKA_PUBLIC_KEY_INFO,
	};
	CK_OBJECT_HANDLE list[OBJECTS_MAX];
	struct bytes a, b;
	CK_ULONG n;

	(void)arg;
	if (!kit_search(kit.session, NULL, 0, list, &n))
		return;
	for (CK_ULONG i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(types) / sizeof(types[0]); k++) {
			a = kit_attribute(list[i], types[k]);
			b = kit_attribute(list[i], types[k]);
			(void)holds(a.rv == b.rv && (a.rv != CKR_OK ||
			    kit_same(&a, &b)), "attribute 0x%lX of object "
			    "%lu: %s, then %s", types[k], list[i],
			    rv_name(a.rv), rv_name(b.rv));
			(void)expect_any("reading an attribute", a.rv,
			    ANY_OF(CKR_OK, CKR_ATTRIBUTE_TYPE_INVALID));
		}
}

static const struct check checks[] = {
	{ "5.7.5 C_GetAttributeValue", "a query gives the length", query, LOGGED_IN, 0, NULL },
	{ "5.7.5 C_GetAttributeValue", "a buffer that just fits, and none beyond it",
	    exact, LOGGED_IN, 0, NULL },
	{ "5.7.5 C_GetAttributeValue", "a buffer too small", small, LOGGED_IN, 0, NULL },
	{ "5.7.5 C_GetAttributeValue", "an attribute that the object has not",
	    unknown, LOGGED_IN, 0, NULL },
	{ "5.7.5 C_GetAttributeValue", "an error in one does not keep others back",
	    mixed, LOGGED_IN, 0, NULL },
	{ "5.7.5 C_GetAttributeValue", "every object can be read, twice the same",
	    all_twice, LOGGED_IN, 0, NULL },
};

void
run_buffers(void)
{
	RUN_ALL(checks);
}
