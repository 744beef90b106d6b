/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What went over the link, reduced to what can be shown to anybody: commands,
 * which are the same for every card, and of answers the length and the status
 * word.  No byte that a card sent is kept.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXCHANGES_MAX	512	/* later ones are not told */
#define COMMAND_TEXT	48

struct exchange {
	size_t		reader;		/* its number */
	char		command[COMMAND_TEXT]; /* in hexadecimal */
	uint8_t		ins;
	uint16_t	app;		/* current: the end of its AID */
	uint16_t	file;		/* current; 0: none */
	bool		answered;
	size_t		answer_n;	/* bytes before the status word */
	uint16_t	sw;
};

struct exchanges {
	struct exchange	list[EXCHANGES_MAX];
	size_t		n;
	size_t		reader;		/* of what comes next */
	uint16_t	app, file;
};

/* From now on it is the reader of this number. */
void	exchanges_begin(struct exchanges *exchanges, size_t reader);

/*
 * A line of the library's log: "> " and a command, "< " and an answer, each in
 * hexadecimal.  Anything else is passed over.
 */
void	exchanges_take(struct exchanges *exchanges, const char *line);

#endif
