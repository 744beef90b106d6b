/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking the person at the terminal. */
#ifndef UI_H
#define UI_H

#include "fail.h"
#include "jpki.h"

/*
 * Ask for a secret at /dev/tty without echo, into a secret of the caller;
 * instead names the options that give it where there is no terminal.  The
 * terminal is itself again on every way out.  Reports errors; Ctrl-C and an end
 * of input are EXIT_CANCELLED.
 */
enum exit_code	ui_ask_secret(const char *prompt, const char *instead,
		    struct jpki_secret *out);

/*
 * Ask at /dev/tty whether to go on; instead says what to do where there is no
 * terminal, cancelled that nothing came of it.  EXIT_DONE: yes.  Reports all
 * else.
 */
enum exit_code	ui_confirm(const char *question, const char *instead,
		    const char *cancelled);

#endif
