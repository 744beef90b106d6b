/* SPDX-License-Identifier: BSD-2-Clause */
/* readers: every reader, the card in it, and whether that is a JPKI card. */
#include <string.h>

#include "language.h"
#include "outjson.h"
#include "outtext.h"
#include "tool.h"

/* What is found out about the card in a reader. */
struct finding {
	enum jpki_answer	 jpki;
	const char		*text;
};

static const struct finding_row {
	enum jpki_err	err;
	struct finding	finding;
} findings[] = {
	{ JPKI_OK, { JPKI_YES, N_("JPKI card") } },
	{ JPKI_ERR_NOT_JPKI, { JPKI_NO, N_("a card, but no JPKI card") } },
	{ JPKI_ERR_NO_CARD, { JPKI_NO, N_("no card") } },
	{ JPKI_ERR_REMOVED, { JPKI_NO, N_("no card") } },
	{ JPKI_ERR_NO_READER, { JPKI_NO, N_("no card") } },
	{ JPKI_ERR_MUTE, { JPKI_UNKNOWN,
	    N_("a card that does not answer: turn it over or place it anew") } },
	{ JPKI_ERR_BUSY, { JPKI_UNKNOWN, N_("a card that another program holds") } },
};

static const struct finding unknown = {
	JPKI_UNKNOWN, N_("a card that cannot be recognised: place it anew")
};

static const struct finding *
finding_of(enum jpki_err err)
{
	for (size_t i = 0; i < sizeof findings / sizeof findings[0]; i++)
		if (findings[i].err == err)
			return &findings[i].finding;
	return &unknown;
}

/* MEMORY is no finding: the next run may see the card. */
static enum jpki_err
look(struct tool *t, const struct jpki_reader *reader,
    const struct finding **out)
{
	struct jpki_card	*card = NULL;
	enum jpki_err		 err = JPKI_ERR_NO_CARD;

	if (reader->mute)
		err = JPKI_ERR_MUTE;
	else if (reader->has_card)
		err = jpki_card_open(t->ctx, reader->name, &card);
	jpki_card_close(&card);
	*out = finding_of(err);
	return err == JPKI_ERR_MEMORY ? err : JPKI_OK;
}

static void
reader_json(struct json *j, const struct jpki_reader *reader,
    const struct finding *finding)
{
	json_open(j, NULL, '{');
	json_string(j, "reader", reader->name);
	json_bool(j, "card", reader->has_card);
	if (finding->jpki == JPKI_UNKNOWN)
		json_null(j, "jpki");
	else
		json_bool(j, "jpki", finding->jpki == JPKI_YES);
	json_close(j, '}');
}

static void
reader_text(FILE *f, const struct jpki_reader *reader,
    const struct finding *finding)
{
	text_put(f, reader->name);
	fprintf(f, "\n  %s\n", language_of(finding->text));
}

static enum jpki_err
show(struct tool *t, const struct jpki_reader *readers, size_t count)
{
	const char		*only = t->opt->value[OPT_READER];
	struct json		 j = { t->out, false };
	bool			 as_json = t->opt->seen[OPT_JSON] > 0;
	enum jpki_err		 err = JPKI_OK;
	const struct finding	*finding;
	size_t			 shown = 0;

	if (as_json) {
		json_open(&j, NULL, '{');
		json_open(&j, "readers", '[');
	}
	for (size_t i = 0; i < count && err == JPKI_OK; i++) {
		if (only != NULL && strcmp(only, readers[i].name) != 0)
			continue;
		err = look(t, &readers[i], &finding);
		if (as_json)
			reader_json(&j, &readers[i], finding);
		else
			reader_text(t->out, &readers[i], finding);
		shown++;
	}
	if (as_json) {
		json_close(&j, ']');
		json_close(&j, '}');
		fputc('\n', t->out);
	}
	return err == JPKI_OK && shown == 0 ? JPKI_ERR_NO_READER : err;
}

enum exit_code
cmd_readers(struct tool *t)
{
	struct jpki_reader	*readers = NULL;
	size_t			 count = 0;
	enum jpki_err		 err = jpki_readers(t->ctx, &readers, &count);

	if (err == JPKI_OK)
		err = show(t, readers, count);
	jpki_readers_free(&readers, count);
	return err == JPKI_OK ? EXIT_DONE : fail_err(t, err);
}
