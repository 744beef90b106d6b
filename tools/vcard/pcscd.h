/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pcscd of our own, with readers of vsmartcard's vpcd driver and no others.
 * It belongs to the private space: its files are fixed paths below /run.
 * All functions return -1 with one line in error.
 */
#ifndef VCARD_PCSCD_H
#define VCARD_PCSCD_H

#include <sys/types.h>

#include "vcard.h"

/* Each configured reader has two slots, with ports one behind the other. */
#define PCSCD_SLOTS	2
#define PCSCD_NAME_MAX	128

struct pcscd {
	const char	*program;
	int		 driver;	/* an open file */
	char		 drivers[256];	/* folder of those for USB readers */
	bool		 can_skip_polkit;
	pid_t		 pid;		/* 0: not running */
	int		 status;	/* of waitpid(), once it has ended */
};

/* A struct without anything; pcscd_free() closes what pcscd_find() opened. */
void	pcscd_init(struct pcscd *p);
void	pcscd_free(struct pcscd *p);

/* Find the programs; says which package to install if one is missing. */
int	pcscd_find(struct pcscd *p, char error[VCARD_ERROR_MAX]);

/*
 * Inside the space: hide the drivers for real readers, and configure readers
 * for so many cards, the first one's slot at the given port.
 */
int	pcscd_prepare(const struct pcscd *p, size_t cards, uint16_t port,
	    char error[VCARD_ERROR_MAX]);

/* Start it and wait until clients can talk to it. */
int	pcscd_start(struct pcscd *p, char error[VCARD_ERROR_MAX]);
/* End it, by SIGTERM or, hard, by SIGKILL, and wait for that. */
void	pcscd_stop(struct pcscd *p, bool hard);

/* Not running; notices, and collects it, when it has ended. */
bool	pcscd_has_ended(struct pcscd *p);
/* How it ended, and the last that it said. */
void	pcscd_epitaph(const struct pcscd *p, char *out, size_t room);

/* How clients see the reader of the nth card, from 0. */
void	pcscd_reader(size_t card, char name[PCSCD_NAME_MAX]);

/* Wait until clients see a card there, or an empty reader. */
int	pcscd_await(const struct pcscd *p, size_t card, bool present,
	    char error[VCARD_ERROR_MAX]);

#endif
