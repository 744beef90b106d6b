/* SPDX-License-Identifier: BSD-2-Clause */
#include "card.h"

#include <stdlib.h>

#include "mem.h"
#include "sw.h"
#include "tlv.h"

#define ROUNDS_MAX	64	/* of 61xx or 6Cxx in one command */
#define OBJECT_MAX	0x7FFF	/* READ BINARY has 15 bits of offset */
#define OBJECT_COMMANDS	1024	/* to read one: 32 bytes each are enough */
#define LE_CAREFUL	0xE0	/* for a card or reader that refuses Le=00 */

/*
 * Transactions.
 */

void
card_drop_cert(struct jpki_card *card, enum jpki_cert_id id)
{
	jpki_buf_free(&card->cert[id]);
	for (unsigned key = 0; key < JPKI_KEY_COUNT; key++) {
		if (key_row((enum jpki_key)key)->cert != id)
			continue;
		EVP_PKEY_free(card->public_key[key]);
		card->public_key[key] = NULL;
	}
}

void
card_forget_login(struct jpki_card *card)
{
	card->verified = 0;
	card_drop_cert(card, JPKI_CERT_SIGN);
}

void
card_unverify(struct jpki_card *card, enum jpki_pin pin)
{
	card->verified &= ~(1u << pin);
	if (pin == JPKI_PIN_SIGN)
		card_drop_cert(card, JPKI_CERT_SIGN);
}

static void
forget_card(struct jpki_card *card)
{
	card_forget_login(card);
	for (unsigned id = 0; id < JPKI_CERT_COUNT; id++)
		card_drop_cert(card, (enum jpki_cert_id)id);
	card->awake = false;
	card->query_with_le = false;
	card->read_le = APDU_LE_MAX;
	card->insertion++;
}

void
card_lose_place(struct jpki_card *card)
{
	card->app = APP_NONE;
	card->ef = NULL;
}

void
card_renew(struct jpki_card *card, enum transport_since since)
{
	card->left = APP_NONE;
	if (since == SINCE_NEW) {
		forget_card(card);
		return;
	}
	card_forget_login(card);
	card->awake = false;
}

static void
heal(struct jpki_card *card, enum transport_since since)
{
	if (since == SINCE_NOTHING)
		return;
	log_line(&card->ctx->log, JPKI_LOG_INFO, "%s: %s; logged out%s",
	    card->reader, since == SINCE_RESET ?
	    "the card was reset by another program" : "connected anew",
	    card->claimed ? ", and shared again" : "");
	card->claimed = false;
	card_renew(card, since);
}

enum jpki_err
jpki_card_begin(struct jpki_card *card)
{
	enum transport_since since = SINCE_NOTHING;
	enum jpki_err err;

	if (card == NULL)
		return JPKI_ERR_ARG;
	if (card->adrift)
		return JPKI_ERR_IO;
	if (card->depth > 0) {
		card->depth++;
		return JPKI_OK;
	}
	err = card->conn->transport->ops->begin(card->conn, &since);
	if (err != JPKI_OK) {
		log_line(&card->ctx->log, JPKI_LOG_ERROR, "%s: begin: %s",
		    card->reader, jpki_strerror(err));
		return err;
	}
	heal(card, since);
	card_lose_place(card);
	card->depth = 1;
	return JPKI_OK;
}

enum jpki_err
card_restart(struct jpki_card *card)
{
	unsigned depth = card->depth;
	enum jpki_err err;

	card_end_transaction(card);
	card->depth = 0;
	err = jpki_card_begin(card);
	/* Whoever began calls end, and may not send without a transaction. */
	card->depth = depth;
	card->adrift = err != JPKI_OK;
	return err;
}

void
card_end_transaction(struct jpki_card *card)
{
	if (!card->adrift)
		card->conn->transport->ops->end(card->conn);
	card->adrift = false;
}

void
jpki_card_end(struct jpki_card *card)
{
	if (card == NULL || card->depth == 0 || --card->depth > 0)
		return;
	if (card->app != APP_NONE)
		card->left = card->app;
	card_end_transaction(card);
}

/*
 * Commands.
 */

/*
 * What came back.  The answer to a secret command could be its echo, so only
 * the status word of that is shown.
 */
static void
log_answer(const struct log *log, const struct apdu *apdu, struct slice raw,
    uint16_t sw)
{
	if (apdu->secret)
		log_line(log, JPKI_LOG_APDU, "< %04X", sw);
	else if (apdu->personal)
		log_line(log, JPKI_LOG_APDU, "< [%zu bytes not shown] %04X",
		    raw.n - TRANSPORT_ANSWER_MIN, sw);
	else
		log_bytes(log, "<", raw, TRANSPORT_ANSWER_MAX);
	if (sw != SW_OK)
		log_line(log, JPKI_LOG_APDU, "  %s", sw_text(sw));
}

static enum jpki_err
exchange(struct jpki_card *card, const struct apdu *apdu,
    struct slice command, uint8_t raw[static TRANSPORT_ANSWER_MAX],
    struct answer *answer)
{
	const struct transport_ops *ops = card->conn->transport->ops;
	const struct log *log = &card->ctx->log;
	size_t n = TRANSPORT_ANSWER_MAX;
	enum jpki_err err;

	log_bytes(log, apdu->keyed ? "keyed >" : ">", command,
	    apdu_clear(apdu));
	card->sent = true;
	card->commands++;
	err = apdu->keyed ? ops->key_in(card->conn, command, raw, &n) :
	    ops->transmit(card->conn, command, raw, &n);
	/* Some readers answer with nothing when the card is pulled. */
	if (err == JPKI_OK && n < TRANSPORT_ANSWER_MIN)
		err = JPKI_ERR_IO;
	if (err == JPKI_OK && (n > TRANSPORT_ANSWER_MAX ||
	    !answer_split(slice_of(raw, n), answer)))
		err = JPKI_ERR_MALFORMED;
	if (err != JPKI_OK) {
		log_line(log, JPKI_LOG_ERROR, "%s: transmit: %s",
		    card->reader, jpki_strerror(err));
		/* What is selected behind a broken link is not known. */
		card_lose_place(card);
		return err;
	}
	log_answer(log, apdu, slice_of(raw, n), answer->sw);
	card->sw = answer->sw;
	return JPKI_OK;
}

/*
 * A secret is encoded into locked memory and wiped once it is sent, and so is
 * the answer, of which only the status word counts.
 */
static enum jpki_err
exchange_secret(struct jpki_card *card, const struct apdu *apdu,
    uint8_t raw[static TRANSPORT_ANSWER_MAX], struct answer *answer)
{
	struct jpki_secret *wire = NULL;
	struct wbuf w;
	enum jpki_err err;

	err = jpki_secret_new(&wire);
	if (err != JPKI_OK)
		return err;
	w = wbuf_of(jpki_secret_bytes(wire), JPKI_SECRET_MAX);
	if (apdu_encode(apdu, &w))
		err = exchange(card, apdu, wbuf_slice(&w), raw, answer);
	else
		err = JPKI_ERR_BUFFER;
	jpki_secret_free(&wire);
	mem_wipe(raw, TRANSPORT_ANSWER_MAX);
	answer->data = slice_of(NULL, 0);
	return err;
}

static enum jpki_err
exchange_plain(struct jpki_card *card, const struct apdu *apdu,
    uint8_t raw[static TRANSPORT_ANSWER_MAX], struct answer *answer)
{
	uint8_t command[APDU_MAX];
	struct wbuf w = wbuf_of(command, sizeof(command));

	if (!apdu_encode(apdu, &w))
		return JPKI_ERR_BUFFER;
	return exchange(card, apdu, wbuf_slice(&w), raw, answer);
}

/* The command that the status word asks for next; false: it asks nothing. */
static bool
next_command(uint16_t sw, struct apdu *apdu)
{
	size_t le = (sw & 0xFF) != 0 ? sw & 0xFF : APDU_LE_MAX;
	bool personal = apdu->personal;

	if (apdu->secret)
		return false;
	if (sw >> 8 == SW1_MORE_DATA) {
		*apdu = apdu_get_response(le);
		apdu->personal = personal;
		return true;
	}
	if (sw >> 8 == SW1_WRONG_LE && apdu->le != le) {
		apdu->le = le;
		return true;
	}
	return false;
}

/* mem.h says why not at once. */
static void
put_personal(struct wbuf *out, struct slice data)
{
	for (size_t i = 0; i < data.n; i++)
		wbuf_put_u8(out, data.p[i]);
}

/* The command, and those that its answers ask for; raw is room for each. */
static enum jpki_err
send_rounds(struct jpki_card *card, const struct apdu *apdu,
    uint8_t raw[static TRANSPORT_ANSWER_MAX], struct wbuf *out, uint16_t *sw)
{
	struct apdu command = *apdu;
	struct answer answer;
	enum jpki_err err;
	size_t before;

	for (int round = 0; round < ROUNDS_MAX; round++) {
		before = out != NULL ? out->n : 0;
		err = command.secret ?
		    exchange_secret(card, &command, raw, &answer) :
		    exchange_plain(card, &command, raw, &answer);
		if (err != JPKI_OK)
			return err;
		card->awake = true;
		*sw = answer.sw;
		if (out != NULL && command.personal)
			put_personal(out, answer.data);
		else if (out != NULL)
			wbuf_put_slice(out, answer.data);
		if (out != NULL && out->overflow)
			return JPKI_ERR_MALFORMED;
		if (!next_command(answer.sw, &command))
			return JPKI_OK;
		/* What came with the wrong Le comes again with the right. */
		if (out != NULL && answer.sw >> 8 == SW1_WRONG_LE)
			out->n = before;
	}
	return JPKI_ERR_MALFORMED;
}

enum jpki_err
card_send(struct jpki_card *card, const struct apdu *apdu, struct wbuf *out,
    uint16_t *sw)
{
	uint8_t raw[TRANSPORT_ANSWER_MAX];
	struct jpki_secret *locked = NULL;
	enum jpki_err err;

	_Static_assert(JPKI_SECRET_MAX >= TRANSPORT_ANSWER_MAX,
	    "an answer fits a secret");
	card->sent = false;
	if (!apdu->personal)
		return send_rounds(card, apdu, raw, out, sw);
	err = jpki_secret_new(&locked);
	if (err == JPKI_OK)
		err = send_rounds(card, apdu,
		    (uint8_t *)jpki_secret_bytes(locked), out, sw);
	jpki_secret_free(&locked);
	return err;
}

/*
 * Selection.
 */

/* Selecting an application clears what was verified in every other one. */
static void
app_selected(struct jpki_card *card, enum app app)
{
	unsigned kept = app_pins(app);

	card->app = app;
	card->ef = NULL;
	for (unsigned pin = 0; pin < JPKI_PIN_COUNT; pin++)
		if ((card->verified & ~kept & 1u << pin) != 0)
			card_unverify(card, (enum jpki_pin)pin);
}

enum jpki_err
card_select_app(struct jpki_card *card, enum app app)
{
	struct apdu apdu = apdu_select_app(app_aid(app));
	bool first = !card->awake;
	enum jpki_err err;
	uint16_t sw;

	if (card->app == app)
		return JPKI_OK;
	err = card_send(card, &apdu, NULL, &sw);
	/* Some set-ups answer so to the first command after power-up. */
	if (err == JPKI_OK && first && sw == SW_SELF_TEST)
		err = card_send(card, &apdu, NULL, &sw);
	if (err != JPKI_OK)
		return err;
	if (sw != SW_OK) {
		/* What is selected now is not known. */
		card_lose_place(card);
		err = sw_err_plain(sw);
		return err == JPKI_ERR_NOT_FOUND && app == APP_JPKI ?
		    JPKI_ERR_NOT_JPKI : err;
	}
	app_selected(card, app);
	return JPKI_OK;
}

/*
 * What a file's status word means.  A card that has no such file may have lost
 * its place, by a reset that nobody saw: whoever asks again asks from the
 * application on.
 */
static enum jpki_err
file_err(struct jpki_card *card, uint16_t sw)
{
	enum jpki_err err = sw_err_plain(sw);

	if (err == JPKI_ERR_NOT_FOUND)
		card_lose_place(card);
	return err;
}

enum jpki_err
card_select(struct jpki_card *card, const struct ef *ef)
{
	struct apdu apdu = apdu_select_ef(ef->id);
	enum jpki_err err;
	uint16_t sw;

	err = card_select_app(card, ef->app);
	if (err != JPKI_OK || card->ef == ef)
		return err;
	card->ef = NULL;
	err = card_send(card, &apdu, NULL, &sw);
	if (err != JPKI_OK)
		return err;
	if (sw != SW_OK)
		return file_err(card, sw);
	card->ef = ef;
	return JPKI_OK;
}

bool
card_select_again(struct jpki_card *card, const struct ef *ef)
{
	struct apdu apdu = apdu_select_ef(ef->id);
	uint16_t sw;

	if (card->app != APP_NONE || card->left != ef->app)
		return false;
	/* A guess: what is current is known only after a full selection. */
	if (card_send(card, &apdu, NULL, &sw) != JPKI_OK || sw != SW_OK) {
		card->left = APP_NONE;
		return false;
	}
	return true;
}

enum jpki_err
card_leave_app(struct jpki_card *card)
{
	enum jpki_err err;

	err = card_select_app(card, APP_ISD);
	/* A phone may lack the one or the other. */
	if (err != JPKI_OK)
		err = card_select_app(card, APP_COMMON);
	return err;
}

/*
 * Reading.
 */

/* One READ BINARY; appends what came, which may be less than wanted. */
static enum jpki_err
read_binary(struct jpki_card *card, size_t offset, size_t wanted,
    struct wbuf *out)
{
	size_t le = wanted < card->read_le ? wanted : card->read_le;
	struct apdu apdu = apdu_read_binary((uint16_t)offset, le);
	size_t before = out->n;
	enum jpki_err err;
	uint16_t sw;

	apdu.personal = app_is_personal(card->app);
	err = card_send(card, &apdu, out, &sw);
	if (err == JPKI_OK && sw == SW_WRONG_LENGTH && le > LE_CAREFUL) {
		card->read_le = LE_CAREFUL;
		apdu.le = LE_CAREFUL;
		out->n = before;
		err = card_send(card, &apdu, out, &sw);
	}
	if (err != JPKI_OK)
		return err;
	return sw == SW_END_OF_FILE ? JPKI_OK : file_err(card, sw);
}

enum jpki_err
card_read_front(struct jpki_card *card, const struct ef *ef,
    struct wbuf *out)
{
	enum jpki_err err;

	err = card_select(card, ef);
	if (err == JPKI_OK)
		err = read_binary(card, 0, out->cap, out);
	return err;
}

/* 00 and FF are filler; but FF begins tags of two bytes, of which FFFF is none. */
static bool
is_filler(struct slice front, uint16_t tag)
{
	if (front.p[0] != 0xFF || tag >> 8 != 0xFF)
		return front.p[0] == 0x00 || front.p[0] == 0xFF;
	return front.n < 2 || front.p[1] == 0xFF;
}

/* What the first bytes say of the size of an object of that tag. */
static enum jpki_err
object_size(struct slice front, uint16_t tag, size_t *size)
{
	size_t header, length;
	uint16_t found;

	if (front.n == 0 || is_filler(front, tag))
		return JPKI_ERR_NOT_FOUND;
	if (!tlv_header(front, &found, &header, &length) || found != tag ||
	    header + length > OBJECT_MAX)
		return JPKI_ERR_MALFORMED;
	*size = header + length;
	return JPKI_OK;
}

/* The rest of an object of which front was read; into out, exactly. */
static enum jpki_err
read_rest(struct jpki_card *card, struct slice front, struct wbuf *out)
{
	uint32_t first = card->commands;
	enum jpki_err err = JPKI_OK;
	size_t before;

	wbuf_put(out, front.p, front.n < out->cap ? front.n : out->cap);
	while (err == JPKI_OK && out->n < out->cap) {
		before = out->n;
		err = read_binary(card, out->n, out->cap - out->n, out);
		if (err != JPKI_OK)
			break;
		/* The file ends too early, or comes in drops. */
		if (out->n == before ||
		    card->commands - first > OBJECT_COMMANDS)
			err = JPKI_ERR_MALFORMED;
	}
	return err;
}

enum jpki_err
card_read_object(struct jpki_card *card, const struct ef *ef, uint16_t tag,
    struct jpki_buf *out)
{
	uint8_t first[APDU_LE_MAX];
	struct wbuf front = wbuf_of(first, sizeof(first)), whole;
	struct jpki_buf buf = { 0 };
	enum jpki_err err;

	err = card_read_front(card, ef, &front);
	if (err == JPKI_OK)
		err = object_size(wbuf_slice(&front), tag, &buf.n);
	if (err != JPKI_OK)
		goto out;
	buf.p = malloc(buf.n);
	if (buf.p == NULL) {
		err = JPKI_ERR_MEMORY;
		goto out;
	}
	whole = wbuf_of(buf.p, buf.n);
	err = read_rest(card, wbuf_slice(&front), &whole);
	if (err == JPKI_OK)
		*out = buf;
	else
		jpki_buf_free(&buf);
out:
	mem_wipe(first, sizeof(first));	/* it may be personal */
	return err;
}

/*
 * What the handle knows.
 */

const char *
jpki_card_reader(const struct jpki_card *card)
{
	return card->reader;
}

bool
jpki_card_has_pad(const struct jpki_card *card)
{
	const struct transport_ops *ops;

	if (card == NULL || card->adrift)
		return false;
	ops = card->conn->transport->ops;
	return ops->has_pad != NULL && ops->key_in != NULL &&
	    ops->has_pad(card->conn);
}

uint32_t
jpki_card_insertion(const struct jpki_card *card)
{
	return card->insertion;
}

uint16_t
jpki_card_sw(const struct jpki_card *card)
{
	return card->sw;
}
