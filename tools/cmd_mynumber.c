/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mynumber: the Individual Number.  The law says who may have it: nobody gets
 * it by accident, and it goes from locked memory to standard output, past the
 * memory in which other verbs gather what they print.
 */
#include <string.h>

#include "outfile.h"
#include "pins.h"

/* What stands around the digits. */
static const struct form {
	const char *before, *after;
} forms[] = {
	{ "", "\n" },
	{ "{\"mynumber\":\"", "\"}\n" },	/* --json */
};

/* Byte by byte: memcpy() leaves what it copies in registers. */
static size_t
put(volatile char *to, const volatile char *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = from[i];
	return n;
}

static enum exit_code
print(const struct tool *t, struct jpki_secret *number)
{
	const struct form	*form = &forms[t->opt->seen[OPT_JSON] > 0];
	struct jpki_secret	*line = NULL;
	enum exit_code		 code;
	char			*p;
	size_t			 n;

	if (jpki_secret_new(&line) != JPKI_OK)
		return fail_err(t, JPKI_ERR_MEMORY);
	p = jpki_secret_bytes(line);
	n = put(p, form->before, strlen(form->before));
	n += put(p + n, jpki_secret_bytes(number), jpki_secret_len(number));
	n += put(p + n, form->after, strlen(form->after));
	code = outfile_stdout(NULL, p, n);
	jpki_secret_free(&line);
	return code;
}

static enum exit_code
read_out(struct tool *t, struct pins *pins, struct jpki_secret **out)
{
	enum exit_code	code = pins_login(t, pins, NULL);
	enum jpki_err	err;

	if (code != EXIT_DONE)
		return code;
	err = jpki_secret_new(out);
	if (err == JPKI_OK)
		err = jpki_mynumber_read(t->card, *out);
	return err == JPKI_OK ? EXIT_DONE : fail_err(t, err);
}

static enum exit_code
check(const struct tool *t)
{
	if (t->opt->seen[OPT_MAY_HANDLE])
		return EXIT_DONE;
	return fail(EXIT_USAGE, "other people's My Numbers may be collected, "
	    "kept and used only for the procedures that the Number Act "
	    "(番号法) names, of tax, social security, disaster response and "
	    "the like; give --i-may-handle-my-number if you may");
}

enum exit_code
cmd_mynumber(struct tool *t)
{
	struct jpki_secret	*number = NULL;
	struct pins		 pins = { JPKI_PIN_INPUT, NULL, NULL };
	enum exit_code		 code = check(t);

	if (code == EXIT_DONE)
		code = pins_load(t, JPKI_PIN_INPUT, &pins);
	if (code == EXIT_DONE)
		code = tool_card_open(t);
	if (code == EXIT_DONE)
		code = read_out(t, &pins, &number);
	code = tool_card_close(t, code);
	if (code == EXIT_DONE)
		code = print(t, number);
	if (code == EXIT_DONE)
		warning("use this number only for the procedures that the "
		    "Number Act (番号法) names");
	jpki_secret_free(&number);
	pins_free(&pins);
	return code;
}
