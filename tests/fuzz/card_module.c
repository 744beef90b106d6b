/* SPDX-License-Identifier: BSD-2-Clause */
/* A program over the module: what a client does with a token. */
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "capture.h"
#include "card.h"
#include "functions.h"

#define STEPS_MAX	64
#define SESSIONS	3
#define OBJECTS		8
#define SLOTS		8
#define KEY_BYTES_MAX	512
#define VALUE_MAX	4096

/* Settings, and what they mean to the harness. */
static const struct setting {
	const char	*text;
	unsigned	 tokens;	/* 1 authentication, 2 signature */
	bool		 last_try, log;
} settings[] = {
	{ NULL, 3, false, false },
	{ "log=apdu", 3, false, true },
	{ "last-try=allow pss=on", 3, true, false },
	{ "consent=each pss=off log=apdu", 3, false, true },
	{ "tokens=auth consent=each last-try=allow", 1, true, false },
	{ "tokens=sign pss=auto", 2, false, false },
};

#define SETTINGS	(sizeof(settings) / sizeof(settings[0]))

struct opened {
	CK_SESSION_HANDLE handle;
	CK_SLOT_ID	 slot;
	CK_OBJECT_HANDLE objects[OBJECTS];
	CK_ULONG	 objects_n;
};

static struct {
	struct fuzz_in	*in;
	const struct setting *setting;
	CK_SLOT_ID	 slots[SLOTS];
	CK_ULONG	 slots_n;
	struct opened	 sessions[SESSIONS];
	/* Of the two PINs: verified, and how many losses there were then. */
	bool		 verified[2];
	unsigned	 losses[2];
} run;

static void
check_log(void)
{
	if (run.setting->log)
		capture_lines(hostile_log);
}

/*
 * Beginning and end.
 */

static void
initialize(void)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	char text[128];

	run.setting = &settings[fuzz_below(run.in, SETTINGS)];
	if (run.setting->text != NULL) {
		snprintf(text, sizeof(text), "%s", run.setting->text);
		args.pReserved = text;
	}
	fuzz_law(C_Initialize(&args) == CKR_OK, "the module begins");
	memset(run.sessions, 0, sizeof(run.sessions));
	memset(run.verified, 0, sizeof(run.verified));
	run.slots_n = 0;
}

static void
finalize(void)
{
	fuzz_law(C_Finalize(NULL) == CKR_OK, "the module ends");
}

static void
do_again(void)
{
	finalize();
	initialize();
}

/*
 * Slots and tokens.
 */

static CK_SLOT_ID
some_slot(void)
{
	uint8_t which = fuzz_u8(run.in);

	return run.slots_n > 0 ? run.slots[which % run.slots_n] : which & 1;
}

static enum jpki_pin
pin_of(CK_SLOT_ID slot)
{
	if (run.setting->tokens == 3)
		return slot % 2 == 0 ? JPKI_PIN_AUTH : JPKI_PIN_SIGN;
	return run.setting->tokens == 1 ? JPKI_PIN_AUTH : JPKI_PIN_SIGN;
}

static void
do_slots(void)
{
	CK_ULONG n = SLOTS;

	if (C_GetSlotList((fuzz_u8(run.in) & 1) != 0, run.slots, &n) ==
	    CKR_OK)
		run.slots_n = n;
}

static void
do_slot_info(void)
{
	CK_SLOT_INFO info;

	(void)C_GetSlotInfo(some_slot(), &info);
}

static void
do_token_info(void)
{
	CK_TOKEN_INFO info;
	CK_RV rv = C_GetTokenInfo(some_slot(), &info);

	if (rv == CKR_OK)
		fuzz_law(memcmp(info.label, "JPKI-", 5) == 0 &&
		    info.serialNumber[0] != ' ', "a token has a name");
}

static void
do_mechanisms(void)
{
	CK_MECHANISM_TYPE types[32];
	CK_MECHANISM_INFO info;
	CK_SLOT_ID slot = some_slot();
	CK_ULONG n = 32;

	if (C_GetMechanismList(slot, types, &n) == CKR_OK && n > 0)
		(void)C_GetMechanismInfo(slot,
		    types[fuzz_u8(run.in) % n], &info);
}

/* Ends, because the world lets no wait go on behind the input. */
static void
do_wait(void)
{
	CK_FLAGS flags = (fuzz_u8(run.in) & 1) != 0 ? CKF_DONT_BLOCK : 0;
	CK_SLOT_ID slot = 0;

	(void)C_WaitForSlotEvent(flags, &slot, NULL);
}

/*
 * Sessions.
 */

static struct opened *
some_session(void)
{
	return &run.sessions[fuzz_below(run.in, SESSIONS)];
}

static void
session_open(struct opened *s, CK_SLOT_ID slot, CK_FLAGS flags)
{
	if (s->handle != 0)
		(void)C_CloseSession(s->handle);
	*s = (struct opened){ .slot = slot };
	(void)C_OpenSession(slot, CKF_SERIAL_SESSION | flags, NULL, NULL,
	    &s->handle);
}

static void
do_open(void)
{
	struct opened *s = some_session();
	CK_SLOT_ID slot = some_slot();

	session_open(s, slot, (fuzz_u8(run.in) & 1) != 0 ? CKF_RW_SESSION :
	    0);
}

static void
do_close(void)
{
	struct opened *s = some_session();

	(void)C_CloseSession(s->handle);
	*s = (struct opened){ 0 };
}

static void
do_close_all(void)
{
	(void)C_CloseAllSessions(some_slot());
}

static void
do_session_info(void)
{
	CK_SESSION_INFO info;

	(void)C_GetSessionInfo(some_session()->handle, &info);
}

/*
 * Login.
 */

static void
note_login(enum jpki_pin pin)
{
	run.verified[pin == JPKI_PIN_SIGN] = true;
	run.losses[pin == JPKI_PIN_SIGN] = hostile_losses();
}

/* Law P7, as the module has to keep it. */
static void
check_login(enum jpki_pin pin)
{
	bool sign = pin == JPKI_PIN_SIGN;

	fuzz_law(run.verified[sign], "no signature without a login");
	fuzz_law_equal(run.losses[sign], hostile_losses(),
	    "P7: no signature with a login of before");
}

static void
do_login(void)
{
	static const CK_USER_TYPE users[] = {
		CKU_USER, CKU_USER, CKU_USER, CKU_CONTEXT_SPECIFIC, CKU_SO, 77,
	};
	struct opened *s = some_session();
	CK_USER_TYPE user = users[fuzz_below(run.in, 6)];
	struct hostile_call call = { .which = pin_of(s->slot),
	    .last_try = run.setting->last_try };
	CK_SESSION_INFO info;
	struct typed typed;
	CK_RV rv;

	card_type(run.in, call.which, &typed);
	call.pin = card_typed(&typed);
	hostile_call_begin(&call);
	rv = C_Login(s->handle, user, (CK_UTF8CHAR *)typed.p, typed.n);
	fuzz_law((user == CKU_USER || user == CKU_CONTEXT_SPECIFIC) ||
	    hostile_verifies() == 0, "only a user's PIN is sent");
	fuzz_law(rv != CKR_PIN_INCORRECT || typed.p != NULL,
	    "no PIN is not a wrong one");
	if (rv != CKR_OK)
		return;
	fuzz_law_equal(hostile_verifies(), 1, "a login is a VERIFY");
	note_login(call.which);
	/* The card may have left behind its answer. */
	hostile_calm(true);
	rv = C_GetSessionInfo(s->handle, &info);
	hostile_calm(false);
	fuzz_law(rv != CKR_OK || info.state == CKS_RO_USER_FUNCTIONS ||
	    info.state == CKS_RW_USER_FUNCTIONS, "logged in");
}

static void
do_logout(void)
{
	if (C_Logout(some_session()->handle) == CKR_OK)
		memset(run.verified, 0, sizeof(run.verified));
}

static void
do_set_pin(void)
{
	struct opened *s = some_session();
	struct hostile_call call = { .which = pin_of(s->slot),
	    .last_try = run.setting->last_try };
	struct typed old_pin, new_pin;
	CK_RV rv;

	card_type(run.in, call.which, &old_pin);
	card_type(run.in, call.which, &new_pin);
	call.pin = card_typed(&old_pin);
	call.new_pin = card_typed(&new_pin);
	hostile_call_begin(&call);
	rv = C_SetPIN(s->handle, (CK_UTF8CHAR *)old_pin.p, old_pin.n,
	    (CK_UTF8CHAR *)new_pin.p, new_pin.n);
	fuzz_law(rv != CKR_OK || hostile_changes() == 1,
	    "what is changed was sent");
}

/*
 * Objects.
 */

static CK_RV
search(struct opened *s, CK_ATTRIBUTE *wanted, CK_ULONG wanted_n)
{
	CK_RV rv = C_FindObjectsInit(s->handle, wanted, wanted_n);

	s->objects_n = 0;
	if (rv != CKR_OK)
		return rv;
	rv = C_FindObjects(s->handle, s->objects, OBJECTS, &s->objects_n);
	(void)C_FindObjectsFinal(s->handle);
	return rv;
}

static void
do_find(void)
{
	static const CK_OBJECT_CLASS classes[] = {
		CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_CERTIFICATE, CKO_DATA,
	};
	struct opened *s = some_session();
	uint8_t which = fuzz_below(run.in, 5);
	CK_OBJECT_CLASS class = which < 4 ? classes[which] : 0;
	CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof(class) };

	(void)search(s, &wanted, which < 4);
}

static CK_OBJECT_HANDLE
some_object(const struct opened *s)
{
	uint8_t which = fuzz_u8(run.in);

	return s->objects_n > 0 ? s->objects[which % s->objects_n] : which;
}

/* Every attribute that any object has, in one list. */
static void
do_attributes(void)
{
	static const CK_ATTRIBUTE_TYPE types[] = {
		CKA_CLASS, CKA_LABEL, CKA_ID, CKA_VALUE, CKA_SUBJECT,
		CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_MODULUS, CKA_EC_POINT,
		CKA_EC_PARAMS, CKA_CHECK_VALUE, CKA_START_DATE, CKA_END_DATE,
		CKA_PUBLIC_EXPONENT, CKA_PRIVATE, CKA_MODULUS_BITS,
	};
	static CK_BYTE bytes[sizeof(types) / sizeof(types[0])][VALUE_MAX];
	CK_ATTRIBUTE list[sizeof(types) / sizeof(types[0])];
	struct opened *s = some_session();
	CK_OBJECT_HANDLE object = some_object(s);
	size_t n = sizeof(types) / sizeof(types[0]);
	CK_ULONG size = 0;

	for (size_t i = 0; i < n; i++)
		list[i] = (CK_ATTRIBUTE){ types[i], bytes[i],
		    sizeof(bytes[i]) };
	(void)C_GetAttributeValue(s->handle, object, list, n);
	(void)C_GetObjectSize(s->handle, object, &size);
}

/*
 * Signatures.
 */

static const struct mechanism {
	CK_MECHANISM_TYPE type;
	enum jpki_hash	 hash;		/* that the module makes */
	bool		 pss;
} mechanisms[] = {
	{ CKM_RSA_PKCS, JPKI_HASH_NONE, false },
	{ CKM_SHA256_RSA_PKCS, JPKI_HASH_SHA256, false },
	{ CKM_SHA1_RSA_PKCS, JPKI_HASH_SHA1, false },
	{ CKM_SHA512_RSA_PKCS, JPKI_HASH_SHA512, false },
	{ CKM_RSA_PKCS_PSS, JPKI_HASH_NONE, true },
	{ CKM_SHA256_RSA_PKCS_PSS, JPKI_HASH_SHA256, true },
};

#define MECHANISMS	(sizeof(mechanisms) / sizeof(mechanisms[0]))

struct signature {
	const struct mechanism *mechanism;
	CK_OBJECT_HANDLE key;
	uint8_t		 data[256];
	CK_ULONG	 data_n;
	uint8_t		 bytes[KEY_BYTES_MAX];
	CK_ULONG	 n;
};

static CK_RV
get(struct opened *s, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *a)
{
	return C_GetAttributeValue(s->handle, object, a, 1);
}

/* The certificate beside the key, by the identifier that they share. */
static CK_RV
certificate_of(struct opened *s, CK_OBJECT_HANDLE key, CK_ATTRIBUTE *value)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_BYTE id[64];
	CK_ATTRIBUTE wanted[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, id, sizeof(id) },
	};
	CK_RV rv = get(s, key, &wanted[1]);

	if (rv == CKR_OK)
		rv = search(s, wanted, 2);
	if (rv != CKR_OK)
		return rv;
	fuzz_law(s->objects_n > 0, "who signed has a certificate");
	return get(s, s->objects[0], value);
}

static void
claim_of(const struct signature *sig, uint8_t digest[JPKI_DIGEST_MAX],
    struct jpki_claim *claim)
{
	const struct mechanism *m = sig->mechanism;
	unsigned n = 0;

	*claim = (struct jpki_claim){ .pss = m->pss, .hash = m->hash,
	    .digest = sig->data, .digest_n = sig->data_n,
	    .signature = sig->bytes, .signature_n = sig->n };
	if (m->hash == JPKI_HASH_NONE)
		return;
	fuzz_law(card_digest(m->hash, slice_of(sig->data, sig->data_n), digest,
	    &n), "a digest");
	claim->digest = digest;
	claim->digest_n = n;
}

/* A card that left behind its signature took its certificate with it. */
static void
check_signature(struct opened *s, const struct signature *sig)
{
	uint8_t der[VALUE_MAX], digest[JPKI_DIGEST_MAX];
	CK_ATTRIBUTE value = { CKA_VALUE, der, sizeof(der) };
	struct jpki_claim claim;
	CK_RV rv;

	hostile_calm(true);
	rv = certificate_of(s, sig->key, &value);
	hostile_calm(false);
	if (rv != CKR_OK)
		return;
	claim_of(sig, digest, &claim);
	fuzz_law(card_signature_holds(slice_of(der, value.ulValueLen),
	    &claim), "a signature that is handed out holds");
}

static CK_RV
sign_in_parts(struct opened *s, struct signature *sig)
{
	CK_ULONG half = sig->data_n / 2;
	CK_RV rv = C_SignUpdate(s->handle, sig->data, half);

	if (rv == CKR_OK)
		rv = C_SignUpdate(s->handle, sig->data + half,
		    sig->data_n - half);
	return rv == CKR_OK ? C_SignFinal(s->handle, sig->bytes, &sig->n) :
	    rv;
}

static void
fill(struct signature *sig, uint8_t how)
{
	sig->mechanism = &mechanisms[how % MECHANISMS];
	sig->n = sizeof(sig->bytes);
	sig->data_n = (how & 0x40) != 0 ? fuzz_u8(run.in) : 32;
	card_data(run.in, sig->data, sig->data_n);
}

static void
do_sign(void)
{
	static struct signature sig;
	struct opened *s = some_session();
	uint8_t how = fuzz_u8(run.in);
	CK_MECHANISM mechanism;
	CK_RV rv;

	memset(&sig, 0, sizeof(sig));
	fill(&sig, how);
	sig.key = some_object(s);
	mechanism = (CK_MECHANISM){ sig.mechanism->type, NULL, 0 };
	if (sig.mechanism->pss) {
		static CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256,
		    CKG_MGF1_SHA256, JPKI_PSS_SALT };

		mechanism.pParameter = &pss;
		mechanism.ulParameterLen = sizeof(pss);
	}
	rv = C_SignInit(s->handle, &mechanism, sig.key);
	if (rv != CKR_OK || (how & 0x80) != 0)
		return;
	rv = (how & 0x20) != 0 ? sign_in_parts(s, &sig) :
	    C_Sign(s->handle, sig.data, sig.data_n, sig.bytes, &sig.n);
	if (rv != CKR_OK)
		return;
	check_login(pin_of(s->slot));
	check_signature(s, &sig);
}

/* Goes on where a SignInit was left. */
static void
do_sign_on(void)
{
	struct opened *s = some_session();
	CK_BYTE data[32], bytes[KEY_BYTES_MAX];
	CK_ULONG n = sizeof(bytes);

	card_data(run.in, data, sizeof(data));
	(void)C_Sign(s->handle, data, sizeof(data), bytes, &n);
}

static void
do_verify(void)
{
	struct opened *s = some_session();
	CK_MECHANISM mechanism = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE data[32], bytes[256];

	card_data(run.in, data, sizeof(data));
	card_data(run.in, bytes, sizeof(bytes));
	if (C_VerifyInit(s->handle, &mechanism, some_object(s)) == CKR_OK)
		fuzz_law(C_Verify(s->handle, data, sizeof(data), bytes,
		    sizeof(bytes)) != CKR_OK, "no such signature holds");
}

/* The whole way, in a step: to a key that can sign. */
static void
do_everything(void)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof(class) };
	struct opened *s = some_session();
	struct hostile_call call;
	CK_SLOT_ID slot = some_slot();

	session_open(s, slot, CKF_RW_SESSION);
	call = (struct hostile_call){ .which = pin_of(slot) };
	call.pin = slice_of(hostile_pin(call.which),
	    strlen(hostile_pin(call.which)));
	call.last_try = run.setting->last_try;
	hostile_call_begin(&call);
	if (C_Login(s->handle, CKU_USER, (CK_UTF8CHAR *)
	    (uintptr_t)hostile_pin(call.which), call.pin.n) == CKR_OK)
		note_login(call.which);
	check_log();
	hostile_call_begin(NULL);
	(void)search(s, &wanted, 1);
}

static void
do_world(void)
{
	card_world(run.in);
}

static void (*const steps[])(void) = {
	do_slots, do_slot_info, do_token_info, do_mechanisms, do_wait,
	do_open, do_close, do_close_all, do_session_info, do_login, do_login,
	do_logout, do_set_pin, do_find, do_attributes, do_sign, do_sign,
	do_sign_on, do_verify, do_everything, do_world, do_again,
};

static void
step(void)
{
	hostile_call_begin(NULL);
	steps[fuzz_below(run.in, sizeof(steps) / sizeof(steps[0]))]();
	hostile_call_end();
	check_log();
	fuzz_law(ERR_peek_error() == 0, "OpenSSL's errors are not left");
}

void
card_module(struct fuzz_in *in)
{
	run.in = in;
	capture_begin();
	initialize();
	for (int i = 0; i < STEPS_MAX && in->n > 0; i++)
		step();
	hostile_call_begin(NULL);
	finalize();
	check_log();
	capture_end();
}
