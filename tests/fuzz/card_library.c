/* SPDX-License-Identifier: BSD-2-Clause */
/* A program over the library: every function of jpki.h that has a card. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "card.h"
#include "tlv.h"

#define STEPS_MAX	64
#define UNTOUCHED	0xA5

/* One context for all inputs: to make one takes as long as many programs. */
static struct jpki_ctx *ctx;

static struct {
	struct fuzz_in	*in;
	struct jpki_card *card;
	unsigned	 may;		/* PINs that can be verified */
	unsigned	 losses;	/* when that was said */
	struct jpki_buf	 auth;		/* certificate as handed out */
	uint32_t	 insertion;	/* when it was */
} run;

static void
log_line(void *user, enum jpki_log_level level, const char *line)
{
	(void)user, (void)level;
	hostile_log(line);
}

void
card_library_start(void)
{
	if (ctx != NULL)
		return;
	fuzz_law(jpki_ctx_new(&ctx) == JPKI_OK, "a context can be made");
	jpki_ctx_set_log(ctx, JPKI_LOG_APDU, log_line, NULL);
}

static const char *
some_reader(void)
{
	static const char *const names[] = {
		NULL, HOSTILE_READER, HOSTILE_READER, HOSTILE_OTHER, "none",
	};

	return names[fuzz_below(run.in, 5)];
}

static enum jpki_pin
some_pin(void)
{
	uint8_t which = fuzz_u8(run.in);

	return (enum jpki_pin)(which < 0x80 ? which % 3 :
	    which % (JPKI_PIN_COUNT + 1));
}

/*
 * Opening and closing.
 */

static void
forget_auth(void)
{
	jpki_buf_free(&run.auth);
}

static void
do_close(void)
{
	hostile_call_begin(NULL);
	jpki_card_close(&run.card);
	fuzz_law(run.card == NULL, "close leaves no handle");
	forget_auth();
	run.may = 0;
}

static void
do_open(void)
{
	const char *reader = some_reader();
	enum jpki_err err;

	do_close();
	hostile_call_begin(NULL);
	err = jpki_card_open(ctx, reader, &run.card);
	fuzz_law((err == JPKI_OK) == (run.card != NULL),
	    "open writes on success only");
	if (run.card != NULL && (fuzz_u8(run.in) & 1) == 0)
		jpki_card_end(run.card);
}

static void
do_begin(void)
{
	(void)jpki_card_begin(run.card);
}

static void
do_end(void)
{
	jpki_card_end(run.card);
}

/*
 * Reading.
 */

static void
do_token(void)
{
	struct jpki_token token;
	enum jpki_err err;

	memset(&token, UNTOUCHED, sizeof(token));
	err = jpki_token_read(run.card, &token);
	if (err != JPKI_OK) {
		fuzz_law(fuzz_untouched(&token, sizeof(token), UNTOUCHED),
		    "token: untouched on errors");
		return;
	}
	fuzz_law(memchr(token.label, '\0', sizeof(token.label)) != NULL,
	    "the label ends");
	for (const char *p = token.label; *p != '\0'; p++)
		fuzz_law(isprint((unsigned char)*p), "the label is text");
}

static void
do_availability(void)
{
	struct jpki_availability a;

	memset(&a, UNTOUCHED, sizeof(a));
	if (jpki_availability_read(run.card, &a) == JPKI_OK)
		fuzz_law(a.sign <= JPKI_NO && a.auth <= JPKI_NO,
		    "availability is yes, no or unknown");
	else
		fuzz_law(fuzz_untouched(&a, sizeof(a), UNTOUCHED),
		    "availability: untouched on errors");
}

static void
check_tries(enum jpki_pin pin, int tries)
{
	const struct jpki_pin_desc *desc = jpki_pin_describe(pin);

	fuzz_law(tries >= -1 && tries <= 15, "tries are a number of tries");
	fuzz_law(desc == NULL || desc->tries_max == 0 ||
	    tries <= desc->tries_max, "no more tries than there are");
}

static void
do_pin_info(void)
{
	enum jpki_pin pin = some_pin();
	struct jpki_pin_info info;

	memset(&info, UNTOUCHED, sizeof(info));
	if (jpki_pin_info(run.card, pin, &info) != JPKI_OK) {
		fuzz_law(fuzz_untouched(&info, sizeof(info), UNTOUCHED),
		    "pin info: untouched on errors");
		return;
	}
	check_tries(pin, info.tries_left);
	fuzz_law(info.locked == (info.tries_left == 0), "locked at no try");
}

/* Read once an insertion: the second time it is the same. */
static void
check_same(enum jpki_cert_id id, const struct jpki_buf *der)
{
	uint32_t insertion = jpki_card_insertion(run.card);

	if (id != JPKI_CERT_AUTH)
		return;
	if (run.auth.p != NULL && run.insertion == insertion)
		fuzz_law(run.auth.n == der->n &&
		    memcmp(run.auth.p, der->p, der->n) == 0,
		    "one certificate an insertion");
	forget_auth();
	run.insertion = insertion;
	fuzz_law(buf_copy(slice_of(der->p, der->n), &run.auth) == JPKI_OK,
	    "memory");
}

static void
do_cert(void)
{
	enum jpki_cert_id id =
	    (enum jpki_cert_id)fuzz_below(run.in, JPKI_CERT_COUNT + 1);
	struct jpki_buf der = { NULL, 0 };
	struct jpki_cert *cert = NULL;
	size_t header, length;
	uint16_t tag;

	if (jpki_cert_read(run.card, id, &der) != JPKI_OK) {
		fuzz_law(der.p == NULL && der.n == 0,
		    "certificate: untouched on errors");
		return;
	}
	fuzz_law(tlv_header(slice_of(der.p, der.n), &tag, &header, &length) &&
	    tag == 0x30 && header + length == der.n, "just the certificate");
	check_same(id, &der);
	if (jpki_cert_parse(ctx, der.p, der.n, &cert) == JPKI_OK)
		jpki_cert_free(&cert);
	jpki_buf_free(&der);
}

/*
 * PINs.
 */

/* Law P7: what was verified before the card was lost is not any more. */
static void
note_losses(void)
{
	if (run.losses != hostile_losses())
		run.may = 0;
	run.losses = hostile_losses();
}

static void
check_verified(void)
{
	note_losses();
	for (unsigned i = 0; i < JPKI_PIN_COUNT; i++)
		fuzz_law((run.may >> i & 1) != 0 ||
		    !jpki_pin_verified(run.card, (enum jpki_pin)i),
		    "P7: verified only what was, and since then nothing");
}

static void
note_verified(enum jpki_pin pin, enum jpki_err err)
{
	note_losses();
	if (err == JPKI_OK)
		run.may |= 1u << pin;
	else if ((unsigned)pin < JPKI_PIN_COUNT && hostile_verifies() > 0)
		run.may &= ~(1u << pin);
	check_verified();
}

static void
check_pin_error(enum jpki_err err)
{
	switch (err) {
	case JPKI_ERR_ARG:
	case JPKI_ERR_PIN_FORMAT:
	case JPKI_ERR_PIN_NEW:
	case JPKI_ERR_PIN_SAME:
		fuzz_law_equal(hostile_commands(), 0, "P1: costs nothing");
		break;
	case JPKI_ERR_PIN_LAST_TRY:
		fuzz_law_equal(hostile_verifies(), 0, "P3: nothing sent");
		break;
	default:
		break;
	}
}

static void
do_verify(void)
{
	struct hostile_call call = { .which = some_pin() };
	struct typed typed;
	enum jpki_err err;
	unsigned flags = fuzz_u8(run.in) & JPKI_ALLOW_LAST_TRY;
	int tries = 99;

	card_type(run.in, call.which, &typed);
	call.pin = card_typed(&typed);
	call.last_try = flags != 0;
	hostile_call_begin(&call);
	err = jpki_pin_verify(run.card, call.which, typed.p, typed.n, flags,
	    &tries);
	fuzz_law(err != JPKI_OK || hostile_verifies() == 1,
	    "what is verified was sent");
	check_pin_error(err);
	check_tries(call.which, tries);
	note_verified(call.which, err);
}

static void
do_change(void)
{
	struct hostile_call call = { .which = some_pin() };
	struct typed old_pin, new_pin;
	enum jpki_err err;
	unsigned flags = fuzz_u8(run.in) & JPKI_ALLOW_LAST_TRY;
	int tries = 99;

	card_type(run.in, call.which, &old_pin);
	card_type(run.in, call.which, &new_pin);
	call.pin = card_typed(&old_pin);
	call.new_pin = card_typed(&new_pin);
	call.last_try = flags != 0;
	hostile_call_begin(&call);
	err = jpki_pin_change(run.card, call.which, old_pin.p, old_pin.n,
	    new_pin.p, new_pin.n, flags, &tries);
	fuzz_law(err != JPKI_OK || hostile_changes() == 1,
	    "what is changed was sent");
	fuzz_law(err != JPKI_ERR_PIN_UNCERTAIN || hostile_changes() == 1,
	    "uncertain only of what was sent");
	check_pin_error(err);
	check_tries(call.which, tries);
	note_verified(call.which, hostile_changes() > 0 ? JPKI_OK : err);
}

static void
do_logout(void)
{
	(void)jpki_logout(run.card);
	for (unsigned i = 0; i < JPKI_PIN_COUNT; i++)
		fuzz_law(!jpki_pin_verified(run.card, (enum jpki_pin)i),
		    "nothing is verified after a logout");
	run.may = 0;
}

/*
 * What stands on the card's surface.
 */

static bool
may_read_input(void)
{
	note_losses();
	return (run.may & 1u << JPKI_PIN_INPUT) != 0;
}

static void
do_attributes(void)
{
	struct jpki_attributes *a = NULL;
	enum jpki_err err = jpki_attributes_read(run.card, &a);

	fuzz_law((err == JPKI_OK) == (a != NULL),
	    "attributes: untouched on errors");
	fuzz_law(err != JPKI_OK || may_read_input(),
	    "no attributes without their PIN");
	jpki_attributes_free(&a);
}

static void
do_number(void)
{
	struct jpki_secret *number = NULL;
	enum jpki_err err;

	fuzz_law(jpki_secret_new(&number) == JPKI_OK, "memory");
	err = jpki_mynumber_read(run.card, number);
	if (err == JPKI_OK) {
		fuzz_law(may_read_input(), "no number without its PIN");
		fuzz_law(strspn(jpki_secret_bytes(number), "0123456789") ==
		    JPKI_MYNUMBER_DIGITS, "a number is 12 digits");
	}
	fuzz_law(jpki_secret_len(number) == (err == JPKI_OK ?
	    JPKI_MYNUMBER_DIGITS : 0), "no number on errors");
	jpki_secret_free(&number);
}

/*
 * Signatures.
 */

/* With the certificate that the library would hand out now. */
static void
check_signature(enum jpki_key key, const struct jpki_claim *claim)
{
	struct jpki_buf der = { NULL, 0 };
	enum jpki_err err;

	hostile_calm(true);
	err = jpki_cert_read(run.card, key == JPKI_KEY_AUTH ?
	    JPKI_CERT_AUTH : JPKI_CERT_SIGN, &der);
	hostile_calm(false);
	fuzz_law(err == JPKI_OK, "who signed has a certificate");
	fuzz_law(card_signature_holds(slice_of(der.p, der.n), claim),
	    "a signature that is handed out holds");
	jpki_buf_free(&der);
}

static enum jpki_err
make_signature(enum jpki_key key, const struct jpki_claim *claim,
    struct jpki_buf *out)
{
	if (claim->pss)
		return jpki_sign_pss(run.card, key, claim->digest,
		    claim->digest_n, out);
	return jpki_sign(run.card, key, claim->hash, claim->digest,
	    claim->digest_n, out);
}

/* In a transaction, so that nothing changes before it is checked. */
static void
do_sign(void)
{
	enum jpki_key key = (enum jpki_key)fuzz_below(run.in, 3);
	uint8_t how = fuzz_u8(run.in), digest[256];
	struct jpki_claim claim = { .digest = digest, .pss = how >= 0xC0,
	    .hash = (enum jpki_hash)(how % (JPKI_HASH_COUNT + 1)) };
	struct jpki_buf out = { NULL, 0 };
	enum jpki_err err;

	claim.digest_n = claim.pss ? 32 : jpki_hash_size(claim.hash);
	if (claim.digest_n == 0 || (how & 0x20) != 0)
		claim.digest_n = fuzz_u8(run.in);
	card_data(run.in, digest, claim.digest_n);
	if (jpki_card_begin(run.card) != JPKI_OK)
		return;
	err = make_signature(key, &claim, &out);
	fuzz_law(err == JPKI_OK || (out.p == NULL && out.n == 0),
	    "signature: untouched on errors");
	note_losses();
	if (err == JPKI_OK) {
		fuzz_law((run.may & 1u << (key == JPKI_KEY_AUTH ?
		    JPKI_PIN_AUTH : JPKI_PIN_SIGN)) != 0,
		    "no signature without a PIN");
		claim.signature = out.p;
		claim.signature_n = out.n;
		check_signature(key, &claim);
	}
	jpki_card_end(run.card);
	jpki_buf_free(&out);
}

static void
do_probe(void)
{
	enum jpki_key key = (enum jpki_key)fuzz_below(run.in, 3);
	enum jpki_answer answer = (enum jpki_answer)99;

	if (jpki_pss_probe(run.card, key, &answer) == JPKI_OK)
		fuzz_law(answer <= JPKI_NO, "a probe says yes, no, unknown");
	else
		fuzz_law(answer == (enum jpki_answer)99,
		    "probe: untouched on errors");
	fuzz_law(hostile_commands() <= 4 * 64, "a probe is cheap");
}

/*
 * Readers, and the world.
 */

static void
do_readers(void)
{
	struct jpki_reader *list = NULL;
	size_t n = 99;

	if (jpki_readers(ctx, &list, &n) == JPKI_OK)
		for (size_t i = 0; i < n; i++)
			fuzz_law(list[i].name != NULL &&
			    list[i].atr_len <= sizeof(list[i].atr),
			    "a reader's lengths");
	else
		fuzz_law(list == NULL && n == 99,
		    "readers: untouched on errors");
	(void)jpki_wait_change(ctx, list, list != NULL ? n : 0, 0);
	jpki_readers_free(&list, n);
}

static void
do_wait(void)
{
	const char *reader = some_reader();
	enum jpki_event event = (enum jpki_event)fuzz_below(run.in, 3);
	int timeout = (fuzz_u8(run.in) & 1) != 0 ? -1 : 0;
	char *name = NULL;

	if (jpki_wait(ctx, reader, event, timeout, &name) != JPKI_OK)
		fuzz_law(name == NULL, "wait: untouched on errors");
	free(name);
}

static void
do_world(void)
{
	card_world(run.in);
}

static const struct {
	void	(*run)(void);
	bool	 card;			/* needs one */
} steps[] = {
	{ do_open, false }, { do_close, false }, { do_begin, true },
	{ do_end, true }, { do_token, true }, { do_availability, true },
	{ do_pin_info, true }, { do_cert, true }, { do_verify, true },
	{ do_verify, true }, { do_change, true }, { do_logout, true },
	{ do_sign, true }, { do_sign, true }, { do_probe, true },
	{ do_readers, false }, { do_wait, false }, { do_world, false },
	{ do_attributes, true }, { do_number, true },
};

#define STEPS	(sizeof(steps) / sizeof(steps[0]))

static void
step(void)
{
	unsigned which = fuzz_below(run.in, STEPS);

	hostile_call_begin(NULL);
	if (steps[which].card && run.card == NULL) {
		(void)jpki_card_open(ctx, NULL, &run.card);
		jpki_card_end(run.card);
		hostile_call_begin(NULL);
	}
	if (!steps[which].card || run.card != NULL)
		steps[which].run();
	hostile_call_end();
	check_verified();
	fuzz_law(ERR_peek_error() == 0, "OpenSSL's errors are not left");
}

void
card_library(struct fuzz_in *in)
{
	run.in = in;
	run.losses = 0;
	for (int i = 0; i < STEPS_MAX && in->n > 0; i++)
		step();
	do_close();
}
