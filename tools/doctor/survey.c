/* SPDX-License-Identifier: BSD-2-Clause */
#include "survey.h"

#include <stdlib.h>
#include <string.h>

static enum jpki_err
open_card(struct tool *t, const struct patience *patience, const char *reader)
{
	enum jpki_err err;

	if (patience_lost(patience, reader))
		return JPKI_ERR_BUSY;
	patience_wait_begin(patience, reader);
	err = jpki_card_open(t->ctx, reader, &t->card);
	patience_wait_end(patience);
	return err;
}

/* The card is opened once, and first asked what status asks. */
static void
look_at(struct tool *t, const struct jpki_reader *reader,
    const struct survey_more *more, struct card_seen *seen)
{
	look_init(&seen->look);
	(void)snprintf(seen->reader, sizeof seen->reader, "%s", reader->name);
	memcpy(seen->atr, reader->atr, sizeof seen->atr);
	seen->atr_len = reader->atr_len;
	seen->err = JPKI_ERR_NO_CARD;
	if (reader->mute)
		seen->err = JPKI_ERR_MUTE;
	else if (reader->has_card)
		seen->err = open_card(t, more->patience, reader->name);
	if (seen->err == JPKI_OK)
		seen->look_err = look_card(t, &seen->look);
	if (seen->err == JPKI_OK && seen->look_err == JPKI_OK)
		seen->look_err = more->ask(more->user, t, seen);
	jpki_card_close(&t->card);
}

/* Of this program, and so of no card: nothing is concluded from it. */
static bool
err_is_ours(enum jpki_err err)
{
	return err == JPKI_ERR_MEMORY || err == JPKI_ERR_INTERNAL;
}

enum jpki_err
survey_take(struct tool *t, const struct survey_more *more,
    struct survey *out)
{
	const char		*only = t->opt->value[OPT_READER];
	struct jpki_reader	*readers = NULL;
	size_t			 count = 0;
	enum jpki_err		 err = JPKI_OK;

	memset(out, 0, sizeof *out);
	out->err = jpki_readers(t->ctx, &readers, &count);
	if (err_is_ours(out->err))
		return out->err;
	out->cards = calloc(count + 1, sizeof *out->cards);
	if (out->cards == NULL)
		err = JPKI_ERR_MEMORY;
	for (size_t i = 0; i < count && err == JPKI_OK; i++) {
		struct card_seen *seen = &out->cards[out->n];

		if (only != NULL && strcmp(only, readers[i].name) != 0)
			continue;
		if (more->begin != NULL)
			more->begin(more->user, out->n);
		look_at(t, &readers[i], more, seen);
		out->n++;
		if (err_is_ours(seen->err))
			err = seen->err;
		else if (err_is_ours(seen->look_err))
			err = seen->look_err;
	}
	jpki_readers_free(&readers, count);
	if (err == JPKI_OK && only != NULL && out->err == JPKI_OK &&
	    out->n == 0)
		err = JPKI_ERR_NO_READER;
	if (err != JPKI_OK)
		survey_free(out);
	return err;
}

void
survey_free(struct survey *survey)
{
	for (size_t i = 0; i < survey->n; i++)
		look_free(&survey->cards[i].look);
	free(survey->cards);
	survey->cards = NULL;
	survey->n = 0;
}
