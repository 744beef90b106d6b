/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fault matrix: every operation of jpki-tool and of the PKCS #11 module,
 * every command in it, every fault; through the real programs, a real pcscd
 * and the virtual card.
 *
 * A cell is one operation, one fault and one place.  The fault strikes once;
 * what came of the operation is held against what is documented, then the
 * fault is over and the operation has to succeed.
 *
 * The main program hands cells out to workers, each of which lives in a world
 * of its own (jpki-vcard run) and plays all that happens there.
 */
#ifndef MATRIX_H
#define MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOUND_S		60	/* nothing that works comes near it */
#define TEXT_ROOM	1600	/* of a deviation's words */
#define COMMANDS_MAX	400	/* card commands of one attempt */
#define STEPS_MAX	48	/* calls of one attempt at the module */
#define NAME_ROOM	32
#define SIGNATURE_BYTES	256
#define SIGNATURES_MAX	4
#define PIN_ROOM	17

/* Deviations are gathered here, a line each. */
struct complaint {
	char	text[TEXT_ROOM];
	size_t	n;
	bool	any;
};

void	complain(struct complaint *c, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/*
 * The card, as the worker sees it.
 */
enum card_pin { CARD_AUTH, CARD_SIGN, CARD_INPUT, CARD_PINS };

/* What a PIN is in the beginning of each cell: one try was lost before. */
struct pin_row {
	const char	*name;
	const char	*value, *other;	/* what it is, what it is changed to */
	const char	*wrong;
	int		 tries, tries_max;
};

extern const struct pin_row pin_rows[CARD_PINS];

/* What the card itself says of a PIN. */
struct pin_state {
	unsigned long	verify, wrong, change, changed;
	int		tries;
	char		value[PIN_ROOM];
};

/* A command that came to the card's reader. */
struct command_seen {
	uint8_t	ins;
	bool	selects_jpki;	/* SELECT of the application */
	bool	leaves;		/* SELECT of another one */
	bool	has_data;	/* of VERIFY: a PIN, not a question */
	bool	acted;		/* the card took it */
	bool	struck;		/* by a fault */
};

struct seen {
	struct command_seen	command[COMMANDS_MAX];
	size_t			n;
};

/*
 * Operations.
 */
enum part {		/* who is tried */
	PART_TOOL,
	PART_MODULE,
};

enum op_kind {		/* what is documented of its failures */
	OP_LIST,	/* looks for readers and cards */
	OP_SHOW,	/* tells what it can of a card */
	OP_READ,	/* hands out one thing, whole */
	OP_VERIFY,
	OP_CHANGE,
	OP_SIGN,
	OP_LEAVE,	/* ends a login */
	OP_KINDS
};

/* What has to be right in what is handed out. */
enum yield {
	YIELD_NONE,
	YIELD_SAME,	/* what an undisturbed run gives */
	YIELD_LINES,	/* lines of an undisturbed run, or of doubt */
	YIELD_SIGNATURE,
	YIELD_PSS,
	YIELD_DOCUMENTS,	/* those that are there hold, whatever came of
				   the others */
};

struct client;
typedef unsigned long step_fn(struct client *client);

struct operation {
	const char	*name;
	enum part	 part;
	enum op_kind	 kind;
	enum card_pin	 pin;		/* the only one that may be used */
	bool		 wrong;		/* a wrong one is given */
	bool		 waits;		/* faults come after it began */
	enum yield	 yield;

	/* Of the tool. */
	const char	*args;		/* parted by blanks */
	int		 end;		/* exit status, undisturbed */
	unsigned	 verify, change;	/* that may be sent */
	bool		 asks;		/* for PINs, at a terminal */
	bool		 makes_files;

	/* Of the module: calls before and in it; NULL ends them. */
	const char	*settings;
	step_fn		*const *before, *const *steps;
};

extern const struct operation operations[];
extern const size_t operations_n;

/*
 * Faults.
 */
enum fault_kind {
	FAULT_GONE,	/* the card leaves, and does not come back */
	FAULT_AWAY,	/* it comes back at once */
	FAULT_RESET,	/* behind the reader's back */
	FAULT_BROKEN,	/* the link breaks */
	FAULT_LIE,	/* its reader announces more or fewer bytes, then so */
	FAULT_STATUS,	/* a status word that is none of the card's */
	FAULT_ANSWER,	/* another answer than the card's */
	FAULT_NOISE,	/* other bytes than the card's, and it says 9000 */
	FAULT_SLOW,
	FAULT_SERVICE,	/* pcscd goes and comes back */
	FAULT_NO_SERVICE,
	FAULT_MOVED,	/* the card's application is another; in life nobody
			   can do that while a transaction lasts */
	FAULT_NEIGHBOUR,	/* another program uses the card in its turn */
	FAULT_TAKEN,	/* another program has it for itself alone */
	FAULT_MUTE,
	FAULT_KINDS
};

struct world;
typedef bool act_fn(struct world *world);

struct fault_row {
	const char	*name;
	enum fault_kind	 kind;
	const char	*spec;		/* for the virtual card; NULL */
	const char	*also;		/* a second one */
	act_fn		*act;		/* at the held command, or call */
	act_fn		*over;		/* besides what mends every world */
	bool		 at_step;	/* places are calls, not commands */
	bool		 drops;		/* the card's reader loses the card */
};

extern const struct fault_row fault_rows[];
extern const size_t fault_rows_n;

/*
 * An attempt: what came of it.
 */
struct call_seen {
	char		name[NAME_ROOM];
	unsigned long	rv;
};

struct attempt {
	bool		 hung;
	int		 signal;	/* that ended the process; 0: none */
	int		 code;		/* exit status of the tool */
	struct call_seen call[STEPS_MAX];	/* of the module */
	size_t		 calls;
	unsigned long	 rv;		/* of the calls as a whole */
	char		*out, *err;	/* of the tool, to be freed */
	size_t		 out_n;
	uint8_t		 signature[SIGNATURES_MAX][SIGNATURE_BYTES];
	size_t		 signatures;
	size_t		 documents;	/* of the tool: finished files */
	struct seen	 seen;
	struct pin_state pins[CARD_PINS];
	unsigned long	 astray;	/* PINs that went to no PIN */
};

void	attempt_free(struct attempt *attempt);

struct cell {
	uint16_t	operation, fault;
	uint16_t	place;		/* command from 1, or step from 0 */
};

#endif
