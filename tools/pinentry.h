/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking the person in a dialog: by pinentry, the program that GnuPG asks by,
 * of which each desktop has its own.
 */
#ifndef PINENTRY_H
#define PINENTRY_H

#include "fail.h"
#include "jpki.h"

/*
 * Ask for a secret, into one of the caller's.  prompt is as for a terminal: a
 * colon at its end is left out.  Reports errors; EXIT_CANCELLED if the person
 * did not want to.
 */
enum exit_code	pinentry_ask(const char *prompt, struct jpki_secret *out);

/* Ask whether to go on.  EXIT_DONE: yes.  Reports all else. */
enum exit_code	pinentry_confirm(const char *question);

#endif
