/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between a client and pcscd.  pcsc-lite's messages to pcscd are a header of
 * two words of the host, the length of the body and the command; a
 * transmission's body is followed by the command APDU.  The answers are as
 * long as the client expects.
 */
#define _GNU_SOURCE		/* accept4 */
#include "torn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PCSCD		"/run/pcscd/pcscd.comm"
#define PAIRS_MAX	16
#define HEADER		8
#define LENGTH_AT	(HEADER + 12)	/* of the APDU, in a transmission */
#define TRANSMIT	9
#define KEPT		512		/* bytes of a message, to be looked at */
#define ALL_OF_IT	SIZE_MAX

struct pair {
	int	 client, server;	/* -1: closed */
	uint8_t	 kept[KEPT];		/* of the message that is coming */
	size_t	 n;			/* of its bytes that came */
	size_t	 message;		/* its number */
};

struct proxy {
	struct sockaddr_un	 address;
	int			 listener;	/* -1: nobody listens */
	struct pair		 pairs[PAIRS_MAX];
	size_t			 pairs_n;
	struct cut		 cut;
	struct conversation	 talk;
};

static int
listen_at(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)unlink(a->sun_path);
	if (fd >= 0 && bind(fd, (const struct sockaddr *)(const void *)a,
	    sizeof(*a)) == 0 && listen(fd, PAIRS_MAX) == 0)
		return fd;
	perror(a->sun_path);
	if (fd >= 0)
		close(fd);
	return -1;
}

struct proxy *
proxy_new(const char *path)
{
	struct proxy *p = calloc(1, sizeof(*p));
	size_t n = strlen(path);

	if (p == NULL || n >= sizeof(p->address.sun_path)) {
		fprintf(stderr, "no proxy at %s\n", path);
		free(p);
		return NULL;
	}
	p->address.sun_family = AF_UNIX;
	memcpy(p->address.sun_path, path, n + 1);
	p->listener = listen_at(&p->address);
	return p;
}

bool
proxy_begin(struct proxy *p, const struct cut *cut)
{
	memset(&p->talk, 0, sizeof(p->talk));
	p->cut = *cut;
	if (p->listener < 0)
		p->listener = listen_at(&p->address);
	return p->listener >= 0;
}

bool
proxy_idle(const struct proxy *p)
{
	return p->pairs_n == 0;
}

const struct conversation *
proxy_conversation(const struct proxy *p)
{
	return &p->talk;
}

/*
 * Messages.
 */
static uint32_t
word(const struct pair *pair, size_t at)
{
	uint32_t v;

	memcpy(&v, pair->kept + at, sizeof(v));
	return v;
}

/* The bytes of the message that is coming, as far as is known by now. */
static size_t
expected(const struct pair *pair)
{
	size_t n = HEADER;

	if (pair->n < HEADER)
		return n;
	n += word(pair, 0);
	if (word(pair, 4) != TRANSMIT)
		return n;
	if (pair->n < LENGTH_AT + 4)
		return LENGTH_AT + 4;
	return n + word(pair, LENGTH_AT);
}

static struct message *
message_of(struct proxy *p, const struct pair *pair)
{
	return &p->talk.messages[pair->message];
}

static void
begin_message(struct proxy *p, struct pair *pair)
{
	struct conversation *t = &p->talk;

	if (t->count == MESSAGES_MAX) {
		fprintf(stderr, "more than %d messages\n", MESSAGES_MAX);
		exit(1);
	}
	pair->message = t->count++;
	t->messages[pair->message].start[WAY_UP] = t->bytes[WAY_UP];
	t->messages[pair->message].start[WAY_DOWN] = t->bytes[WAY_DOWN];
}

/* What the bytes so far tell of the message. */
static void
look(struct proxy *p, const struct pair *pair)
{
	struct message *m = message_of(p, pair);
	size_t apdu = pair->n >= HEADER ? HEADER + word(pair, 0) : 0;

	if (pair->n >= HEADER)
		m->command = word(pair, 4);
	if (m->command != TRANSMIT || pair->n < LENGTH_AT + 4)
		return;
	m->apdu_n = word(pair, LENGTH_AT);
	if (pair->n >= apdu + 2)
		memcpy(m->apdu, pair->kept + apdu, 2);
}

static void
went_up(struct proxy *p, struct pair *pair, const uint8_t *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (pair->n == 0 || pair->n == expected(pair)) {
			pair->n = 0;
			begin_message(p, pair);
		}
		if (pair->n < KEPT)
			pair->kept[pair->n] = bytes[i];
		pair->n++;
		message_of(p, pair)->n[WAY_UP]++;
		p->talk.bytes[WAY_UP]++;
		look(p, pair);
	}
}

static void
went_down(struct proxy *p, struct pair *pair, size_t n)
{
	if (pair->n > 0)
		message_of(p, pair)->n[WAY_DOWN] += n;
	p->talk.bytes[WAY_DOWN] += n;
}

bool
message_is_apdu(const struct message *m)
{
	return m->command == TRANSMIT;
}

bool
message_is_query(const struct message *m)
{
	return message_is_apdu(m) && m->apdu[1] == 0x20 && m->apdu_n <= 5;
}

bool
message_is_verify(const struct message *m)
{
	return message_is_apdu(m) && m->apdu[1] == 0x20 && m->apdu_n > 5;
}

bool
message_is_change(const struct message *m)
{
	return message_is_apdu(m) &&
	    (m->apdu[1] == 0x24 || m->apdu[1] == 0x32);
}

const char *
message_name(const struct message *m)
{
	static const struct {
		unsigned	 command;
		const char	*name;
	} names[] = {
		{ 0x01, "establish context" }, { 0x02, "release context" },
		{ 0x04, "connect" }, { 0x05, "reconnect" },
		{ 0x06, "disconnect" }, { 0x07, "begin transaction" },
		{ 0x08, "end transaction" }, { 0x0B, "status" },
		{ 0x11, "version" }, { 0x12, "list readers" },
		{ 0x13, "wait for a change" }, { 0x14, "stop waiting" },
	}, commands[] = {
		{ 0xA4, "SELECT" }, { 0xB0, "READ BINARY" },
		{ 0x24, "CHANGE" }, { 0x32, "CHANGE" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].command == m->command)
			return names[i].name;
	if (message_is_query(m))
		return "retry query";
	if (message_is_verify(m))
		return "VERIFY";
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (message_is_apdu(m) && commands[i].command == m->apdu[1])
			return commands[i].name;
	return message_is_apdu(m) ? "transmit" : "another message";
}

/*
 * Connections.
 */
static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* pcscd still does what it has been told. */
static void
lose_client(struct pair *pair)
{
	close_end(&pair->client);
	if (pair->server >= 0)
		(void)shutdown(pair->server, SHUT_WR);
}

static void
tear(struct proxy *p, struct pair *pair)
{
	p->cut.set = false;
	p->talk.was_cut = true;
	p->talk.cut_in = pair->message;
	lose_client(pair);
	if (!p->cut.for_good)
		return;
	close_end(&p->listener);
	(void)unlink(p->address.sun_path);
}

/* How many bytes may go that way before the connection ends. */
static size_t
left(const struct proxy *p, enum way way)
{
	if (!p->cut.set || p->cut.way != way)
		return ALL_OF_IT;
	return p->cut.at - p->talk.bytes[way];
}

static bool
send_all(int fd, const uint8_t *bytes, size_t n)
{
	ssize_t put;

	while (n > 0) {
		put = send(fd, bytes, n, MSG_NOSIGNAL);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		bytes += put;
		n -= (size_t)put;
	}
	return true;
}

static void
forward(struct proxy *p, struct pair *pair, enum way way)
{
	int from = way == WAY_UP ? pair->client : pair->server;
	int to = way == WAY_UP ? pair->server : pair->client;
	uint8_t bytes[4096];
	size_t room = left(p, way);
	ssize_t got;

	room = room < sizeof(bytes) ? room : sizeof(bytes);
	got = recv(from, bytes, room, 0);
	if (got < 0 && errno == EINTR)
		return;
	if (got <= 0 && way == WAY_UP)
		lose_client(pair);
	else if (got <= 0)
		close_end(&pair->server);
	if (got <= 0 || to < 0)
		return;
	(void)send_all(to, bytes, (size_t)got);
	if (way == WAY_UP)
		went_up(p, pair, bytes, (size_t)got);
	else
		went_down(p, pair, (size_t)got);
	if (left(p, way) == 0)
		tear(p, pair);
}

static void
admit(struct proxy *p)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = PCSCD };
	struct pair *pair = &p->pairs[p->pairs_n];
	int client = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);

	if (client < 0)
		return;
	*pair = (struct pair){ .client = client };
	pair->server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->pairs_n == PAIRS_MAX - 1 || pair->server < 0 ||
	    connect(pair->server, (const struct sockaddr *)(const void *)&a,
	    sizeof(a)) != 0) {
		close_end(&pair->client);
		close_end(&pair->server);
		return;
	}
	p->pairs_n++;
	if (left(p, WAY_UP) == 0 || left(p, WAY_DOWN) == 0)
		tear(p, pair);
}

/* A pair without a server has nothing more to say. */
static void
sweep(struct proxy *p)
{
	size_t i, kept = 0;

	for (i = 0; i < p->pairs_n; i++) {
		if (p->pairs[i].server < 0)
			close_end(&p->pairs[i].client);
		else
			p->pairs[kept++] = p->pairs[i];
	}
	p->pairs_n = kept;
}

/* A descriptor of -1 is one that poll() skips. */
size_t
proxy_fds(const struct proxy *p, struct pollfd fds[PROXY_FDS_MAX])
{
	size_t i, n = 0;

	fds[n++] = (struct pollfd){ .fd = p->listener, .events = POLLIN };
	for (i = 0; i < p->pairs_n; i++) {
		fds[n++] = (struct pollfd){ .fd = p->pairs[i].client,
		    .events = POLLIN };
		fds[n++] = (struct pollfd){ .fd = p->pairs[i].server,
		    .events = POLLIN };
	}
	return n;
}

void
proxy_step(struct proxy *p, const struct pollfd *fds, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++) {
		struct pair *pair = &p->pairs[(i - 1) / 2];
		enum way way = i % 2 == 1 ? WAY_UP : WAY_DOWN;
		int fd = way == WAY_UP ? pair->client : pair->server;

		if (fd >= 0 && fds[i].revents != 0)
			forward(p, pair, way);
	}
	sweep(p);
	if (fds[0].revents != 0 && p->listener >= 0)
		admit(p);
}
