/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "neighbour.h"

#define LOOKS		(BOUND_S * 200)	/* each 5 milliseconds apart */
#define RECOVERIES	3
#define JPKI_AID	"00A4040C0AD392F000260100000001"

static int
connect_control(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t n = strlen(path);

	if (fd < 0 || n >= sizeof(a.sun_path))
		return -1;
	memcpy(a.sun_path, path, n + 1);
	if (connect(fd, (const struct sockaddr *)(const void *)&a,
	    sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

bool
world_open(struct world *w)
{
	const char *control = getenv("JPKI_VCARD_CONTROL");
	const char *log = getenv("JPKI_VCARD_LOG");

	memset(w, 0, sizeof(*w));
	if (control == NULL || log == NULL)
		return false;
	w->control = connect_control(control);
	if (w->control < 0)
		return false;
	w->answers = fdopen(dup(w->control), "r");
	w->log = fopen(log, "re");
	return w->answers != NULL && w->log != NULL;
}

/*
 * Requests.
 */

static bool
ask(struct world *w, const char *request)
{
	size_t n = strlen(request);

	return send(w->control, request, n, MSG_NOSIGNAL) == (ssize_t)n &&
	    getline(&w->line, &w->room, w->answers) >= 0 &&
	    strncmp(w->line, "{\"ok\":true", 10) == 0;
}

static bool
note_failure(struct world *w, const char *request)
{
	snprintf(w->failed, sizeof(w->failed), "%.*s: %.*s",
	    (int)strcspn(request, "\n"), request,
	    w->line != NULL ? (int)strcspn(w->line, "\n") : 0,
	    w->line != NULL ? w->line : "");
	return false;
}

bool
world_ask(struct world *w, const char *format, ...)
{
	char request[256];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(request, sizeof(request) - 1, format, args);
	va_end(args);
	memcpy(request + n, "\n", 2);
	return ask(w, request) || note_failure(w, request);
}

/* The number behind "key": in text; -1: it is not there. */
static long
number_of(const char *text, const char *key)
{
	char quoted[NAME_ROOM];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = text != NULL ? strstr(text, quoted) : NULL;
	return at != NULL ? strtol(at + strlen(quoted), NULL, 10) : -1;
}

/* The word behind "key":" in text. */
static void
word_of(const char *text, const char *key, char *out, size_t room)
{
	char quoted[NAME_ROOM];
	const char *at;

	out[0] = '\0';
	snprintf(quoted, sizeof(quoted), "\"%s\":\"", key);
	at = text != NULL ? strstr(text, quoted) : NULL;
	if (at != NULL)
		snprintf(out, room, "%.*s",
		    (int)strcspn(at + strlen(quoted), "\""),
		    at + strlen(quoted));
}

bool
world_pins(struct world *w, struct attempt *a)
{
	char quoted[NAME_ROOM];

	if (!world_ask(w, "pins"))
		return false;
	a->astray = (unsigned long)number_of(w->line, "astray");
	for (unsigned i = 0; i < CARD_PINS; i++) {
		struct pin_state *p = &a->pins[i];
		const char *at;

		snprintf(quoted, sizeof(quoted), "\"%s\":{",
		    pin_rows[i].name);
		at = strstr(w->line, quoted);
		if (at == NULL)
			return false;
		p->verify = (unsigned long)number_of(at, "verify");
		p->wrong = (unsigned long)number_of(at, "wrong");
		p->change = (unsigned long)number_of(at, "change");
		p->changed = (unsigned long)number_of(at, "changed");
		p->tries = (int)number_of(at, "tries");
		word_of(at, "value", p->value, sizeof(p->value));
	}
	return true;
}

/*
 * The log: one JSON object a line, its keys in a fixed order.
 */

/* A line that was written whole; false: there is none yet. */
static bool
next_line(struct world *w, char **line, size_t *room)
{
	long before = ftell(w->log);
	ssize_t n = getline(line, room, w->log);

	if (n > 0 && (*line)[n - 1] == '\n')
		return true;
	clearerr(w->log);
	(void)fseek(w->log, before, SEEK_SET);
	return false;
}

static void
note_command(struct command_seen *c, const char *line)
{
	char hex[1024];

	word_of(line, "command", hex, sizeof(hex));
	memset(c, 0, sizeof(*c));
	if (strlen(hex) >= 4)
		c->ins = (uint8_t)strtol((char[]){ hex[2], hex[3], '\0' },
		    NULL, 16);
	c->selects_jpki = strcmp(hex, JPKI_AID) == 0;
	c->leaves = !c->selects_jpki && strncmp(hex, "00A4040C", 8) == 0;
	c->has_data = strlen(hex) > 10;
	c->acted = strstr(line, "\"acted\":true") != NULL;
	c->struck = strstr(line, "\"faults\":[") != NULL;
}

static bool
read_on(struct world *w, struct seen *out)
{
	char *line = NULL;
	size_t room = 0;
	bool struck = false;

	while (next_line(w, &line, &room)) {
		if (strstr(line, "\"event\":\"command\"") == NULL ||
		    out->n == COMMANDS_MAX)
			continue;
		note_command(&out->command[out->n], line);
		struck = struck || out->command[out->n++].struck;
	}
	free(line);
	return struck;
}

/* A command is in the log when it is over, which its sender may not see. */
void
world_look(struct world *w, bool until_struck, struct seen *out)
{
	static const struct timespec pause = { 0, 5 * 1000 * 1000 };
	bool struck;

	out->n = 0;
	struck = read_on(w, out);
	for (int i = 0; until_struck && !struck && i < LOOKS; i++) {
		(void)nanosleep(&pause, NULL);
		struck = read_on(w, out);
	}
}

void
world_skip(struct world *w)
{
	(void)fseek(w->log, 0, SEEK_END);
}

/*
 * Mending.
 */

bool
world_serve(struct world *w, bool *started)
{
	static const char start[] = "pcscd start\n";

	if (!ask(w, start))
		return strstr(w->line, "running already") != NULL ||
		    note_failure(w, start);
	if (started != NULL)
		*started = true;
	return true;
}

bool
world_renew(struct world *w)
{
	return world_serve(w, NULL) && world_ask(w, "renew") &&
	    world_ask(w, "insert");
}

/*
 * The reader drops its connection a moment after the client has its answer,
 * and pcscd sees that later still: without this the world would seem whole.
 * A removal that pcscd has seen is a clean start for the next insertion.
 */
bool
world_await_return(struct world *w)
{
	return world_ask(w, "remove") && world_ask(w, "insert");
}

/*
 * pcscd ends of nonsense when it next looks for a card, maybe in the middle of
 * this.  And a card that came back, was powered for a client and left between
 * two of its looks it believes in until somebody connects: another one does
 * not.
 */
bool
world_recover(struct world *w, bool *died)
{
	for (int i = 0; i < RECOVERIES && world_serve(w, died); i++) {
		if (world_await_return(w))
			return world_serve(w, died);
		if (!world_serve(w, died) || !act_restart_service(w))
			break;
	}
	return false;
}

/*
 * What happens.
 */

static void
client_signal(const struct world *w, int signal)
{
	if (w->client > 0)
		(void)kill(w->client, signal);
}

/* The client sleeps meanwhile, and wakes up to a pcscd that is another. */
bool
act_kill_service(struct world *w)
{
	bool ok;

	client_signal(w, SIGSTOP);
	ok = world_ask(w, "pcscd kill");
	(void)world_ask(w, "resume");
	ok = ok && world_ask(w, "pcscd start");
	client_signal(w, SIGCONT);
	return ok;
}

bool
act_restart_service(struct world *w)
{
	return world_ask(w, "pcscd kill") && world_ask(w, "pcscd start");
}

/* It stays away until the attempt is over. */
bool
act_stop_service(struct world *w)
{
	bool ok = world_ask(w, "pcscd kill");

	(void)world_ask(w, "resume");
	return ok;
}

bool
act_neighbour_select(struct world *w)
{
	return neighbour_do(w->neighbour, NEIGHBOUR_SELECT);
}

/* It stands in the queue and comes in when a transaction ends. */
bool
act_neighbour_waits(struct world *w)
{
	bool ok = neighbour_start(w->neighbour, NEIGHBOUR_SELECT);

	return world_ask(w, "resume") && ok;
}

/*
 * Between two calls it may get the reader.  While a transaction lasts pcscd
 * lets it wait, and says no if somebody is still connected then.
 */
bool
act_take(struct world *w)
{
	(void)neighbour_do(w->neighbour, NEIGHBOUR_TAKE);
	return true;
}

bool
act_try_to_take(struct world *w)
{
	bool ok = neighbour_start(w->neighbour, NEIGHBOUR_TAKE);

	return world_ask(w, "resume") && ok;
}

bool
act_let_go(struct world *w)
{
	return neighbour_do(w->neighbour, NEIGHBOUR_LEAVE);
}

bool
act_remove(struct world *w)
{
	return world_ask(w, "remove");
}

bool
act_away(struct world *w)
{
	return world_ask(w, "remove") && world_ask(w, "insert");
}

bool
act_reset(struct world *w)
{
	return world_ask(w, "reset");
}

bool
act_mute(struct world *w)
{
	return world_ask(w, "mute on");
}

void
world_settle(struct world *w)
{
	(void)neighbour_finish(w->neighbour);
}
