/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PIN policy.  The laws P1 to P8 of HACKING are kept here: what cannot be
 * right is never sent, nothing is sent when locked or, unasked, on the last
 * try, nothing is sent twice, and a PIN goes out only in the transaction that
 * selected its file.
 */
#include "card.h"
#include "mem.h"
#include "sw.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Letters are registered in upper case (PROTOCOL, "VERIFY"). */
static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool
well_formed(const struct jpki_pin_desc *desc, const char *text, size_t len,
    bool mixed)
{
	const volatile char *p = text;	/* as mem.h says */
	size_t digits = 0, letters = 0;
	char c;

	if (text == NULL || len == 0 || len < desc->min || len > desc->max)
		return false;
	for (size_t i = 0; i < len; i++) {
		c = p[i];
		digits += is_digit(c);
		letters += desc->letters && is_letter(c);
	}
	if (digits + letters != len)
		return false;
	return !mixed || !desc->letters || (digits > 0 && letters > 0);
}

enum jpki_err
jpki_pin_check(enum jpki_pin pin, enum jpki_pin_use use, const char *text,
    size_t len)
{
	const struct jpki_pin_desc *desc = jpki_pin_describe(pin);
	bool to_set = use == JPKI_PIN_TO_SET;

	if (desc == NULL)
		return JPKI_ERR_ARG;
	if (well_formed(desc, text, len, to_set))
		return JPKI_OK;
	return to_set ? JPKI_ERR_PIN_NEW : JPKI_ERR_PIN_FORMAT;
}

/* Into locked memory, as the card wants it. */
static enum jpki_err
pin_secret(const struct jpki_pin_desc *desc, const char *text, size_t len,
    struct jpki_secret **out)
{
	enum jpki_err err;
	volatile char *p;

	err = jpki_secret_new(out);
	if (err == JPKI_OK)
		err = secret_set(*out, text, len);
	if (err != JPKI_OK)
		return err;
	p = jpki_secret_bytes(*out);
	for (size_t i = 0; desc->letters && i < len; i++)
		p[i] = upper(p[i]);
	return JPKI_OK;
}

static struct slice
secret_slice(struct jpki_secret *secret)
{
	return slice_of(jpki_secret_bytes(secret), jpki_secret_len(secret));
}

/*
 * The retry query.
 */

/* 6700, 6A86, 6A87: this card wants the query in its other form. */
static bool
wants_other_form(uint16_t sw)
{
	return sw == SW_WRONG_LENGTH || sw == SW_WRONG_P1P2 ||
	    sw == SW_LC_WITH_P1P2;
}

static enum jpki_err
send_query(struct jpki_card *card, uint16_t *sw)
{
	struct apdu apdu = apdu_pin_query(card->query_with_le);
	enum jpki_err err;

	err = card_send(card, &apdu, NULL, sw);
	if (err != JPKI_OK || !wants_other_form(*sw))
		return err;
	apdu = apdu_pin_query(!card->query_with_le);
	err = card_send(card, &apdu, NULL, sw);
	if (err == JPKI_OK && !wants_other_form(*sw))
		card->query_with_le = !card->query_with_le;
	return err;
}

/*
 * 9000, 6300 and anything odd: the card does not say (law P8), nor does a
 * card that claims more tries than there are.
 */
static struct jpki_pin_info
info_of(const struct pin_row *row, uint16_t sw)
{
	int max = row->desc.tries_max, left = sw_tries(sw);

	if (max > 0 && left > max)
		left = -1;
	return (struct jpki_pin_info){ .tries_left = left, .tries_max = max,
	    .locked = left == 0 };
}

/* Inside a transaction: select the PIN's file and ask. */
static enum jpki_err
ask(struct jpki_card *card, enum jpki_pin pin, struct jpki_pin_info *info)
{
	const struct pin_row *row = pin_row(pin);
	enum jpki_err err;
	uint16_t sw;

	err = card_select(card, &row->ef);
	if (err == JPKI_OK)
		err = send_query(card, &sw);
	if (err != JPKI_OK)
		return err;
	if (sw_err(sw) == JPKI_ERR_NOT_FOUND)
		return JPKI_ERR_NOT_FOUND;
	*info = info_of(row, sw);
	return JPKI_OK;
}

/*
 * The query without SELECT application, if ours was current when the last
 * transaction ended.  No other application has a file of these numbers that
 * answers so (PROTOCOL, "PINs"); any other answer, and all is asked properly.
 * Never before a VERIFY (law P2).
 */
static bool
ask_quickly(struct jpki_card *card, enum jpki_pin pin,
    struct jpki_pin_info *info)
{
	const struct pin_row *row = pin_row(pin);
	uint16_t sw;

	if (row->ef.app != APP_JPKI || !card_select_again(card, &row->ef) ||
	    send_query(card, &sw) != JPKI_OK || sw_tries(sw) < 0)
		return false;
	*info = info_of(row, sw);
	return true;
}

enum jpki_err
jpki_pin_info(struct jpki_card *card, enum jpki_pin pin,
    struct jpki_pin_info *out)
{
	struct jpki_pin_info info;
	enum jpki_err err;

	if (card == NULL || out == NULL || jpki_pin_describe(pin) == NULL)
		return JPKI_ERR_ARG;
	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	if (!ask_quickly(card, pin, &info))
		err = ask(card, pin, &info);
	jpki_card_end(card);
	if (err == JPKI_OK)
		*out = info;
	return err;
}

/*
 * VERIFY and CHANGE.
 */

/* Law P3. */
static enum jpki_err
gate(const struct jpki_pin_info *info, unsigned flags)
{
	if (info->locked)
		return JPKI_ERR_PIN_LOCKED;
	if (info->tries_left == 1 && (flags & JPKI_ALLOW_LAST_TRY) == 0)
		return JPKI_ERR_PIN_LAST_TRY;
	return JPKI_OK;
}

/*
 * VERIFY came to no clear end (law P4): what the counter says now.  Fewer
 * tries than before: the PIN was taken, and it was wrong.
 */
static enum jpki_err
judge(int before, const struct jpki_pin_info *now, enum jpki_err otherwise)
{
	if (now->locked)
		return JPKI_ERR_PIN_LOCKED;
	return now->tries_left >= 0 && now->tries_left < before ?
	    JPKI_ERR_PIN_WRONG : otherwise;
}

/* The link broke: ask again, unless another card may be there. */
static enum jpki_err
ask_after_break(struct jpki_card *card, enum jpki_pin pin,
    enum jpki_err broken, struct jpki_pin_info *info)
{
	uint32_t insertion = card->insertion;
	struct jpki_pin_info now;
	enum jpki_err err = broken;

	if (card_restart(card) == JPKI_OK && card->insertion == insertion &&
	    ask(card, pin, &now) == JPKI_OK)
		err = judge(info->tries_left, &now, broken);
	else
		now = (struct jpki_pin_info){ .tries_left = -1 };
	*info = now;
	return err;
}

/*
 * Of VERIFY and CHANGE.  The PIN's file was selected a moment ago: if it is not
 * found now, the card was reset or another program chose something else.
 */
static bool
lost_place(uint16_t sw)
{
	return sw == SW_NO_EF || sw == SW_NO_FILE;
}

static enum jpki_err
pin_sw_err(uint16_t sw)
{
	return lost_place(sw) ? JPKI_ERR_SW : sw_err(sw);
}

/* The card said something odd: ask in the same transaction. */
static enum jpki_err
ask_after_oddity(struct jpki_card *card, enum jpki_pin pin,
    enum jpki_err odd, struct jpki_pin_info *info)
{
	struct jpki_pin_info now;
	uint16_t sw = card->sw;
	enum jpki_err err = odd;

	if (lost_place(sw))
		card_lose_place(card);
	if (ask(card, pin, &now) == JPKI_OK)
		err = judge(info->tries_left, &now, odd);
	else
		now = (struct jpki_pin_info){ .tries_left = -1 };
	card->sw = sw;
	*info = now;
	return err;
}

/*
 * The reader's own status words; a card could say the same, so it is asked what
 * became of its tries, as after any answer that is odd.
 */
static enum jpki_err
pad_err(uint16_t sw)
{
	static const struct {
		uint16_t	sw;
		enum jpki_err	err;
	} rows[] = {
		{ 0x6400, JPKI_ERR_CANCELLED },		/* time ran out */
		{ 0x6401, JPKI_ERR_CANCELLED },		/* by its key */
		{ 0x6403, JPKI_ERR_PIN_FORMAT },
		{ 0x6B80, JPKI_ERR_UNSUPPORTED },
	};

	enum jpki_err err = pin_sw_err(sw);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].sw == sw)
			return rows[i].err;
	/* Of the card's own: it was sent. */
	return err == JPKI_ERR_UNSUPPORTED ? JPKI_ERR_SW : err;
}

/* Nothing was sent: believed only if the counter stood still. */
static enum jpki_err
pad_judge(int before, const struct jpki_pin_info *now, enum jpki_err err)
{
	if (err == JPKI_ERR_PIN_WRONG || err == JPKI_ERR_PIN_LOCKED)
		return err;
	return now->tries_left >= 0 && now->tries_left == before ? err :
	    JPKI_ERR_SW;
}

/*
 * One VERIFY, once, and its judgement; *info follows the card.  text NULL: the
 * PIN is keyed in at the reader.
 */
static enum jpki_err
present(struct jpki_card *card, enum jpki_pin pin, struct jpki_secret *text,
    struct jpki_pin_info *info)
{
	struct apdu apdu = text != NULL ? apdu_verify(secret_slice(text)) :
	    apdu_verify_keyed();
	int before = info->tries_left;
	enum jpki_err err;
	uint16_t sw;

	card->pin_sent = true;
	err = card_send(card, &apdu, NULL, &sw);
	jpki_secret_wipe(text);
	/* What did not go out leaves an earlier login as it was. */
	if (!card->sent)
		return err;
	card_unverify(card, pin);
	if (err != JPKI_OK)
		return ask_after_break(card, pin, err, info);
	err = apdu.keyed ? pad_err(sw) : pin_sw_err(sw);
	if (err == JPKI_OK) {
		card->verified |= 1u << pin;
		info->tries_left = info->tries_max > 0 ? info->tries_max : -1;
	} else if (err == JPKI_ERR_PIN_WRONG || err == JPKI_ERR_PIN_LOCKED) {
		*info = info_of(pin_row(pin), sw);
	} else {
		err = ask_after_oddity(card, pin, err, info);
		if (apdu.keyed)
			err = pad_judge(before, info, err);
	}
	return err;
}

static enum jpki_err
ask_and_present(struct jpki_card *card, enum jpki_pin pin,
    struct jpki_secret *text, unsigned flags, struct jpki_pin_info *info)
{
	enum jpki_err err;

	err = ask(card, pin, info);
	if (err == JPKI_OK)
		err = gate(info, flags);
	if (err == JPKI_OK)
		err = present(card, pin, text, info);
	jpki_secret_wipe(text);
	return err;
}

enum jpki_err
jpki_pin_verify(struct jpki_card *card, enum jpki_pin pin, const char *text,
    size_t len, unsigned flags, int *tries_left)
{
	const struct jpki_pin_desc *desc = jpki_pin_describe(pin);
	struct jpki_pin_info info = { .tries_left = -1 };
	struct jpki_secret *secret = NULL;
	enum jpki_err err;

	if (tries_left != NULL)
		*tries_left = -1;
	if (card == NULL || desc == NULL)
		return JPKI_ERR_ARG;
	if (!desc->can_verify)
		return JPKI_ERR_UNSUPPORTED;
	err = jpki_pin_check(pin, JPKI_PIN_CURRENT, text, len);
	if (err == JPKI_OK)
		err = pin_secret(desc, text, len, &secret);
	if (err == JPKI_OK)
		err = jpki_card_begin(card);
	if (err != JPKI_OK)
		goto out;
	err = ask_and_present(card, pin, secret, flags, &info);
	jpki_card_end(card);
	if (tries_left != NULL)
		*tries_left = info.tries_left;
out:
	jpki_secret_free(&secret);
	return err;
}

/* Inside a transaction. */
static enum jpki_err
ask_and_key_in(struct jpki_card *card, enum jpki_pin pin, unsigned flags,
    jpki_pad_prompt_fn *prompt, void *user, struct jpki_pin_info *info)
{
	enum jpki_err err;

	if (!jpki_card_has_pad(card))
		return JPKI_ERR_UNSUPPORTED;
	err = ask(card, pin, info);
	if (err == JPKI_OK)
		err = gate(info, flags);
	if (err == JPKI_OK && prompt != NULL)
		prompt(user, info);
	return err == JPKI_OK ? present(card, pin, NULL, info) : err;
}

enum jpki_err
jpki_pin_verify_pad(struct jpki_card *card, enum jpki_pin pin, unsigned flags,
    jpki_pad_prompt_fn *prompt, void *user, int *tries_left)
{
	struct jpki_pin_info info = { .tries_left = -1 };
	enum jpki_err err;

	if (tries_left != NULL)
		*tries_left = -1;
	if (card == NULL || jpki_pin_describe(pin) == NULL)
		return JPKI_ERR_ARG;
	/* Letters cannot be keyed in; no reader was seen with this card. */
	if (pin != JPKI_PIN_AUTH)
		return JPKI_ERR_UNSUPPORTED;
	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	err = ask_and_key_in(card, pin, flags, prompt, user, &info);
	jpki_card_end(card);
	if (tries_left != NULL)
		*tries_left = info.tries_left;
	return err;
}

/* The PIN was verified just before, in this transaction. */
static enum jpki_err
replace(struct jpki_card *card, struct jpki_secret *new_text)
{
	struct apdu apdu = apdu_change(secret_slice(new_text));
	enum jpki_err err;
	uint16_t sw;

	err = card_send(card, &apdu, NULL, &sw);
	jpki_secret_wipe(new_text);
	if (err != JPKI_OK)
		return card->sent ? JPKI_ERR_PIN_UNCERTAIN : err;
	if (sw == SW_OK)
		return JPKI_OK;
	/* Anything but a plain refusal may have changed it. */
	if (!sw_refuses(sw))
		return JPKI_ERR_PIN_UNCERTAIN;
	/* The current PIN was right: a counter means nothing here. */
	return sw_tries(sw) >= 0 ? JPKI_ERR_SW : pin_sw_err(sw);
}

/* Law P1, for both; only then are they copied. */
static enum jpki_err
check_change(enum jpki_pin pin, struct slice text, struct slice new_text)
{
	enum jpki_err err;

	if (!jpki_pin_describe(pin)->can_change)
		return JPKI_ERR_UNSUPPORTED;
	err = jpki_pin_check(pin, JPKI_PIN_CURRENT, (const char *)text.p,
	    text.n);
	if (err == JPKI_OK)
		err = jpki_pin_check(pin, JPKI_PIN_TO_SET,
		    (const char *)new_text.p, new_text.n);
	return err;
}

enum jpki_err
jpki_pin_change(struct jpki_card *card, enum jpki_pin pin, const char *text,
    size_t len, const char *new_text, size_t new_len, unsigned flags,
    int *tries_left)
{
	const struct jpki_pin_desc *desc = jpki_pin_describe(pin);
	struct jpki_secret *old_secret = NULL, *new_secret = NULL;
	struct jpki_pin_info info = { .tries_left = -1 };
	enum jpki_err err;

	if (tries_left != NULL)
		*tries_left = -1;
	if (card == NULL || desc == NULL)
		return JPKI_ERR_ARG;
	err = check_change(pin, slice_of(text, len),
	    slice_of(new_text, new_len));
	if (err == JPKI_OK)
		err = pin_secret(desc, text, len, &old_secret);
	if (err == JPKI_OK)
		err = pin_secret(desc, new_text, new_len, &new_secret);
	if (err == JPKI_OK && secret_equal(old_secret, new_secret))
		err = JPKI_ERR_PIN_SAME;
	if (err == JPKI_OK)
		err = jpki_card_begin(card);
	if (err != JPKI_OK)
		goto out;
	err = ask_and_present(card, pin, old_secret, flags, &info);
	if (err == JPKI_OK)
		err = replace(card, new_secret);
	jpki_card_end(card);
	if (tries_left != NULL)
		*tries_left = info.tries_left;
out:
	jpki_secret_free(&new_secret);
	jpki_secret_free(&old_secret);
	return err;
}

/*
 * Login state.
 */

bool
jpki_pin_verified(const struct jpki_card *card, enum jpki_pin pin)
{
	return card != NULL && jpki_pin_describe(pin) != NULL &&
	    (card->verified & 1u << pin) != 0;
}

/*
 * Selecting JPKI again would keep what was verified: another application has
 * to be selected (PROTOCOL, "Logout").
 */
enum jpki_err
jpki_logout(struct jpki_card *card)
{
	enum jpki_err err;

	if (card == NULL)
		return JPKI_ERR_ARG;
	card_forget_login(card);
	if (!card->pin_sent)
		return JPKI_OK;
	err = jpki_card_begin(card);
	if (err != JPKI_OK)
		return err;
	err = card_leave_app(card);
	if (err == JPKI_OK)
		card->pin_sent = false;
	jpki_card_end(card);
	return err;
}
