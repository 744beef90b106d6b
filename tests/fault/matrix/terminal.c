/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* posix_openpt, TIOCSCTTY */
#include "terminal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define QUESTION	"Enter the "	/* each begins so */

bool
terminal_open(struct terminal *t, const char *now, const char *next)
{
	const char *name;

	*t = (struct terminal){ .slave = -1, .now = now, .next = next };
	t->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->master < 0 || grantpt(t->master) != 0 ||
	    unlockpt(t->master) != 0 || (name = ptsname(t->master)) == NULL)
		return false;
	t->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return t->slave >= 0;
}

void
terminal_close(struct terminal *t)
{
	if (t->master >= 0)
		close(t->master);
	if (t->slave >= 0)
		close(t->slave);
	t->master = t->slave = -1;
}

bool
terminal_own(const struct terminal *t)
{
	return setsid() > 0 && ioctl(t->slave, TIOCSCTTY, 0) == 0;
}

static unsigned
questions(const struct terminal *t)
{
	const char *at = t->shown;
	unsigned n = 0;

	while ((at = strstr(at, QUESTION)) != NULL) {
		at += strlen(QUESTION);
		/* Complete: nothing comes behind the colon until an answer. */
		n += strstr(at, ": ") != NULL;
	}
	return n;
}

bool
terminal_asks(struct terminal *t)
{
	size_t room = sizeof(t->shown) - 1 - t->n;
	ssize_t n = read(t->master, t->shown + t->n, room);

	if (n > 0)
		t->n += (size_t)n;
	t->shown[t->n] = '\0';
	return questions(t) > t->answered;
}

void
terminal_answer(struct terminal *t)
{
	const char *text = t->answered++ == 0 ? t->now : t->next;
	char line[64];
	int n = snprintf(line, sizeof(line), "%s\n", text);

	/* A terminal that takes nothing shows as an operation that hangs. */
	(void)!write(t->master, line, (size_t)n);
}
