/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Login, logout, PIN change.  The library keeps the laws of PIN safety; here
 * is what PKCS #11 asks around them.  No PIN is kept.
 */
#include "login.h"
#include "object.h"

/* The card has no security officer for these PINs: nothing is sent. */
static CK_RV
refuse_so(const struct slot *slot)
{
	if (slot->logged_in)
		return CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
	return slot->sessions > slot->rw_sessions ?
	    CKR_SESSION_READ_ONLY_EXISTS : CKR_USER_TYPE_INVALID;
}

static unsigned
pin_flags(void)
{
	return module.settings.last_try ? JPKI_ALLOW_LAST_TRY : 0;
}

/*
 * Unless the card said no, it may have taken the PIN whatever became of its
 * answer.  Nobody is logged in then, so it must not stay open.
 */
static bool
may_stay_open(enum jpki_err err)
{
	static const enum jpki_err clear[] = {
		JPKI_OK, JPKI_ERR_ARG, JPKI_ERR_PIN_FORMAT, JPKI_ERR_PIN_NEW,
		JPKI_ERR_PIN_SAME, JPKI_ERR_MEMORY, JPKI_ERR_NOT_FOUND,
		JPKI_ERR_PIN_WRONG, JPKI_ERR_PIN_LAST_TRY,
		JPKI_ERR_PIN_LOCKED,
	};

	for (size_t i = 0; i < sizeof(clear) / sizeof(clear[0]); i++)
		if (clear[i] == err)
			return false;
	return true;
}

/* Of functions whose codes know nothing of a login that is missing. */
static CK_RV
pin_rv(CK_RV rv)
{
	return rv == CKR_USER_NOT_LOGGED_IN ? CKR_DEVICE_ERROR : rv;
}

/*
 * A wrong PIN is taken to end the login before it, and nobody knows whether
 * the card sees it so (PROTOCOL, 8.7).
 */
static bool
is_in_doubt(const struct slot *slot)
{
	return slot->logged_in &&
	    !jpki_pin_verified(slot->reader->card, slot->row->pin);
}

/*
 * The end of what sent a PIN.  If nobody is to be logged in (open), or nobody
 * knows, the card forgets it in the transaction in which it was sent, so that
 * no other program comes first; what fails there login_end() tries again.
 */
static CK_RV
end_use(struct slot *slot, enum jpki_err err, bool open)
{
	struct jpki_card *card = slot->reader->card;
	CK_RV rv;

	open = open || may_stay_open(err);
	if (open || is_in_doubt(slot))
		open = jpki_logout(card) != JPKI_OK || open;
	jpki_card_end(card);
	rv = slot_judge(slot, err);
	if (open)
		(void)login_end(slot);
	return pin_rv(rv);
}

/* The card for us alone, before it is asked anything (exclusive=login). */
static CK_RV
hold(struct slot *slot)
{
	CK_RV rv;

	if (!module.settings.exclusive)
		return CKR_OK;
	rv = slot_begin_login(slot);
	if (rv == CKR_OK)
		jpki_card_end(slot->reader->card);
	return rv;
}

/*
 * Was this PIN refused, and nothing has happened to it since?  Asked inside the
 * transaction.  Of the last try the library says what there is to be said.
 */
static bool
would_be_refused(const struct slot *slot, const CK_UTF8CHAR *pin, CK_ULONG n)
{
	struct jpki_pin_info info;

	return refused_is(&slot->refused, pin, n) &&
	    jpki_pin_info(slot->reader->card, slot->row->pin, &info) ==
	    JPKI_OK && info.tries_left == slot->refused.tries &&
	    (info.tries_left > 1 || module.settings.last_try);
}

static void
note_refusal(struct slot *slot, enum jpki_err err, const CK_UTF8CHAR *pin,
    CK_ULONG n, int tries)
{
	if (err == JPKI_ERR_PIN_WRONG)
		refused_note(&slot->refused, pin, n, tries);
	else if (err == JPKI_OK)
		refused_forget(&slot->refused);
}

static enum jpki_err
send_pin(struct slot *slot, const CK_UTF8CHAR *pin, CK_ULONG n)
{
	enum jpki_err err;
	int tries;

	if (would_be_refused(slot, pin, n))
		return JPKI_ERR_PIN_WRONG;
	err = jpki_pin_verify(slot->reader->card, slot->row->pin,
	    (const char *)pin, n, pin_flags(), &tries);
	note_refusal(slot, err, pin, n, tries);
	return err;
}

/* At the reader: nobody here knows the PIN, to remember it if refused. */
static enum jpki_err
key_in(struct slot *slot)
{
	enum jpki_err err;

	err = jpki_pin_verify_pad(slot->reader->card, slot->row->pin,
	    pin_flags(), NULL, NULL, NULL);
	if (err == JPKI_OK)
		refused_forget(&slot->refused);
	return err;
}

/*
 * What was held may be lost since: so it is held where the PIN is sent.  pin
 * NULL: it is keyed in.
 */
static CK_RV
verify(struct slot *slot, const CK_UTF8CHAR *pin, CK_ULONG n)
{
	enum jpki_err err;
	CK_RV rv;

	rv = slot_begin_login(slot);
	if (rv != CKR_OK)
		return rv;
	err = pin != NULL ? send_pin(slot, pin, n) : key_in(slot);
	/* A reader that says so need not be right. */
	rv = end_use(slot, err, pin == NULL && err == JPKI_ERR_PIN_FORMAT);
	return err == JPKI_ERR_NOT_FOUND ? CKR_USER_PIN_NOT_INITIALIZED : rv;
}

static CK_RV
login_user(struct slot *slot, const CK_UTF8CHAR *pin, CK_ULONG n)
{
	CK_RV rv;

	if (slot->logged_in)
		return CKR_USER_ALREADY_LOGGED_IN;
	/* Told without the card (law P1), and before it is asked anything. */
	rv = pin == NULL ? CKR_OK : rv_of(jpki_pin_check(slot->row->pin,
	    JPKI_PIN_CURRENT, (const char *)pin, n));
	if (rv != CKR_OK)
		return rv;
	rv = hold(slot);
	if (rv == CKR_OK) {
		/* Whether the certificate is behind the PIN shows now only. */
		token_ask_again(slot);
		(void)token_cert_is_private(slot);
		rv = trouble_or(CKR_OK);
	}
	if (rv == CKR_OK)
		rv = verify(slot, pin, n);
	slot->logged_in = rv == CKR_OK;
	if (rv != CKR_OK)
		slot_release(slot);
	return rv;
}

bool
login_has_pad(const struct slot *slot)
{
	return module.settings.pin_pad && slot->row->pin == JPKI_PIN_AUTH &&
	    jpki_card_has_pad(slot->reader->card);
}

/* Consent to the one signature that is under way (consent=each). */
static CK_RV
login_context(struct session *session, const CK_UTF8CHAR *pin, CK_ULONG n)
{
	struct operation *op = &session->operation[OPERATION_SIGN];
	CK_RV rv;

	if (op->mech == NULL || !object_needs_consent(session->slot))
		return CKR_OPERATION_NOT_INITIALIZED;
	/* It could be begun under the login only, and would end with it. */
	rv = verify(session->slot, pin, n);
	if (rv == CKR_OK)
		op->consented = true;
	return rv;
}

CK_RV
login(struct session *session, CK_USER_TYPE user, const CK_UTF8CHAR *pin,
    CK_ULONG n)
{
	switch (user) {
	case CKU_USER:
	case CKU_CONTEXT_SPECIFIC:
		break;
	case CKU_SO:
		return refuse_so(session->slot);
	default:
		return CKR_USER_TYPE_INVALID;
	}
	/* Without a protected path a PIN has to be given (law P5). */
	if (pin == NULL && !login_has_pad(session->slot))
		return CKR_ARGUMENTS_BAD;
	return user == CKU_USER ? login_user(session->slot, pin, n) :
	    login_context(session, pin, n);
}

/* The card's users have no names. */
CK_RV
login_named(struct session *session, CK_USER_TYPE user,
    const CK_UTF8CHAR *pin, CK_ULONG n, const CK_UTF8CHAR *name,
    CK_ULONG name_n)
{
	(void)name;
	if (name_n > 0)
		return CKR_ARGUMENTS_BAD;
	return login(session, user, pin, n);
}

CK_RV
login_end(struct slot *slot)
{
	struct reader *reader = slot->reader;
	CK_RV rv = CKR_OK;

	/* Both PINs live in one application: the other's goes with it. */
	slot_lose_logins(slot);
	if (reader->card != NULL)
		rv = slot_judge(slot, jpki_card_release(reader->card));
	/* A card that cannot be asked to is made to; a phone never can. */
	if (rv != CKR_OK && reader->card != NULL) {
		if (slot_reopen_card(slot))
			rv = slot_judge(slot, JPKI_OK);
		else
			slot_drop_card(slot);
	}
	slot_forget_login(slot);
	return rv;
}

CK_RV
logout(struct session *session)
{
	if (!session->slot->logged_in)
		return CKR_USER_NOT_LOGGED_IN;
	return login_end(session->slot);
}

/*
 * The order costs nothing that it need not: session, old PIN, new PIN, card.
 */
static CK_RV
check_new_pin(const struct slot *slot, const CK_UTF8CHAR *pin, CK_ULONG n)
{
	if (n < slot->row->pin_min || n > slot->row->pin_max)
		return CKR_PIN_LEN_RANGE;
	return rv_of(jpki_pin_check(slot->row->pin, JPKI_PIN_TO_SET,
	    (const char *)pin, n));
}

static enum jpki_err
send_change(struct slot *slot, const struct pin_pair *pins)
{
	enum jpki_err err;
	int tries;

	if (would_be_refused(slot, pins->old_pin, pins->old_n))
		return JPKI_ERR_PIN_WRONG;
	err = jpki_pin_change(slot->reader->card, slot->row->pin,
	    (const char *)pins->old_pin, pins->old_n, (const char *)pins->new_pin,
	    pins->new_n, pin_flags(), &tries);
	note_refusal(slot, err, pins->old_pin, pins->old_n, tries);
	return err;
}

static CK_RV
pin_change(struct slot *slot, const struct pin_pair *pins)
{
	enum jpki_err err;
	bool open;
	CK_RV rv;

	rv = slot_begin(slot);
	if (rv != CKR_OK)
		return rv;
	err = send_change(slot, pins);
	/* The change verified the PIN, which nobody asked to stay so. */
	open = !slot->logged_in &&
	    jpki_pin_verified(slot->reader->card, slot->row->pin);
	return end_use(slot, err, open);
}

CK_RV
pin_set(struct session *session, const struct pin_pair *pins)
{
	struct slot *slot = session->slot;
	CK_RV rv;

	if (pins->old_pin == NULL || pins->new_pin == NULL)
		return CKR_ARGUMENTS_BAD;
	if (!session->rw)
		return CKR_SESSION_READ_ONLY;
	rv = rv_of(jpki_pin_check(slot->row->pin, JPKI_PIN_CURRENT,
	    (const char *)pins->old_pin, pins->old_n));
	if (rv == CKR_OK)
		rv = check_new_pin(slot, pins->new_pin, pins->new_n);
	return rv == CKR_OK ? pin_change(slot, pins) : rv;
}
