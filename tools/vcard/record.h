/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log: one JSON object a line.  An exchange has
 *
 *	time	seconds since the link was made
 *	card	the link's name
 *	event	"command"
 *	n	index of the command, from 1, as in @N of a fault
 *	command	hexadecimal; "**" for each byte that may be part of a PIN
 *	result	"ok", "gone", "hangup"
 *	answer	hexadecimal, as it went to the reader; absent unless "ok"
 *	acted	did the card see the command?
 *	faults	the faults that struck; absent if none did
 *
 * and other events have time, card and event only.
 */
#ifndef VCARD_RECORD_H
#define VCARD_RECORD_H

#include <stdio.h>

#include "vcard.h"

struct record {
	const char	*card;
	double		 time;
	const char	*event;
	/* The rest only of exchanges. */
	unsigned long	 index;
	const uint8_t	*command;
	size_t		 command_n;
	const char	*result;
	const uint8_t	*answer;	/* NULL: none */
	size_t		 answer_n;
	bool		 acted;
	const char	*const *faults;
	size_t		 faults_n;
};

/* Write one line, in one piece, and flush it. */
void	record_write(FILE *log, const struct record *record);

/* Hexadecimal of a command; bytes that may be part of a PIN as "**". */
void	record_command(FILE *out, const uint8_t *command, size_t n);

/* A JSON string, quotes included. */
void	record_string(FILE *out, const char *s);

#endif
