/* SPDX-License-Identifier: BSD-2-Clause */
/* The card, by the remote control of jpki-vcard. */
#include "torn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static FILE *control;
static char *line;
static size_t room;

bool
card_open(void)
{
	const char *path = getenv("JPKI_VCARD_CONTROL");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = path != NULL ? strlen(path) : 0;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (n == 0 || n >= sizeof(a.sun_path) || fd < 0)
		return false;
	memcpy(a.sun_path, path, n + 1);
	if (connect(fd, (const struct sockaddr *)(const void *)&a,
	    sizeof(a)) == 0)
		control = fdopen(fd, "r+");
	if (control == NULL)
		close(fd);
	return control != NULL;
}

bool
card_ask(const char *request)
{
	static const char ok[] = "{\"ok\":true";

	if (fprintf(control, "%s\n", request) < 0 || fflush(control) != 0 ||
	    getline(&line, &room, control) < 0) {
		fprintf(stderr, "the card's control does not answer\n");
		exit(1);
	}
	return strncmp(line, ok, strlen(ok)) == 0;
}

bool
card_pin_use(const char *pin, struct pin_use *out)
{
	char name[32];
	const char *at;

	if (!card_ask("pins"))
		return false;
	snprintf(name, sizeof(name), "\"%s\":{", pin);
	at = strstr(line, name);
	if (at == NULL || sscanf(at + strlen(name), "\"verify\":%lu,"
	    "\"wrong\":%lu,\"change\":%lu,\"changed\":%lu,\"tries\":%d,"
	    "\"value\":\"%16[^\"]", &out->verify, &out->wrong, &out->change,
	    &out->changed, &out->tries, out->value) != 6)
		return false;
	at = strstr(line, "\"astray\":");
	return at != NULL && sscanf(at, "\"astray\":%lu", &out->astray) == 1;
}

long
card_commands(void)
{
	const char *at;
	long n;

	if (!card_ask("counters"))
		return -1;
	at = strstr(line, "\"commands\":");
	return at != NULL && sscanf(at, "\"commands\":%ld", &n) == 1 ? n : -1;
}
