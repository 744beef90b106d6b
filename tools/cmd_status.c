/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * status: what the card is, its certificates, its PINs.  Nothing is sent that
 * costs a try, unless the signature PIN is given to show that certificate.
 */
#include "certpage.h"
#include "colour.h"
#include "guide.h"
#include "language.h"
#include "look.h"
#include "outtext.h"
#include "pinwords.h"
#include "renewal.h"

#define PIN_WIDTH	50	/* of the longest title, and two blanks */

struct status {
	char		reader[256];
	struct look	look;
};

static const struct kind_row {
	const char *name, *text;
} kinds[] = {
	[JPKI_KIND_UNKNOWN] = { "unknown", N_("a token of unknown kind") },
	[JPKI_KIND_CARD] = { "card", N_("My Number Card") },
	[JPKI_KIND_PHONE] = { "phone", N_("smartphone") },
	[JPKI_KIND_JUKI] = { "unknown",
	    N_("Basic Resident Register Card (2003-2015)") },
};

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
	enum exit_code	code;
	enum jpki_err	err;
	int		left;

	if (!wants_login(t->opt) || s->look.have.sign == JPKI_NO)
		return EXIT_DONE;
	code = pins_login(t, pins, &left);
	if (code != EXIT_DONE)
		return code;
	/* A PIN that was right has all its tries again. */
	if (s->look.pins[JPKI_PIN_SIGN].info.tries_max > 0)
		s->look.pins[JPKI_PIN_SIGN].info.tries_left =
		    s->look.pins[JPKI_PIN_SIGN].info.tries_max;
	err = look_cert(t, &s->look, LOOK_SIGN);
	return err == JPKI_OK ? EXIT_DONE : fail_err(t, err);
}

static enum exit_code
ask_all(struct tool *t, struct status *s, struct pins *pins)
{
	enum jpki_err	err = look_card(t, &s->look);
	enum exit_code	code;

	if (err != JPKI_OK)
		return fail_err(t, err);
	(void)snprintf(s->reader, sizeof s->reader, "%s",
	    jpki_card_reader(t->card));
	code = show_signature(t, s, pins);
	if (code == EXIT_DONE && t->opt->seen[OPT_ALL]) {
		err = look_other_pins(t, &s->look);
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
pin_json(struct json *j, enum jpki_pin pin, const struct look_pin *p)
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
cert_json(struct json *j, const struct look_cert *c, int64_t now)
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
	json_string(&j, "token", s->look.token.label);
	json_string(&j, "kind", kinds[s->look.token.kind].name);
	json_open(&j, "pins", '{');
	for (int pin = 0; pin < JPKI_PIN_COUNT; pin++)
		if (s->look.pins[pin].asked || pin == JPKI_PIN_AUTH ||
		    pin == JPKI_PIN_SIGN)
			pin_json(&j, (enum jpki_pin)pin, &s->look.pins[pin]);
	json_close(&j, '}');
	json_open(&j, "certificates", '{');
	for (size_t i = 0; i < LOOK_CERTS; i++)
		cert_json(&j, &s->look.certs[i], t->now);
	json_close(&j, '}');
	json_close(&j, '}');
	fputc('\n', t->out);
}

static const char *
why_not_shown(const struct look_cert *c)
{
	if (c->present == JPKI_NO)
		return _("not on this card");
	if (c->err == JPKI_ERR_AUTH_REQUIRED && c->view.id == JPKI_CERT_AUTH)
		return _("needs its PIN: \"jpki-tool cert auth\" shows it");
	if (c->err == JPKI_ERR_AUTH_REQUIRED && c->present == JPKI_UNKNOWN)
		return _("not known; --login looks for it, with its PIN");
	if (c->err == JPKI_ERR_AUTH_REQUIRED)
		return _("needs its PIN: --login shows it");
	return _("cannot be read: what the card holds there makes no "
	    "sense");
}

static void
put_cert(FILE *f, const struct look_cert *c, int64_t now)
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
	char room[PINWORDS_MAX];

	if (info->locked) {
		colour_on(f, COLOUR_ALARM);
		fputs(_("LOCKED"), f);
		colour_off(f);
	} else if (info->tries_left < 0)
		fputs(_("tries left: the card does not say"), f);
	else if (info->tries_max > 0)
		fprintf(f, _("%d of %d tries left"), info->tries_left,
		    info->tries_max);
	else
		fputs(pin_tries(info->tries_left, room), f);
	if (!info->locked && info->tries_left == 1)
		fputs(_(": a wrong PIN locks it"), f);
}

static void
put_pins(FILE *f, const struct status *s)
{
	fputs(_("\nPINs\n"), f);
	for (int pin = 0; pin < JPKI_PIN_COUNT; pin++) {
		const struct look_pin		*p = &s->look.pins[pin];
		const struct jpki_pin_desc	*desc =
		    jpki_pin_describe((enum jpki_pin)pin);

		if (!p->asked)
			continue;
		fputs("  ", f);
		/* A reference that no PIN belongs to has a title too long. */
		text_capital(f, desc->max == 0 ? N_("reserved reference") :
		    desc->title, PIN_WIDTH);
		if (desc->max == 0 && p->info.locked)
			fputs(_("locked, as it should be"), f);
		else if (p->err == JPKI_OK)
			put_tries(f, &p->info);
		else
			fputs(_("the card does not say"), f);
		fputc('\n', f);
	}
}

static void
put_guide(FILE *f, const struct status *s)
{
	struct guide guide = { .kind = s->look.token.kind };

	guide.have.auth = s->look.certs[LOOK_AUTH].present;
	guide.have.sign = s->look.certs[LOOK_SIGN].present;
	for (int pin = 0; pin < JPKI_PIN_COUNT; pin++)
		guide.locked[pin] = s->look.pins[pin].asked &&
		    s->look.pins[pin].info.locked;
	guide_put(f, &guide);
}

static void
print_text(struct tool *t, const struct status *s)
{
	FILE *f = t->out;

	text_row(f, "Reader", s->reader);
	text_row(f, "Token", language_of(kinds[s->look.token.kind].text));
	if (s->look.token.label[0] != '\0')
		text_row(f, "Label", s->look.token.label);
	for (size_t i = 0; i < LOOK_CERTS; i++)
		put_cert(f, &s->look.certs[i], t->now);
	put_pins(f, s);
	put_guide(f, s);
}

/* Nothing is said unless something is due: cron makes a mail of each word. */
static void
print_due(struct tool *t, const struct status *s, int days)
{
	if (!renewal_due(&s->look, t->now, days))
		return;
	renewal_put(t->out, &s->look, t->now, days);
	put_guide(t->out, s);
}

static enum exit_code
judge(struct tool *t, const struct status *s, int days)
{
	if (!renewal_known(&s->look))
		return fail(EXIT_FAILED, "no certificate can be read, so it is "
		    "not known when one ends; look with \"jpki-tool status\"");
	if (!renewal_due(&s->look, t->now, days))
		return EXIT_DONE;
	t->answered = true;
	return EXIT_RENEWAL;
}

enum exit_code
cmd_status(struct tool *t)
{
	struct status	s;
	struct pins	pins = { JPKI_PIN_SIGN, NULL, NULL };
	bool		warns = t->opt->seen[OPT_WARN_DAYS] > 0;
	int		days = 0;
	enum exit_code	code;

	if (warns)
		days = options_number(t->opt, OPT_WARN_DAYS,
		    RENEWAL_DAYS_MAX);
	if (days < 0)
		return EXIT_USAGE;
	look_init(&s.look);
	code = pins_load(t, JPKI_PIN_SIGN, &pins);
	if (code == EXIT_DONE)
		code = tool_card_open(t);
	if (code == EXIT_DONE)
		code = ask_all(t, &s, &pins);
	code = tool_card_close(t, code);
	if (code == EXIT_DONE && t->opt->seen[OPT_JSON])
		print_json(t, &s);
	else if (code == EXIT_DONE && warns)
		print_due(t, &s, days);
	else if (code == EXIT_DONE)
		print_text(t, &s);
	if (code == EXIT_DONE && warns)
		code = judge(t, &s, days);
	look_free(&s.look);
	pins_free(&pins);
	return code;
}
