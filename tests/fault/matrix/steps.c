/* SPDX-License-Identifier: BSD-2-Clause */
/* What programs do with the module, a function or a usual group of them. */
#include "client.h"
#include "signature.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define OBJECTS_MAX	16
#define SLOTS_MAX	8
#define VALUE_MAX	4096

static CK_BYTE letter[] = LETTER;

static void
put(struct client *c, const void *p, size_t n)
{
	struct shared *s = c->shared;

	if (n > sizeof(s->out) - s->out_n)
		n = sizeof(s->out) - s->out_n;
	memcpy(s->out + s->out_n, p, n);
	s->out_n += n;
}

__attribute__((format(printf, 2, 3)))
static void
put_line(struct client *c, const char *format, ...)
{
	char line[256];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < sizeof(line))
		put(c, line, (size_t)n);
}

/*
 * Beginning and end.
 */

CK_RV
step_initialize(struct client *c)
{
	char settings[64];
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	CK_RV rv;

	if (c->fresh && c->initialized)
		return CKR_OK;
	if (c->op->settings != NULL) {
		snprintf(settings, sizeof(settings), "%s", c->op->settings);
		args.pReserved = settings;
	}
	rv = called(c, "C_Initialize", c->f->C_Initialize(&args));
	c->initialized = c->initialized || rv == CKR_OK;
	return rv;
}

CK_RV
step_finalize(struct client *c)
{
	CK_RV rv = called(c, "C_Finalize", c->f->C_Finalize(NULL));

	c->initialized = c->initialized && rv != CKR_OK;
	c->session = 0;
	return rv;
}

/*
 * Slots and tokens.
 */

CK_RV
step_slots(struct client *c)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG n = SLOTS_MAX;
	CK_SLOT_INFO info;
	CK_RV rv;

	rv = called(c, "C_GetSlotList", c->f->C_GetSlotList(CK_TRUE, slots,
	    &n));
	for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++) {
		rv = called(c, "C_GetSlotInfo", c->f->C_GetSlotInfo(slots[i],
		    &info));
		put_line(c, "slot %lu\n", slots[i]);
	}
	return rv;
}

static CK_RV
token(struct client *c, CK_SLOT_ID slot)
{
	CK_TOKEN_INFO info;
	CK_RV rv;

	rv = called(c, "C_GetTokenInfo", c->f->C_GetTokenInfo(slot, &info));
	if (rv == CKR_OK)
		put_line(c, "%.32s %.16s\n", info.label, info.serialNumber);
	return rv;
}

CK_RV
step_token(struct client *c)
{
	return token(c, c->slot);
}

CK_RV
step_tokens(struct client *c)
{
	CK_RV rv = token(c, 0);

	return rv == CKR_OK ? token(c, 1) : rv;
}

CK_RV
step_mechanisms(struct client *c)
{
	CK_MECHANISM_TYPE list[32];
	CK_ULONG n = sizeof(list) / sizeof(list[0]);
	CK_MECHANISM_INFO info;
	CK_RV rv;

	rv = called(c, "C_GetMechanismList",
	    c->f->C_GetMechanismList(c->slot, list, &n));
	for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++) {
		rv = called(c, "C_GetMechanismInfo",
		    c->f->C_GetMechanismInfo(c->slot, list[i], &info));
		put_line(c, "mechanism %lx\n", list[i]);
	}
	return rv;
}

/*
 * Sessions and logins.
 */

CK_RV
step_open(struct client *c)
{
	return called(c, "C_OpenSession", c->f->C_OpenSession(c->slot,
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &c->session));
}

CK_RV
step_info(struct client *c)
{
	CK_SESSION_INFO info;

	return called(c, "C_GetSessionInfo", c->f->C_GetSessionInfo(
	    c->session, &info));
}

CK_RV
step_close(struct client *c)
{
	return called(c, "C_CloseSession", c->f->C_CloseSession(c->session));
}

CK_RV
step_close_all(struct client *c)
{
	return called(c, "C_CloseAllSessions",
	    c->f->C_CloseAllSessions(c->slot));
}

static CK_RV
login(struct client *c, CK_USER_TYPE user, const char *pin)
{
	CK_UTF8CHAR text[PIN_ROOM];
	CK_RV rv;

	snprintf((char *)text, sizeof(text), "%s", pin);
	rv = called(c, "C_Login", c->f->C_Login(c->session, user, text,
	    strlen((char *)text)));
	return c->fresh && rv == CKR_USER_ALREADY_LOGGED_IN ? CKR_OK : rv;
}

CK_RV
step_login(struct client *c)
{
	return login(c, CKU_USER, c->shared->now);
}

/* The same wrong one each time, which is sent once. */
CK_RV
step_login_refused(struct client *c)
{
	CK_RV rv = login(c, CKU_USER, pin_rows[c->op->pin].wrong);

	return rv == CKR_PIN_INCORRECT ? CKR_OK : rv;
}

CK_RV
step_login_wrong(struct client *c)
{
	char pin[PIN_ROOM];
	CK_RV rv;

	/* Another one each time: the same would not be sent again. */
	snprintf(pin, sizeof(pin), "%s", pin_rows[c->op->pin].wrong);
	pin[strlen(pin) - 1] = (char)('0' + c->wrong_pins++ % 10);
	rv = login(c, CKU_USER, pin);
	/* That is how it has to be. */
	return rv == CKR_PIN_INCORRECT ? CKR_OK : rv;
}

CK_RV
step_login_each(struct client *c)
{
	return login(c, CKU_CONTEXT_SPECIFIC, c->shared->now);
}

CK_RV
step_logout(struct client *c)
{
	return called(c, "C_Logout", c->f->C_Logout(c->session));
}

CK_RV
step_set_pin(struct client *c)
{
	struct shared *s = c->shared;
	CK_UTF8CHAR now[PIN_ROOM], next[PIN_ROOM];

	memcpy(now, s->now, sizeof(now));
	memcpy(next, s->next, sizeof(next));
	return called(c, "C_SetPIN", c->f->C_SetPIN(c->session, now,
	    strlen((char *)now), next, strlen((char *)next)));
}

/*
 * Objects.
 */

static CK_RV
search(struct client *c, CK_ATTRIBUTE *wanted, CK_ULONG wanted_n,
    CK_OBJECT_HANDLE found[OBJECTS_MAX], CK_ULONG *n)
{
	CK_RV rv;

	rv = called(c, "C_FindObjectsInit", c->f->C_FindObjectsInit(
	    c->session, wanted, wanted_n));
	if (rv != CKR_OK)
		return rv;
	rv = called(c, "C_FindObjects", c->f->C_FindObjects(c->session, found,
	    OBJECTS_MAX, n));
	(void)c->f->C_FindObjectsFinal(c->session);
	return rv;
}

/* The first that matches; KEY_HANDLE_INVALID: there is none. */
static CK_RV
first_of(struct client *c, CK_ATTRIBUTE *wanted, CK_ULONG wanted_n,
    CK_OBJECT_HANDLE *out)
{
	CK_OBJECT_HANDLE found[OBJECTS_MAX];
	CK_ULONG n = 0;
	CK_RV rv;

	rv = search(c, wanted, wanted_n, found, &n);
	if (rv == CKR_OK && n == 0)
		return called(c, "(no object)", CKR_KEY_HANDLE_INVALID);
	if (rv == CKR_OK)
		*out = found[0];
	return rv;
}

static CK_RV
first_of_class(struct client *c, CK_OBJECT_CLASS class,
    CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof(class) };

	return first_of(c, &wanted, 1, out);
}

CK_RV
step_key(struct client *c)
{
	return first_of_class(c, CKO_PRIVATE_KEY, &c->key);
}

/* Every object, with its class and label. */
CK_RV
step_find(struct client *c)
{
	CK_OBJECT_HANDLE found[OBJECTS_MAX];
	CK_OBJECT_CLASS class = 0;
	char label[32];
	CK_ATTRIBUTE list[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, label, sizeof(label) },
	};
	CK_ULONG n = 0;
	CK_RV rv;

	rv = search(c, NULL, 0, found, &n);
	for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++) {
		list[0].ulValueLen = sizeof(class);
		list[1].ulValueLen = sizeof(label);
		rv = called(c, "C_GetAttributeValue",
		    c->f->C_GetAttributeValue(c->session, found[i], list, 2));
		/* A profile has no label. */
		if (rv == CKR_ATTRIBUTE_TYPE_INVALID)
			rv = CKR_OK;
		else if (rv == CKR_OK)
			put_line(c, "class %lu %.*s\n", class,
			    (int)list[1].ulValueLen, label);
	}
	return rv;
}

/* The certificate, as a browser reads it. */
CK_RV
step_read(struct client *c)
{
	static CK_BYTE value[VALUE_MAX], id[64], subject[512];
	CK_ATTRIBUTE list[] = {
		{ CKA_VALUE, value, sizeof(value) },
		{ CKA_ID, id, sizeof(id) },
		{ CKA_SUBJECT, subject, sizeof(subject) },
	};
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	char label[] = "JPKI-AUTH", sign[] = "JPKI-SIGN";
	CK_ATTRIBUTE wanted[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, c->slot == 1 ? sign : label, sizeof(label) - 1 },
	};
	CK_OBJECT_HANDLE cert = 0;
	CK_RV rv;

	rv = first_of(c, wanted, 2, &cert);
	if (rv != CKR_OK)
		return rv;
	rv = called(c, "C_GetAttributeValue", c->f->C_GetAttributeValue(
	    c->session, cert, list, 3));
	for (int i = 0; rv == CKR_OK && i < 3; i++)
		put(c, list[i].pValue, list[i].ulValueLen);
	return rv;
}

/*
 * Signatures: all over the same letter.
 */

static CK_RV
sign_init(struct client *c, CK_MECHANISM_TYPE type, void *parameter,
    CK_ULONG n)
{
	CK_MECHANISM mechanism = { type, parameter, n };

	return called(c, "C_SignInit", c->f->C_SignInit(c->session,
	    &mechanism, c->key));
}

static CK_BYTE *
signature_room(struct client *c)
{
	struct shared *s = c->shared;

	return s->signature[s->signatures % SIGNATURES_MAX];
}

static CK_RV
signed_now(struct client *c, const char *name, CK_RV rv, CK_ULONG n)
{
	rv = called(c, name, rv);
	if (rv == CKR_OK && n == SIGNATURE_BYTES)
		c->shared->signatures++;
	return rv;
}

CK_RV
step_sign_begin(struct client *c)
{
	return sign_init(c, CKM_SHA256_RSA_PKCS, NULL, 0);
}

CK_RV
step_sign_end(struct client *c)
{
	CK_ULONG n = SIGNATURE_BYTES;
	CK_BYTE *room = signature_room(c);

	return signed_now(c, "C_Sign", c->f->C_Sign(c->session, letter,
	    sizeof(letter) - 1, room, &n), n);
}

CK_RV
step_sign(struct client *c)
{
	CK_RV rv = step_sign_begin(c);

	return rv == CKR_OK ? step_sign_end(c) : rv;
}

CK_RV
step_sign_parts(struct client *c)
{
	CK_ULONG n = SIGNATURE_BYTES, half = sizeof(letter) / 2;
	CK_BYTE *room = signature_room(c);
	CK_RV rv;

	rv = step_sign_begin(c);
	if (rv == CKR_OK)
		rv = called(c, "C_SignUpdate", c->f->C_SignUpdate(c->session,
		    letter, half));
	if (rv == CKR_OK)
		rv = called(c, "C_SignUpdate", c->f->C_SignUpdate(c->session,
		    letter + half, sizeof(letter) - 1 - half));
	if (rv != CKR_OK)
		return rv;
	return signed_now(c, "C_SignFinal", c->f->C_SignFinal(c->session,
	    room, &n), n);
}

/* DigestInfo of SHA-256 (RFC 8017, 9.2, note 1), made by the program. */
CK_RV
step_sign_digest(struct client *c)
{
	static const CK_BYTE prefix[] = { 0x30, 0x31, 0x30, 0x0D, 0x06, 0x09,
	    0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
	    0x04, 0x20 };
	CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
	CK_ULONG n = SIGNATURE_BYTES, digest_n = 32;
	CK_BYTE info[sizeof(prefix) + 32], *room = signature_room(c);
	CK_RV rv;

	memcpy(info, prefix, sizeof(prefix));
	rv = called(c, "C_DigestInit", c->f->C_DigestInit(c->session,
	    &sha256));
	if (rv == CKR_OK)
		rv = called(c, "C_Digest", c->f->C_Digest(c->session, letter,
		    sizeof(letter) - 1, info + sizeof(prefix), &digest_n));
	if (rv == CKR_OK)
		rv = sign_init(c, CKM_RSA_PKCS, NULL, 0);
	if (rv != CKR_OK)
		return rv;
	return signed_now(c, "C_Sign", c->f->C_Sign(c->session, info,
	    sizeof(info), room, &n), n);
}

CK_RV
step_sign_pss(struct client *c)
{
	struct rsa_pss_params pss = { CKM_SHA256, 2 /* MGF1-SHA256 */, 32 };
	CK_ULONG n = SIGNATURE_BYTES;
	CK_BYTE *room = signature_room(c);
	CK_RV rv;

	rv = sign_init(c, CKM_SHA256_RSA_PKCS_PSS, &pss, sizeof(pss));
	if (rv != CKR_OK)
		return rv;
	return signed_now(c, "C_Sign", c->f->C_Sign(c->session, letter,
	    sizeof(letter) - 1, room, &n), n);
}

/* The last signature, with the public key that the token shows. */
CK_RV
step_verify(struct client *c)
{
	CK_MECHANISM mechanism = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE key = 0;
	CK_RV rv;

	rv = first_of_class(c, CKO_PUBLIC_KEY, &key);
	if (rv == CKR_OK)
		rv = called(c, "C_VerifyInit", c->f->C_VerifyInit(c->session,
		    &mechanism, key));
	if (rv != CKR_OK || c->shared->signatures == 0)
		return rv;
	return called(c, "C_Verify", c->f->C_Verify(c->session, letter,
	    sizeof(letter) - 1, c->shared->signature[0], SIGNATURE_BYTES));
}

/*
 * Slot events.
 */

static void *
finalize_later(void *user)
{
	static const struct timespec later = { 1, 500 * 1000 * 1000 };
	struct client *c = user;

	(void)nanosleep(&later, NULL);
	return (void *)(uintptr_t)c->f->C_Finalize(NULL);
}

/* Until something happens, or for a while: C_Finalize ends it. */
CK_RV
step_wait(struct client *c)
{
	pthread_t thread;
	void *ended = NULL;
	CK_SLOT_ID slot;
	CK_RV rv;

	if (pthread_create(&thread, NULL, finalize_later, c) != 0)
		return called(c, "(no thread)", CKR_HOST_MEMORY);
	rv = called(c, "C_WaitForSlotEvent", c->f->C_WaitForSlotEvent(0,
	    &slot, NULL));
	(void)pthread_join(thread, &ended);
	if (!c->initialized)
		return rv;
	c->initialized = (uintptr_t)ended != CKR_OK;
	if (called(c, "C_Finalize", (CK_RV)(uintptr_t)ended) != CKR_OK)
		return CKR_GENERAL_ERROR;
	return rv == CKR_CRYPTOKI_NOT_INITIALIZED ? CKR_OK : rv;
}

/* Whatever there is; that there is none is no failure. */
CK_RV
step_event(struct client *c)
{
	CK_SLOT_ID slot;
	CK_RV rv;

	rv = called(c, "C_WaitForSlotEvent", c->f->C_WaitForSlotEvent(
	    CKF_DONT_BLOCK, &slot, NULL));
	return rv == CKR_NO_EVENT ? CKR_OK : rv;
}
