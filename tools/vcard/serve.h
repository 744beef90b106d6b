/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A station: loaded cards with their links, each in a reader of the vpcd
 * driver, one log, one control socket.  "serve" is a station and nothing
 * else, "run" puts one into a private world.
 */
#ifndef VCARD_SERVE_H
#define VCARD_SERVE_H

#include <signal.h>

#include "cli.h"
#include "control.h"
#include "vpcd.h"

#define STATION_CARDS_MAX	8
#define STATION_SPECS_MAX	32

/* What "serve" and "run" have in common. */
struct station_options {
	const char	*dirs[STATION_CARDS_MAX];
	size_t		 dirs_n;
	const char	*host;
	uint16_t	 port;		/* of the first card; then one up each */
	const char	*log;		/* NULL: none */
	const char	*control;	/* NULL: none */
	const char	*faults[STATION_SPECS_MAX];	/* of the first card */
	size_t		 faults_n;
	const char	*quirks[STATION_SPECS_MAX];	/* likewise */
	size_t		 quirks_n;
	bool		 removed;	/* cards start outside the readers */
};

/* For the set of their options. */
typedef int station_set(void *options, const char *value,
    char error[VCARD_ERROR_MAX]);

station_set	station_set_fault, station_set_quirk, station_set_removed;

/* The quirks' and faults' tables, for people. */
void	station_help(FILE *out);

struct station {
	struct vlink	*links[STATION_CARDS_MAX];
	struct vpcd	*readers[STATION_CARDS_MAX];
	size_t		 n;
	FILE		*log;
	struct control	*control;
	struct control_host host;
};

/*
 * Load and insert the cards; then listen for control.  hooks fills in the
 * host's functions, or is NULL.  The caller has blocked the signals that it
 * wants to see.  -1 with one line in error, and nothing is left open.
 */
int	station_open(struct station *station,
	    const struct station_options *options,
	    const struct control_host *hooks, char error[VCARD_ERROR_MAX]);
void	station_close(struct station *station);

enum station_event {
	STATION_NOTHING,	/* the time is over, or control was served */
	STATION_SIGNAL,		/* one of fd's signals */
	STATION_QUIT,		/* asked by control */
};

/* Serve control until something happens; fd is of signalfd(). */
enum station_event station_wait(struct station *station, int fd,
	    int timeout_ms);

#endif
