/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* TCP_QUICKACK, pipe2, POLLRDHUP */
#include "vpcd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "language.h"
#include "verror.h"

#define MESSAGE_MAX	65535
#define MUTE_ATR	(VCARD_ATR_MAX + 1)	/* longer than any ATR */
#define RETRY_FIRST_MS	10
#define RETRY_LAST_MS	500
/*
 * The service looks whether a card is in 2.5 times a second.  Connected again
 * sooner than that, a card would never have been away.
 */
#define AWAY_MS		1000
#define STUCK_S		5

enum control {
	CONTROL_OFF = 0,
	CONTROL_ON = 1,
	CONTROL_RESET = 2,
	CONTROL_ATR = 4,
};

enum outcome {
	GO_ON,
	CLOSE,		/* an orderly end of the connection */
	CUT,		/* the card was pulled: no orderly end */
};

struct vpcd {
	struct vlink		*link;
	struct sockaddr_in	 address;
	pthread_t		 thread;
	int			 wake[2];	/* pipe: look again */
	pthread_mutex_t		 lock;		/* of the next four */
	bool			 stop, kicked;
	bool			 failed;	/* was the end of the last one */
	bool			 seen;		/* the driver spoke */

	/* The thread's own. */
	int			 sock;		/* -1: not connected */
	uint32_t		 events;	/* of the link when connected */
	int64_t			 not_before;	/* ms; next connect */
	int			 retry_ms;
	bool			 to_be_mute;	/* powered on, but mute */
	uint8_t			 message[MESSAGE_MAX];
	uint8_t			 answer[2 + VCARD_ANSWER_MAX];
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
wake_up(void *user)
{
	const struct vpcd *v = user;
	ssize_t n;

	/* A full pipe wakes as well. */
	n = write(v->wake[1], "", 1);
	(void)n;
}

static void
drain(const struct vpcd *v)
{
	char junk[64];

	while (read(v->wake[0], junk, sizeof(junk)) > 0)
		;
}

static void
note_driver(struct vpcd *v)
{
	pthread_mutex_lock(&v->lock);
	v->seen = true;
	pthread_mutex_unlock(&v->lock);
}

/*
 * The connection.
 */
static void
disconnect(struct vpcd *v, enum outcome how)
{
	const struct linger cut = { .l_onoff = 1, .l_linger = 0 };

	if (v->sock < 0)
		return;
	/* To be known before the driver, or anybody, can see the end. */
	pthread_mutex_lock(&v->lock);
	v->seen = false;
	v->failed = how == CLOSE;
	pthread_mutex_unlock(&v->lock);
	if (how == CUT)
		setsockopt(v->sock, SOL_SOCKET, SO_LINGER, &cut, sizeof(cut));
	close(v->sock);
	v->sock = -1;
	v->not_before = now_ms() + AWAY_MS;
	v->retry_ms = RETRY_FIRST_MS;
	vlink_power_off(v->link);
}

static void
try_connect(struct vpcd *v)
{
	/* A message comes whole; half of one must not hold up vpcd_stop(). */
	const struct timeval stuck = { .tv_sec = STUCK_S };
	int one = 1, sock;

	v->events = vlink_events(v->link);
	v->not_before = now_ms() + v->retry_ms;
	v->retry_ms = v->retry_ms * 2 < RETRY_LAST_MS ? v->retry_ms * 2 :
	    RETRY_LAST_MS;
	sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return;
	if (connect(sock, (const struct sockaddr *)(const void *)&v->address,
	    sizeof(v->address)) != 0) {
		close(sock);
		return;
	}
	setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &stuck, sizeof(stuck));
	setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &stuck, sizeof(stuck));
	v->sock = sock;
}

/*
 * The driver writes length and body apart, and its kernel holds the second
 * back until the first is acknowledged: without an immediate ACK every
 * command waits 40 ms.  The option is undone by the kernel now and then.
 */
static ssize_t
receive(const struct vpcd *v, uint8_t *p, size_t n)
{
	ssize_t got = recv(v->sock, p, n, 0);
	int one = 1;

	setsockopt(v->sock, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one));
	return got;
}

static bool
read_all(const struct vpcd *v, uint8_t *p, size_t n)
{
	ssize_t got;

	while (n > 0) {
		got = receive(v, p, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

static bool
write_all(const struct vpcd *v, const uint8_t *p, size_t n)
{
	ssize_t put;

	while (n > 0) {
		put = send(v->sock, p, n, MSG_NOSIGNAL);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

/* An exchange is held: does the driver still wait for it? */
static bool
is_gone(void *user)
{
	struct vpcd *v = user;
	struct pollfd fd = { .fd = v->sock, .events = POLLRDHUP };
	bool stop;

	pthread_mutex_lock(&v->lock);
	stop = v->stop;
	pthread_mutex_unlock(&v->lock);
	return stop || (poll(&fd, 1, 0) > 0 &&
	    (fd.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0);
}

/*
 * v->answer holds n bytes from its third on; announced may differ.  After a
 * lie nobody knows where the next message begins, and behind an empty answer
 * the driver waits for one byte more: both end the connection.  So does a tear
 * not below 0, after as many bytes of the message.
 */
static enum outcome
send_message(struct vpcd *v, size_t n, long announced, long tear)
{
	if (announced < 0)
		announced = 0;
	if (announced > MESSAGE_MAX)
		announced = MESSAGE_MAX;
	v->answer[0] = (uint8_t)(announced >> 8);
	v->answer[1] = (uint8_t)announced;
	if (tear >= 0 && (size_t)tear < 2 + n) {
		(void)write_all(v, v->answer, (size_t)tear);
		return CLOSE;
	}
	if (!write_all(v, v->answer, 2 + n))
		return CLOSE;
	return (size_t)announced == n && n > 0 ? GO_ON : CLOSE;
}

static enum outcome
send_answer(struct vpcd *v, size_t n, long announced)
{
	return send_message(v, n, announced, -1);
}

/*
 * Messages.  A mute card is one that is there, so the question for its ATR
 * that looks for a card is answered, and the one that follows power on gets
 * more than an ATR can be, which the driver takes for a failure.
 */
static enum outcome
send_atr(struct vpcd *v)
{
	size_t n = vlink_atr(v->link, v->answer + 2);

	if (n == 0)
		return CUT;
	if (v->to_be_mute) {
		v->to_be_mute = false;
		n = MUTE_ATR;
		memset(v->answer + 2, 0, n);
	}
	return send_answer(v, n, (long)n);
}

static enum outcome
handle_control(struct vpcd *v, uint8_t what)
{
	switch (what) {
	case CONTROL_OFF:
		vlink_power_off(v->link);
		break;
	case CONTROL_ON:
		vlink_power_on(v->link);
		v->to_be_mute = vlink_mute(v->link);
		break;
	case CONTROL_RESET:
		vlink_reset(v->link);
		v->to_be_mute = vlink_mute(v->link);
		break;
	case CONTROL_ATR:
		return send_atr(v);
	default:
		break;
	}
	return GO_ON;
}

/*
 * The card left instead of answering.  The driver would take the connection's
 * end for an empty answer; one that is longer than any client has room for it
 * reports as a failed exchange, which is what a reader does then.
 */
static enum outcome
send_failure(struct vpcd *v)
{
	memset(v->answer + 2, 0, MESSAGE_MAX);
	(void)send_answer(v, MESSAGE_MAX, MESSAGE_MAX);
	return CLOSE;
}

static enum outcome
handle_command(struct vpcd *v, size_t n)
{
	size_t got = sizeof(v->answer) - 2;

	switch (vlink_transmit(v->link, v->message, n, v->answer + 2, &got)) {
	case VLINK_OK:
		if (got > MESSAGE_MAX)
			return send_failure(v);
		return send_message(v, got, (long)got + vlink_lie(v->link),
		    vlink_tear(v->link));
	case VLINK_GONE:
		return send_failure(v);
	case VLINK_HANGUP:
		return CLOSE;
	}
	return CLOSE;
}

static enum outcome
handle_message(struct vpcd *v)
{
	uint8_t head[2];
	size_t n;

	if (!read_all(v, head, sizeof(head)))
		return CLOSE;
	n = (size_t)head[0] << 8 | head[1];
	if (!read_all(v, v->message, n))
		return CLOSE;
	v->retry_ms = RETRY_FIRST_MS;
	note_driver(v);
	if (n == 0)
		return GO_ON;
	if (n == 1)
		return handle_control(v, v->message[0]);
	return handle_command(v, n);
}

/*
 * The thread.
 */
static bool
take_flags(struct vpcd *v, bool *kicked)
{
	bool stop;

	pthread_mutex_lock(&v->lock);
	stop = v->stop;
	*kicked = v->kicked;
	v->kicked = false;
	pthread_mutex_unlock(&v->lock);
	return stop;
}

/* How long poll() may sleep. */
static int
patience(const struct vpcd *v)
{
	int64_t left;

	if (v->sock >= 0 || !vlink_present(v->link))
		return -1;
	left = v->not_before - now_ms();
	return left <= 0 ? 0 : (int)left;
}

static void
step(struct vpcd *v)
{
	struct pollfd fds[2] = {
		{ .fd = v->wake[0], .events = POLLIN },
		{ .fd = v->sock, .events = POLLIN },	/* -1 is ignored */
	};
	enum outcome outcome = GO_ON;

	if (poll(fds, 2, patience(v)) < 0)
		return;
	drain(v);
	if (v->sock < 0) {
		if (patience(v) == 0)
			try_connect(v);
		return;
	}
	if (vlink_events(v->link) != v->events || !vlink_present(v->link))
		outcome = CUT;
	else if (fds[1].revents != 0)
		outcome = handle_message(v);
	if (outcome != GO_ON)
		disconnect(v, outcome);
}

static void *
run(void *arg)
{
	struct vpcd *v = arg;
	bool kicked;

	while (!take_flags(v, &kicked)) {
		if (kicked) {
			v->not_before = 0;
			v->retry_ms = RETRY_FIRST_MS;
		}
		step(v);
	}
	disconnect(v, CLOSE);
	return NULL;
}

static void
vpcd_free(struct vpcd *v)
{
	if (v->wake[0] >= 0)
		close(v->wake[0]);
	if (v->wake[1] >= 0)
		close(v->wake[1]);
	pthread_mutex_destroy(&v->lock);
	free(v);
}

int
vpcd_start(struct vpcd **out, struct vlink *link, const char *host,
    uint16_t port, char error[VCARD_ERROR_MAX])
{
	struct vpcd *v = calloc(1, sizeof(*v));
	const char *why = N_("no memory");

	if (v == NULL)
		goto fail;
	v->link = link;
	v->sock = v->wake[0] = v->wake[1] = -1;
	v->retry_ms = RETRY_FIRST_MS;
	pthread_mutex_init(&v->lock, NULL);
	v->address.sin_family = AF_INET;
	v->address.sin_port = htons(port);
	why = N_("the host has to be an IPv4 address, such as 127.0.0.1");
	if (inet_pton(AF_INET, host, &v->address.sin_addr) != 1)
		goto fail;
	why = N_("cannot make a pipe");
	if (pipe2(v->wake, O_CLOEXEC | O_NONBLOCK) != 0)
		goto fail;
	vlink_watch(link, wake_up, v);
	vlink_reader(link, is_gone, v);
	why = N_("cannot start a thread");
	if (pthread_create(&v->thread, NULL, run, v) != 0)
		goto fail;
	*out = v;
	return 0;
fail:
	vcard_fail(error, "%s", language_of(why));
	if (v != NULL) {
		vlink_watch(link, NULL, NULL);
		vlink_reader(link, NULL, NULL);
		vpcd_free(v);
	}
	return -1;
}

void
vpcd_kick(struct vpcd *vpcd)
{
	pthread_mutex_lock(&vpcd->lock);
	vpcd->kicked = true;
	pthread_mutex_unlock(&vpcd->lock);
	wake_up(vpcd);
}

bool
vpcd_hurry(struct vpcd *vpcd)
{
	bool failed;

	pthread_mutex_lock(&vpcd->lock);
	failed = vpcd->failed;
	pthread_mutex_unlock(&vpcd->lock);
	if (!failed)
		vpcd_kick(vpcd);
	return !failed;
}

bool
vpcd_seen(struct vpcd *vpcd)
{
	bool seen;

	pthread_mutex_lock(&vpcd->lock);
	seen = vpcd->seen;
	pthread_mutex_unlock(&vpcd->lock);
	return seen && vlink_present(vpcd->link);
}

/* A delay of a fault is cut short by the card's leaving. */
void
vpcd_stop(struct vpcd **vpcd)
{
	struct vpcd *v = *vpcd;

	if (v == NULL)
		return;
	pthread_mutex_lock(&v->lock);
	v->stop = true;
	pthread_mutex_unlock(&v->lock);
	wake_up(v);
	vlink_remove(v->link);
	pthread_join(v->thread, NULL);
	vlink_watch(v->link, NULL, NULL);
	vlink_reader(v->link, NULL, NULL);
	vpcd_free(v);
	*vpcd = NULL;
}
