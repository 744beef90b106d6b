/* SPDX-License-Identifier: BSD-2-Clause */
#include "card.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_BYTES	4096
#define NO_PIN		CARD_PINS

static const struct {
	const char	*name;
	const char	*file;		/* selected before VERIFY */
	int		 begin, max;	/* tries */
} pins[CARD_PINS] = {
	[CARD_AUTH] = { "auth", "0018", 2, 3 },
	[CARD_SIGN] = { "sign", "001B", 4, 5 },
};

static FILE *log_file;
static const char *control;

bool
card_attach(void)
{
	const char *path = getenv("JPKI_VCARD_LOG");

	control = getenv("JPKI_VCARD_CONTROL");
	log_file = path != NULL && control != NULL ? fopen(path, "re") : NULL;
	if (log_file == NULL)
		fputs("not in a world of jpki-vcard run\n", stderr);
	return log_file != NULL;
}

/*
 * Remote control.
 */

static bool
socket_open(int *fd)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", control);
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return *fd >= 0 && connect(*fd, (const struct sockaddr *)&name,
	    sizeof(name)) == 0;
}

/* One line there, one line back. */
static bool
ask(const char *request, char *answer, size_t room)
{
	size_t n = 0;
	ssize_t got;
	int fd;

	if (!socket_open(&fd) ||
	    write(fd, request, strlen(request)) < 0)
		return false;
	while (n + 1 < room && (n == 0 || answer[n - 1] != '\n')) {
		got = read(fd, answer + n, room - 1 - n);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	answer[n] = '\0';
	(void)close(fd);
	return strncmp(answer, "{\"ok\":true", 10) == 0;
}

static bool
tries_ask(int tries[static CARD_PINS])
{
	char answer[LINE_MAX_BYTES], key[16];
	const char *at;

	if (!ask("tries\n", answer, sizeof(answer)))
		return false;
	for (int i = 0; i < CARD_PINS; i++) {
		(void)snprintf(key, sizeof(key), "\"%s\":", pins[i].name);
		at = strstr(answer, key);
		if (at == NULL)
			return false;
		tries[i] = (int)strtol(at + strlen(key), NULL, 10);
	}
	return true;
}

bool
card_run_begin(void)
{
	char request[64], answer[LINE_MAX_BYTES];
	int tries[CARD_PINS];

	if (!tries_ask(tries))
		return false;
	for (int i = 0; i < CARD_PINS; i++) {
		(void)snprintf(request, sizeof(request), "tries %s %d\n",
		    pins[i].name, pins[i].begin);
		if (tries[i] != pins[i].begin &&
		    !ask(request, answer, sizeof(answer)))
			return false;
	}
	return fseek(log_file, 0, SEEK_END) == 0;
}

/*
 * The log.
 */

/* The member's text, in a room; empty if it is not there. */
static void
member(const char *line, const char *name, char *out, size_t room)
{
	const char *at = strstr(line, name);
	size_t n;

	out[0] = '\0';
	if (at == NULL)
		return;
	at += strlen(name);
	n = strcspn(at, "\"");
	(void)snprintf(out, room, "%.*s", (int)n, at);
}

static bool
starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static int
pin_of(const char *file)
{
	for (int i = 0; i < CARD_PINS; i++)
		if (starts(file, pins[i].file))
			return i;
	return NO_PIN;
}

static void
verify_seen(struct card_run *run, int pin, const char *answer)
{
	run->verifies++;
	run->open |= starts(answer, "9000");
	if (pin == NO_PIN)
		return;
	if (starts(answer, "9000"))
		run->tries[pin] = pins[pin].max;
	else if (starts(answer, "63C"))
		run->tries[pin] = (int)strtol(answer + 3, NULL, 16);
}

static void
command_seen(struct card_run *run, int *pin, const char *command,
    const char *answer)
{
	if (starts(command, "00A4040C")) {
		*pin = NO_PIN;
		/* JPKI itself keeps what was verified. */
		if (!starts(command, "00A4040C0AD392F0"))
			run->open = false;
	} else if (starts(command, "00A4020C02")) {
		*pin = pin_of(command + 10);
	} else if (starts(command, "0020") && strlen(command) > 10) {
		verify_seen(run, *pin, answer);
	} else if (starts(command, "0024")) {
		run->changes += starts(answer, "9000");
	}
}

bool
card_run_end(struct card_run *run, char *complaint, size_t room)
{
	char line[LINE_MAX_BYTES], command[1024], answer[1024];
	int pin = NO_PIN, tries[CARD_PINS];

	*run = (struct card_run){ .verifies = 0 };
	for (int i = 0; i < CARD_PINS; i++)
		run->tries[i] = pins[i].begin;
	clearerr(log_file);
	while (fgets(line, sizeof(line), log_file) != NULL) {
		member(line, "\"command\":\"", command, sizeof(command));
		member(line, "\"answer\":\"", answer, sizeof(answer));
		command_seen(run, &pin, command, answer);
		if (strstr(line, "\"event\":\"reset\"") != NULL ||
		    strstr(line, "\"event\":\"power-off\"") != NULL)
			run->open = false;
	}
	if (!tries_ask(tries)) {
		(void)snprintf(complaint, room, "the card does not answer");
		return false;
	}
	for (int i = 0; i < CARD_PINS; i++) {
		if (tries[i] == run->tries[i])
			continue;
		(void)snprintf(complaint, room, "%d tries left of %s, but "
		    "its log leaves %d", tries[i], pins[i].name,
		    run->tries[i]);
		return false;
	}
	return true;
}
