/* SPDX-License-Identifier: BSD-2-Clause */
#include "findings.h"

#include <stdarg.h>
#include <string.h>

#include "colour.h"
#include "findtable.h"
#include "language.h"
#include "outtext.h"

void
findings_add(struct findings *findings, enum finding_id id,
    const char *fmt, ...)
{
	struct finding	*finding;
	va_list		 args;

	if (findings->n == FINDINGS_MAX)
		return;
	finding = &findings->list[findings->n++];
	finding->id = id;
	va_start(args, fmt);
	(void)vsnprintf(finding->seen, sizeof finding->seen, fmt, args);
	va_end(args);
}

bool
findings_have(const struct findings *findings, enum finding_id id)
{
	for (size_t i = 0; i < findings->n; i++)
		if (findings->list[i].id == id)
			return true;
	return false;
}

const char *
finding_name(enum finding_id id)
{
	return finding_rows[id].name;
}

/* Each line of a text, set off by so many blanks. */
static void
put_indented(FILE *f, const char *text, int blanks)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		fprintf(f, "%*s%.*s\n", blanks, "", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

void
findings_text(FILE *f, const struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		const struct finding		*found = &findings->list[i];
		const struct finding_row	*row = &finding_rows[found->id];

		if (i > 0)
			fputc('\n', f);
		colour_on(f, COLOUR_HEADING);
		fputs(language_of(row->what), f);
		colour_off(f);
		fputc('\n', f);
		if (found->seen[0] != '\0') {
			fputs("  ", f);
			text_put(f, found->seen);
			fputc('\n', f);
		}
		put_indented(f, language_of(row->fix), 4);
		if (row->lines != NULL)
			put_indented(f, row->lines, 8);
	}
}

void
findings_json(struct json *j, const struct findings *findings)
{
	json_open(j, "findings", '[');
	for (size_t i = 0; i < findings->n; i++) {
		const struct finding		*found = &findings->list[i];
		const struct finding_row	*row = &finding_rows[found->id];

		json_open(j, NULL, '{');
		json_string(j, "id", row->name);
		json_string(j, "what", language_of(row->what));
		json_string(j, "seen", found->seen[0] != '\0' ? found->seen :
		    NULL);
		json_string(j, "fix", language_of(row->fix));
		json_string(j, "lines", row->lines);
		json_close(j, '}');
	}
	json_close(j, ']');
}
