/* SPDX-License-Identifier: BSD-2-Clause */
/* cert: a certificate as a page, as JSON, or as PEM or DER. */
#include <string.h>
#include <unistd.h>

#include "base64.h"
#include "certpage.h"
#include "outfile.h"

static const uint32_t forms = OPT(TEXT) | OPT(PEM) | OPT(DER) | OPT(JSON);

static bool
find_cert(const char *name, enum jpki_cert_id *out)
{
	for (int id = 0; id < JPKI_CERT_COUNT; id++) {
		if (strcmp(name, cert_describe((enum jpki_cert_id)id)->name))
			continue;
		*out = (enum jpki_cert_id)id;
		return true;
	}
	return false;
}

/* PEM or DER: not to be read by people. */
static bool
is_coded(const struct options *opt)
{
	return opt->seen[OPT_PEM] || opt->seen[OPT_DER];
}

static bool
to_stdout(const struct options *opt)
{
	const char *path = opt->value[OPT_OUTPUT];

	return path == NULL || strcmp(path, "-") == 0;
}

/* What can be told to be wrong before the card is used. */
static enum exit_code
check_output(const struct options *opt)
{
	if (!to_stdout(opt))
		return outfile_check(opt->value[OPT_OUTPUT],
		    opt->seen[OPT_FORCE] > 0);
	if (opt->seen[OPT_DER] && !opt->seen[OPT_OUTPUT] &&
	    isatty(STDOUT_FILENO))
		return fail(EXIT_USAGE, "DER is binary and this is a terminal; "
		    "give -o FILE, or -o - to see it anyway");
	return EXIT_DONE;
}

static void
print(struct tool *t, const struct certview *view)
{
	struct json j = { t->out, false };

	if (t->opt->seen[OPT_PEM]) {
		base64_put_pem(t->out, "CERTIFICATE", view->der.p, view->der.n);
	} else if (t->opt->seen[OPT_DER]) {
		fwrite(view->der.p, 1, view->der.n, t->out);
	} else if (t->opt->seen[OPT_JSON]) {
		json_open(&j, NULL, '{');
		certpage_json(&j, view, t->now);
		json_close(&j, '}');
		fputc('\n', t->out);
	} else {
		certpage_text(t->out, view, t->now);
	}
}

/* A certificate that leaves the terminal takes the holder's address along. */
static void
warn_of_attributes(const struct options *opt, const struct certview *view)
{
	if (view->cert->holder == NULL)
		return;
	if (!to_stdout(opt) || (is_coded(opt) && !isatty(STDOUT_FILENO)))
		warning("what is written holds the holder's name, address, date "
		    "of birth and sex; give it only to those who need it");
}

static enum exit_code
put_out(struct tool *t, const struct certview *view)
{
	print(t, view);
	warn_of_attributes(t->opt, view);
	return to_stdout(t->opt) ? EXIT_DONE : tool_write_out(t,
	    t->opt->value[OPT_OUTPUT], view->cert->holder != NULL);
}

enum exit_code
cmd_cert(struct tool *t)
{
	struct certview		view = { .id = JPKI_CERT_AUTH };
	struct pins		pins = { JPKI_PIN_AUTH, NULL, NULL };
	enum jpki_cert_id	id;
	enum exit_code		code;

	if (!find_cert(t->opt->operand[1], &id))
		return fail(EXIT_USAGE, "there is no certificate \"%s\"; name "
		    "auth, sign, auth-ca or sign-ca", t->opt->operand[1]);
	code = options_exclude(t->opt, forms);
	if (code == EXIT_DONE)
		code = check_output(t->opt);
	if (code == EXIT_DONE)
		code = pins_load(t, cert_describe(id)->pin, &pins);
	if (code == EXIT_DONE)
		code = tool_card_open(t);
	if (code == EXIT_DONE)
		code = certs_fetch(t, id, &pins, !is_coded(t->opt), &view);
	code = tool_card_close(t, code);
	if (code == EXIT_DONE && view.cert != NULL)
		code = put_out(t, &view);
	certview_free(&view);
	pins_free(&pins);
	return code;
}
