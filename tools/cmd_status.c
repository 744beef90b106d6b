/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * status: what the card is, its certificates, its PINs.  Nothing is sent that
 * costs a try, unless the signature PIN is given to show that certificate.
 */
#include <string.h>

#include "certpage.h"
#include "guide.h"
#include "outtext.h"

#define PIN_WIDTH	50	/* of the longest title, and two blanks */

enum { AUTH, SIGN, SHOWN };	/* the certificates of status */

static const enum jpki_cert_id shown_ids[SHOWN] = {
	JPKI_CERT_AUTH, JPKI_CERT_SIGN
};

struct pin_status {
	bool			asked;		/* worth a line */
	enum jpki_err		err;
	struct jpki_pin_info	info;
};

struct cert_status {
	enum jpki_answer	present;
	enum jpki_err		err;		/* why view.cert is NULL */
	struct certview		view;
};

struct status {
	char			 reader[256];
	struct jpki_token	 token;
	struct jpki_availability have;
	struct cert_status	 certs[SHOWN];
	struct pin_status	 pins[JPKI_PIN_COUNT];
};

static const struct kind_row {
	const char *name, *text;
} kinds[] = {
	[JPKI_KIND_UNKNOWN] = { "unknown", "a token of unknown kind" },
	[JPKI_KIND_CARD] = { "card", "My Number Card" },
	[JPKI_KIND_PHONE] = { "phone", "smartphone" },
	[JPKI_KIND_JUKI] = { "unknown",
	    "Basic Resident Register Card (2003-2015)" },
};

/* An odd answer to one question never hides the rest of the card. */
static enum jpki_err
unless_local(enum jpki_err err)
{
	return tool_err_is_local(err) ? JPKI_OK : err;
}

static enum jpki_err
ask_pin(struct tool *t, struct status *s, enum jpki_pin pin)
{
	struct pin_status *p = &s->pins[pin];

	p->info.tries_left = -1;
	p->err = jpki_pin_info(t->card, pin, &p->info);
	p->asked = p->err != JPKI_ERR_NOT_FOUND;
	return unless_local(p->err);
}

static enum jpki_err
ask_cert(struct tool *t, struct cert_status *c, enum jpki_cert_id id)
{
	c->view.id = id;
	c->err = jpki_cert_read(t->card, id, &c->view.der);
	if (c->err == JPKI_OK)
		c->err = jpki_cert_parse(t->ctx, c->view.der.p,
		    c->view.der.n, &c->view.cert);
	if (c->err == JPKI_OK)
		c->view.ca = jpki_cert_ca_claim(c->view.cert);
	/* What was read weighs more than EF 0008, which is advisory. */
	if (c->view.der.p != NULL)
		c->present = JPKI_YES;
	else if (c->err == JPKI_ERR_NOT_FOUND)
		c->present = JPKI_NO;
	return unless_local(c->err);
}

/*
 * The least that tells all: token information, availability, both tries, the
 * user authentication certificate, in the transaction of the opening.
 */
static enum jpki_err
ask_card(struct tool *t, struct status *s)
{
	enum jpki_err err = unless_local(jpki_token_read(t->card, &s->token));

	if (err == JPKI_OK)
		err = unless_local(jpki_availability_read(t->card, &s->have));
	s->certs[AUTH].present = s->have.auth;
	s->certs[SIGN].present = s->have.sign;
	s->certs[SIGN].err = JPKI_ERR_AUTH_REQUIRED;
	if (err == JPKI_OK)
		err = ask_pin(t, s, JPKI_PIN_AUTH);
	if (err == JPKI_OK)
		err = ask_pin(t, s, JPKI_PIN_SIGN);
	if (err == JPKI_OK)
		err = ask_cert(t, &s->certs[AUTH], JPKI_CERT_AUTH);
	return err;
}

/* The other PINs live in other applications: after all else of this one. */
static enum jpki_err
ask_other_pins(struct tool *t, struct status *s)
{
	enum jpki_err err = JPKI_OK;

	for (int pin = 0; pin < JPKI_PIN_COUNT && err == JPKI_OK; pin++)
		if (pin != JPKI_PIN_AUTH && pin != JPKI_PIN_SIGN)
			err = ask_pin(t, s, (enum jpki_pin)pin);
	return err;
}

static bool
wants_login(const struct options *opt)
{
	return opt->seen[OPT_LOGIN] || opt->seen[OPT_PIN_FD] ||
	    opt->seen[OPT_PIN_FILE];
}

/* A PIN of a certificate that does not exist is never asked for. */
static enum exit_code
show_signature(struct tool *t, struct status *s, struct pins *pins)
{
	struct cert_status	*c = &s->certs[SIGN];
	enum exit_code		 code;
	enum jpki_err		 err;
	int			 left;

	if (!wants_login(t->opt) || s->have.sign == JPKI_NO)
		return EXIT_DONE;
	code = pins_login(t, pins, &left);
	if (code != EXIT_DONE)
		return code;
	/* A PIN that was right has all its tries again. */
	if (s->pins[JPKI_PIN_SIGN].info.tries_max > 0)
		s->pins[JPKI_PIN_SIGN].info.tries_left =
		    s->pins[JPKI_PIN_SIGN].info.tries_max;
	err = ask_cert(t, c, JPKI_CERT_SIGN);
	return err == JPKI_OK ? EXIT_DONE : fail_err(t, err);
}

static enum exit_code
ask_all(struct tool *t, struct status *s, struct pins *pins)
{
	enum jpki_err	err = ask_card(t, s);
	enum exit_code	code;

	if (err != JPKI_OK)
		return fail_err(t, err);
	(void)snprintf(s->reader, sizeof s->reader, "%s",
	    jpki_card_reader(t->card));
	code = show_signature(t, s, pins);
	if (code == EXIT_DONE && t->opt->seen[OPT_ALL]) {
		err = ask_other_pins(t, s);
		if (err != JPKI_OK)
			code = fail_err(t, err);
	}
	return code;
}

static void
answer_json(struct json *j, const char *key, enum jpki_answer answer)
{
	if (answer == JPKI_UNKNOWN)
		json_null(j, key);
	else
		json_bool(j, key, answer == JPKI_YES);
}

static void
pin_json(struct json *j, enum jpki_pin pin, const struct pin_status *p)
{
	int tries_max = jpki_pin_describe(pin)->tries_max;
	bool known = p->info.tries_left >= 0;	/* else the card does not say */

	json_open(j, jpki_pin_describe(pin)->name, '{');
	if (known)
		json_int(j, "tries_left", p->info.tries_left);
	else
		json_null(j, "tries_left");
	if (p->err == JPKI_OK && p->info.tries_max > 0)
		tries_max = p->info.tries_max;
	if (tries_max == 0)
		json_null(j, "tries_max");
	else
		json_int(j, "tries_max", tries_max);
	if (known)
		json_bool(j, "locked", p->info.locked);
	else
		json_null(j, "locked");
	json_close(j, '}');
}

/* The keys are fixed; what is not known is null. */
static void
cert_json(struct json *j, const struct cert_status *c, int64_t now)
{
	static const char *const keys[] = { "serial", "issuer", "not_before",
	    "not_after", "days_left", "expired", "renewable_from", "renewable",
	    "ca" };

	json_open(j, cert_describe(c->view.id)->name, '{');
	answer_json(j, "present", c->present);
	json_bool(j, "readable", c->view.cert != NULL);
	if (c->view.cert != NULL) {
		certpage_status_json(j, &c->view, now);
	} else {
		for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
			json_null(j, keys[i]);
	}
	json_close(j, '}');
}

static void
print_json(struct tool *t, const struct status *s)
{
	struct json j = { t->out, false };

	json_open(&j, NULL, '{');
	json_string(&j, "reader", s->reader);
	json_string(&j, "token", s->token.label);
	json_string(&j, "kind", kinds[s->token.kind].name);
	json_open(&j, "pins", '{');
	for (int pin = 0; pin < JPKI_PIN_COUNT; pin++)
		if (s->pins[pin].asked || pin == JPKI_PIN_AUTH ||
		    pin == JPKI_PIN_SIGN)
			pin_json(&j, (enum jpki_pin)pin, &s->pins[pin]);
	json_close(&j, '}');
	json_open(&j, "certificates", '{');
	for (size_t i = 0; i < SHOWN; i++)
		cert_json(&j, &s->certs[i], t->now);
	json_close(&j, '}');
	json_close(&j, '}');
	fputc('\n', t->out);
}

static const char *
why_not_shown(const struct cert_status *c)
{
	if (c->present == JPKI_NO)
		return "not on this card";
	if (c->err == JPKI_ERR_AUTH_REQUIRED && c->view.id == JPKI_CERT_AUTH)
		return "needs its PIN: \"jpki-tool cert auth\" shows it";
	if (c->err == JPKI_ERR_AUTH_REQUIRED && c->present == JPKI_UNKNOWN)
		return "not known; --login looks for it, with its PIN";
	if (c->err == JPKI_ERR_AUTH_REQUIRED)
		return "needs its PIN: --login shows it";
	return "cannot be read: what the card holds there makes no sense";
}

static void
put_cert(FILE *f, const struct cert_status *c, int64_t now)
{
	fputc('\n', f);
	text_heading(f, cert_describe(c->view.id)->title);
	if (c->view.cert != NULL)
		certpage_validity(f, &c->view, now);
	else
		fprintf(f, "  %s\n", why_not_shown(c));
}

static void
put_tries(FILE *f, const struct jpki_pin_info *info)
{
	if (info->locked)
		fputs("LOCKED", f);
	else if (info->tries_left < 0)
		fputs("tries left: the card does not say", f);
	else if (info->tries_max > 0)
		fprintf(f, "%d of %d tries left", info->tries_left,
		    info->tries_max);
	else
		fprintf(f, "%d %s left", info->tries_left,
		    info->tries_left == 1 ? "try" : "tries");
	if (!info->locked && info->tries_left == 1)
		fputs(": a wrong PIN locks it", f);
}

static void
put_pins(FILE *f, const struct status *s)
{
	fputs("\nPINs\n", f);
	for (int pin = 0; pin < JPKI_PIN_COUNT; pin++) {
		const struct pin_status		*p = &s->pins[pin];
		const struct jpki_pin_desc	*desc =
		    jpki_pin_describe((enum jpki_pin)pin);

		if (!p->asked)
			continue;
		fputs("  ", f);
		/* A reference that no PIN belongs to has a title too long. */
		text_capital(f, desc->max == 0 ? "reserved reference" :
		    desc->title, PIN_WIDTH);
		if (desc->max == 0 && p->info.locked)
			fputs("locked, as it should be", f);
		else if (p->err == JPKI_OK)
			put_tries(f, &p->info);
		else
			fputs("the card does not say", f);
		fputc('\n', f);
	}
}

static void
put_guide(FILE *f, const struct status *s)
{
	struct guide guide = { .kind = s->token.kind };

	guide.have.auth = s->certs[AUTH].present;
	guide.have.sign = s->certs[SIGN].present;
	for (int pin = 0; pin < JPKI_PIN_COUNT; pin++)
		guide.locked[pin] = s->pins[pin].asked &&
		    s->pins[pin].info.locked;
	guide_put(f, &guide);
}

static void
print_text(struct tool *t, const struct status *s)
{
	FILE *f = t->out;

	text_row(f, "Reader", s->reader);
	text_rowf(f, "Token", "%s", kinds[s->token.kind].text);
	if (s->token.label[0] != '\0')
		text_row(f, "Label", s->token.label);
	for (size_t i = 0; i < SHOWN; i++)
		put_cert(f, &s->certs[i], t->now);
	put_pins(f, s);
	put_guide(f, s);
}

enum exit_code
cmd_status(struct tool *t)
{
	struct status	s;
	struct pins	pins = { JPKI_PIN_SIGN, NULL, NULL };
	enum exit_code	code;

	memset(&s, 0, sizeof s);
	for (size_t i = 0; i < SHOWN; i++)
		s.certs[i].view.id = shown_ids[i];
	code = pins_load(t, JPKI_PIN_SIGN, &pins);
	if (code == EXIT_DONE)
		code = tool_card_open(t);
	if (code == EXIT_DONE)
		code = ask_all(t, &s, &pins);
	code = tool_card_close(t, code);
	if (code == EXIT_DONE && t->opt->seen[OPT_JSON])
		print_json(t, &s);
	else if (code == EXIT_DONE)
		print_text(t, &s);
	for (size_t i = 0; i < SHOWN; i++)
		certview_free(&s.certs[i].view);
	pins_free(&pins);
	return code;
}
