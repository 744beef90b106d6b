/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PINs: where they come from (a descriptor, a file, the terminal), and their
 * way to the card.  None comes from the command line or the environment.
 */
#ifndef PINS_H
#define PINS_H

#include <stdbool.h>

#include "tool.h"

/* The PINs of one run; both NULL until they are given. */
struct pins {
	enum jpki_pin		 which;
	struct jpki_secret	*current, *next;
};

/*
 * Take what --pin-fd, --pin-file and their --new- kin give, and judge its
 * form, before any card is touched.  Reports errors.
 */
enum exit_code	pins_load(struct tool *t, enum jpki_pin which,
		    struct pins *out);
void		pins_free(struct pins *pins);

/*
 * Verify the PIN; the card is open.  If it was not loaded, the transaction
 * ends, the person is asked (told the tries left first, and not asked in
 * vain), and a new transaction begins.  On EXIT_DONE one is open.  Reports
 * errors.
 */
enum exit_code	pins_login(struct tool *t, struct pins *pins,
		    int *tries_left);

/* Change the PIN, likewise; a new one typed at the terminal is typed twice. */
enum exit_code	pins_change(struct tool *t, struct pins *pins);

/* Reports a PIN that would come from standard input, where the data does. */
enum exit_code	pins_leave_stdin(const struct options *opt);

#endif
