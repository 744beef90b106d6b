/* SPDX-License-Identifier: BSD-2-Clause */
/* attributes: what is printed on the card, as text for forms. */
#include "language.h"
#include "outjson.h"
#include "outtext.h"
#include "pins.h"

static void
put_text(FILE *f, const struct jpki_attributes *a)
{
	const char *none = _("not on this card");

	text_row(f, "Name", a->name ? a->name : none);
	text_row(f, "Address", a->address ? a->address : none);
	text_row(f, "Date of birth", a->birth_date ? a->birth_date :
	    a->birth ? a->birth : none);
	text_row(f, "Sex", a->sex_text ? language_of(a->sex_text) :
	    a->sex ? a->sex : none);
	for (size_t i = 0; i < a->others_count; i++) {
		char label[16];

		(void)snprintf(label, sizeof label, "%04X",
		    a->others[i].tag);
		text_row(f, label, a->others[i].hex);
	}
}

static void
put_json(FILE *f, const struct jpki_attributes *a)
{
	struct json j = { f, false };

	json_open(&j, NULL, '{');
	json_string(&j, "name", a->name);
	json_string(&j, "address", a->address);
	json_string(&j, "birth", a->birth);
	json_string(&j, "birth_date", a->birth_date);
	json_string(&j, "sex", a->sex);
	json_string(&j, "sex_text", a->sex_text);
	json_open(&j, "others", '[');
	for (size_t i = 0; i < a->others_count; i++) {
		json_open(&j, NULL, '{');
		json_int(&j, "tag", a->others[i].tag);
		json_string(&j, "value", a->others[i].hex);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	fputc('\n', f);
}

static enum exit_code
read_out(struct tool *t, struct pins *pins)
{
	enum exit_code		 code = pins_login(t, pins, NULL);
	struct jpki_attributes	*a = NULL;
	enum jpki_err		 err;

	if (code != EXIT_DONE)
		return code;
	err = jpki_attributes_read(t->card, &a);
	if (err != JPKI_OK)
		return fail_err(t, err);
	if (t->opt->seen[OPT_JSON])
		put_json(t->out, a);
	else
		put_text(t->out, a);
	jpki_attributes_free(&a);
	return EXIT_DONE;
}

enum exit_code
cmd_attributes(struct tool *t)
{
	struct pins	pins = { JPKI_PIN_INPUT, NULL, NULL };
	enum exit_code	code;

	code = pins_load(t, JPKI_PIN_INPUT, &pins);
	if (code == EXIT_DONE)
		code = tool_card_open(t);
	if (code == EXIT_DONE)
		code = read_out(t, &pins);
	code = tool_card_close(t, code);
	pins_free(&pins);
	return code;
}
