/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* accept4 */
#include "control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "verror.h"

#define REQUEST_MAX	512
#define TICK_NS		1000000

struct client {
	int	fd;		/* -1: free */
	char	line[REQUEST_MAX];
	size_t	n;
	bool	waits;		/* its request cannot be done yet */
	int64_t	until;		/* ms */
};

struct control {
	struct control_host	host;
	struct sockaddr_un	address;
	bool			bound;
	int			fd;
	int			clock;		/* ticks while somebody waits */
	struct client		clients[CONTROL_CLIENTS_MAX];
	size_t			victim;		/* who goes next, if all are taken */
};

static int
fill_address(struct sockaddr_un *a, const char *path,
    char error[VCARD_ERROR_MAX])
{
	size_t n = strlen(path);

	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	if (n >= sizeof(a->sun_path))
		return vcard_fail(error, "the path of a socket has at most %zu "
		    "bytes; choose a shorter one", sizeof(a->sun_path) - 1);
	memcpy(a->sun_path, path, n + 1);
	return 0;
}

static int
connect_to(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), saved;

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)(const void *)a,
	    sizeof(*a)) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* Left behind by a process that was killed? */
static void
remove_stale(const struct sockaddr_un *a)
{
	struct stat st;
	int fd;

	if (lstat(a->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = connect_to(a);
	if (fd >= 0)
		close(fd);
	else if (errno == ECONNREFUSED)
		unlink(a->sun_path);
}

/* Who may control the card: the user alone. */
static int
bind_private(int fd, const struct sockaddr_un *a)
{
	mode_t mask = umask(0177);
	int rc = bind(fd, (const struct sockaddr *)(const void *)a,
	    sizeof(*a));

	umask(mask);
	return rc;
}

int
control_open(struct control **out, const char *path,
    const struct control_host *host, char error[VCARD_ERROR_MAX])
{
	struct control *c = calloc(1, sizeof(*c));
	size_t i;

	if (c == NULL)
		return vcard_fail(error, "no memory");
	c->host = *host;
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		c->clients[i].fd = -1;
	c->fd = -1;
	c->clock = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (c->clock < 0) {
		vcard_fail(error, "no timer: %s", strerror(errno));
		goto fail;
	}
	if (fill_address(&c->address, path, error) != 0)
		goto fail;
	remove_stale(&c->address);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	c->bound = c->fd >= 0 && bind_private(c->fd, &c->address) == 0;
	if (!c->bound || listen(c->fd, CONTROL_CLIENTS_MAX) != 0) {
		vcard_fail(error, "control socket %.150s: %s", path,
		    strerror(errno));
		goto fail;
	}
	*out = c;
	return 0;
fail:
	control_close(&c);
	return -1;
}

static void
drop(struct client *client)
{
	close(client->fd);
	client->fd = -1;
	client->n = 0;
	client->waits = false;
}

void
control_close(struct control **control)
{
	struct control *c = *control;
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (c->clients[i].fd >= 0)
			drop(&c->clients[i]);
	if (c->bound)
		unlink(c->address.sun_path);
	if (c->fd >= 0)
		close(c->fd);
	if (c->clock >= 0)
		close(c->clock);
	free(c);
	*control = NULL;
}

size_t
control_fds(const struct control *control, struct pollfd fds[CONTROL_FDS_MAX])
{
	size_t i;

	fds[0] = (struct pollfd){ .fd = control->fd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = control->clock, .events = POLLIN };
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		fds[2 + i] = (struct pollfd){ .fd = control->clients[i].fd,
		    .events = POLLIN };
	return CONTROL_FDS_MAX;
}

/*
 * If all places are taken, one in turn has to go; not who waits for an answer,
 * unless all do.
 */
static struct client *
place_find(struct control *c)
{
	struct client *client;
	size_t i;

	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (c->clients[i].fd < 0)
			return &c->clients[i];
	do
		client = &c->clients[c->victim++ % CONTROL_CLIENTS_MAX];
	while (client->waits && i-- > 0);
	drop(client);
	return client;
}

static void
admit(struct control *c)
{
	struct client *client = place_find(c);

	client->fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);
	client->n = 0;
}

static bool
send_all(int fd, const char *p, size_t n, int flags)
{
	ssize_t put;

	while (n > 0) {
		put = send(fd, p, n, flags | MSG_NOSIGNAL);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
set_clock(const struct control *c, bool ticks)
{
	const struct timespec every = { 0, ticks ? TICK_NS : 0 };
	const struct itimerspec when = { every, every };

	(void)timerfd_settime(c->clock, 0, &when, NULL);
}

/* Not every request can be done when it comes. */
static bool
must_wait(struct control *c, struct client *client)
{
	int ms = control_patience_ms(&c->host, client->line);

	if (client->waits) {
		client->waits = ms > 0 && now_ms() < client->until;
	} else if (ms > 0) {
		client->waits = true;
		client->until = now_ms() + ms;
		set_clock(c, true);
	}
	return client->waits;
}

static bool
answer(struct control *c, struct client *client)
{
	char *line = NULL;
	bool go_on = true;
	size_t n = 0;
	FILE *out;

	if (must_wait(c, client) ||
	    (out = open_memstream(&line, &n)) == NULL)
		return true;
	go_on = control_do(&c->host, client->line, out);
	client->n = 0;
	/* Who asks and never reads must not hold up the others. */
	if (fclose(out) != 0 || !send_all(client->fd, line, n, MSG_DONTWAIT))
		drop(client);
	free(line);
	return go_on;
}

static bool
hear(struct control *c, struct client *client)
{
	size_t room = sizeof(client->line) - 1 - client->n;
	ssize_t got;
	char *end;

	got = recv(client->fd, client->line + client->n, room, MSG_DONTWAIT);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (got <= 0 || (size_t)got == room || client->waits) {
		drop(client);
		return true;
	}
	client->n += (size_t)got;
	client->line[client->n] = '\0';
	if ((end = strchr(client->line, '\n')) == NULL)
		return true;
	*end = '\0';
	return answer(c, client);
}

/* Whoever waits is looked at again. */
static void
tick(struct control *c)
{
	struct client *client;
	uint64_t ticks;
	bool waits = false;

	(void)!read(c->clock, &ticks, sizeof(ticks));
	for (client = c->clients; client < c->clients + CONTROL_CLIENTS_MAX;
	    client++) {
		if (client->waits)
			(void)answer(c, client);
		waits = waits || client->waits;
	}
	if (!waits)
		set_clock(c, false);
}

bool
control_step(struct control *control, const struct pollfd *fds, size_t n)
{
	bool go_on = true;
	size_t i;

	for (i = 2; i < n; i++)
		if (fds[i].revents != 0 &&
		    control->clients[i - 2].fd == fds[i].fd)
			go_on = hear(control, &control->clients[i - 2]) &&
			    go_on;
	if (fds[1].revents != 0)
		tick(control);
	if (fds[0].revents != 0)
		admit(control);
	return go_on;
}

/*
 * The client.
 */
static int
request_line(char *const words[], size_t n, char line[REQUEST_MAX])
{
	size_t i, at = 0, len;

	for (i = 0; i < n; i++) {
		len = strlen(words[i]);
		if (at + len + 2 > REQUEST_MAX ||
		    strpbrk(words[i], "\r\n") != NULL)
			return -1;
		memcpy(line + at, words[i], len);
		at += len;
		line[at++] = i + 1 < n ? ' ' : '\n';
	}
	line[at] = '\0';
	return 0;
}

/* The answer's line, to be freed; NULL if the connection ended before it. */
static char *
read_answer(int fd)
{
	FILE *in = fdopen(fd, "r");
	char *line = NULL;
	size_t room = 0;

	if (in == NULL) {
		close(fd);
		return NULL;
	}
	if (getline(&line, &room, in) < 0) {
		free(line);
		line = NULL;
	}
	fclose(in);
	return line;
}

int
control_ask(const char *path, char *const words[], size_t n, FILE *out,
    char error[VCARD_ERROR_MAX])
{
	static const char ok[] = "{\"ok\":true";
	struct sockaddr_un a;
	char request[REQUEST_MAX], *line;
	int fd, rc;

	if (request_line(words, n, request) != 0)
		return vcard_fail(error, "the command is too long");
	if (fill_address(&a, path, error) != 0)
		return -1;
	if ((fd = connect_to(&a)) < 0)
		return vcard_fail(error, "nobody listens at %.150s: %s; is "
		    "\"jpki-vcard serve\" or \"run\" running?", path,
		    strerror(errno));
	/* If it could not be sent, there is no answer either. */
	(void)send_all(fd, request, strlen(request), 0);
	if ((line = read_answer(fd)) == NULL)
		return vcard_fail(error, "no answer from %.150s", path);
	fputs(line, out);
	rc = strncmp(line, ok, strlen(ok)) == 0;
	free(line);
	return rc;
}
