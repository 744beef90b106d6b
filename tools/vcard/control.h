/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remote control of the cards of a process, over a Unix socket.  A request is
 * a line of words; the answer is one line, a JSON object with "ok", and
 * "error" where that is false.  control_help() prints the commands.
 */
#ifndef VCARD_CONTROL_H
#define VCARD_CONTROL_H

#include <poll.h>

#include "link.h"

#define CONTROL_CLIENTS_MAX	8
#define CONTROL_FDS_MAX		(2 + CONTROL_CLIENTS_MAX)

/* What is controlled; the functions may be NULL where there is no such thing. */
struct control_host {
	struct vlink	*const *links;
	size_t		 links_n;
	/* "stop", "start", "kill" the PC/SC service. */
	int		(*service)(void *user, const char *verb,
			    char error[VCARD_ERROR_MAX]);
	/* A card was moved: return when the PC/SC service has seen it. */
	int		(*settle)(void *user, size_t card,
			    char error[VCARD_ERROR_MAX]);
	void		*user;
};

/*
 * One request, at once.  Writes one line, newline included; false: stop
 * serving.
 */
bool	control_do(const struct control_host *host, const char *line,
	    FILE *out);
/* How long this request has to wait yet before it is done; 0: do it. */
int	control_patience_ms(const struct control_host *host,
	    const char *line);
void	control_help(FILE *out);

/* The server.  A socket file that nobody listens to is replaced. */
struct control;

int	control_open(struct control **out, const char *path,
	    const struct control_host *host, char error[VCARD_ERROR_MAX]);
/* Removes the socket. */
void	control_close(struct control **control);
/* Fill in what to poll for; returns how many. */
size_t	control_fds(const struct control *control,
	    struct pollfd fds[CONTROL_FDS_MAX]);
/* After poll().  False: a client asked to stop serving. */
bool	control_step(struct control *control, const struct pollfd *fds,
	    size_t n);

/*
 * The client: one request, its answer written to out.  1 if the answer is
 * ok, 0 if it is not, -1 with one line in error if there was none.
 */
int	control_ask(const char *path, char *const words[], size_t n,
	    FILE *out, char error[VCARD_ERROR_MAX]);

#endif
