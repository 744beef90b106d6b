/* SPDX-License-Identifier: BSD-2-Clause */
/* wait: until a card is put in or taken out. */
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "interrupt.h"
#include "outjson.h"
#include "outtext.h"
#include "tool.h"

static const struct event_row {
	const char	*name;
	enum jpki_event	 event;
} events[] = {
	{ "insert", JPKI_CARD_INSERTED },
	{ "remove", JPKI_CARD_REMOVED },
};

static const struct event_row *
find_event(const char *name)
{
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (strcmp(events[i].name, name) == 0)
			return &events[i];
	return NULL;
}

/*
 * Ctrl-C ends the wait through jpki_cancel(), which no signal handler may
 * call: a thread takes the signal.
 */
struct canceller {
	struct jpki_ctx	*ctx;
	atomic_bool	 done;		/* the wait is over */
};

/* Again and again, as the wait may not have begun at the first time. */
static void *
cancel_on_signal(void *user)
{
	const struct timespec	 pause = { 0, 50000000 };
	struct canceller	*c = user;

	while (!interrupt_take() && !atomic_load(&c->done))
		;
	while (!atomic_load(&c->done)) {
		jpki_cancel(c->ctx);
		(void)nanosleep(&pause, NULL);
	}
	return NULL;
}

static enum jpki_err
wait_for(struct tool *t, enum jpki_event event, int timeout_ms, char **reader)
{
	struct canceller	c = { .ctx = t->ctx };
	pthread_t		thread;
	enum jpki_err		err;

	interrupt_hold();
	if (pthread_create(&thread, NULL, cancel_on_signal, &c) != 0) {
		interrupt_release();
		return JPKI_ERR_MEMORY;
	}
	err = jpki_wait(t->ctx, t->opt->value[OPT_READER], event, timeout_ms,
	    reader);
	atomic_store(&c.done, true);
	(void)pthread_kill(thread, SIGTERM);	/* it takes that, and looks */
	(void)pthread_join(thread, NULL);
	interrupt_release();
	return err;
}

static void
print(struct tool *t, const char *event, const char *reader)
{
	struct json j = { t->out, false };

	if (t->opt->seen[OPT_JSON]) {
		json_open(&j, NULL, '{');
		json_string(&j, "event", event);
		json_string(&j, "reader", reader);
		json_close(&j, '}');
		fputc('\n', t->out);
	} else if (reader != NULL) {
		text_put(t->out, reader);
		fputc('\n', t->out);
	}
}

enum exit_code
cmd_wait(struct tool *t)
{
	const struct event_row	*row = find_event(t->opt->operand[1]);
	char			*reader = NULL;
	enum jpki_err		 err;
	int			 timeout_ms = -1;

	if (row == NULL)
		return fail(EXIT_USAGE, "\"wait\" knows no \"%s\"; say insert "
		    "or remove", t->opt->operand[1]);
	if (t->opt->seen[OPT_TIMEOUT]) {
		timeout_ms = options_number(t->opt, OPT_TIMEOUT,
		    INT_MAX / 1000);
		if (timeout_ms < 0)
			return EXIT_USAGE;
		timeout_ms *= 1000;
	}
	err = wait_for(t, row->event, timeout_ms, &reader);
	if (err == JPKI_OK)
		print(t, row->name, reader);
	free(reader);
	return err == JPKI_OK ? EXIT_DONE : fail_err(t, err);
}
