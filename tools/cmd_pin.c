/* SPDX-License-Identifier: BSD-2-Clause */
/* pin: verify a PIN, change a PIN. */
#include <string.h>

#include "language.h"
#include "outjson.h"
#include "outtext.h"
#include "pins.h"
#include "pinwords.h"

typedef enum exit_code pin_fn(struct tool *t, struct pins *pins);

static enum exit_code
verify(struct tool *t, struct pins *pins)
{
	return pins_login(t, pins, NULL);
}

static const struct action {
	const char	*name;
	pin_fn		*run;
	bool		 changes;
	const char	*key;		/* in JSON */
} actions[] = {
	{ "verify", verify, false, "verified" },
	{ "change", pins_change, true, "changed" },
};

static void
print(struct tool *t, const struct action *action, enum jpki_pin pin)
{
	const struct jpki_pin_desc	*desc = jpki_pin_describe(pin);
	struct json			 j = { t->out, false };

	if (!t->opt->seen[OPT_JSON]) {
		fprintf(t->out, action->changes ? _("The %s is changed.\n") :
		    _("The %s is right.\n"), pin_title(pin));
		return;
	}
	json_open(&j, NULL, '{');
	json_string(&j, "pin", desc->name);
	json_bool(&j, action->key, true);
	json_close(&j, '}');
	fputc('\n', t->out);
}

static const struct action *
find_action(const char *name)
{
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

static bool
find_pin(const char *name, enum jpki_pin *out)
{
	for (int pin = 0; pin < JPKI_PIN_COUNT; pin++) {
		if (strcmp(jpki_pin_describe((enum jpki_pin)pin)->name, name))
			continue;
		*out = (enum jpki_pin)pin;
		return true;
	}
	return false;
}

/* Usage, as far as it can be told without a card. */
static enum exit_code
check(const struct tool *t, const struct action *action, enum jpki_pin pin)
{
	const struct jpki_pin_desc *desc = jpki_pin_describe(pin);

	if (!action->changes && (t->opt->seen[OPT_NEW_PIN_FD] ||
	    t->opt->seen[OPT_NEW_PIN_FILE]))
		return fail(EXIT_USAGE, "\"pin verify\" takes no new PIN; see "
		    "\"jpki-tool pin --help\"");
	if (action->changes && t->opt->seen[OPT_PIN_PAD])
		return fail(EXIT_USAGE, "--pin-pad changes no PIN; leave it "
		    "out, and type both");
	if (action->changes ? !desc->can_change : !desc->can_verify)
		return fail(EXIT_FAILED, action->changes ?
		    _("the %s cannot be changed with a PC; ask at the "
		    "municipal counter") :
		    _("the %s cannot be verified with a PC; ask at the "
		    "municipal counter"), pin_title(pin));
	return EXIT_DONE;
}

enum exit_code
cmd_pin(struct tool *t)
{
	const struct action	*action = find_action(t->opt->operand[1]);
	struct pins		 pins = { JPKI_PIN_AUTH, NULL, NULL };
	enum jpki_pin		 pin;
	enum exit_code		 code;

	if (action == NULL)
		return fail(EXIT_USAGE, "\"pin\" knows no \"%s\"; say verify "
		    "or change", t->opt->operand[1]);
	/* It is not repeated: it may be the PIN itself. */
	if (!find_pin(t->opt->operand[2], &pin))
		return fail(EXIT_USAGE, "that is no kind of PIN; name auth, "
		    "sign or input");
	code = check(t, action, pin);
	if (code == EXIT_DONE)
		code = pins_load(t, pin, &pins);
	if (code == EXIT_DONE)
		code = tool_card_open(t);
	if (code == EXIT_DONE)
		code = action->run(t, &pins);
	if (code == EXIT_DONE)
		print(t, action, pin);
	pins_free(&pins);
	return code;
}
