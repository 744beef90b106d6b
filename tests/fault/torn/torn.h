/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PIN change torn at every byte: whatever the moment, the user is told which
 * PIN may be valid now, and nothing is guessed.
 *
 * The program starts itself in private worlds (jpki-vcard run).  There each
 * cell is one PIN change with one fault: the connection between the program
 * and pcscd ends after so many bytes one way, or the link between reader and
 * card breaks.  What was said is held against what the card itself knows.
 */
#ifndef TORN_H
#define TORN_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_MAX	4096	/* of what a program says */
#define MESSAGES_MAX	256	/* of one PIN change to pcscd */
#define PATIENCE_MS	60000	/* of a busy machine: then it hangs */

/*
 * The proxy: what stands between a client and pcscd.
 */
enum way {
	WAY_UP,			/* to pcscd */
	WAY_DOWN,
	WAYS
};

/* One message to pcscd and its answer, as parts of the conversation. */
struct message {
	unsigned	 command;	/* of pcscd's protocol */
	uint8_t		 apdu[2];	/* CLA and INS of a transmission */
	size_t		 apdu_n;
	size_t		 start[WAYS], n[WAYS];
};

/* Where to end the connection. */
struct cut {
	bool		 set;
	enum way	 way;
	size_t		 at;		/* bytes of the conversation that way */
	bool		 for_good;	/* no connection is taken after it */
};

struct conversation {
	struct message	 messages[MESSAGES_MAX];
	size_t		 count;
	size_t		 bytes[WAYS];
	bool		 was_cut;
	size_t		 cut_in;	/* the message, if it was */
};

struct proxy;


#define PROXY_FDS_MAX	33

/* Listens at path.  NULL with a line on stderr. */
struct proxy	*proxy_new(const char *path);
/* Begin a conversation. */
bool		 proxy_begin(struct proxy *proxy, const struct cut *cut);
size_t		 proxy_fds(const struct proxy *proxy,
		    struct pollfd fds[PROXY_FDS_MAX]);
void		 proxy_step(struct proxy *proxy, const struct pollfd *fds,
		    size_t n);
/* Has pcscd ended all of its connections? */
bool		 proxy_idle(const struct proxy *proxy);
const struct conversation *proxy_conversation(const struct proxy *proxy);

bool		 message_is_apdu(const struct message *m);
bool		 message_is_verify(const struct message *m); /* with a PIN */
bool		 message_is_change(const struct message *m);
bool		 message_is_query(const struct message *m);
/* "retry query", "VERIFY", "list readers"; for people. */
const char	*message_name(const struct message *m);

/*
 * Programs.
 */
struct said {
	bool	 hung;			/* it was killed */
	int	 code;			/* exit status; 128 + signal */
	char	 out[TEXT_MAX], err[TEXT_MAX];
};

struct program {
	const char	*argv[12];
	const char	*pins[2];	/* at descriptors 3 and 4; or NULL */
};

/* Through the proxy, unless that is NULL.  False: it could not be run. */
bool	program_run(const struct program *program, struct proxy *proxy,
	    const char *socket, struct said *said);

/*
 * The card, by its remote control.
 */
struct pin_use {
	unsigned long	verify, wrong, change, changed, astray;
	int		tries;
	char		value[17];
};

bool	card_open(void);
/* A request of jpki-vcard control; false: refused.  Not longer than a line. */
bool	card_ask(const char *request);
bool	card_pin_use(const char *pin, struct pin_use *out);
/* Commands that the card got since it was renewed; -1: unknown. */
long	card_commands(void);

/*
 * Operations and their cells.
 */
struct operation {
	const char	*name;
	const char	*token;		/* of C_SetPIN; NULL: jpki-tool */
	const char	*pin;		/* as tool and card call it */
	int		 tries;
	const char	*old, *given, *next;
};

extern const struct operation operations[];
extern const size_t operations_n;

enum kind {
	KIND_UP,		/* the connection to pcscd, torn going up */
	KIND_DOWN,
	KIND_GONE,		/* torn, and no other is to be had */
	KIND_READER,		/* between reader and card, or at the card */
	KINDS
};

extern const char *const kind_names[KINDS];

struct cell {
	const struct operation	*op;
	enum kind		 kind;
	struct cut		 cut;
	char			 fault[32];	/* of KIND_READER */
	unsigned long		 command;	/* of it; from 1 */
	bool			 parts;		/* reader and card */
	bool			 misleads;	/* the card, as to its file */
	size_t			 message;	/* where it has to strike */
};

struct plan {
	struct conversation	 talk;		/* undisturbed */
	struct cell		*cells;
	size_t			 n;
};

/* every: without leaving out the inside of long answers before the card. */
bool	plan_make(const struct operation *op, const struct conversation *talk,
	    bool every, struct plan *plan);
void	plan_free(struct plan *plan);

/* What came of it. */
struct outcome {
	const struct cell	*cell;
	const struct conversation *talk;
	struct said		 said, after;	/* after: with the fault gone */
	struct pin_use		 use;
	long			 commands;	/* that reached the reader */
	unsigned		 again;		/* how often after was repeated */
};

/* What is wrong with it, or NULL. */
const char	*judge(const struct outcome *outcome);

/* A share of the cells; the exit status. */
int		 world_live(const char *self, bool is_reader, size_t number,
		    size_t of);

/* C_SetPIN of a module: argv is MODULE TOKEN OLD NEW. */
int		 set_pin(char *const argv[4]);
/* What its output says of a function: "CKR_OK"; "": it was not called. */
void		 set_pin_result(const char *out, const char *function,
		    char rv[64]);

#endif
