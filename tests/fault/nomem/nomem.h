/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No memory: every allocation of jpki-tool and of a program that uses the
 * PKCS #11 module fails in its turn, in all libraries alike.  nomem.c says
 * which; this is what is tried, and what must hold.
 */
#ifndef NOMEM_H
#define NOMEM_H

#include <stdbool.h>
#include <stddef.h>

#define ARGUMENTS_MAX	16
#define COMPLAINT_MAX	512

/*
 * It tells what it finds of the machine on standard output, and ends with 1 if
 * there is anything; who fails says nothing there.
 */
#define FINDINGS	(-1)

struct operation {
	const char	*name;
	/* First word: "tool" or "client". */
	const char	*argv[ARGUMENTS_MAX];
	int		 exit;		/* with all the memory in the world;
					   FINDINGS: as what it finds */
	unsigned	 verifies;	/* at most */
	bool		 changes;	/* a PIN */
	bool		 dated;		/* files differ by when they were made,
					   and not in their size */
};

/* Ends with a row without a name. */
extern const struct operation operations[];

enum mode { ONCE, FROM_THEN_ON, MODES };

/* Folder, files, shared memory, card; false, and a line on stderr. */
bool	trial_attach(void);
void	trial_detach(void);

/*
 * One run without a failure, from which the others may not differ.  *calls:
 * its allocations.  False, and a complaint, if it does not do what it should.
 */
bool	trial_reference(const struct operation *op, unsigned long *calls,
    char complaint[COMPLAINT_MAX]);

/* One run, where the nth allocation fails.  *failed: it came to that. */
bool	trial_run(const struct operation *op, enum mode mode, unsigned long n,
    bool *failed, char complaint[COMPLAINT_MAX]);

/* Did OpenSSL, without the module, not work any more after the last run? */
bool	trial_spoilt(void);
/* Of a client: the step in which it failed; else "". */
const char *trial_step(void);

/*
 * Is the nth allocation of the last reference made at a place that was not
 * seen before?  Remembers it.
 */
bool	place_is_new(unsigned long n);
/* Of another operation all calls are new, but those within OpenSSL. */
void	places_forget_ours(void);

#endif
