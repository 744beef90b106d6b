/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doctor: what is wrong between the card and the programs, and what mends it.
 * No PIN is sent, and no more commands than by status --all.
 */
#include <string.h>

#include "checks.h"
#include "language.h"
#include "outfile.h"
#include "report.h"
#include "tool.h"

static void
print_json(struct tool *t, const struct survey *survey,
    const struct findings *findings)
{
	struct json j = { t->out, false };

	json_open(&j, NULL, '{');
	json_bool(&j, "card", found_card(survey));
	findings_json(&j, findings);
	json_close(&j, '}');
	fputc('\n', t->out);
}

static void
print_text(FILE *f, const struct findings *findings)
{
	if (findings->n == 0)
		fputs(_("Nothing is wrong.\n"), f);
	else
		findings_text(f, findings);
}

/* name, address and My Number need it; status asks for it with --all only. */
static enum jpki_err
ask_input(void *user, struct tool *t, struct card_seen *seen)
{
	(void)user;
	return look_pin(t, &seen->look, JPKI_PIN_INPUT);
}

static enum exit_code
examine(struct tool *t, struct patience *patience)
{
	const struct survey_more more = { patience, NULL, ask_input, NULL };
	struct host	host;
	struct survey	survey;
	struct findings	findings = { .n = 0 };
	enum jpki_err	err;

	tool_listen(t, patience_hear, patience);
	err = survey_take(t, &more, &survey);
	tool_listen(t, NULL, NULL);
	if (err != JPKI_OK)
		return fail_err(t, err);
	host_here(&host, t->now);
	check_all(&host, &survey, &findings);
	if (host_memory_lacked())
		err = JPKI_ERR_MEMORY;
	else if (t->opt->seen[OPT_JSON])
		print_json(t, &survey, &findings);
	else
		print_text(t->out, &findings);
	survey_free(&survey);
	if (err != JPKI_OK)
		return fail_err(t, err);
	t->answered = true;
	return findings.n == 0 ? EXIT_DONE : EXIT_FAILED;
}

enum exit_code
cmd_doctor(struct tool *t)
{
	struct patience	 patience = { .n = 0 };
	const char	*path = t->opt->value[OPT_OUTPUT];
	bool		 force = t->opt->seen[OPT_FORCE] > 0;
	enum exit_code	 code;

	if (path != NULL && strcmp(path, "-") == 0)
		path = NULL;
	code = options_exclude(t->opt, OPT(REPORT) | OPT(JSON));
	if (code != EXIT_DONE)
		return code;
	if (!t->opt->seen[OPT_REPORT] && (path != NULL || force))
		return fail(EXIT_USAGE, "\"doctor\" writes a file with "
		    "--report only; give that, too");
	if (path != NULL)
		code = outfile_check(path, force);
	if (code != EXIT_DONE || !patience_begin(t, &patience, &code))
		return code;
	if (!t->opt->seen[OPT_REPORT])
		return examine(t, &patience);
	code = report_make(t, &patience);
	if (code == EXIT_DONE && path != NULL)
		code = tool_write_out(t, path, false);
	return code;
}
